//! What the pages of somebody's own sign-in ask for, and what their forms do.

use super::{CodesView, FactorView, YouView};
#[cfg(feature = "ssr")]
use super::{session::require_fresh, you_words};
use crate::AppError;
#[cfg(feature = "ssr")]
use crate::reader::Reader;
use leptos::prelude::*;

/// Profile & security.
#[server(name = YouFigures, endpoint = "you-page", prefix = "/act")]
pub async fn you_page() -> Result<YouView, AppError> {
    let (reader, engine) = Reader::of_request().await?;
    YouView::load(&engine, &reader).await
}

/// Calls somebody by another name.
#[server(endpoint = "rename", prefix = "/act")]
pub async fn rename(
    /// The name.
    #[server(default)]
    name: String,
) -> Result<(), AppError> {
    let (reader, engine) = Reader::of_request().await?;
    you_words::rename(&engine, &name, &reader).await
}

/// Chooses which letters they get.
#[server(endpoint = "choose-letters", prefix = "/act")]
pub async fn choose_letters(
    /// The kinds that are wanted.
    #[server(default)]
    wanted: Vec<String>,
) -> Result<(), AppError> {
    let (reader, engine) = Reader::of_request().await?;
    you_words::choose_letters(&engine, &wanted, &reader).await
}

/// Sets another password, and signs the other devices out.
#[server(endpoint = "change-password", prefix = "/act")]
pub async fn change_password(
    /// The password.
    #[server(default)]
    password: String,
) -> Result<(), AppError> {
    let (reader, engine) = Reader::of_request().await?;
    require_fresh("/you").await?;
    you_words::change_password(&engine, &password, &reader).await
}

/// Begins to turn the second factor on.
#[server(endpoint = "begin-factor", prefix = "/act")]
pub async fn begin_factor() -> Result<(), AppError> {
    let (reader, engine) = Reader::of_request().await?;
    require_fresh("/you").await?;
    you_words::begin_factor(&engine, &reader).await
}

/// What the authenticator app has to be told.
#[server(name = FactorFigures, endpoint = "factor-page", prefix = "/act")]
pub async fn factor_page() -> Result<FactorView, AppError> {
    let (reader, engine) = Reader::of_request().await?;
    require_fresh("/you/factor").await?;
    FactorView::load(&engine, &reader).await
}

/// Turns the second factor on by a code of the app.
#[server(endpoint = "confirm-factor", prefix = "/act")]
pub async fn confirm_factor(
    /// The code.
    #[server(default)]
    code: String,
) -> Result<(), AppError> {
    let (reader, engine) = Reader::of_request().await?;
    require_fresh("/you/factor").await?;
    you_words::confirm_factor(&engine, &code, &reader).await
}

/// Recovery codes, once.
#[server(name = RecoveryCodes, endpoint = "recovery-codes-page", prefix = "/act")]
pub async fn recovery_codes_page() -> Result<CodesView, AppError> {
    let (reader, engine) = Reader::of_request().await?;
    CodesView::load(&engine, &reader).await
}

/// Makes other recovery codes.
#[server(endpoint = "new-recovery-codes", prefix = "/act")]
pub async fn new_recovery_codes() -> Result<(), AppError> {
    let (reader, engine) = Reader::of_request().await?;
    require_fresh("/you").await?;
    you_words::new_codes(&engine, &reader).await
}

/// Turns the second factor off.
#[server(endpoint = "turn-factor-off", prefix = "/act")]
pub async fn turn_factor_off() -> Result<(), AppError> {
    let (reader, engine) = Reader::of_request().await?;
    require_fresh("/you").await?;
    you_words::turn_off(&engine, &reader).await
}

/// Signs one of one's devices out.
#[server(endpoint = "end-session", prefix = "/act")]
pub async fn end_session(
    /// Its name.
    #[server(default)]
    device: String,
) -> Result<(), AppError> {
    let (reader, engine) = Reader::of_request().await?;
    require_fresh("/you").await?;
    you_words::end_session(&engine, &device, &reader).await
}

/// Signs all of one's other devices out.
#[server(endpoint = "end-other-sessions", prefix = "/act")]
pub async fn end_other_sessions() -> Result<(), AppError> {
    let (reader, engine) = Reader::of_request().await?;
    require_fresh("/you").await?;
    you_words::end_others(&engine, &reader).await
}
