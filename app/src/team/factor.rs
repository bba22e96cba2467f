//! Turning the second factor on: the secret as a picture and as text, a code that confirms it, and recovery codes that are
//! shown once. L1.

use super::{
    Field, WhatWasWrong, Wrong,
    you_fns::{factor_page, recovery_codes_page},
};
use crate::frame::{Frame, FrameView, PageHeader, loaded};
use leptos::prelude::*;
use leptos_meta::Title;
use serde::{Deserialize, Serialize};

/// A drawn code: how many modules it is wide, and those that are dark as a path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drawing {
    /// Modules from edge to edge, with the quiet zone.
    pub width: usize,
    /// The dark ones.
    pub path: String,
}

/// What the authenticator app has to be told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactorView {
    /// What stands around it.
    pub frame: FrameView,
    /// It, to be scanned.
    pub drawing: Drawing,
    /// It, to be typed: in groups of four.
    pub secret: String,
    /// What was wrong with the code.
    pub wrong: Option<Wrong>,
}

/// Recovery codes, once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodesView {
    /// What stands around them.
    pub frame: FrameView,
    /// All of them; none where they were shown before.
    pub codes: Vec<String>,
}

/// Turns the second factor on.
#[component]
pub fn FactorPage() -> impl IntoView {
    loaded(factor_page, move |view| view! { <FactorContent view /> })
}

/// The secret and the form.
#[component]
pub fn FactorContent(
    /// What to show.
    view: FactorView,
) -> impl IntoView {
    let is_wrong = view.wrong.is_some();
    let width = view.drawing.width;
    view! {
        <Title text="Turn on the second factor" />
        <Frame frame=view.frame path="/you">
            <p class="small">
                <a href="/you">"Profile & security"</a>
            </p>
            <PageHeader title="Turn on the second factor" />
            <WhatWasWrong wrong=view.wrong />
            <ol class="panel factor">
                <li>
                    <h2>"Scan this with your authenticator app"</h2>
                    <svg class="qr" viewBox=format!("0 0 {width} {width}") role="img" aria-label="QR code with the secret below">
                        <path d=view.drawing.path />
                    </svg>
                    <p class="small">"Or type the secret: " <code class="secret">{view.secret}</code></p>
                </li>
                <li>
                    <h2>"Enter the code that the app shows"</h2>
                    <form class="stack" method="post" action="/act/confirm-factor">
                        <Field name="code" label="Code" autocomplete="one-time-code" hint="Six digits." is_wrong />
                        <button class="button" data-kind="primary" type="submit">
                            "Turn on the second factor"
                        </button>
                    </form>
                </li>
            </ol>
        </Frame>
    }
}

/// Shows recovery codes once.
#[component]
pub fn CodesPage() -> impl IntoView {
    loaded(recovery_codes_page, move |view| view! { <CodesContent view /> })
}

/// The codes.
#[component]
pub fn CodesContent(
    /// What to show.
    view: CodesView,
) -> impl IntoView {
    let codes = view.codes.into_iter().map(|code| view! { <li><code>{code}</code></li> });
    view! {
        <Title text="Your recovery codes" />
        <Frame frame=view.frame path="/you">
            <PageHeader title="Your recovery codes" />
            <p class="prose">
                "Keep them where you find them without your phone, on paper or in a password manager. Each signs you in once in \
                 place of a code from your app. "
                <strong>"They are not shown again."</strong>
            </p>
            <ol class="panel recovery-codes">{codes.collect_view()}</ol>
            <p>
                <a class="button" data-kind="primary" href="/you">
                    "I have kept them"
                </a>
            </p>
        </Frame>
    }
}
