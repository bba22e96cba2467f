//! What a session carries from a post to the page after it, once: a word on what was done, or a form that has to be
//! corrected. Nothing of it is ever in an address.

use crate::ui::Tone;
#[cfg(feature = "ssr")]
use crate::{AppError, respond, team::session::session};
#[cfg(feature = "ssr")]
use axum::http::{StatusCode, request::Parts};
#[cfg(feature = "ssr")]
use leptos::prelude::use_context;
#[cfg(feature = "ssr")]
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// The name of the notice in the session.
#[cfg(feature = "ssr")]
const NOTICE: &str = "notice";
/// The name of the mark that the notice tells of a conflict.
#[cfg(feature = "ssr")]
const CONFLICT: &str = "conflict";

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// What it means.
    pub tone: Tone,
    /// In a sentence or two.
    pub words: String,
}

/// Says something on the next page.
#[cfg(feature = "ssr")]
pub async fn say(tone: Tone, words: String) -> Result<(), AppError> {
    keep(NOTICE, &Notice { tone, words }).await
}

/// Says on the next page that somebody else was first; that page answers as a conflict does.
#[cfg(feature = "ssr")]
pub async fn conflict(words: String) -> Result<(), AppError> {
    keep(CONFLICT, &true).await?;
    say(Tone::Bad, words).await
}

/// What is to be said on this page.
#[cfg(feature = "ssr")]
pub async fn said() -> Result<Option<Notice>, AppError> {
    if take::<bool>(CONFLICT).await?.is_some() {
        respond::status(StatusCode::CONFLICT);
    }
    take(NOTICE).await
}

/// Keeps something for the next page.
#[cfg(feature = "ssr")]
pub async fn keep<T: Serialize>(name: &str, value: &T) -> Result<(), AppError> {
    Ok(session().await?.insert(name, value).await?)
}

/// Takes what was kept. A session that carries nothing is not touched.
#[cfg(feature = "ssr")]
pub async fn take<T: DeserializeOwned>(name: &str) -> Result<Option<T>, AppError> {
    if use_context::<Parts>().is_none() {
        return Ok(None); // nobody looks at a page
    }
    let session = session().await?;
    let kept = session.get(name).await?;
    if kept.is_some() {
        session.remove_value(name).await?;
    }
    Ok(kept)
}
