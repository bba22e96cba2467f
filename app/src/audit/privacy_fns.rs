//! What the pages of one's own data and of all data requests ask for, and what their forms do.

use super::{PrivacyView, RequestsView};
#[cfg(feature = "ssr")]
use super::{privacy_words, requests_words, requests_words::TypedAnswer};
use crate::AppError;
#[cfg(feature = "ssr")]
use crate::{reader::Reader, team::session::require_fresh};
use leptos::prelude::*;

/// One's own data.
#[server(name = PrivacyFigures, endpoint = "privacy-page", prefix = "/act")]
pub async fn privacy_page() -> Result<PrivacyView, AppError> {
    let (reader, engine) = Reader::of_request().await?;
    PrivacyView::load(&engine, &reader).await
}

/// Begins the grace after which one's account is deleted.
#[server(endpoint = "request-erasure", prefix = "/act")]
pub async fn request_erasure(
    /// One's address, typed to say that this account is meant.
    #[server(default)]
    typed: String,
) -> Result<(), AppError> {
    let (reader, engine) = Reader::of_request().await?;
    require_fresh(privacy_words::PAGE).await?;
    privacy_words::request_erasure(&engine, &typed, &reader).await
}

/// Asks that one's data be restricted, or objects to a use of it.
#[server(endpoint = "ask-about-privacy", prefix = "/act")]
pub async fn ask_about_privacy(
    /// `restriction` or `objection`.
    #[server(default)]
    kind: String,
    /// Which data, or which use.
    #[server(default)]
    words: String,
) -> Result<(), AppError> {
    let (reader, engine) = Reader::of_request().await?;
    privacy_words::ask(&engine, kind, words, &reader).await
}

/// Takes back what one has asked.
#[server(endpoint = "withdraw-request", prefix = "/act")]
pub async fn withdraw_request(
    /// The request's id.
    #[server(default)]
    request: String,
) -> Result<(), AppError> {
    let (reader, engine) = Reader::of_request().await?;
    privacy_words::withdraw(&engine, &request, &reader).await
}

/// Agrees to something, or no longer does.
#[server(endpoint = "set-consent", prefix = "/act")]
pub async fn set_consent(
    /// `productNews`.
    #[server(default)]
    kind: String,
    /// `yes` or `no`.
    #[server(default)]
    given: String,
) -> Result<(), AppError> {
    let (reader, engine) = Reader::of_request().await?;
    privacy_words::consent(&engine, &kind, &given, &reader).await
}

/// Every data request, for the platform's administrators.
#[server(name = RequestsFigures, endpoint = "data-requests-page", prefix = "/act")]
pub async fn requests_page() -> Result<RequestsView, AppError> {
    let (reader, engine) = Reader::of_request().await?;
    RequestsView::load(&engine, &reader).await
}

/// Says that somebody looks at a request.
#[server(endpoint = "acknowledge-request", prefix = "/act")]
pub async fn acknowledge_request(
    /// Its id.
    #[server(default)]
    request: String,
) -> Result<(), AppError> {
    let (reader, engine) = Reader::of_request().await?;
    requests_words::acknowledge(&engine, &request, &reader).await
}

/// Moves the day by which a request is resolved.
#[server(endpoint = "extend-request", prefix = "/act")]
pub async fn extend_request(
    /// Its id.
    #[server(default)]
    request: String,
    /// The day.
    #[server(default)]
    until: String,
    /// Why.
    #[server(default)]
    reason: String,
) -> Result<(), AppError> {
    let (reader, engine) = Reader::of_request().await?;
    TypedAnswer { request, until, reason, ..TypedAnswer::default() }.extend(&engine, &reader).await
}

/// Ends a request with a note.
#[server(endpoint = "resolve-request", prefix = "/act")]
pub async fn resolve_request(
    /// Its id.
    #[server(default)]
    request: String,
    /// `fulfilled` or `declined`.
    #[server(default)]
    outcome: String,
    /// What was done, or why not.
    #[server(default)]
    note: String,
) -> Result<(), AppError> {
    let (reader, engine) = Reader::of_request().await?;
    TypedAnswer { request, outcome, note, ..TypedAnswer::default() }.resolve(&engine, &reader).await
}
