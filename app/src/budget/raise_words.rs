//! Raising a limit in words, and what becomes of the form that was sent.

use super::raise::RaiseForm;
use crate::writing::AmountWriting;
use crate::{AppError, flash, format::Format, reader::Reader, respond, ui::Tone};
use billing::{
    budget::LimitChange,
    id::RefusalId,
    money::{Cost, Money},
    refusal::{Figures, Reason},
    team::{Permission, Scope},
    time::Timestamp,
};
use engine::{
    Engine,
    customer::AccountLine,
    production::{RefusalLine, Standing},
};
use serde::{Deserialize, Serialize};

/// The name under which a form that has to be corrected waits in the session.
const WRONG: &str = "wrong_raise";

/// What somebody has typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct TypedRaise {
    pub refusal: String,
    pub to: String,
}

/// The same, and what was wrong with it.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct WrongRaise {
    typed: TypedRaise,
    message: String,
}

/// Whether the reader may set the account's limit.
#[must_use]
pub fn may_raise(line: &RefusalLine, reader: &Reader) -> bool {
    let scope = Scope::Account(reader.member.customer, line.account);
    reader.member.may(Permission::SetAccountBudget, scope)
}

/// What the production may cost, where it is the account's limit that refused it.
fn needed(line: &RefusalLine) -> Option<Cost> {
    match (line.refusal.reason, &line.refusal.figures) {
        (Reason::AccountBudget, Some(Figures::Money { needed, .. })) => Some(*needed),
        _ => None,
    }
}

impl RaiseForm {
    /// The form for a production that the account's limit has refused, for those who may raise it.
    pub async fn load(
        line: &RefusalLine,
        account: &AccountLine,
        at: Timestamp,
        reader: &Reader,
    ) -> Result<Option<Self>, AppError> {
        let Some(form) = Self::of(line, account, at, reader)? else { return Ok(None) };
        let wrong: Option<WrongRaise> = flash::take(WRONG).await?;
        let wrong = wrong.filter(|wrong| wrong.typed.refusal == form.refusal);
        Ok(Some(match wrong {
            Some(wrong) => Self { typed: wrong.typed.to, wrong: Some(wrong.message), ..form },
            None => form,
        }))
    }

    /// The same, with the amount that is proposed.
    pub fn of(
        line: &RefusalLine,
        account: &AccountLine,
        at: Timestamp,
        reader: &Reader,
    ) -> Result<Option<Self>, AppError> {
        let (Some(budget), Some(needed)) = (account.budget, needed(line)) else { return Ok(None) };
        if !may_raise(line, reader) {
            return Ok(None);
        }
        let (format, currency) = (reader.format, reader.member.currency);
        let least = budget.least_limit(needed)?;
        let minus = |cost: Cost| format!("\u{2212}{}", format.cost(cost));
        let mut taken = vec![("Spent".to_owned(), minus(budget.spent))];
        if budget.held.micros() > 0 {
            taken.push(("Held by running productions".to_owned(), minus(budget.held)));
        }
        taken.push(("This production, about".to_owned(), minus(needed)));
        Ok(Some(Self {
            refusal: line.id.to_string(),
            account: account.name.clone(),
            month: format.month(at),
            until: until(account, at, format),
            limit: format.cost(budget.limit),
            least: format.money(least),
            taken,
            taken_micros: budget.spent.plus(budget.held)?.plus(needed)?.micros(),
            typed: least.round_up().to_string(),
            wrong: None,
            currency,
            writing: AmountWriting::of(format, currency),
        }))
    }
}

/// For how long, and what holds afterwards.
fn until(account: &AccountLine, at: Timestamp, format: &Format) -> String {
    let ends = format.day(at.month().end());
    let again = match account.limits.stop_at {
        Some(limit) => format!("On {ends} it is {} again.", format.money(limit)),
        None => format!("From {ends} on there is no limit again."),
    };
    format!("For {} only. {again}", format.month(at))
}

impl TypedRaise {
    /// Raises the limit and says what follows; what is wrong goes back with what was typed.
    pub async fn save(self, engine: &Engine, reader: &Reader) -> Result<(), AppError> {
        let missing = |_| AppError::NotFound { what: "refusal".to_owned() };
        let id: RefusalId = self.refusal.parse().map_err(missing)?;
        let line = engine.refusal(&reader.member, id).await?;
        may_raise(&line, reader).then_some(()).ok_or(AppError::Forbidden)?;
        let account = engine.account(reader.member.customer, line.account).await?;
        let usage = engine.usage(reader.member.customer).await?;
        match engine.standing(&reader.member, &line, &usage, &account).await? {
            Standing::Admitted => {
                let said = format!("“{}” has started meanwhile; the limit is as it was.", line.title);
                flash::say(Tone::Calm, said).await?;
            }
            standing => match self.amount(&line, &account, standing, reader)? {
                Ok(to) => raise(engine, &line, to, reader).await?,
                Err(message) => flash::keep(WRONG, &WrongRaise { typed: self, message }).await?,
            },
        }
        respond::see_other(&format!("/refusals/{id}"));
        Ok(())
    }

    /// The amount, or what is wrong with it. While the refusal stands it has to be enough.
    fn amount(
        &self,
        line: &RefusalLine,
        account: &AccountLine,
        standing: Standing,
        reader: &Reader,
    ) -> Result<Result<Money, String>, AppError> {
        let currency = reader.member.currency;
        let least = match (account.budget, needed(line)) {
            (Some(budget), Some(needed)) => budget.least_limit(needed)?,
            _ => Money::zero(currency),
        };
        let Ok(to) = Money::typed(&self.to, currency) else {
            let example = least.round_up();
            return Ok(Err(format!("Write an amount such as {example}, without a sign or spaces.")));
        };
        let least_words = reader.format.money(least);
        Ok(if to.to_cost().is_err() {
            Err("The amount is larger than the books can hold.".to_owned())
        } else if standing == Standing::Stands && to.minor() < least.minor() {
            let to = reader.format.money(to);
            Err(format!("{to} is not enough for this production: it can start with {least_words} or more."))
        } else {
            Ok(to)
        })
    }
}

async fn raise(engine: &Engine, line: &RefusalLine, to: Money, reader: &Reader) -> Result<(), AppError> {
    let changes = vec![LimitChange::RaiseThisMonthTo(to)];
    engine.set_limits_of(&reader.member, line.account, None, changes).await?;
    let account = engine.account(reader.member.customer, line.account).await?;
    let (format, name) = (reader.format, &account.name);
    let limit = match account.budget {
        Some(budget) => {
            format!("{name} may spend {} in {}", format.cost(budget.limit), format.month(engine.now()))
        }
        None => format!("{name} has no limit"),
    };
    let said = format!("{limit}. The pipeline may ask for “{}” again.", line.title);
    flash::say(Tone::Ok, said).await
}
