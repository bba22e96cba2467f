//! What the pages of keys ask for, and what their forms do.

#[cfg(feature = "ssr")]
use super::key_words::{TypedKey, revoke, rotate};
use super::{KeyView, KeysView, NewKeyView};
use crate::AppError;
#[cfg(feature = "ssr")]
use crate::reader::Reader;
use leptos::prelude::*;

/// The keys.
#[server(name = KeysFigures, endpoint = "keys-page", prefix = "/act")]
pub async fn keys_page() -> Result<KeysView, AppError> {
    let (reader, engine) = Reader::of_request().await?;
    KeysView::load(&engine, &reader).await
}

/// The form of a new key.
#[server(name = NewKeyFigures, endpoint = "new-key-page", prefix = "/act")]
pub async fn new_key_page() -> Result<NewKeyView, AppError> {
    let (reader, engine) = Reader::of_request().await?;
    NewKeyView::load(&engine, &reader).await
}

/// One key.
#[server(name = KeyFigures, endpoint = "key-page", prefix = "/act")]
pub async fn key_page(
    /// Its id.
    #[server(default)]
    key: String,
) -> Result<KeyView, AppError> {
    let (reader, engine) = Reader::of_request().await?;
    KeyView::load(&engine, &key, &reader).await
}

/// Makes a key and shows its token on the next page, once; or keeps what was typed and says what is wrong.
#[server(endpoint = "make-key", prefix = "/act")]
pub async fn make_key(
    /// What it is called.
    #[server(default)]
    name: String,
    /// What it may do: `admit`, `report`, `read`.
    #[server(default)]
    acts: Vec<String>,
    /// `some` for the accounts that follow; anything else for all.
    #[server(default)]
    reach: String,
    /// The ids of accounts.
    #[server(default)]
    accounts: Vec<String>,
    /// What it may spend a month; empty is no limit of its own.
    #[server(default)]
    limit: String,
    /// Acts a second; empty leaves it to the server.
    #[server(default)]
    rate: String,
    /// The form's own name: sent twice, it makes one key.
    #[server(default)]
    request: String,
) -> Result<(), AppError> {
    let (reader, engine) = Reader::of_request().await?;
    TypedKey { name, acts, reach, accounts, limit, rate }.make(&engine, &request, &reader).await
}

/// Changes what a key may do; or keeps what was typed and says what is wrong.
#[server(endpoint = "change-key", prefix = "/act")]
pub async fn change_key(
    /// Its id.
    #[server(default)]
    key: String,
    /// What it is called.
    #[server(default)]
    name: String,
    /// What it may do: `admit`, `report`, `read`.
    #[server(default)]
    acts: Vec<String>,
    /// `some` for the accounts that follow; anything else for all.
    #[server(default)]
    reach: String,
    /// The ids of accounts.
    #[server(default)]
    accounts: Vec<String>,
    /// What it may spend a month; empty is no limit of its own.
    #[server(default)]
    limit: String,
    /// Acts a second; empty leaves it to the server.
    #[server(default)]
    rate: String,
) -> Result<(), AppError> {
    let (reader, engine) = Reader::of_request().await?;
    TypedKey { name, acts, reach, accounts, limit, rate }.change(&engine, &key, &reader).await
}

/// Gives a key another token and shows it on the next page, once.
#[server(endpoint = "rotate-key", prefix = "/act")]
pub async fn rotate_key(
    /// Its id.
    #[server(default)]
    key: String,
    /// Hours that the old token lives on; 24 where it is none.
    #[server(default)]
    overlap: String,
    /// The form's own name: sent twice, it rotates once.
    #[server(default)]
    request: String,
) -> Result<(), AppError> {
    let (reader, engine) = Reader::of_request().await?;
    rotate(&engine, &key, &overlap, &request, &reader).await
}

/// Revokes a key.
#[server(endpoint = "revoke-key", prefix = "/act")]
pub async fn revoke_key(
    /// Its id.
    #[server(default)]
    key: String,
    /// Why.
    #[server(default)]
    reason: String,
) -> Result<(), AppError> {
    let (reader, engine) = Reader::of_request().await?;
    revoke(&engine, &key, &reason, &reader).await
}
