//! What the page of the sandbox asks for, and what its clock does.

use super::SandboxView;
#[cfg(feature = "ssr")]
use super::words;
use crate::AppError;
use leptos::prelude::*;

/// Every sample customer's state.
#[server(endpoint = "sandbox-states", prefix = "/act")]
pub async fn sandbox_states() -> Result<SandboxView, AppError> {
    SandboxView::load().await
}

/// Advances the sandbox clock.
#[server(endpoint = "advance-clock", prefix = "/act")]
pub async fn advance_clock(
    /// `hour`, `day`, `week` or `month`.
    #[server(default)]
    by: String,
    /// What the clock showed; now, where it is not given.
    #[server(default)]
    from: String,
) -> Result<(), AppError> {
    words::advance(&by, &from).await
}
