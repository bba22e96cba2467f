//! The second step of a sign-in, and the question whether it is still the same person. L1, T10.

use super::{
    Field, WhatWasWrong, Wrong,
    server_fns::{code_page, confirm_page},
};
use crate::frame::{PlainFrame, loaded, own_address};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

/// The second step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeView {
    /// What was wrong.
    pub wrong: Option<Wrong>,
}

/// The question.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfirmView {
    /// Who is asked.
    pub email: String,
    /// Whether a code is an answer as well.
    pub factor: bool,
    /// What was wrong.
    pub wrong: Option<Wrong>,
}

/// Asks for a code.
#[component]
pub fn CodePage() -> impl IntoView {
    loaded(code_page, move |view| view! { <CodeContent view /> })
}

/// The form.
#[component]
pub fn CodeContent(
    /// What to show.
    view: CodeView,
) -> impl IntoView {
    let is_wrong = view.wrong.is_some();
    view! {
        <Title text="Second step" />
        <PlainFrame>
            <h1>"Second step"</h1>
            <p class="muted">"Enter the 6-digit code from your authenticator app, or one of your recovery codes."</p>
            <WhatWasWrong wrong=view.wrong />
            <form class="stack" method="post" action="/act/sign-in-code">
                <Field
                    name="code"
                    label="Code"
                    autocomplete="one-time-code"
                    hint="The code changes every 30 seconds; each works once."
                    is_wrong
                />
                <button class="button" data-kind="primary" type="submit">
                    "Sign in"
                </button>
            </form>
            <p class="small">
                <a href="/sign-in">"Sign in as someone else"</a>
            </p>
        </PlainFrame>
    }
}

/// Asks whether it is still the same person.
#[component]
pub fn ConfirmPage() -> impl IntoView {
    let wanted = use_query_map().get_untracked().get("next");
    let next = wanted.as_deref().and_then(own_address).unwrap_or("/you").to_owned();
    loaded(confirm_page, move |view| view! { <ConfirmContent view next=next.clone() /> })
}

/// The form.
#[component]
pub fn ConfirmContent(
    /// What to show.
    view: ConfirmView,
    /// Where to go afterwards.
    next: String,
) -> impl IntoView {
    let is_wrong = view.wrong.is_some();
    let label = if view.factor { "Password, or a code from your app" } else { "Password" };
    view! {
        <Title text="Confirm that it is you" />
        <PlainFrame>
            <h1>"Confirm that it is you"</h1>
            <p class="muted">
                "What you are about to do needs a proof that is less than ten minutes old. Nothing was changed so far."
            </p>
            <WhatWasWrong wrong=view.wrong />
            <form class="stack" method="post" action="/act/confirm">
                <input type="hidden" name="next" value=next.clone() />
                <input
                    class="unseen"
                    type="email"
                    autocomplete="username"
                    value=view.email
                    readonly
                    tabindex="-1"
                    aria-hidden="true"
                />
                <Field name="proof" label kind="password" autocomplete="current-password" is_wrong />
                <button class="button" data-kind="primary" type="submit">
                    "Confirm and go back"
                </button>
            </form>
            <p class="small">
                <a href=next>"Go back without"</a>
            </p>
        </PlainFrame>
    }
}
