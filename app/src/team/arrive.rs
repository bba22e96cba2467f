//! Where a link leads: looking changes nothing, and what it is for is done by a button. H8, 5.27.

use super::{Field, WhatWasWrong, Wrong, server_fns::arrive_page};
use crate::frame::{PlainFrame, loaded};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Arrival {
    /// It confirms an address and sets a first password.
    Join,
    /// It signs in.
    Enter,
    /// It sets another password.
    Reset,
}

/// The page of a link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArriveView {
    /// What it is for.
    pub arrival: Arrival,
    /// Its token.
    pub token: String,
    /// The address that it was sent to; none where it cannot be used, and no telling why.
    pub email: Option<String>,
    /// The fewest characters of a password.
    pub shortest: usize,
    /// What was wrong.
    pub wrong: Option<Wrong>,
}

/// Confirms an address and sets a first password.
#[component]
pub fn JoinPage() -> impl IntoView {
    arrive(Arrival::Join)
}

/// Signs in.
#[component]
pub fn EnterPage() -> impl IntoView {
    arrive(Arrival::Enter)
}

/// Sets another password.
#[component]
pub fn ResetPage() -> impl IntoView {
    arrive(Arrival::Reset)
}

fn arrive(arrival: Arrival) -> impl IntoView {
    let token = use_query_map().get_untracked().get("token").unwrap_or_default();
    loaded(move || arrive_page(arrival, token.clone()), move |view| view! { <ArriveContent view /> })
}

impl Arrival {
    const fn title(self) -> &'static str {
        match self {
            Self::Join => "Set your password",
            Self::Enter => "Sign in",
            Self::Reset => "Set another password",
        }
    }

    const fn act(self) -> &'static str {
        match self {
            Self::Join => "/act/join",
            Self::Enter => "/act/enter",
            Self::Reset => "/act/reset-password",
        }
    }

    /// What happens by the button, and what it says.
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Join => {
                ("It confirms your address, and your free evaluation begins.", "Set password and begin")
            }
            Self::Enter => ("The link is used up by it.", "Sign in"),
            Self::Reset => (
                "Every device that is signed in is signed out, and you sign in with the new one.",
                "Set password",
            ),
        }
    }

    /// Where another link is asked for.
    const fn again(self) -> &'static str {
        match self {
            Self::Join => "/register",
            Self::Enter => "/sign-in/link",
            Self::Reset => "/sign-in/reset",
        }
    }
}

/// The form, or that the link cannot be used.
#[component]
pub fn ArriveContent(
    /// What to show.
    view: ArriveView,
) -> impl IntoView {
    let arrival = view.arrival;
    let Some(email) = view.email else { return view! { <Unusable arrival /> }.into_any() };
    let (words, button) = arrival.words();
    let is_wrong = view.wrong.is_some();
    let hint =
        format!("At least {} characters; three words that nobody else would put together.", view.shortest);
    let password = (arrival != Arrival::Enter).then(|| {
        view! { <Field name="password" label="New password" kind="password" autocomplete="new-password" hint is_wrong /> }
    });
    view! {
        <Title text=arrival.title() />
        <PlainFrame>
            <h1>{arrival.title()}</h1>
            <p>"For " <strong>{email.clone()}</strong> ". " <span class="muted">{words}</span></p>
            <WhatWasWrong wrong=view.wrong />
            <form class="stack" method="post" action=arrival.act()>
                <input type="hidden" name="token" value=view.token />
                <input class="unseen" type="email" autocomplete="username" value=email readonly tabindex="-1" aria-hidden="true" />
                {password}
                <button class="button" data-kind="primary" type="submit">
                    {button}
                </button>
            </form>
        </PlainFrame>
    }
    .into_any()
}

#[component]
fn Unusable(arrival: Arrival) -> impl IntoView {
    view! {
        <Title text="This link cannot be used" />
        <PlainFrame>
            <h1>"This link cannot be used"</h1>
            <p>
                "It was used before, has expired, or a newer one was sent. Nothing was changed. Links work once, for 15 minutes."
            </p>
            <p>
                <a class="button" data-kind="primary" href=arrival.again()>
                    "Ask for another"
                </a>
            </p>
            <p class="small">
                <a href="/sign-in">"Back to the sign-in"</a>
            </p>
        </PlainFrame>
    }
}
