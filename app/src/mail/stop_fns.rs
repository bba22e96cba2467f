//! What the page of a letter's own link asks for, and what its form does.

use super::StopView;
#[cfg(feature = "ssr")]
use super::stop_words;
use crate::AppError;
use leptos::prelude::*;

/// What a letter's link switches off.
#[server(name = StopFigures, endpoint = "stop-letters-page", prefix = "/act")]
pub async fn stop_page(
    /// The token of the link.
    #[server(default)]
    token: String,
) -> Result<StopView, AppError> {
    StopView::load(token).await
}

/// Switches it off.
#[server(endpoint = "stop-letters", prefix = "/act")]
pub async fn stop_letters(
    /// The token of the link.
    #[server(default)]
    token: String,
) -> Result<(), AppError> {
    stop_words::stop(&token).await
}
