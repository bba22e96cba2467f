//! Accounts and their limits in words.

use super::{
    accounts::{AccountView, AccountsView, LimitsForm},
    history::ChangeView,
    limits_form::WrongLimits,
    on_the_server::{Room, notice, tape},
};
use crate::{AppError, frame::FrameView, reader::Reader};
use billing::{
    budget::Budget,
    id::AccountId,
    money::Cost,
    team::{Permission, Scope},
    time::Timestamp,
    tokens::Tokens,
};
use engine::{Engine, allowance::Usage, customer::AccountLine};

impl AccountsView {
    /// The accounts that this reader reaches, and the form for the one that is edited.
    pub async fn load(engine: &Engine, edit: &str, reader: &Reader) -> Result<Self, AppError> {
        reader.member.may_somewhere(Permission::SeeCost).then_some(()).ok_or(AppError::Forbidden)?;
        let usage = engine.usage(reader.member.customer).await?;
        let at = usage.capacity.as_of;
        let lines = engine.accounts_of(&reader.member).await?;
        let since = usage.cycle_starts_at.unwrap_or_else(|| at.month().start()).day();
        let tokens = engine.tokens_by_account(reader.member.customer, since).await?;
        let editing: Option<AccountId> = edit.parse().ok();
        let wrong = WrongLimits::take().await?;
        let whole = engine.customer_budget(&reader.member).await?;
        let view = |line: &AccountLine| {
            let used = tokens.get(&line.id).copied().unwrap_or_default();
            let says = follows(line, whole.as_ref(), at, reader)?;
            AccountView::of(line, used, says, editing == Some(line.id), at, reader)
        };
        let edited = lines.iter().find(|line| Some(line.id) == editing && may_edit(line, reader));
        let history = match edited {
            Some(line) => engine.limit_history(&reader.member, line.id).await?,
            None => Vec::new(),
        };
        let history = history.iter().map(|change| ChangeView::of(change, reader.format)).collect();
        Ok(Self {
            frame: FrameView::of(&usage, engine.is_sandbox(), reader).with_notice().await?,
            facts: facts(&lines, &usage, reader)?,
            may_open: reader.may_buy(),
            form: edited.map(|line| LimitsForm::of(line, wrong, history, at, reader)).transpose()?,
            accounts: lines.iter().map(view).collect::<Result<_, _>>()?,
        })
    }
}

fn may_edit(line: &AccountLine, reader: &Reader) -> bool {
    reader.member.may(Permission::SetAccountBudget, Scope::Account(reader.member.customer, line.id))
}

fn facts(lines: &[AccountLine], usage: &Usage, reader: &Reader) -> Result<Vec<String>, AppError> {
    let (format, at) = (reader.format, usage.capacity.as_of);
    let sum = |part: fn(&AccountLine) -> Cost| {
        lines.iter().try_fold(Cost::zero(reader.member.currency), |sum, line| sum.plus(part(line)))
    };
    let count = u64::try_from(lines.len()).unwrap_or(u64::MAX);
    Ok(vec![
        format.counted(count, "account", "accounts"),
        format!("{}, ends {}", format.month(at), format.minute(at.month().end())),
        format!("{} spent", format.cost(sum(|line| line.spent)?)),
        format!("{} held", format.cost(sum(|line| line.held)?)),
    ])
}

impl AccountView {
    fn of(
        line: &AccountLine,
        used: Tokens,
        says: String,
        editing: bool,
        at: Timestamp,
        reader: &Reader,
    ) -> Result<Self, AppError> {
        let format = reader.format;
        let left = line.budget.as_ref().map(Budget::available).transpose()?;
        let running = match line.running {
            0 => "none running".to_owned(),
            running => format!("{} running", format.count(running)),
        };
        let limit = line.budget.map_or("None".to_owned(), |budget| format.cost(budget.limit));
        let (word, room) = match left.map(Room::of) {
            None => ("Left", "–".to_owned()),
            Some(Room::Left(left)) => ("Left", format.cost(left)),
            Some(Room::Over(over)) => ("Over", format.cost(over)),
        };
        let cells = [
            ("Spent", format.cost(line.spent)),
            ("Held", format.cost(line.held)),
            (word, room),
            ("Limit", limit),
        ];
        let label =
            cells.iter().map(|(name, amount)| format!("{name} {amount}")).collect::<Vec<_>>().join(", ");
        let words = if line.budget.is_some() { "Edit limits" } else { "Set a limit" };
        let address = format!("/accounts?edit={}#limits", line.id);
        Ok(Self {
            id: line.id.to_string(),
            name: line.name.clone(),
            notice: notice(line, left, format),
            facts: vec![format!("{} tokens this cycle", format.tokens(used)), running],
            tape: tape(line, left, at, label),
            cells: cells.map(|(name, amount)| (name.to_owned(), amount)).to_vec(),
            says,
            edit: may_edit(line, reader).then(|| (address, words.to_owned())),
            editing,
        })
    }
}

/// What the limits mean for the account's next production.
pub(super) fn follows(
    line: &AccountLine,
    whole: Option<&Budget>,
    at: Timestamp,
    reader: &Reader,
) -> Result<String, AppError> {
    let (format, capped) = (reader.format, capped(line, whole, reader)?);
    let Some(budget) = line.budget else {
        return Ok(match capped {
            Some(capped) => format!("No limit of its own. {capped}"),
            None => "No limit, so nothing is turned away for budget.".to_owned(),
        });
    };
    let ends = format.minute(at.month().end());
    let left = budget.available()?;
    if left.micros() > 0 {
        let only = line.limits.in_month.filter(|(month, _)| *month == at.month());
        let then = match (only, line.limits.stop_at) {
            (Some(_), Some(limit)) => format!(" From {ends} it is {} again.", format.money(limit)),
            (Some(_), None) => format!(" From {ends} there is no limit again."),
            (None, _) => String::new(),
        };
        let capped = capped.map(|capped| format!(" {capped}")).unwrap_or_default();
        let left = format.cost(left);
        return Ok(format!("New productions that need more than {left} are refused.{then}{capped}"));
    }
    let over = if left.micros() < 0 {
        "More is spent and held than the limit allows"
    } else {
        "The limit is reached"
    };
    Ok(format!(
        "{over}: running productions finish, new ones are refused until {ends} or until it is raised."
    ))
}

/// 5.8: the tighter of two limits wins, so an account's that is wider than what the customer's leaves is shown as capped.
/// The customer's figures add up all accounts: who reaches only some is told no more than that.
fn capped(line: &AccountLine, whole: Option<&Budget>, reader: &Reader) -> Result<Option<String>, AppError> {
    let Some(whole) = whole else { return Ok(None) };
    let left = whole.available()?;
    let own = line.budget.as_ref().map(Budget::available).transpose()?;
    if own.is_some_and(|own| own.micros() <= left.micros()) {
        return Ok(None);
    }
    if !reader.member.may(Permission::SeeCost, Scope::Customer(reader.member.customer)) {
        return Ok(Some("Capped: what all accounts together may spend leaves less.".to_owned()));
    }
    let limit = reader.format.cost(whole.limit);
    let left = if left.micros() > 0 { reader.format.cost(left) } else { "nothing".to_owned() };
    Ok(Some(format!("Capped: all accounts together may spend {limit} this month, of which {left} is left.")))
}
