//! What the frame's forms do.

use crate::AppError;
#[cfg(feature = "ssr")]
use crate::team::session;
use leptos::prelude::*;

/// Keeps colours and ways of writing in cookies, and goes back to `next`.
#[server(endpoint = "appearance", prefix = "/act")]
pub async fn appearance(
    /// `light` or `dark`; anything else follows the system.
    #[server(default)]
    theme: String,
    /// A tag such as `de-DE`; anything else follows the browser.
    #[server(default)]
    locale: String,
    /// Where to go afterwards.
    #[server(default)]
    next: String,
) -> Result<(), AppError> {
    super::preferences::keep(&theme, &locale, &next).await
}

/// Looks at another customer from now on, where that is in reach.
#[server(endpoint = "switch-customer", prefix = "/act")]
pub async fn switch_customer(
    /// Whose id it is.
    #[server(default)]
    customer: String,
) -> Result<(), AppError> {
    session::switch_customer(&customer).await
}
