//! Signing in and out.

use super::SignInView;
#[cfg(feature = "ssr")]
use super::session;
use crate::AppError;
use leptos::prelude::*;

/// What the sign-in page shows, once: whether a sign-in has failed just now.
#[server(endpoint = "sign-in-form", prefix = "/act")]
pub async fn sign_in_form() -> Result<SignInView, AppError> {
    session::take_failure().await
}

/// Signs in whose email and password these are, and leads to Overview or to `next`; else back to the form.
#[server(endpoint = "sign-in", prefix = "/act")]
pub async fn sign_in(
    /// The email address as it was typed.
    #[server(default)]
    email: String,
    /// The password.
    #[server(default)]
    password: String,
    /// Where to go afterwards.
    #[server(default)]
    next: String,
) -> Result<(), AppError> {
    let found = session::engine()?.sign_in(&email, &password).await;
    session::begin(found, &email, &next).await
}

/// Ends the session.
#[server(endpoint = "sign-out", prefix = "/act")]
pub async fn sign_out() -> Result<(), AppError> {
    session::end().await
}
