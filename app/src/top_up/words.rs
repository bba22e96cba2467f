//! Packs in words, and what becomes of the form.

use super::{BoughtRow, BuyView, PackOrder, PackView, automatic_words::badge};
use crate::{
    AppError, flash,
    format::Format,
    frame::FrameView,
    payment::{SummaryView, go_and_pay, too_fast_words, words::item_words},
    reader::Reader,
    request::client_address,
    respond,
    ui::Tone,
};
use billing::{
    allowance::Capacity,
    id::AccountId,
    money::Money,
    payment::{Item, Line, OrderState, Purchase, Totals},
    team::Permission,
    tokens::Tokens,
    top_up::{AutoTopUpState, Pack},
};
use engine::{
    Engine,
    allowance::Usage,
    customer::AccountLine,
    payment::{OrderLine, Ordered, Wanted},
};

impl BuyView {
    /// The packs, with the one that was asked for, or the one that covers what is foreseen, chosen.
    pub async fn load(engine: &Engine, pack: &str, lift: &str, reader: &Reader) -> Result<Self, AppError> {
        reader.may(Permission::ManageBilling).then_some(()).ok_or(AppError::Forbidden)?;
        let (book, usage) = (engine.price_book().await?, engine.usage(reader.member.customer).await?);
        let short_video = engine.tokens_of_a_production(&reader.member).await?;
        let covering = needed(&usage).and_then(|needed| book.packs.iter().find(|pack| pack.tokens >= needed));
        let asked = pack
            .parse()
            .ok()
            .and_then(|tokens| Tokens::new(tokens).ok())
            .and_then(|tokens| book.pack(tokens));
        let chosen = asked.or(covering).or(book.packs.get(1)).or(book.packs.first());
        let lifted = match lift.parse::<AccountId>() {
            Ok(id) => Some(engine.account(reader.member.customer, id).await?),
            Err(_) => None,
        };
        let view = |pack: &Pack| PackView {
            chosen: chosen == Some(pack),
            covers: covering == Some(pack),
            ..pack_view(pack, short_video, lift, reader)
        };
        let order = match chosen {
            Some(chosen) => order_of(engine, chosen, lifted.as_ref(), &usage, reader).await?,
            None => None,
        };
        let orders = engine.orders_of(&reader.member).await?;
        Ok(Self {
            frame: FrameView::of(&usage, engine.is_sandbox(), reader).with_notice().await?,
            facts: vec![
                "Added to your balance and used after the monthly allowance".to_owned(),
                "does not expire while you are subscribed".to_owned(),
            ],
            packs: book.packs.iter().map(view).collect(),
            order,
            automatic: automatic(&usage, reader.format),
            history: orders.iter().map(|line| bought(line, reader.format)).collect(),
        })
    }
}

/// Whether capacity is bought without asking, and what that means.
fn automatic(usage: &Usage, format: &Format) -> ((Tone, String), String) {
    let state = usage.auto_top_up.map_or(AutoTopUpState::Off, |agreed| agreed.state);
    let words = match usage.auto_top_up.filter(|agreed| agreed.state == AutoTopUpState::On) {
        Some(agreed) => format!(
            "When fewer than {} tokens are left, it buys {}. Never more than {} a month.",
            format.tokens(agreed.below),
            format.tokens(agreed.buys),
            format.money(agreed.cap)
        ),
        None => "Buys a pack when few tokens are left, never more in a month than you agree to.".to_owned(),
    };
    (badge(state), words)
}

/// What is missing until the refresh at the pace of the last days; none while nothing is.
fn needed(usage: &Usage) -> Option<Tokens> {
    let forecast = usage.forecast?;
    let refresh = usage.capacity.allowance.refreshes_at?;
    let days = i64::from(u32::try_from((refresh.day() - usage.capacity.as_of.day()).num_days()).ok()?);
    let wanted = Tokens::new(forecast.per_day.get().checked_mul(days)?).ok()?;
    Some(wanted.beyond(usage.capacity.left())).filter(|missing| !missing.is_zero())
}

fn pack_view(pack: &Pack, production: Tokens, lift: &str, reader: &Reader) -> PackView {
    let (format, currency) = (reader.format, reader.member.currency);
    let count = pack.tokens.get().checked_div(production.get()).unwrap_or_default();
    let videos = u64::try_from(count).unwrap_or_default();
    let thousand = pack.price_a_thousand(currency).map(|price| format!("{} per 1,000", format.cost(price)));
    let lift = if lift.is_empty() { String::new() } else { format!("&lift={lift}") };
    PackView {
        address: format!("/buy?pack={}{lift}", pack.tokens),
        name: item_words(Item::Pack(pack.tokens), format),
        facts: std::iter::once(format!(
            "about {}",
            format.counted(videos, "production like yours", "productions like yours")
        ))
        .chain(thousand)
        .collect(),
        price: pack.prices.of(currency).map_or("–".to_owned(), |price| format.money(price)),
        chosen: false,
        covers: false,
    }
}

async fn order_of(
    engine: &Engine,
    pack: &Pack,
    lifted: Option<&AccountLine>,
    usage: &Usage,
    reader: &Reader,
) -> Result<Option<PackOrder>, AppError> {
    let (format, currency) = (reader.format, reader.member.currency);
    let Some(price) = pack.prices.of(currency) else { return Ok(None) };
    let Some(details) = engine.billing_details(&reader.member).await? else { return Ok(None) };
    let tax = engine.tax_rule(details.country);
    let lines = [Line::pack(pack.tokens, price, usage.capacity.as_of)];
    let totals = Totals::of(&lines, &tax, currency)?;
    let total = format.money(totals.total);
    Ok(Some(PackOrder {
        tokens: pack.tokens.get(),
        lift: lifted.map(|account| account.id.to_string()).unwrap_or_default(),
        request: engine.fresh_request()?,
        summary: SummaryView::of(&lines, &tax, &totals, "Total today", format),
        follows: follows(&usage.capacity, pack.tokens, price, lifted, format),
        words: format!("Continue to payment, {total}"),
    }))
}

/// What the customer will have; and, from a refusal for budget, how the account's limit rises. 5.7.
fn follows(
    capacity: &Capacity,
    tokens: Tokens,
    price: Money,
    lifted: Option<&AccountLine>,
    format: &Format,
) -> Vec<(String, String)> {
    let after: Tokens = [capacity.left(), tokens].into_iter().sum();
    let mut rows = vec![
        ("Available now".to_owned(), format!("{} tokens", format.tokens(capacity.left()))),
        ("After payment".to_owned(), format!("{} tokens", format.tokens(after))),
    ];
    let month = capacity.as_of.month();
    if let Some((account, limit)) = lifted.and_then(|account| Some((account, account.limits.stop_at(month)?)))
        && let Ok(raised) = limit.plus(price)
    {
        rows.push((
            format!("{}’s limit for {}", account.name, format.month(capacity.as_of)),
            format!("{} → {}", format.money(limit), format.money(raised)),
        ));
    }
    rows
}

fn bought(line: &OrderLine, format: &Format) -> BoughtRow {
    let order = &line.order;
    let what = match &order.purchase {
        Purchase::Invoice { number } => format!("Invoice {}", format.count(*number)),
        Purchase::Pack { .. } | Purchase::Plan(_) => {
            let items = order.lines.iter().map(|line| item_words(line.item, format));
            let by_itself = line.is_automatic().then(|| "auto-top-up".to_owned());
            items.chain(by_itself).collect::<Vec<_>>().join(", ")
        }
    };
    BoughtRow {
        when: format.date(order.made_at.day()),
        what,
        total: format.money(order.totals.total),
        state: match order.state {
            OrderState::Paid => (Tone::Ok, "Paid".to_owned()),
            OrderState::Open => (Tone::Warn, "Not paid yet".to_owned()),
            OrderState::Expired => (Tone::Calm, "Not paid".to_owned()),
        },
        page: format!("/orders/{}", order.id),
    }
}

/// Orders a pack and goes on to payment; what is wrong is said on the page.
pub(super) async fn order(
    engine: &Engine,
    pack: &str,
    lift: &str,
    request: &str,
    reader: &Reader,
) -> Result<(), AppError> {
    let wrong =
        || AppError::Invalid { field: "pack".to_owned(), message: "There is no such pack".to_owned() };
    let tokens = pack.parse().ok().and_then(|tokens| Tokens::new(tokens).ok()).ok_or_else(wrong)?;
    let lifts = if lift.is_empty() { None } else { Some(lift.parse().map_err(|_| wrong())?) };
    match engine.order_from(&reader.member, request, Wanted::Pack(tokens, lifts), client_address()).await {
        Ok(Ordered::Order(order)) => go_and_pay(engine, &order, reader).await,
        Ok(Ordered::Changed(_)) => {
            respond::see_other("/buy");
            Ok(())
        }
        Err(engine::Error::Invalid { message, .. }) => {
            flash::say(Tone::Bad, format!("Nothing was ordered: {message}")).await?;
            respond::see_other("/buy");
            Ok(())
        }
        Err(engine::Error::TooFast(too_fast)) => {
            flash::say(Tone::Bad, too_fast_words(&too_fast, reader.format)).await?;
            let lift = lifts.map_or_else(String::new, |account| format!("&lift={account}"));
            respond::see_other(&format!("/buy?pack={tokens}{lift}")); // the pack that was chosen still is
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}
