//! The form for an account's limits: as it is shown, and what becomes of it once it is sent. G5, I-44.

use super::{
    accounts::{LimitsForm, ShownLimits},
    history::ChangeView,
    limits::follows,
    on_the_server::Room,
};
use crate::{AppError, flash, reader::Reader, respond, ui::Tone};
use axum::http::StatusCode;
use billing::{
    budget::{Budget, LimitChange, Limits},
    id::AccountId,
    money::{Currency, Money},
    time::{Month, Timestamp},
};
use engine::{Engine, customer::AccountLine};
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
    pub shown: ShownLimits,
}

/// The same, and what was wrong with it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct WrongLimits {
    typed: TypedLimits,
    field: String,
    message: String,
    /// Whether somebody else was first: the page then answers as a conflict does.
    changed: bool,
}

impl WrongLimits {
    /// What waits in the session.
    pub async fn take() -> Result<Option<Self>, AppError> {
        let wrong: Option<Self> = flash::take(WRONG).await?;
        if wrong.as_ref().is_some_and(|wrong| wrong.changed) {
            respond::status(StatusCode::CONFLICT);
        }
        Ok(wrong)
    }

    async fn keep(self) -> Result<(), AppError> {
        respond::see_other(&format!("/accounts?edit={}#limits", self.typed.account));
        flash::keep(WRONG, &self).await
    }
}

impl ShownLimits {
    /// What a form is made on.
    fn of(limits: &Limits, month: Month) -> Self {
        let text = |amount: Option<Money>| amount.map(|amount| amount.to_string()).unwrap_or_default();
        let of_month = limits.in_month.filter(|(of, _)| *of == month);
        Self {
            stop_at: text(limits.stop_at),
            this_month: text(of_month.map(|(_, limit)| limit)),
            tell_at: text(limits.tell_at),
        }
    }

    fn limits(&self, currency: Currency, month: Month) -> Result<Limits, AppError> {
        let amount = |text: &str| {
            (!text.is_empty()).then(|| Money::typed(text, currency)).transpose().map_err(|_| {
                AppError::Invalid {
                    field: "shown".to_owned(),
                    message: "The form is incomplete. Load the page again.".to_owned(),
                }
            })
        };
        Ok(Limits {
            stop_at: amount(&self.stop_at)?,
            in_month: amount(&self.this_month)?.map(|limit| (month, limit)),
            tell_at: amount(&self.tell_at)?,
        })
    }
}

impl TypedLimits {
    /// Sets the limits and goes on; what is wrong goes back with what was typed.
    pub async fn save(self, engine: &Engine, reader: &Reader) -> Result<(), AppError> {
        let missing = |_| AppError::NotFound { what: "account".to_owned() };
        let account: AccountId = self.account.parse().map_err(missing)?;
        let shown = self.shown.limits(reader.member.currency, engine.now().month())?;
        let (field, message, changed) = match self.changes(reader) {
            Err((field, message)) => (field, message, false),
            Ok(changes) => match engine.set_limits_of(&reader.member, account, Some(shown), changes).await {
                Ok(()) => return saved(engine, account, reader).await,
                Err(engine::Error::Changed { now }) => {
                    let message = format!(
                        "Somebody else has changed it meanwhile: now {now}. Nothing was changed; what you wrote is kept below. Check it and save again."
                    );
                    ("stop_at", message, true)
                }
                Err(error) => return Err(error.into()),
            },
        };
        WrongLimits { typed: self, field: field.to_owned(), message, changed }.keep().await
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

/// Says what the saved limits mean.
async fn saved(engine: &Engine, account: AccountId, reader: &Reader) -> Result<(), AppError> {
    let line = engine.account(reader.member.customer, account).await?;
    let whole = engine.customer_budget(&reader.member).await?;
    let follows = follows(&line, whole.as_ref(), engine.now(), reader)?;
    flash::say(Tone::Ok, format!("Limits of {} are saved. {follows}", line.name)).await?;
    respond::see_other("/accounts");
    Ok(())
}

impl LimitsForm {
    /// The form of an account: as it is, or as it was sent.
    pub(super) fn of(
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
            Some(available) => match Room::of(available) {
                Room::Left(left) => format!(", so {} is left", format.cost(left)),
                Room::Over(over) => format!(", {} more than the limit allows", format.cost(over)),
            },
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
            shown: ShownLimits::of(&line.limits, at.month()),
        })
    }
}
