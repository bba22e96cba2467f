//! What the page of jobs asks for, and what its forms do.

use super::JobsView;
#[cfg(feature = "ssr")]
use super::words::{look_again, look_into, send_again, set_aside};
use crate::AppError;
#[cfg(feature = "ssr")]
use crate::reader::Reader;
use leptos::prelude::*;

/// The jobs.
#[server(name = JobsFigures, endpoint = "jobs-page", prefix = "/act")]
pub async fn jobs_page() -> Result<JobsView, AppError> {
    let (reader, engine) = Reader::of_request().await?;
    JobsView::load(&engine, &reader).await
}

/// Looks again at an event of the payment provider.
#[server(endpoint = "retry-event", prefix = "/act")]
pub async fn retry_event(
    /// The provider's name of it.
    #[server(default)]
    event: String,
) -> Result<(), AppError> {
    let (reader, engine) = Reader::of_request().await?;
    look_again(&engine, &event, &reader).await
}

/// Has a letter that was given up tried again.
#[server(endpoint = "send-letter-again", prefix = "/act")]
pub async fn send_letter_again(
    /// Which.
    #[server(default)]
    letter: String,
) -> Result<(), AppError> {
    let (reader, engine) = Reader::of_request().await?;
    send_again(&engine, &letter, &reader).await
}

/// Puts a payment away that somebody has looked into.
#[server(endpoint = "look-into-purchase", prefix = "/act")]
pub async fn look_into_purchase(
    /// Which.
    #[server(default)]
    purchase: String,
    /// What was found.
    #[server(default)]
    reason: String,
) -> Result<(), AppError> {
    let (reader, engine) = Reader::of_request().await?;
    look_into(&engine, &purchase, &reason, &reader).await
}

/// Sets an event aside.
#[server(endpoint = "set-event-aside", prefix = "/act")]
pub async fn set_event_aside(
    /// The provider's name of it.
    #[server(default)]
    event: String,
    /// Why.
    #[server(default)]
    reason: String,
) -> Result<(), AppError> {
    let (reader, engine) = Reader::of_request().await?;
    set_aside(&engine, &event, &reason, &reader).await
}
