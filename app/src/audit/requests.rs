//! Every data request, for the platform's administrators: by when each is due, and its answer. Y2, Y5.

use super::privacy_fns::requests_page;
use crate::{
    frame::{Frame, FrameView, PageHeader, loaded},
    ui::{Badge, Problem, Tone, Transcript},
};
use leptos::prelude::*;
use leptos_meta::Title;
use serde::{Deserialize, Serialize};

/// How requests are answered, step by step.
const STEPS: [&str; 3] = [
    "**Acknowledge** a request within 72 hours: the person is told that somebody looks at it.",
    "**Resolve** it within 30 days with a note that the person reads. Where it takes longer, **extend** it before that, with the reason, to at most 90 days.",
    "A **copy** answers itself, and an account is **deleted** by itself on its day, unless its person keeps it.",
];

/// What can be done with a request, and what was typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerForm {
    /// The request's id.
    pub request: String,
    /// Whether it waits to be acknowledged.
    pub acknowledge: bool,
    /// Whether it can be fulfilled by staff.
    pub fulfil: bool,
    /// The first and last day to which it can be extended; none where there is none.
    pub days: Option<(String, String)>,
    /// The day that was typed.
    pub until: String,
    /// The reason that was typed.
    pub reason: String,
    /// The note that was typed.
    pub note: String,
    /// Which field is wrong.
    pub wrong: Option<String>,
}

/// One request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestRow {
    /// What is asked.
    pub title: String,
    /// Who asks.
    pub who: String,
    /// Where they are written to.
    pub email: Option<String>,
    /// What they said, why it takes longer, and what was answered.
    pub words: Vec<String>,
    /// When it was asked.
    pub asked: String,
    /// When it was acknowledged, or by when it is.
    pub acknowledged: String,
    /// When it was resolved, or by when it is.
    pub resolved: String,
    /// How it stands.
    pub state: (Tone, String),
    /// What can be done with it.
    pub answer: Option<AnswerForm>,
}

/// The page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestsView {
    /// What stands around it.
    pub frame: FrameView,
    /// The line of facts.
    pub facts: Vec<String>,
    /// The open ones, the most urgent first; then those that have ended.
    pub rows: Vec<RequestRow>,
    /// What was wrong with the last form.
    pub wrong: Option<String>,
}

/// Every data request.
#[component]
pub fn RequestsPage() -> impl IntoView {
    loaded(requests_page, move |view| view! { <RequestsContent view /> })
}

/// The page of these requests.
#[component]
pub fn RequestsContent(
    /// What to show.
    view: RequestsView,
) -> impl IntoView {
    let list = if view.rows.is_empty() {
        view! { <p class="empty">"No requests yet. Who asks about their own data, under Profile & security, stands here."</p> }
            .into_any()
    } else {
        view! {
            <div class="scroll">
                <table class="list">
                    <thead>
                        <tr>
                            <th scope="col">"Request"</th>
                            <th scope="col" class="number">"Asked"</th>
                            <th scope="col" class="number">"Acknowledged"</th>
                            <th scope="col" class="number">"Resolved"</th>
                            <th scope="col">"State and answer"</th>
                        </tr>
                    </thead>
                    <tbody>{view.rows.into_iter().map(row).collect_view()}</tbody>
                </table>
            </div>
        }
        .into_any()
    };
    view! {
        <Title text="Data requests" />
        <Frame frame=view.frame path="/platform/requests">
            <PageHeader title="Data requests" facts=view.facts />
            {view.wrong.map(|message| view! { <Problem message /> })}
            {list}
            <Transcript title="Answering in time" steps=STEPS.to_vec() />
        </Frame>
    }
}

fn row(row: RequestRow) -> impl IntoView {
    let (tone, state) = row.state;
    let words =
        row.words.into_iter().map(|words| view! { <span class="under">{words}</span> }).collect_view();
    let email = row.email.map(|email| view! { <span class="under">{email}</span> });
    view! {
        <tr>
            <th scope="row">
                <strong>{row.title}</strong>
                <span class="under">{row.who}</span>
                {email}
            </th>
            <td class="number" data-label="Asked">{row.asked}</td>
            <td class="number" data-label="Acknowledged">{row.acknowledged}</td>
            <td class="number" data-label="Resolved">{row.resolved}</td>
            <td>
                <div class="request-answer">
                    <Badge tone text=state />
                    {words}
                    {row.answer.map(|form| view! { <Answer form /> })}
                </div>
            </td>
        </tr>
    }
}

/// What can be done, folded; open where something was wrong.
#[component]
fn Answer(form: AnswerForm) -> impl IntoView {
    let id = |field: &str| format!("{field}-{}", form.request);
    let (until, reason, note) = (id("until"), id("reason"), id("note"));
    let invalid = |field: &str| (form.wrong.as_deref() == Some(field)).then_some("true");
    let acknowledge = form.acknowledge.then(|| {
        view! {
            <form method="post" action="/act/acknowledge-request">
                <input type="hidden" name="request" value=form.request.clone() />
                <button class="button" data-kind="primary" type="submit">
                    "Acknowledge"
                </button>
            </form>
        }
    });
    let extend = form.days.clone().map(|(first, last)| {
        view! {
            <form method="post" action="/act/extend-request">
                <input type="hidden" name="request" value=form.request.clone() />
                <div class="field">
                    <label for=until.clone()>"Resolved by"</label>
                    <input id=until name="until" type="date" required min=first max=last value=form.until.clone() aria-invalid=invalid("until") />
                </div>
                <div class="field">
                    <label for=reason.clone()>"Why it takes longer; the person is told"</label>
                    <input id=reason name="reason" required maxlength="1000" autocomplete="off" value=form.reason.clone() aria-invalid=invalid("reason") />
                </div>
                <button class="button" type="submit">
                    "Extend"
                </button>
            </form>
        }
    });
    let fulfil = form.fulfil.then(|| {
        view! {
            <button class="button" data-kind="primary" type="submit" name="outcome" value="fulfilled">
                "It is done"
            </button>
        }
    });
    view! {
        {acknowledge}
        <details class="folded" open=form.wrong.is_some()>
            <summary>"Answer or extend"</summary>
            <form method="post" action="/act/resolve-request">
                <input type="hidden" name="request" value=form.request.clone() />
                <div class="field">
                    <label for=note.clone()>"What was done, or why not; the person is told"</label>
                    <input id=note name="note" required maxlength="1000" autocomplete="off" value=form.note.clone() aria-invalid=invalid("note") />
                </div>
                <div class="acts">
                    {fulfil}
                    <button class="button" type="submit" name="outcome" value="declined">
                        "Decline"
                    </button>
                </div>
            </form>
            {extend}
        </details>
    }
}
