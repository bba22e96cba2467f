//! The sign-in page: email and password, and the other ways in.

use super::{Field, WhatWasWrong, Wrong, server_fns::sign_in_form};
use crate::frame::{PlainFrame, loaded, own_address};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

/// What the sign-in page shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInView {
    /// The email address that was sent, to be corrected.
    pub email: String,
    /// Why the sign-in before this page failed.
    pub wrong: Option<Wrong>,
    /// What was done before this page.
    pub done: Option<String>,
    /// Whether there are sample people to sign in as.
    pub samples: bool,
}

/// Signs a person in.
#[component]
pub fn SignInPage() -> impl IntoView {
    let wanted = use_query_map().get_untracked().get("next");
    let next = wanted.as_deref().and_then(own_address).map(str::to_owned);
    loaded(sign_in_form, move |view| view! { <SignInContent view next=next.clone() /> })
}

/// The form, empty or as it was sent; a password never comes back.
#[component]
pub fn SignInContent(
    /// What was sent before.
    view: SignInView,
    /// Where to go afterwards.
    next: Option<String>,
) -> impl IntoView {
    let failed = view.wrong.is_some();
    let done = view.done.map(|words| view! { <crate::ui::Said tone=crate::ui::Tone::Ok words /> });
    view! {
        <Title text="Sign in" />
        <PlainFrame>
            <h1>"Sign in"</h1>
            {done}
            <WhatWasWrong wrong=view.wrong />
            <form class="stack" method="post" action="/act/sign-in">
                <Field name="email" label="Email" kind="email" autocomplete="username" value=view.email is_wrong=failed />
                <Field name="password" label="Password" kind="password" autocomplete="current-password" is_wrong=failed />
                {next.map(|next| view! { <input type="hidden" name="next" value=next /> })}
                <button class="button" data-kind="primary" type="submit">
                    "Sign in"
                </button>
            </form>
            <ul class="ways small">
                <li>
                    <a href="/sign-in/link">"Send me a sign-in link"</a>
                    ", valid for 15 minutes"
                </li>
                <li>
                    <a href="/sign-in/reset">"Set another password"</a>
                </li>
                <li>
                    "New here? "
                    <a href="/register">"Register"</a>
                    ", no card needed"
                </li>
            </ul>
            {view.samples.then(|| view! {
                <p class="small muted">
                    "This is an installation with sample data. "
                    <a href="/sandbox">"See whom to sign in as"</a>
                </p>
            })}
        </PlainFrame>
    }
}
