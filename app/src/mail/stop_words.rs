//! What a letter's link switches off, in words, and its form.

use super::StopView;
use crate::{AppError, respond, team::session::engine};

impl StopView {
    /// What this token switches off; one that is not ours is not found.
    pub async fn load(token: String) -> Result<Self, AppError> {
        let stopped = engine()?.letters_of(&token).await?;
        Ok(Self { about: stopped.kind.title().to_owned(), is_off: stopped.is_off, token })
    }
}

/// Switches it off, and goes back to the page, which says so.
pub async fn stop(token: &str) -> Result<(), AppError> {
    engine()?.stop_letters(token).await?;
    respond::see_other(&format!("/letters/stop?token={token}"));
    Ok(())
}
