//! Having one's account deleted: asking it, its day, and keeping the account until then. Y1.

use crate::ui::{Tone, ToneIcon};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A deletion that is under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeavingView {
    /// The request's id.
    pub request: String,
    /// On which day, and what holds until then.
    pub words: String,
}

/// That the account will be deleted, and how it is kept.
#[component]
pub(super) fn Leaving(leaving: LeavingView) -> impl IntoView {
    view! {
        <section class="notice leaving" data-tone="warn" aria-label="Your account will be deleted">
            <p>
                <ToneIcon tone=Tone::Warn />
                {leaving.words}
            </p>
            <form method="post" action="/act/withdraw-request">
                <input type="hidden" name="request" value=leaving.request />
                <button class="button" data-kind="primary" type="submit">
                    "Keep my account"
                </button>
            </form>
        </section>
    }
}

/// The end of the account; or why it cannot end now.
#[component]
pub(super) fn Delete(
    alone: Option<String>,
    email: String,
    ends: String,
    invalid: Option<&'static str>,
) -> impl IntoView {
    let form = match alone {
        Some(why) => view! { <p>{why}</p> }.into_any(),
        None => view! {
            <p>
                {ends} " Until then you can sign in and change your mind. After it nobody can: your name, address, password, devices "
                "and letters are gone, and your seats are free. Invoices, the ledger and the audit log stay, as the law asks, "
                "under a name that says nothing."
            </p>
            <div class="field">
                <label for="typed">"Type " {email} " to say that you mean this account"</label>
                <input
                    id="typed"
                    name="typed"
                    type="text"
                    inputmode="email"
                    required
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    aria-invalid=invalid
                />
            </div>
            <button class="button" type="submit">
                "Delete my account in 30 days"
            </button>
        }
        .into_any(),
    };
    view! {
        <form class="panel stack" method="post" action="/act/request-erasure" aria-labelledby="delete">
            <h2 id="delete">"Delete your account"</h2>
            {form}
        </form>
    }
}
