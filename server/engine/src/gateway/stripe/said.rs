//! What Stripe says where it does not do what it was asked: for now, or for good.

use crate::{
    Error,
    gateway::{
        Charged, Refunded,
        objects::{Refund, declined},
    },
};
use reqwest::StatusCode;
use serde::Deserialize;

/// Why there is no answer that can be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    /// It was not done, or nobody knows: asked again under the same key it happens once.
    #[error("{0}")]
    Away(&'static str),
    /// It will not be done.
    #[error("{0}")]
    Refused(Said),
    /// The answer to a request at this path is of another form than we read.
    #[error("an answer of another form")]
    Unread(String),
}

/// An error as Stripe words it. Its message is for people of theirs and is not kept: it may name what was sent.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Said {
    #[serde(skip)]
    status: u16,
    #[serde(default)]
    r#type: String,
    code: Option<String>,
    decline_code: Option<String>,
    param: Option<String>,
}

#[derive(Deserialize)]
struct Body {
    error: Said,
}

impl Failure {
    /// What a refusal's body says.
    pub(super) fn refused(status: StatusCode, body: &[u8]) -> Self {
        let said = serde_json::from_slice(body).map_or_else(|_| Said::default(), |body: Body| body.error);
        Self::Refused(Said { status: status.as_u16(), ..said })
    }
}

impl Said {
    /// The word for it that programs know best.
    pub(super) fn word(&self) -> String {
        let known = [&self.decline_code, &self.code].into_iter().flatten().next();
        let word = known.map_or(self.r#type.as_str(), String::as_str);
        // Letters alone: it is kept and logged.
        let word: String =
            word.chars().filter(|letter| letter.is_ascii_alphanumeric() || *letter == '_').collect();
        if word.is_empty() { format!("status_{}", self.status) } else { word.chars().take(60).collect() }
    }

    /// Whether what was named does not exist.
    pub(super) fn is_missing(&self) -> bool {
        self.status == 404
    }

    /// Whether it is this parameter that names nothing.
    pub(super) fn misses(&self, parameter: &str) -> bool {
        self.code.as_deref() == Some("resource_missing") && self.param.as_deref() == Some(parameter)
    }

    /// Whether the key was used for another request.
    pub(super) fn is_of_another_request(&self) -> bool {
        self.r#type == "idempotency_error"
    }

    /// Whether it is about what was asked, not about who asks or whether asking is allowed.
    pub(super) fn is_about_the_request(&self) -> bool {
        matches!(self.status, 400 | 402 | 404) && !self.is_of_another_request()
    }

    /// Whether the bank has said no, or there is no such way to pay any more: whoever pays has to do something.
    pub(super) fn is_decline(&self) -> bool {
        self.status == 402 || self.misses("payment_method") || self.misses("customer")
    }

    /// A charge that was declined in these words.
    pub(super) fn charged(&self) -> Charged {
        declined(Some(&self.word()))
    }
}

impl std::fmt::Display for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "refused it: {} ({})", self.word(), self.status)
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Away(why) => Self::ProviderAway(why),
            Failure::Refused(said) => Self::ProviderRefused(said.word()),
            Failure::Unread(path) => {
                Self::corrupt("answer of Stripe", path, "is of a form that we do not read")
            }
        }
    }
}

impl Refund {
    /// How it went.
    pub(super) fn refunded(self) -> Refunded {
        match self.status.as_deref() {
            Some("failed" | "canceled") => {
                Refunded::Refused(self.failure_reason.unwrap_or_else(|| "failed".to_owned()))
            }
            Some("pending" | "requires_action") => Refunded::Pending(self.id),
            _ => Refunded::Done(self.id),
        }
    }
}
