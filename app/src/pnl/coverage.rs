//! How complete a P&L is, what is missing from it, and where the customer's revenue stands. P6, 5.26.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// How complete the figures are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoverageView {
    /// The share of calls whose cost is known, and of how many calls.
    pub known: (String, String),
    /// The share of revenue that is final, and since when.
    pub settled: (String, String),
    /// What is missing, in all; empty where nothing is.
    pub summary: String,
    /// Each thing that is missing.
    pub missing: Vec<String>,
}

/// What was invoiced, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PositionView {
    /// At the end of which day.
    pub title: String,
    /// What it is, in a word, and how much.
    pub parts: Vec<(String, String)>,
    /// The sum of them.
    pub sum: (String, String),
    /// What it is in, where the rest of the page is in something else.
    pub note: Option<String>,
}

/// How complete the figures are.
#[component]
pub fn Coverage(
    /// What to show.
    coverage: CoverageView,
    /// Where the revenue stands, for who reaches all of it.
    position: Option<PositionView>,
) -> impl IntoView {
    let part = |name: &'static str, (share, of): (String, String)| {
        view! {
            <div>
                <dt>{name} <span class="under">{of}</span></dt>
                <dd>{share}</dd>
            </div>
        }
    };
    let missing = coverage.missing.into_iter().map(|line| view! { <li>{line}</li> }).collect_view();
    let missing = (!coverage.summary.is_empty()).then(|| {
        view! {
            <details class="coverage-missing">
                <summary>{coverage.summary}</summary>
                <ul>{missing}</ul>
            </details>
        }
    });
    view! {
        <div class="coverage">
            <section class="panel" aria-labelledby="coverage">
                <h2 id="coverage">"Coverage"</h2>
                <dl class="summary">
                    {part("Calls with a known cost", coverage.known)}
                    {part("Revenue that is final", coverage.settled)}
                </dl>
                {missing}
            </section>
            {position.map(|position| view! { <Position position /> })}
        </div>
    }
}

/// Recognised, deferred and lapsed: together what was invoiced.
#[component]
fn Position(position: PositionView) -> impl IntoView {
    let line = |(name, amount): (String, String)| view! { <div><dt>{name}</dt><dd>{amount}</dd></div> };
    view! {
        <section class="panel" aria-labelledby="position">
            <h2 id="position">{position.title}</h2>
            <dl class="summary">
                {position.parts.into_iter().map(line).collect_view()}
                <div data-sum="total">
                    <dt>{position.sum.0}</dt>
                    <dd>{position.sum.1}</dd>
                </div>
            </dl>
            {position.note.map(|note| view! { <p class="note">{note}</p> })}
        </section>
    }
}
