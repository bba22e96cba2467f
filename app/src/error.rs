//! What a page or a server function says when something did not go well: what happened, what still works, one way on.
//! No internal text gets here; the log has it, under the same reference.

#[cfg(feature = "ssr")]
mod on_the_server;

use crate::{frame::PlainFrame, ui::Problem};
use leptos::{
    prelude::*,
    server_fn::{codec::JsonEncoding, error::FromServerFnError, error::ServerFnErrorErr},
};
use leptos_meta::Title;
use serde::{Deserialize, Serialize};

/// Why an answer is not what was asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum AppError {
    /// Nobody is signed in.
    #[error("Sign in to continue")]
    SignedOut,
    /// There is no such thing in the caller's reach.
    #[error("There is no such {what}")]
    NotFound {
        /// The kind of thing.
        what: String,
    },
    /// It exists, and the reader's role may not see or do it.
    #[error("This is not yours to see or change")]
    Forbidden,
    /// A business "no".
    #[error("{title}")]
    Refused {
        /// The headline.
        title: String,
        /// Figures and ways out.
        detail: String,
    },
    /// A value cannot be worked with.
    #[error("{message}")]
    Invalid {
        /// The caller's name of it.
        field: String,
        /// What is wrong with it.
        message: String,
    },
    /// It was tried too often; trying again later is safe.
    #[error("There were too many tries")]
    TooManyTries {
        /// After how many seconds.
        seconds: u64,
    },
    /// Somebody has to prove who they are before they do this.
    #[error("Confirm that it is you")]
    ProofNeeded,
    /// Too much is waiting, or the database does not answer; what was asked is done whole or not at all.
    #[error("The console is busy")]
    Busy,
    /// Something of ours failed.
    #[error("This is not available right now")]
    Unavailable {
        /// Under which name the log has it.
        reference: Option<String>,
    },
    /// The request or the answer did not come through.
    #[error("The connection failed")]
    Transport,
}

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(_: ServerFnErrorErr) -> Self {
        Self::Transport
    }
}

impl AppError {
    /// A short name that does not change.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::SignedOut => "signed_out",
            Self::NotFound { .. } => "not_found",
            Self::Forbidden => "forbidden",
            Self::Refused { .. } => "refused",
            Self::Invalid { .. } => "invalid",
            Self::TooManyTries { .. } => "too_many_tries",
            Self::ProofNeeded => "proof_needed",
            Self::Busy => "busy",
            Self::Unavailable { .. } => "unavailable",
            Self::Transport => "transport",
        }
    }

    /// What still works, and what to do.
    #[must_use]
    pub fn advice(&self) -> &str {
        match self {
            Self::SignedOut => "This page belongs to somebody who is signed in. Productions keep running.",
            Self::NotFound { .. } => "It may be closed, or somebody else’s. Nothing was changed.",
            Self::Forbidden => {
                "Your role does not include it. Nothing was changed. Ask an administrator of the customer."
            }
            Self::Refused { detail, .. } => detail,
            Self::Invalid { .. } => "Nothing was changed. Go back and correct it.",
            Self::TooManyTries { .. } => {
                "Nobody is locked out. Nothing was changed. Try again in some minutes."
            }
            Self::ProofNeeded => "This needs a proof that is less than ten minutes old. Nothing was changed.",
            Self::Busy => {
                "Nothing is lost and productions keep running. What you changed was kept whole or not at all: look again soon."
            }
            Self::Unavailable { .. } => {
                "Something on our side failed. Nothing is lost and productions keep running."
            }
            Self::Transport => "The request did not come through. Nothing was changed.",
        }
    }

    /// Where the one way on leads, and what it is called; back to the page whose form was sent, where it was one.
    fn way_on(&self, form: Option<String>) -> (String, &'static str) {
        let to = |address: &str, words| (address.to_owned(), words);
        match (self, form) {
            (Self::SignedOut, _) => to("/sign-in", "Sign in"),
            (Self::ProofNeeded, _) => to("/confirm", "Confirm"),
            (_, Some(page)) if page != "/" => (page, "Go back"),
            (Self::Busy | Self::Unavailable { .. } | Self::Transport | Self::TooManyTries { .. }, None) => {
                to("", "Try again")
            }
            _ => to("/", "Go to Overview"),
        }
    }

    fn reference(&self) -> Option<String> {
        match self {
            Self::Unavailable { reference } => reference.clone(),
            _ => None,
        }
    }
}

/// A page that could not be shown, or a form that failed. Its response has the error's status, unless the browser is sent
/// elsewhere.
#[component]
pub fn ErrorPage(
    /// What happened.
    error: AppError,
    /// The address of the page whose form came to this.
    #[prop(optional, into)]
    form: Option<String>,
) -> impl IntoView {
    #[cfg(feature = "ssr")]
    if form.is_some() || !matches!(error, AppError::SignedOut | AppError::ProofNeeded) {
        crate::respond::status(error.status());
    }
    let (address, label) = error.way_on(form);
    view! {
        <Title text=error.to_string() />
        <PlainFrame>
            <h1>{error.to_string()}</h1>
            <Problem message=error.advice()>
                <p>
                    <a class="button" data-kind="primary" href=address>
                        {label}
                    </a>
                </p>
                <p class="facts small">
                    <span>"Code " <code>{error.code()}</code></span>
                    {error.reference().map(|reference| view! { <span>"Reference " <code>{reference}</code></span> })}
                </p>
            </Problem>
        </PlainFrame>
    }
}

/// The page of an address that has none.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    #[cfg(feature = "ssr")]
    crate::respond::status(axum::http::StatusCode::NOT_FOUND);
    view! {
        <Title text="Page not found" />
        <PlainFrame>
            <h1>"There is no page at this address"</h1>
            <p class="muted">
                "The address may be mistyped, or the page has moved. Nothing was changed and productions keep running."
            </p>
            <p>
                <a class="button" data-kind="primary" href="/">
                    "Go to Overview"
                </a>
            </p>
        </PlainFrame>
    }
}
