//! What the page of accounts asks for, and what the forms for limits do.

use super::accounts::{AccountsView, ShownLimits};
use crate::AppError;
#[cfg(feature = "ssr")]
use crate::{
    budget::{limits_form::TypedLimits, raise_words::TypedRaise},
    reader::Reader,
};
use leptos::prelude::*;

/// The accounts in reach, and the form for the one that is edited.
#[server(name = AccountsAndBudgets, endpoint = "accounts-page", prefix = "/act")]
pub async fn accounts_page(
    /// The id of the account whose limits are edited; empty where none is.
    #[server(default)]
    edit: String,
) -> Result<AccountsView, AppError> {
    let (reader, engine) = Reader::of_request().await?;
    AccountsView::load(&engine, &edit, &reader).await
}

/// Sets the limits of an account, and says what follows; or keeps what was typed and says what is wrong.
#[server(endpoint = "set-limits", prefix = "/act")]
pub async fn set_limits(
    /// The account's id.
    #[server(default)]
    account: String,
    /// Where somebody is told; empty tells nobody.
    #[server(default)]
    tell_at: String,
    /// Where new productions stop; empty never stops.
    #[server(default)]
    stop_at: String,
    /// `month` for this month only; anything else for every month.
    #[server(default)]
    from: String,
    /// `true` removes the limit.
    #[server(default)]
    remove: String,
    /// What the form was made on.
    #[server(default)]
    shown: ShownLimits,
) -> Result<(), AppError> {
    let (reader, engine) = Reader::of_request().await?;
    TypedLimits { account, tell_at, stop_at, from, remove, shown }.save(&engine, &reader).await
}

/// Raises an account's limit for this month, so that a refused production can start; or keeps what was typed and says what
/// is wrong.
#[server(name = RaiseThisMonth, endpoint = "raise-limit", prefix = "/act")]
pub async fn raise_limit(
    /// The refusal's id.
    #[server(default)]
    refusal: String,
    /// The limit.
    #[server(default)]
    to: String,
) -> Result<(), AppError> {
    let (reader, engine) = Reader::of_request().await?;
    TypedRaise { refusal, to }.save(&engine, &reader).await
}
