//! An estimate in words and numbers.

use super::{
    RefusalView,
    estimate::{EstimateBody, EstimateQuery, EstimateView, VerdictView},
    on_the_server::account_choices,
};
use crate::{AppError, frame::FrameView, reader::Reader, ui::Tone};
use billing::{
    budget::Budget,
    id::AccountId,
    money::Cost,
    production::{
        Outline,
        outline::{OutlineError, PARTS},
    },
    refusal::Reason,
    tokens::Tokens,
};
use engine::{Engine, customer::AccountLine, production::Preview};

impl EstimateView {
    /// The page for what was asked.
    pub async fn load(engine: &Engine, query: &EstimateQuery, reader: &Reader) -> Result<Self, AppError> {
        let frame = FrameView::load(engine, reader).await?;
        let accounts = engine.accounts_of(&reader.member).await?;
        let account = chosen(query, &accounts)?;
        let outline = outline(query);
        let tariff = engine.tariff_in_force().await?;
        let mut choices = account_choices(&accounts, Some(account.id));
        choices.remove(0); // a production is for one account
        Ok(Self {
            facts: vec![
                "Nothing starts and nothing is held".to_owned(),
                format!("tariff {}", tariff.version),
                "prices of the default models".to_owned(),
            ],
            body: EstimateBody {
                accounts: choices,
                outline: outline.clone().unwrap_or(Outline::SHORT_VIDEO),
                separator: reader.format.count(1_000).replace(|letter: char| letter.is_ascii_digit(), ""),
                tariff,
                verdict: verdict(engine, account, outline, reader).await?,
            },
            frame,
        })
    }
}

impl VerdictView {
    /// What the gate would say to what was asked.
    pub async fn load(
        engine: &Engine,
        query: &EstimateQuery,
        reader: &Reader,
    ) -> Result<Result<Self, (String, String)>, AppError> {
        let accounts = engine.accounts_of(&reader.member).await?;
        let account = chosen(query, &accounts)?;
        verdict(engine, account, outline(query), reader).await
    }
}

fn chosen<'a>(query: &EstimateQuery, accounts: &'a [AccountLine]) -> Result<&'a AccountLine, AppError> {
    let missing = || AppError::NotFound { what: "account".to_owned() };
    match &query.account {
        None => accounts.first().ok_or_else(missing),
        Some(id) => {
            let id: AccountId = id.parse().map_err(|_| missing())?;
            accounts.iter().find(|account| account.id == id).ok_or_else(missing)
        }
    }
}

/// What was asked, else a standard short video; or which part is wrong.
fn outline(query: &EstimateQuery) -> Result<Outline, (String, String)> {
    let mut numbers = Outline::SHORT_VIDEO.numbers();
    for (number, (name, _, most)) in numbers.iter_mut().zip(PARTS) {
        let typed = query.parts.iter().find(|(part, _)| part == name).map(|(_, text)| text.trim());
        let Some(text) = typed else { continue };
        let whole = text.parse().ok().filter(|number| (0..=most).contains(number));
        *number = whole
            .ok_or_else(|| (name.to_owned(), format!("“{text}” is no whole number from 0 to {most}.")))?;
    }
    Ok(Outline::of(numbers))
}

async fn verdict(
    engine: &Engine,
    account: &AccountLine,
    outline: Result<Outline, (String, String)>,
    reader: &Reader,
) -> Result<Result<VerdictView, (String, String)>, AppError> {
    let outline = match outline {
        Ok(outline) => outline,
        Err(wrong) => return Ok(Err(wrong)),
    };
    let plan = match outline.plan() {
        Ok(plan) => plan,
        Err(OutlineError::OutOfRange(part)) => {
            return Ok(Err((part.to_owned(), "It is out of range.".to_owned())));
        }
        Err(OutlineError::Plan) => {
            return Ok(Err((
                String::new(),
                "A production has at least one part. Say how many of something.".to_owned(),
            )));
        }
    };
    let preview = engine.preview(&reader.member, account.id, plan).await?;
    let usage = engine.usage(reader.member.customer).await?;
    Ok(Ok(words(&preview, &outline, account, usage.capacity.left(), reader)?))
}

fn words(
    preview: &Preview,
    outline: &Outline,
    account: &AccountLine,
    left: Tokens,
    reader: &Reader,
) -> Result<VerdictView, AppError> {
    let format = reader.format;
    let estimate = &preview.estimate;
    let mut lines = estimate.lines.iter();
    let mut parts = Vec::new();
    for calls in outline.calls().unwrap_or_default() {
        let costs: Vec<Option<Cost>> = lines.by_ref().take(calls.len()).map(|line| line.money).collect();
        let sum = costs.iter().try_fold(Cost::zero(reader.member.currency), |sum, cost| {
            cost.and_then(|cost| sum.plus(cost).ok())
        });
        parts.push(match (costs.is_empty(), sum) {
            (true, _) => "–".to_owned(),
            (false, Some(sum)) => format.cost(sum),
            (false, None) => "unknown".to_owned(),
        });
    }
    let money = match estimate.unpriced() {
        None => format.cost(estimate.money),
        Some(_) => "unknown".to_owned(),
    };
    let refusal = preview.refusal.as_ref();
    let (tone, title) = match refusal {
        None => (Tone::Ok, "Fits: it would start now".to_owned()),
        Some(refusal) => {
            let (_, why) = super::words::reason_words(refusal.reason);
            (Tone::Bad, format!("Does not fit: {}", why.to_lowercase()))
        }
    };
    let ways = refusal.map(|refusal| {
        refusal.remedies.iter().filter_map(|remedy| RefusalView::way(*remedy, refusal, reader)).collect()
    });
    Ok(VerdictView {
        tone,
        title,
        tokens: format.tokens(estimate.tokens),
        money,
        parts,
        checks: checks(preview, account, left, reader)?,
        ways: ways.unwrap_or_default(),
    })
}

/// What stands against it, in the gate's order; the one that binds is marked.
fn checks(
    preview: &Preview,
    account: &AccountLine,
    left: Tokens,
    reader: &Reader,
) -> Result<Vec<(Tone, String, String)>, AppError> {
    let format = reader.format;
    let reason = preview.refusal.as_ref().map(|refusal| refusal.reason);
    let mut checks = Vec::new();
    let other = reason.filter(|reason| {
        !matches!(reason, Reason::Concurrency | Reason::AccountBudget | Reason::NotEnoughCapacity)
    });
    if let Some(refusal) = preview.refusal.as_ref().filter(|_| other.is_some()) {
        checks.push((Tone::Bad, refusal.title().to_owned(), refusal.detail()));
    }
    let running = format!("{} running in {}", format.count(account.running), account.name);
    checks.push(match reason {
        Some(Reason::Concurrency) => (Tone::Bad, "Too many at once".to_owned(), running),
        _ => (Tone::Ok, "Running at once fits".to_owned(), running),
    });
    let budget = account.budget.as_ref().map(Budget::available).transpose()?;
    checks.push(match (reason, budget) {
        (Some(Reason::AccountBudget), Some(available)) => (
            Tone::Bad,
            "Budget does not fit".to_owned(),
            format!("{} has {} left this month", account.name, format.cost(available)),
        ),
        (_, Some(available)) => (
            Tone::Ok,
            "Budget fits".to_owned(),
            format!("{} has {} left this month", account.name, format.cost(available)),
        ),
        (_, None) => (Tone::Ok, "Budget fits".to_owned(), format!("{} has no limit", account.name)),
    });
    let after = left.beyond(preview.estimate.tokens);
    checks.push(if preview.estimate.tokens > left {
        let short = preview.estimate.tokens.beyond(left);
        let words = format!("{} tokens are left, {} short", format.tokens(left), format.tokens(short));
        (Tone::Bad, "Capacity does not fit".to_owned(), words)
    } else {
        let words = format!("{} tokens are left; {} would remain", format.tokens(left), format.tokens(after));
        (Tone::Ok, "Capacity fits".to_owned(), words)
    });
    Ok(checks)
}
