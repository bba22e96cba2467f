//! The platform's controls: closing the gate for new productions, and opening it again; loops and features that are switched
//! off, with what they cost and what needs them. K1–K3, K5, P12.

use super::server_fns::controls_page;
use crate::{
    frame::{Frame, FrameView, PageHeader, loaded},
    ui::{Badge, Problem, ReasonField, Tone, Transcript},
};
use leptos::prelude::*;
use leptos_meta::Title;
use serde::{Deserialize, Serialize};

/// How the platform is closed, step by step.
const STEPS: [&str; 5] = [
    "**Close the gate** for a maintenance window or an emergency: say why, the audit log keeps it.",
    "What runs **finishes and settles**. New productions of every customer are refused with the reason *maintenance*, and pipelines are told to ask again later.",
    "**Open the gate** and everything goes on; nothing is lost, and nobody has to be told.",
    "**Switch a loop or a feature off** to stop what it spends. What others need is switched off with them, and the button says which.",
    "The pipeline reads which loops are off and makes **no more calls** for them. A call that is reported all the same was paid for: it is booked, and counted here.",
];

/// One switch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SwitchRow {
    /// Its word.
    pub control: String,
    /// What it is called.
    pub name: String,
    /// What it costs while it is on.
    pub costs: String,
    /// What it needs.
    pub needs: Option<String>,
    /// On, or off since when.
    pub state: (Tone, String),
    /// What it has cost lately; none for a feature, which is counted in its loop.
    pub spent: Vec<String>,
    /// Calls that were reported although it is off.
    pub flagged: Option<String>,
    /// What it becomes.
    pub to_on: bool,
    /// The words of what is switched with it, with spaces between them.
    pub agreed: String,
    /// What is switched with it.
    pub says: Option<String>,
    /// What the button says.
    pub act: String,
}

/// The page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ControlsView {
    /// What stands around it.
    pub frame: FrameView,
    /// The line of facts.
    pub facts: Vec<String>,
    /// Whether the gate is closed.
    pub idle: bool,
    /// `Running`, or `Idle since 22 Oct 2026, 16:40 UTC`.
    pub state: (Tone, String),
    /// What that means.
    pub says: String,
    /// The loops and features.
    pub switches: Vec<SwitchRow>,
    /// From when on is recent: `Since 23 Sept 2026`.
    pub since: String,
    /// Why the form was not taken.
    pub wrong: Option<String>,
}

/// The controls.
#[component]
pub fn ControlsPage() -> impl IntoView {
    loaded(controls_page, move |view| view! { <ControlsContent view /> })
}

/// The page of these controls.
#[component]
pub fn ControlsContent(
    /// What to show.
    view: ControlsView,
) -> impl IntoView {
    let (tone, state) = view.state;
    let words = if view.idle { "Open the gate again" } else { "Close the gate for new productions" };
    let to = if view.idle { "running" } else { "idle" };
    view! {
        <Title text="Platform controls" />
        <Frame frame=view.frame path="/platform/controls">
            <PageHeader title="Platform controls" facts=view.facts>
                <a class="button" href="/audit?act=modeChanged">
                    "Who has changed it"
                </a>
            </PageHeader>
            {view.wrong.map(|message| view! { <Problem message /> })}
            <form class="panel stack details" method="post" action="/act/change-mode" aria-labelledby="mode">
                <h2 id="mode">"Mode " <Badge tone text=state /></h2>
                <p>{view.says}</p>
                <input type="hidden" name="mode" value=to />
                <ReasonField id="reason" />
                <button class="button" data-kind="primary" type="submit">
                    {words}
                </button>
            </form>
            <section class="panel stack" aria-labelledby="switches">
                <h2 id="switches">"Loops and features"</h2>
                <p class="muted">{view.since}</p>
                <div class="scroll">
                    <table class="list switch-list">
                        <thead>
                            <tr>
                                <th scope="col">"What it is"</th>
                                <th scope="col">"State"</th>
                                <th scope="col" class="number">"AI spend"</th>
                                <th scope="col">"Switch"</th>
                            </tr>
                        </thead>
                        <tbody>{view.switches.into_iter().map(switch).collect_view()}</tbody>
                    </table>
                </div>
            </section>
            <Transcript title="Closing the platform" steps=STEPS.to_vec() />
        </Frame>
    }
}

fn switch(row: SwitchRow) -> impl IntoView {
    let (tone, state) = row.state;
    let reason = format!("why-{}", row.control);
    let spent = row.spent.into_iter().enumerate().map(|(place, line)| {
        if place == 0 { line.into_any() } else { view! { <span class="under">{line}</span> }.into_any() }
    });
    let summary = if row.to_on { "Switch it on" } else { "Switch it off" };
    let (of, place) = (row.name.clone(), row.control.clone());
    view! {
        <tr id=place>
            <th scope="row">
                {row.name}
                <span class="under">{row.costs}</span>
                {row.needs.map(|needs| view! { <span class="under">"Needs " {needs} "."</span> })}
            </th>
            <td>
                <Badge tone text=state />
                {row.flagged.map(|flagged| view! { <span class="under">{flagged}</span> })}
            </td>
            <td class="number" data-label="AI spend">{spent.collect_view()}</td>
            <td>
                <details class="folded">
                    <summary>{summary} <span class="unseen">" " {of}</span></summary>
                    <form method="post" action="/act/switch-control">
                        {row.says.map(|says| view! { <p class="small">{says}</p> })}
                        <input type="hidden" name="control" value=row.control />
                        <input type="hidden" name="on" value=row.to_on.to_string() />
                        <input type="hidden" name="agreed" value=row.agreed />
                        <ReasonField id=reason />
                        <button class="button" type="submit">
                            {row.act}
                        </button>
                    </form>
                </details>
            </td>
        </tr>
    }
}
