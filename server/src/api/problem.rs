//! What a failed request is answered: `application/problem+json` for programs, a few words for people. T20: the log has
//! the cause, the caller has words of ours and the name under which to find it.

pub use super::code::Code;
use super::{code, refusal::RefusalBody};
use crate::config::Site;
use axum::response::{IntoResponse, Response};
use billing::{
    Refusal,
    production::{Conflict, attempt::BadAttempt},
    refusal::{Reason, Scope},
};
use engine::Error;
use serde::Serialize;
use std::{borrow::Cow, time::Duration};
use utoipa::ToSchema;

/// How long a caller should leave a gate that is busy alone.
const RETRY_AFTER_SECONDS: u16 = 1;

/// How long a caller should leave a platform that is closed for maintenance alone.
const MAINTENANCE_SECONDS: u16 = 60;

/// A failed request, before it is known which request it was.
#[derive(Clone, Debug)]
pub struct Problem(Box<Content>);

#[derive(Clone, Debug)]
struct Content {
    code: Code,
    detail: Cow<'static, str>,
    /// Where the partner form has a word of its own.
    error: Option<&'static str>,
    refusal: Option<RefusalBody>,
    errors: Vec<FieldError>,
    /// Seconds to leave us alone, where it is not what every failure of this kind asks for.
    retry_after: Option<u16>,
}

/// One field that cannot be worked with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// The way to it: `steps[2].quantity.inputTokens`.
    pub field: String,
    /// What is wrong with it.
    pub message: String,
}

impl FieldError {
    /// What is wrong with a field.
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into() }
    }
}

/// A failed request, as it is sent (RFC 9457 and the partner form).
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// A page that explains this kind of failure.
    #[serde(rename = "type")]
    kind: String,
    /// The headline, the same for every failure of this kind.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// What happened, with figures, and what to do next.
    detail: String,
    /// The path that was asked.
    instance: String,
    /// The kind of failure, for programs.
    code: &'static str,
    /// Under which name the log has the request.
    correlation_id: String,
    /// The kind of failure in capitals (partner form).
    error: String,
    /// The same as `detail` (partner form).
    message: String,
    /// After how many seconds to ask again; null unless the status is 429 or 503.
    retry_after_seconds: Option<u16>,
    /// Which limit was reached, by how much, and what helps; only where the gate said no.
    #[serde(skip_serializing_if = "Option::is_none")]
    refusal: Option<RefusalBody>,
    /// The fields that cannot be worked with; only where the status is 422.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
}

impl Problem {
    /// A failure of which no more is known than its kind.
    #[must_use]
    pub fn plain(code: Code) -> Self {
        Self::told(code, code.advice())
    }

    /// A failure in words of its own.
    pub fn told(code: Code, detail: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Content {
            code,
            detail: detail.into(),
            error: None,
            refusal: None,
            errors: Vec::new(),
            retry_after: None,
        }))
    }

    /// Fields that cannot be worked with.
    #[must_use]
    pub fn fields(errors: Vec<FieldError>) -> Self {
        let others = match errors.len() {
            0 | 1 => String::new(),
            count => format!(" ({} more in `errors`)", count - 1),
        };
        let first = errors.first().map(|error| format!("{}: {}{others}. ", error.field, error.message));
        let first = first.unwrap_or_default();
        let mut problem = Self::told(
            Code::InvalidRequest,
            format!("{first}Nothing was done. Correct the field and send the request again."),
        );
        problem.0.errors = errors;
        problem
    }

    /// One field that cannot be worked with.
    pub fn field(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::fields(vec![FieldError::new(field, message)])
    }

    fn unknown_step(field: &str, bad: BadAttempt) -> Self {
        let mut problem = Self::plain(Code::UnknownStep);
        problem.0.errors = vec![FieldError::new(field, bad.to_string())];
        problem
    }

    /// A key that asks faster than it may.
    #[must_use]
    pub fn too_fast(wait: Duration) -> Self {
        let mut problem = Self::plain(Code::RateLimitExceeded);
        // up to the next whole second, so that whoever waits so long is let in
        problem.0.retry_after = Some(u16::try_from(wait.as_secs() + 1).unwrap_or(u16::MAX));
        problem
    }

    /// What kind of failure it is.
    #[must_use]
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// After how many seconds to ask again, where that is known.
    #[must_use]
    pub fn retry_after(&self) -> Option<u16> {
        let busy = self.0.code == Code::ServiceUnavailable;
        self.0.retry_after.or(busy.then_some(RETRY_AFTER_SECONDS))
    }

    /// The words of the failure of this request.
    pub fn into_body(self, site: &Site, instance: String, correlation_id: String) -> ProblemBody {
        let retry_after_seconds = self.retry_after();
        let Content { code, detail, error, refusal, errors, retry_after: _ } = *self.0;
        ProblemBody {
            kind: format!("{}/problems/{}", site.origin, code.word()),
            title: code.title(),
            status: code.status().as_u16(),
            message: detail.clone().into_owned(),
            detail: detail.into_owned(),
            instance,
            code: code.word(),
            correlation_id,
            error: error.map_or_else(|| code.word().to_ascii_uppercase(), str::to_owned),
            retry_after_seconds,
            refusal,
            errors,
        }
    }
}

/// The status and, for [`super::about::About::write`], the problem itself: only there it is known which request failed.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.0.code.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused(refusal) => (*refusal).into(),
            Error::NotFound(what) => Self::told(
                Code::NotFound,
                format!("There is no such {what} for this key's customer. Check the name and the key."),
            ),
            Error::Conflict(conflict) => Self::plain(conflict_code(conflict)),
            Error::BadAttempt(bad) => bad.into(),
            Error::Invalid { field, message } => Self::field(field, message),
            Error::OutOfScope(_) => Self::plain(Code::InsufficientScope),
            fault if fault.is_outage() => {
                tracing::warn!(error = %fault, "the database is away");
                Self::told(Code::ServiceUnavailable, code::OUTAGE)
            }
            // A provider that does not answer is asked again with the same request, which then happens once.
            Error::Busy | Error::ProviderAway(_) => Self::plain(Code::ServiceUnavailable),
            // Everything else is ours to mend: what it is stands in the log under the request's name.
            fault => {
                tracing::error!(error = %fault, "an act failed");
                Self::plain(Code::InternalError)
            }
        }
    }
}

const fn conflict_code(conflict: Conflict) -> Code {
    match conflict {
        Conflict::IdReused => Code::IdReused,
        Conflict::QuoteExpired => Code::QuoteExpired,
        Conflict::AttemptReused => Code::AttemptReused,
        Conflict::AlreadyCaptured => Code::AlreadyCaptured,
        Conflict::HoldExpired => Code::HoldExpired,
        Conflict::AlreadyFinished => Code::AlreadyFinished,
        Conflict::AlreadyReleased => Code::AlreadyReleased,
    }
}

impl From<BadAttempt> for Problem {
    fn from(bad: BadAttempt) -> Self {
        match bad {
            BadAttempt::UnknownStep => Self::unknown_step("step", bad),
            BadAttempt::OtherKind => Self::unknown_step("kind", bad),
            BadAttempt::CachedBeyondInput => Self::field("quantity.cachedTokens", bad.to_string()),
            BadAttempt::OutsideWindow => Self::field("occurredAt", bad.to_string()),
        }
    }
}

/// G2: the gate's "no" in the words that page and log use too.
impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let (code, error) = refused_as(&refusal);
        let mut problem = Self::told(code, refusal.detail());
        problem.0.error = Some(error);
        problem.0.retry_after = (refusal.reason == Reason::Maintenance).then_some(MAINTENANCE_SECONDS);
        problem.0.refusal = Some(refusal.into());
        problem
    }
}

/// Code, and the partner form's word where it has one of its own.
const fn refused_as(refusal: &Refusal) -> (Code, &'static str) {
    match (refusal.reason, &refusal.scope) {
        (Reason::Maintenance, _) => (Code::ServiceUnavailable, "SERVICE_UNAVAILABLE"),
        (Reason::PaymentRequired, _) => (Code::PaymentRequired, "PAYMENT_REQUIRED"),
        (Reason::AccountNotActive, _) => (Code::AccountNotActive, "ACCOUNT_NOT_ACTIVE"),
        (Reason::ProductionTooLarge, _) => (Code::ProductionTooLarge, "PRODUCTION_TOO_LARGE"),
        (Reason::Concurrency, _) => (Code::ConcurrencyLimitReached, "CONCURRENCY_LIMIT"),
        (Reason::KeyBudget, _) | (Reason::PriceUnknown, Scope::Key { .. }) => {
            (Code::BudgetLimitReached, "BUDGET_LIMIT_REACHED")
        }
        (Reason::CustomerBudget, _) | (Reason::PriceUnknown, Scope::Customer { .. }) => {
            (Code::BudgetLimitReached, "BUDGET_GATE_2_FAILED")
        }
        (Reason::AccountBudget | Reason::PriceUnknown, _) => {
            (Code::BudgetLimitReached, "BUDGET_GATE_1_FAILED")
        }
        (Reason::SeatCap, _) => (Code::BudgetLimitReached, "SEAT_CAP_REACHED"),
        (Reason::NotEnoughCapacity, _) => (Code::BudgetLimitReached, "CAPACITY_EXCEEDED"),
    }
}
