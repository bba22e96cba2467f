//! A page for whoever tries the console out: every sample customer's banner side by side, where each refusal and each state
//! of a budget and of a production can be seen, one button to sign in as somebody, and the clock. It exists in sandbox
//! installations only.

mod server_fns;
mod sights;
#[cfg(feature = "ssr")]
mod words;

pub use server_fns::{AdvanceClock, SandboxStates, advance_clock, sandbox_states};
pub use sights::{SightView, Sights};

use crate::{
    allowance::{UsageBanner, UsageView},
    flash::Notice,
    frame::loaded,
    ui::{Logo, Said},
};
use leptos::prelude::*;
use leptos_meta::Title;
use serde::{Deserialize, Serialize};
use sights::SightList;

/// How far the clock can be advanced at once: the value, what it is called, and what happens meanwhile.
pub const STEPS: [(&str, &str, &str); 4] = [
    (
        "hour",
        "An hour",
        "A production that was only admitted lapses after ten minutes; what it held goes home.",
    ),
    ("day", "A day", "So do running productions of which nobody has heard for 24 hours."),
    ("week", "A week", "The grace of a failed payment ends: new productions are refused."),
    (
        "month",
        "30 days",
        "Allowances refresh, budgets start anew, a limit for one month is over, an evaluation ends.",
    ),
];

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
    /// Refusals, budgets and productions, and who sees them.
    pub sights: Vec<Sights>,
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
    let steps = STEPS.map(|(value, words, meanwhile)| {
        view! {
            <li>
                <button class="button" type="submit" name="by" value=value>
                    {words}
                </button>
                <p class="small muted">{meanwhile}</p>
            </li>
        }
    });
    let password = view.password;
    let contents =
        view.sights.iter().map(|group| view! { <a href=format!("#{}", group.id)>{group.title.clone()}</a> });
    let contents = contents.collect_view();
    let groups = view.sights.into_iter().map(|group| view! { <SightList group password=password.clone() /> });
    let groups = groups.collect_view();
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
                <h3>{state.name}</h3>
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
                "This installation is for trying things out: its customers, prices and payments are samples, and so is the \
                 year behind them. Sign in as anybody to see the console as they do."
            </p>
            <nav class="facts" aria-label="On this page">
                <a href="#customers">"Customers and their banners"</a>
                {contents}
                <a href="/sandbox/mail">"The mailbox: letters and their links"</a>
            </nav>
            <form class="clock" method="post" action="/act/advance-clock">
                <input type="hidden" name="from" value=view.now />
                <p>"The clock shows " <strong>{view.clock}</strong> ". Advance it by"</p>
                <ul>{steps}</ul>
            </form>
            <h2 id="customers">"Customers and their banners"</h2>
            {states.collect_view()}
            {groups}
        </main>
    }
}
