//! What becomes of the forms on a customer's page.

use super::staff_words::{STATUSES, customer_id, residency_of, staff_alone, word};
use crate::{AppError, flash, reader::Reader, respond, ui::Tone};
use axum::http::StatusCode;
use billing::id::CustomerId;
use engine::{
    Engine,
    customer::{AccountChange, CustomerChange},
};
use serde::{Deserialize, Serialize};

/// The name under which what was wrong waits in the session.
const WRONG_CHANGE: &str = "wrong_customer_change";

/// What was wrong with a change, and whether somebody else was first.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct WrongChange {
    message: String,
    changed: bool,
}

/// What was wrong with the change before this page; where somebody else was first, the page answers as a conflict does.
pub(super) async fn wrong() -> Result<Option<String>, AppError> {
    let wrong: Option<WrongChange> = flash::take(WRONG_CHANGE).await?;
    if wrong.as_ref().is_some_and(|wrong| wrong.changed) {
        respond::status(StatusCode::CONFLICT);
    }
    Ok(wrong.map(|wrong| wrong.message))
}

/// What was typed as a reason; nothing is none.
pub(super) fn reason_of(typed: &str) -> Result<&str, engine::Error> {
    let invalid = || engine::Error::Invalid {
        field: "reason".to_owned(),
        message: "Say why: the audit log keeps it. Nothing was changed.".to_owned(),
    };
    Some(typed.trim()).filter(|typed| !typed.is_empty()).ok_or_else(invalid)
}

/// What was done, or what was wrong, on the customer's page.
pub(super) async fn told(
    customer: CustomerId,
    done: Result<(), engine::Error>,
    said: String,
) -> Result<(), AppError> {
    respond::see_other(&format!("/platform/customers/{customer}"));
    let (message, changed) = match done {
        Ok(()) => return flash::say(Tone::Ok, said).await,
        Err(engine::Error::Invalid { message, .. }) => (message, false),
        Err(engine::Error::Changed { now }) => {
            let words = "Nothing was changed. Look at it below and choose again.";
            (format!("Somebody else has changed it meanwhile: it is now {now}. {words}"), true)
        }
        Err(engine::Error::LastAdministrator) => {
            let words = "Nothing was changed. Make somebody else an administrator first.";
            (
                format!(
                    "This is the customer’s last administrator: somebody has to manage its team. {words}"
                ),
                false,
            )
        }
        Err(engine::Error::NoSeat(_)) => {
            ("Every seat is taken. Nothing was changed. Free one, or add one first.".to_owned(), false)
        }
        Err(error) => return Err(error.into()),
    };
    flash::keep(WRONG_CHANGE, &WrongChange { message, changed }).await
}

/// Sets where a customer's data are kept.
pub(super) async fn set_residency(
    engine: &Engine,
    customer: &str,
    residency: &str,
    reader: &Reader,
) -> Result<(), AppError> {
    staff_alone(reader)?;
    let of = customer_id(customer)?;
    let done = match residency_of(residency) {
        Some(residency) => {
            engine.change_customer(&reader.member, of, CustomerChange::Residency(residency)).await
        }
        None => Err(engine::Error::Invalid {
            field: "residency".to_owned(),
            message: "Choose where its data are kept. Nothing was changed.".to_owned(),
        }),
    };
    told(of, done, "Its residency is saved.".to_owned()).await
}

/// Saves what staff have noted.
pub(super) async fn save_notes(
    engine: &Engine,
    customer: &str,
    notes: String,
    reader: &Reader,
) -> Result<(), AppError> {
    staff_alone(reader)?;
    let of = customer_id(customer)?;
    let done = engine.change_customer(&reader.member, of, CustomerChange::Notes(notes)).await;
    told(of, done, "The notes are saved. Only staff see them.".to_owned()).await
}

/// Sets whether an account may produce.
pub(super) async fn set_account_status(
    engine: &Engine,
    (customer, account): (&str, &str),
    status: &str,
    reason: &str,
    reader: &Reader,
) -> Result<(), AppError> {
    staff_alone(reader)?;
    let of = customer_id(customer)?;
    let account = account.parse().map_err(|_| AppError::NotFound { what: "account".to_owned() })?;
    let known = STATUSES.into_iter().find(|one| word(one) == status);
    let done = match known.filter(|_| !reason.trim().is_empty()) {
        Some(status) => {
            let change = AccountChange::Status(status);
            engine.change_account_of(&reader.member, of, account, change, reason).await
        }
        None => Err(engine::Error::Invalid {
            field: "reason".to_owned(),
            message: "Choose a status and say why: the audit log keeps it. Nothing was changed.".to_owned(),
        }),
    };
    told(of, done, "Its status is changed, from its next production on. What runs finishes.".to_owned()).await
}
