//! What the engine says, as a page says it; and its status.

use super::AppError;
use crate::respond;
use axum::http::StatusCode;
use std::fmt::Display;

impl AppError {
    /// Something of ours failed: the log gets the cause, the caller a reference to it.
    pub fn unavailable(cause: &dyn Display) -> Self {
        let reference = respond::reference();
        tracing::error!(reference, %cause, "a page could not be answered");
        Self::Unavailable { reference }
    }

    /// The status of a page that says so.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::SignedOut => StatusCode::UNAUTHORIZED,
            Self::NotFound { .. } => StatusCode::NOT_FOUND,
            Self::Forbidden | Self::ProofNeeded => StatusCode::FORBIDDEN,
            Self::TooManyTries { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Refused { .. } => StatusCode::CONFLICT,
            Self::Invalid { .. } | Self::Transport => StatusCode::BAD_REQUEST,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Unavailable { .. } => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl From<engine::Error> for AppError {
    fn from(error: engine::Error) -> Self {
        match error {
            engine::Error::Refused(refusal) => {
                Self::Refused { title: refusal.title().to_owned(), detail: refusal.detail() }
            }
            engine::Error::NotFound(what) => Self::NotFound { what: what.to_owned() },
            engine::Error::Invalid { field, message } => Self::Invalid { field, message },
            engine::Error::Forbidden => Self::Forbidden,
            engine::Error::Stale(what) => Self::Refused {
                title: "It has changed meanwhile".to_owned(),
                detail: format!("{what} Nothing was changed. Load the page again."),
            },
            engine::Error::Busy => Self::Busy,
            outage if outage.is_outage() => {
                tracing::warn!(%outage, "the database is away");
                Self::Busy
            }
            engine::Error::ProviderAway(_) => Self::Refused {
                title: "The payment provider does not answer at the moment".to_owned(),
                detail: "Nothing was charged and nothing is lost. Try again in a few minutes.".to_owned(),
            },
            engine::Error::Changed { now } => Self::Refused {
                title: "Somebody else has changed it meanwhile".to_owned(),
                detail: format!("It is now {now}. Nothing of yours was changed. Load the page again."),
            },
            engine::Error::LastAdministrator => Self::Refused {
                title: "Somebody has to manage the team".to_owned(),
                detail: "This is the last administrator. Nothing was changed. Make somebody else one first."
                    .to_owned(),
            },
            engine::Error::Needed(needed) => Self::Refused {
                title: needed.to_string(),
                detail: "Nothing was switched. Load the page again and switch them together.".to_owned(),
            },
            engine::Error::NoSeat(_) => Self::Refused {
                title: "Every seat is taken".to_owned(),
                detail: "Nothing was changed. Add a seat first, or free one.".to_owned(),
            },
            engine::Error::TooManyTries { seconds } => Self::TooManyTries { seconds },
            engine::Error::TooFast(too_fast) => Self::Refused {
                title: "Too many payments in a short time".to_owned(),
                detail: format!("Nothing was ordered and nothing charged. Go on from {}.", too_fast.until),
            },
            engine::Error::TooManyAccounts { .. } => {
                Self::Invalid { field: "account".to_owned(), message: error.to_string() }
            }
            other => Self::unavailable(&other),
        }
    }
}

impl From<tower_sessions::session::Error> for AppError {
    fn from(error: tower_sessions::session::Error) -> Self {
        Self::unavailable(&error)
    }
}

impl From<billing::money::MoneyError> for AppError {
    fn from(error: billing::money::MoneyError) -> Self {
        Self::unavailable(&error)
    }
}
