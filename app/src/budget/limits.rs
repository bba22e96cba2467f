//! Accounts and their limits in words, and what becomes of a form that was sent.

use super::{
    accounts::{AccountView, AccountsView, LimitsForm},
    history::ChangeView,
    on_the_server::{notice, tape},
};
use crate::{AppError, flash, frame::FrameView, reader::Reader, respond, ui::Tone};
use billing::{
    budget::{Budget, LimitChange},
    id::AccountId,
    money::{Cost, Money},
    team::{Permission, Scope},
    time::Timestamp,
    tokens::Tokens,
};
use engine::{Engine, allowance::Usage, customer::AccountLine};
use serde::{Deserialize, Serialize};

/// The name under which a form that has to be corrected waits in the session.
const WRONG: &str = "wrong_limits";

/// What somebody has typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct TypedLimits {
    pub account: String,
    pub tell_at: String,
    pub stop_at: String,
    pub from: String,
    pub remove: String,
}

/// The same, and what was wrong with it.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct WrongLimits {
    typed: TypedLimits,
    field: String,
    message: String,
}

impl TypedLimits {
    /// Sets the limits and goes on; what is wrong goes back with what was typed.
    pub async fn save(self, engine: &Engine, reader: &Reader) -> Result<(), AppError> {
        let missing = |_| AppError::NotFound { what: "account".to_owned() };
        let account: AccountId = self.account.parse().map_err(missing)?;
        match self.changes(reader) {
            Ok(changes) => {
                engine.set_limits_of(&reader.member, account, changes).await?;
                let line = engine.account(reader.member.customer, account).await?;
                let whole = engine.customer_budget(&reader.member).await?;
                let follows = follows(&line, whole.as_ref(), engine.now(), reader)?;
                flash::say(Tone::Ok, format!("Limits of {} are saved. {follows}", line.name)).await?;
                respond::see_other("/accounts");
            }
            Err((field, message)) => {
                respond::see_other(&format!("/accounts?edit={account}"));
                flash::keep(WRONG, &WrongLimits { typed: self, field: field.to_owned(), message }).await?;
            }
        }
        Ok(())
    }

    /// What is changed, or which field is wrong and why.
    fn changes(&self, reader: &Reader) -> Result<Vec<LimitChange>, (&'static str, String)> {
        if self.remove == "true" {
            return Ok(vec![LimitChange::StopAt(None)]);
        }
        let currency = reader.member.currency;
        let example = Money::new(5 * 10_i64.pow(currency.digits() + 2), currency);
        let amount = |field: &'static str, text: &str| {
            if text.trim().is_empty() {
                return Ok(None);
            }
            let wrong = |_| (field, format!("Write an amount such as {example}, without a sign or spaces."));
            let amount = Money::typed(text, currency).map_err(wrong)?;
            let fits = amount.to_cost().is_ok();
            if fits {
                Ok(Some(amount))
            } else {
                Err((field, "The amount is larger than the books can hold.".to_owned()))
            }
        };
        let (tell_at, stop_at) = (amount("tell_at", &self.tell_at)?, amount("stop_at", &self.stop_at)?);
        if let (Some(tell), Some(stop)) = (tell_at, stop_at)
            && tell.minor() > stop.minor()
        {
            let words = "It is above where new productions stop, so you would never be told.".to_owned();
            return Err(("tell_at", words));
        }
        let stop = match (self.from.as_str(), stop_at) {
            ("month", Some(limit)) => LimitChange::StopThisMonthAt(limit),
            ("month", None) => {
                return Err(("stop_at", "A limit for this month only needs an amount.".to_owned()));
            }
            (_, limit) => LimitChange::StopAt(limit),
        };
        Ok(vec![LimitChange::TellAt(tell_at), stop])
    }
}

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
        let wrong: Option<WrongLimits> = flash::take(WRONG).await?;
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
        let cells = [
            ("Spent", format.cost(line.spent)),
            ("Held", format.cost(line.held)),
            ("Left", left.map_or("–".to_owned(), |left| format.cost(left))),
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
fn follows(
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

impl LimitsForm {
    fn of(
        line: &AccountLine,
        wrong: Option<WrongLimits>,
        history: Vec<ChangeView>,
        at: Timestamp,
        reader: &Reader,
    ) -> Result<Self, AppError> {
        let format = reader.format;
        let wrong = wrong.filter(|wrong| wrong.typed.account == line.id.to_string());
        let text = |amount: Option<Money>| amount.map(|amount| amount.to_string()).unwrap_or_default();
        let only = line.limits.in_month.filter(|(month, _)| *month == at.month());
        let left = match line.budget.as_ref().map(Budget::available).transpose()? {
            Some(left) => format!(", so {} is left", format.cost(left)),
            None => String::new(),
        };
        let says =
            format!("{} is spent and {} is held{left}.", format.cost(line.spent), format.cost(line.held));
        let typed = wrong.as_ref().map(|wrong| &wrong.typed);
        Ok(Self {
            account: line.id.to_string(),
            name: line.name.clone(),
            unit: format.symbol(reader.member.currency).to_owned(),
            tell_at: typed.map_or_else(|| text(line.limits.tell_at), |typed| typed.tell_at.clone()),
            stop_at: typed
                .map_or_else(|| text(line.limits.stop_at(at.month())), |typed| typed.stop_at.clone()),
            this_month: typed.map_or(only.is_some(), |typed| typed.from == "month"),
            month: format.month(at),
            has_limit: line.limits.stop_at(at.month()).is_some(),
            says,
            wrong: wrong.map(|wrong| (wrong.field, wrong.message)),
            history,
        })
    }
}
