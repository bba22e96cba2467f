//! Whoever follows a letter's link that switches letters of its kind off: they are told what it does, and press a button. No
//! sign-in is needed. N3.

use super::stop_fns::stop_page;
use crate::frame::{PlainFrame, loaded};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

/// The page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StopView {
    /// What letters of the kind are about.
    pub about: String,
    /// Whether they are off.
    pub is_off: bool,
    /// For the form.
    pub token: String,
}

/// The page.
#[component]
pub fn StopPage() -> impl IntoView {
    let token = use_query_map().get_untracked().get("token").unwrap_or_default();
    loaded(move || stop_page(token.clone()), move |view| view! { <StopContent view /> })
}

/// The page of this kind.
#[component]
pub fn StopContent(
    /// What to show.
    view: StopView,
) -> impl IntoView {
    let (title, act) = if view.is_off {
        let words = "You get no more letters of this kind. Invoices and letters about payments that fail still reach you.";
        ("Letters of this kind are off", view! { <p>{words}</p> }.into_any())
    } else {
        let form = view! {
            <p class="muted">"Invoices, letters about payments that fail and those about your sign-in still reach you."</p>
            <form class="stack" method="post" action="/act/stop-letters">
                <input type="hidden" name="token" value=view.token />
                <button class="button" data-kind="primary" type="submit">
                    "Send me no more of them"
                </button>
            </form>
        };
        ("No more letters of this kind?", form.into_any())
    };
    view! {
        <Title text=title />
        <PlainFrame>
            <h1>{title}</h1>
            <p>"“" {view.about} "”"</p>
            {act}
            <p class="small">
                <a href="/you#letters">"Choose which letters you get"</a>
            </p>
        </PlainFrame>
    }
}
