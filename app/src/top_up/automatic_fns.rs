//! What the page about automatic purchases asks for, and what its forms do.

use super::automatic::AutoTopUpView;
use crate::AppError;
#[cfg(feature = "ssr")]
use crate::{
    reader::Reader,
    top_up::automatic_forms::{self, TypedTopUp},
};
use leptos::prelude::*;

/// How automatic purchases stand, and the form; or what was filled in, for review.
#[server(name = AutoTopUpFigures, endpoint = "auto-top-up-page", prefix = "/act")]
pub async fn auto_top_up_page() -> Result<AutoTopUpView, AppError> {
    let (reader, engine) = Reader::of_request().await?;
    AutoTopUpView::load(&engine, &reader).await
}

/// Shows what the terms can come to, before anybody agrees; or keeps what was typed and says what is wrong.
#[server(name = ReviewAutoTopUp, endpoint = "review-auto-top-up", prefix = "/act")]
pub async fn review_auto_top_up(
    /// Below how many tokens it buys.
    #[server(default)]
    below: String,
    /// The tokens of the pack that it buys.
    #[server(default)]
    pack: String,
    /// The most that it may spend in a month.
    #[server(default)]
    cap: String,
) -> Result<(), AppError> {
    let (reader, engine) = Reader::of_request().await?;
    TypedTopUp { below, pack, cap }.review(&engine, &reader).await
}

/// Turns it on: agrees to the terms, on the amounts that were shown.
#[server(name = AgreeAutoTopUp, endpoint = "agree-auto-top-up", prefix = "/act")]
pub async fn agree_auto_top_up(
    /// Below how many tokens it buys.
    #[server(default)]
    below: String,
    /// The tokens of the pack that it buys.
    #[server(default)]
    pack: String,
    /// The most that it may spend in a month.
    #[server(default)]
    cap: String,
    /// What one purchase was said to come to.
    #[server(default)]
    once: String,
    /// What this month was said to come to at most.
    #[server(default)]
    worst: String,
) -> Result<(), AppError> {
    let (reader, engine) = Reader::of_request().await?;
    TypedTopUp { below, pack, cap }.agree(&engine, [&once, &worst], &reader).await
}

/// Turns it off, at once.
#[server(name = TurnTopUpOff, endpoint = "turn-top-up-off", prefix = "/act")]
pub async fn turn_top_up_off() -> Result<(), AppError> {
    let (reader, engine) = Reader::of_request().await?;
    automatic_forms::turn_off(&engine, &reader).await
}
