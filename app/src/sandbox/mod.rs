//! A page for whoever tries the console out: every sample customer's banner side by side, one button to sign in as
//! somebody, and the clock. It exists in sandbox installations only.

mod server_fns;
#[cfg(feature = "ssr")]
mod words;

pub use server_fns::{AdvanceClock, SandboxStates, advance_clock, sandbox_states};

use crate::{
    allowance::{UsageBanner, UsageView},
    flash::Notice,
    frame::loaded,
    ui::{Logo, Said},
};
use leptos::prelude::*;
use leptos_meta::Title;
use serde::{Deserialize, Serialize};

/// How far the clock can be advanced at once: the value, and what it is called.
pub const STEPS: [(&str, &str); 4] =
    [("hour", "An hour"), ("day", "A day"), ("week", "A week"), ("month", "30 days")];

/// Somebody to sign in as.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SamplePerson {
    /// Their address.
    pub email: String,
    /// Their name and what they are.
    pub name: String,
    /// What they see.
    pub sees: String,
}

/// A customer, what its banner says to the first of its people, and all of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SampleState {
    /// The customer, or whose staff it is.
    pub name: String,
    /// The banner; none for staff.
    pub usage: Option<UsageView>,
    /// Its people.
    pub people: Vec<SamplePerson>,
}

/// The page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SandboxView {
    /// What the clock shows.
    pub clock: String,
    /// The same for a program: the clock is advanced from there, so that a form sent twice advances it once.
    pub now: String,
    /// The password of all sample people.
    pub password: String,
    /// Every customer.
    pub states: Vec<SampleState>,
    /// What was done just now.
    pub notice: Option<Notice>,
}

/// All states side by side.
#[component]
pub fn SandboxPage() -> impl IntoView {
    loaded(sandbox_states, move |view| view! { <SandboxContent view /> })
}

/// The page of these states.
#[component]
pub fn SandboxContent(
    /// What to show.
    view: SandboxView,
) -> impl IntoView {
    let steps = STEPS.map(|(value, words)| {
        view! {
            <button class="button" type="submit" name="by" value=value>
                {words}
            </button>
        }
    });
    let password = view.password;
    let states = view.states.into_iter().map(|state| {
        let people = state.people.into_iter().map(|person| {
            view! {
                <li>
                    <form method="post" action="/act/sign-in">
                        <input type="hidden" name="email" value=person.email.clone() />
                        <input type="hidden" name="password" value=password.clone() />
                        <button class="button" type="submit">
                            "Sign in as " {person.name}
                        </button>
                    </form>
                    <p class="small muted">{person.email} ": " {person.sees}</p>
                </li>
            }
        });
        let (name, label) = (state.name.clone(), format!("Usage of {}", state.name));
        view! {
            <section class="state" aria-label=name>
                <h2>{state.name}</h2>
                {state.usage.map(|usage| view! { <UsageBanner usage full=true label=label.clone() /> })}
                <ul class="people">{people.collect_view()}</ul>
            </section>
        }
    });
    view! {
        <Title text="Sample data" />
        <main id="main" class="sandbox-page" tabindex="-1">
            <p class="brand">
                <Logo />
                "JARAI Console"
            </p>
            {view.notice.map(|notice| view! { <Said tone=notice.tone words=notice.words /> })}
            <h1>"Sample data"</h1>
            <p class="prose">
                "This installation is for trying things out: its customers, prices and payments are samples. Sign in as \
                 anybody; advance the clock to see holds lapse, allowances refresh and grace end."
            </p>
            <form class="filters" method="post" action="/act/advance-clock">
                <input type="hidden" name="from" value=view.now />
                <p>"The clock shows " <strong>{view.clock}</strong> ". Advance it by"</p>
                {steps}
            </form>
            {states.collect_view()}
        </main>
    }
}
