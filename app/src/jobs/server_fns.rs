//! What the page of jobs asks for, and what its forms do.

use super::JobsView;
#[cfg(feature = "ssr")]
use super::words::{look_again, set_aside};
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
