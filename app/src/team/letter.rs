//! Asking for a letter with a link, and the one answer that everybody gets. L2, T7.

use super::{
    Field, WhatWasWrong, Wrong,
    server_fns::{ask_page, sent_page},
};
use crate::frame::{PlainFrame, loaded};
use leptos::prelude::*;
use leptos_meta::Title;
use serde::{Deserialize, Serialize};

/// The form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskView {
    /// The address that was typed.
    pub email: String,
    /// What was wrong.
    pub wrong: Option<Wrong>,
}

/// The answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentView {
    /// Whether letters are read here, since none leaves a sandbox.
    pub mailbox: bool,
}

/// Asks for a link that signs in.
#[component]
pub fn AskForLinkPage() -> impl IntoView {
    loaded(ask_page, move |view| view! { <AskContent view reset=false /> })
}

/// Asks for a link that sets another password.
#[component]
pub fn AskForResetPage() -> impl IntoView {
    loaded(ask_page, move |view| view! { <AskContent view reset=true /> })
}

/// The form with these values.
#[component]
pub fn AskContent(
    /// What to show.
    view: AskView,
    /// Whether another password is to be set.
    reset: bool,
) -> impl IntoView {
    let (title, words, kind) = if reset {
        (
            "Set another password",
            "We send you a link with which you set it. Until then the one that you have stays.",
            "passwordReset",
        )
    } else {
        ("Sign in by a link", "We send you a link that signs you in, without a password.", "signIn")
    };
    let is_wrong = view.wrong.is_some();
    view! {
        <Title text=title />
        <PlainFrame>
            <h1>{title}</h1>
            <p class="muted">{words}</p>
            <WhatWasWrong wrong=view.wrong />
            <form class="stack" method="post" action="/act/send-link">
                <input type="hidden" name="kind" value=kind />
                <Field name="email" label="Email" kind="email" autocomplete="username" value=view.email is_wrong />
                <button class="button" data-kind="primary" type="submit">
                    "Send me the link"
                </button>
            </form>
            <p class="small">
                <a href="/sign-in">"Back to the sign-in"</a>
            </p>
        </PlainFrame>
    }
}

/// A letter is on its way, or nobody is to know that it is not.
#[component]
pub fn SentPage() -> impl IntoView {
    loaded(sent_page, move |view| view! { <SentContent view /> })
}

/// The answer.
#[component]
pub fn SentContent(
    /// What to show.
    view: SentView,
) -> impl IntoView {
    view! {
        <Title text="A letter is on its way" />
        <PlainFrame>
            <h1>"A letter is on its way"</h1>
            <p>"If this address can be used, a letter with a link is on its way to it. The link works once, for 15 minutes."</p>
            <p class="muted">
                "Nothing there after a few minutes? Look among unwanted mail, check the address, and ask again. An address gets \
                 three letters an hour."
            </p>
            {view.mailbox.then(|| view! {
                <p>
                    <a class="button" data-kind="primary" href="/sandbox/mail">
                        "Read it in the sandbox’s mailbox"
                    </a>
                </p>
            })}
            <p class="small">
                <a href="/sign-in">"Back to the sign-in"</a>
            </p>
        </PlainFrame>
    }
}
