//! The document around every page: what the browser may load and run, and what it is told before it draws.

use crate::{App, AppError, error::ErrorPage, request, respond, ui::TapePatterns};
use axum::http::{HeaderValue, header::CONTENT_SECURITY_POLICY};
use engine::Engine;
use leptos::{nonce::use_nonce, prelude::*};
use leptos_meta::{HashedStylesheet, MetaTags, provide_meta_context};

/// The document of a page. It works without scripts; with them, its islands wake.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    document(options, || view! { <App /> }.into_any())
}

/// The document that says why nothing became of a form, and leads back to the page that it stands on.
pub fn form_failed(options: LeptosOptions, error: AppError, page: String) -> impl IntoView {
    provide_meta_context();
    document(options, || view! { <ErrorPage error form=page /> }.into_any())
}

fn document(options: LeptosOptions, content: impl FnOnce() -> AnyView) -> impl IntoView {
    forbid_what_is_not_ours();
    let theme = request::theme().map(request::Theme::name);
    view! {
        <!DOCTYPE html>
        <html lang="en-GB" data-theme=theme>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta
                    name="description"
                    content="Billing and usage of an AI production studio: what is left, what it was used for, and where it stops."
                />
                <meta name="color-scheme" content="light dark" />
                <meta name="theme-color" media="(prefers-color-scheme: light)" content="#f7f9fc" />
                <meta name="theme-color" media="(prefers-color-scheme: dark)" content="#0c0e14" />
                <link
                    rel="preload"
                    href="/fonts/instrument-sans-latin-wght-normal.woff2"
                    r#as="font"
                    r#type="font/woff2"
                    crossorigin="anonymous"
                />
                <HashedStylesheet options=options.clone() />
                <link rel="icon" href="/favicon.svg" r#type="image/svg+xml" />
                <HydrationScripts options islands=true />
                <MetaTags />
            </head>
            <body>
                <a class="skip" href="#main">"Skip to content"</a>
                <TapePatterns />
                {content()}
            </body>
        </html>
    }
}

/// Only our own files, and of scripts in the page only those that carry this response's nonce. A form leads elsewhere only
/// where orders are paid on the provider's own pages.
fn forbid_what_is_not_ours() {
    let nonce = use_nonce().map(|nonce| format!(" 'nonce-{nonce}'")).unwrap_or_default();
    let paid_at = use_context::<Engine>().and_then(|engine| engine.checkout_origin());
    let paid_at = paid_at.map(|origin| format!(" {origin}")).unwrap_or_default();
    let policy = format!(
        "default-src 'self'; script-src 'self'{nonce} 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
         connect-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'{paid_at}"
    );
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        respond::header(CONTENT_SECURITY_POLICY, policy);
    }
}
