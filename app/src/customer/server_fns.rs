//! What the form of an account asks for, and what it does.

use super::NewAccountView;
#[cfg(feature = "ssr")]
use super::open;
use crate::AppError;
#[cfg(feature = "ssr")]
use crate::reader::Reader;
use leptos::prelude::*;

/// The form.
#[server(name = NewAccountFigures, endpoint = "new-account-page", prefix = "/act")]
pub async fn new_account_page() -> Result<NewAccountView, AppError> {
    let (reader, engine) = Reader::of_request().await?;
    NewAccountView::load(&engine, &reader).await
}

/// Opens an account.
#[server(endpoint = "open-account", prefix = "/act")]
pub async fn open_account(
    /// Its name.
    #[server(default)]
    name: String,
) -> Result<(), AppError> {
    let (reader, engine) = Reader::of_request().await?;
    open(&engine, &name, &reader).await
}
