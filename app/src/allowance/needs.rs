//! What waits for somebody, most pressing first, each with one way on. Where nothing does, nothing is shown.

use crate::{
    production::FigureView,
    ui::{Tone, ToneIcon},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// One thing that waits for somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NeedView {
    /// What it means.
    pub tone: Tone,
    /// The state.
    pub title: String,
    /// Consequence and remedy.
    pub words: String,
    /// Since when.
    pub since: Option<String>,
    /// Needed, left, short by, where an amount is the cause.
    pub figures: Vec<FigureView>,
    /// The way on: where it leads, and what it is called.
    pub way: Option<(String, String)>,
    /// What can be done at once: where it is sent, with which fields, and what the button says.
    pub acts: Vec<NeedAct>,
}

/// What can be done at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NeedAct {
    /// Where it is sent.
    pub action: String,
    /// Its fields.
    pub fields: Vec<(String, String)>,
    /// What the button says.
    pub words: String,
}

/// All of it.
#[component]
pub fn NeedsYou(
    /// Most pressing first.
    needs: Vec<NeedView>,
) -> impl IntoView {
    (!needs.is_empty()).then(|| {
        view! {
            <section class="needs-you" aria-labelledby="needs-you">
                <h2 id="needs-you">"Needs you"</h2>
                <ul>{needs.into_iter().map(need).collect_view()}</ul>
            </section>
        }
    })
}

fn need(need: NeedView) -> impl IntoView {
    let figure = |figure: FigureView| {
        view! {
            <div>
                <dt>{figure.name}</dt>
                <dd>{figure.amount}</dd>
            </div>
        }
    };
    let figures = (!need.figures.is_empty()).then(
        || view! { <dl class="need-figures">{need.figures.into_iter().map(figure).collect_view()}</dl> },
    );
    let way = need.way.map(|(address, words)| {
        let of = need.title.clone();
        view! {
            <a class="button" href=address>
                {words} <span class="unseen">": " {of}</span>
            </a>
        }
    });
    let act = |act: NeedAct| {
        let fields = act
            .fields
            .into_iter()
            .map(|(name, value)| view! { <input type="hidden" name=name value=value /> });
        view! {
            <form method="post" action=act.action>
                {fields.collect_view()}
                <button class="button" type="submit">
                    {act.words} <span class="unseen">": " {need.title.clone()}</span>
                </button>
            </form>
        }
    };
    let acts = (!need.acts.is_empty())
        .then(|| view! { <div class="acts">{need.acts.into_iter().map(act).collect_view()}</div> });
    view! {
        <li data-tone=need.tone.name()>
            <div class="need">
            <div class="need-words">
                <h3>
                    <ToneIcon tone=need.tone />
                    {need.title}
                </h3>
                <p>{need.words} {need.since.map(|since| view! { " " <span class="muted">{since}</span> })}</p>
            </div>
            {figures}
            {way}
            {acts}
            </div>
        </li>
    }
}
