//! What goes on by itself, for whoever runs the platform: the jobs of the sweep, what waits to be sent or charged, and what the
//! payment provider told that could not be used. S4.

mod letters;
mod server_fns;
mod unanswered;
#[cfg(feature = "ssr")]
mod words;

pub use letters::UnsentRow;
pub use server_fns::{
    JobsFigures, LookIntoPurchase, RetryEvent, SendLetterAgain, SetEventAside, jobs_page, look_into_purchase,
    retry_event, send_letter_again, set_event_aside,
};
pub use unanswered::UnansweredRow;

use crate::{
    frame::{Frame, FrameView, PageHeader, loaded},
    ui::{Badge, Figure, Figures, Problem, ReasonField, Tone, Transcript},
};
use leptos::prelude::*;
use leptos_meta::Title;
use letters::UnsentLetters;
use serde::{Deserialize, Serialize};
use unanswered::UnansweredPayments;

/// How the page is used, step by step.
const STEPS: [&str; 5] = [
    "**Jobs** run every few seconds in every process; one that fails is tried again by itself and holds no other up. Its reason stands here.",
    "**Look again** at an event of the payment provider: the provider is asked how the payment stands, and it is taken where it fits an order by now. Nothing is ever given twice.",
    "**Set aside** what is nobody’s, with a reason. The audit log keeps both.",
    "**Payments without an answer** are looked up at the provider, by their key: give back there what was charged, and say here what you have found.",
    "**Send again** a letter that was given up, once what kept it has been mended: it is tried as often as a new one.",
];

/// A job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobRow {
    /// What it is called.
    pub name: String,
    /// How it stands.
    pub state: (Tone, String),
    /// When it last ran well.
    pub ran: String,
    /// When it last had something to do, and how much.
    pub did: String,
    /// When it last failed, and with what.
    pub failed: Option<String>,
}

/// An event that could not be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventRow {
    /// The provider's name of it.
    pub id: String,
    /// Its type.
    pub kind: String,
    /// When it was heard.
    pub when: String,
    /// Whose it is: the customer's page and its name.
    pub customer: Option<(String, String)>,
    /// Why it could not be used.
    pub why: String,
    /// What came of looking again.
    pub last: Option<String>,
    /// How it stands.
    pub state: (Tone, String),
    /// Whether it can be looked at again or set aside.
    pub is_open: bool,
}

/// The page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobsView {
    /// What stands around it.
    pub frame: FrameView,
    /// The line of facts.
    pub facts: Vec<String>,
    /// What waits.
    pub figures: Vec<Figure>,
    /// The jobs.
    pub jobs: Vec<JobRow>,
    /// Payments of which nobody has heard for days.
    pub unanswered: Vec<UnansweredRow>,
    /// Letters that were given up.
    pub unsent: Vec<UnsentRow>,
    /// Events, those that wait first.
    pub events: Vec<EventRow>,
    /// What was wrong with a form.
    pub wrong: Option<String>,
}

/// The jobs.
#[component]
pub fn JobsPage() -> impl IntoView {
    loaded(jobs_page, move |view| view! { <JobsContent view /> })
}

/// The page of these jobs.
#[component]
pub fn JobsContent(
    /// What to show.
    view: JobsView,
) -> impl IntoView {
    let events = if view.events.is_empty() {
        view! { <p class="empty">"None. Everything that the payment provider has told could be used."</p> }
            .into_any()
    } else {
        view! {
            <div class="scroll" tabindex="0" role="region" aria-label="Events as a table">
                <table class="list event-list">
                    <thead>
                        <tr>
                            <th scope="col">"Event"</th>
                            <th scope="col">"Whose"</th>
                            <th scope="col">"Why it was not used"</th>
                            <th scope="col">"State"</th>
                            <th scope="col"><span class="unseen">"What to do"</span></th>
                        </tr>
                    </thead>
                    <tbody>{view.events.into_iter().map(event).collect_view()}</tbody>
                </table>
            </div>
        }
        .into_any()
    };
    view! {
        <Title text="Background jobs" />
        <Frame frame=view.frame path="/platform/jobs">
            <PageHeader title="Background jobs" facts=view.facts>
                <a class="button" href="/audit?act=jobResubmitted">
                    "What was tried again"
                </a>
            </PageHeader>
            {view.wrong.map(|message| view! { <Problem message /> })}
            <Figures figures=view.figures />
            <section class="panel stack" aria-labelledby="jobs">
                <h2 id="jobs">"Jobs"</h2>
                <div class="scroll" tabindex="0" role="region" aria-label="Jobs as a table">
                    <table class="list">
                        <thead>
                            <tr>
                                <th scope="col">"Job"</th>
                                <th scope="col">"State"</th>
                                <th scope="col" class="number">"Last ran"</th>
                                <th scope="col" class="number">"Last had something to do"</th>
                            </tr>
                        </thead>
                        <tbody>{view.jobs.into_iter().map(job).collect_view()}</tbody>
                    </table>
                </div>
            </section>
            <UnansweredPayments payments=view.unanswered />
            <UnsentLetters letters=view.unsent />
            <section class="panel stack" aria-labelledby="events">
                <h2 id="events">"Events of the payment provider that were not used"</h2>
                {events}
            </section>
            <Transcript title="What goes on by itself" steps=STEPS.to_vec() />
        </Frame>
    }
}

fn job(row: JobRow) -> impl IntoView {
    let (tone, state) = row.state;
    view! {
        <tr>
            <th scope="row">
                {row.name}
                {row.failed.map(|failed| view! { <span class="under">{failed}</span> })}
            </th>
            <td>
                <Badge tone text=state />
            </td>
            <td class="number" data-label="Last ran">{row.ran}</td>
            <td class="number" data-label="Last had something to do">{row.did}</td>
        </tr>
    }
}

fn event(row: EventRow) -> impl IntoView {
    let (tone, state) = row.state;
    let reason = format!("why-{}", row.id);
    let (again, aside) = (row.id.clone(), row.id.clone());
    let whose = match row.customer {
        Some((page, name)) => view! { <a href=page>{name}</a> }.into_any(),
        None => "Nobody known".into_any(),
    };
    let acts = row.is_open.then(|| {
        view! {
            <form method="post" action="/act/retry-event">
                <input type="hidden" name="event" value=again />
                <button class="button" type="submit">
                    "Look again"
                </button>
            </form>
            <details class="folded">
                <summary>"Set aside"</summary>
                <form method="post" action="/act/set-event-aside">
                    <input type="hidden" name="event" value=aside />
                    <ReasonField id=reason />
                    <button class="button" type="submit">
                        "Set it aside"
                    </button>
                </form>
            </details>
        }
    });
    view! {
        <tr>
            <th scope="row">
                {row.kind}
                <span class="under">{row.when}</span>
                <code class="under">{row.id}</code>
            </th>
            <td>{whose}</td>
            <td>
                {row.why}
                {row.last.map(|last| view! { <span class="under">{last}</span> })}
            </td>
            <td>
                <Badge tone text=state />
            </td>
            <td>{acts}</td>
        </tr>
    }
}
