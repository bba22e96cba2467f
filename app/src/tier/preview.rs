//! What a change comes to, before it is made: lines, tax, dates, the next charge, and the tokens afterwards. T8.

use crate::payment::{Summary, SummaryView};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A change that is looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewView {
    /// `Change to Pro, annual`.
    pub title: String,
    /// When it takes effect, and what follows.
    pub says: String,
    /// What is to be paid now; none where it takes effect later, or is free.
    pub summary: Option<SummaryView>,
    /// Name and figure of what follows.
    pub follows: Vec<(String, String)>,
    /// What makes it: the action's address, hidden fields, and what the button says. None where it cannot be made.
    pub act: Option<PreviewAct>,
    /// Seats to choose, where the tier is sold by the seat: tier, billing, fewest, and how many are shown.
    pub seats: Option<(String, String, u32, u32)>,
    /// Why it cannot be made, and the way on.
    pub refused: Option<(String, String, String)>,
}

/// What makes a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewAct {
    /// Where the form is sent.
    pub action: String,
    /// Its hidden fields.
    pub fields: Vec<(String, String)>,
    /// What the button says: what will happen, with the amount.
    pub words: String,
}

/// The preview.
#[component]
pub fn Preview(
    /// What to show.
    preview: PreviewView,
) -> impl IntoView {
    let follows = preview.follows.into_iter().map(|(name, text)| {
        view! {
            <div>
                <dt>{name}</dt>
                <dd>{text}</dd>
            </div>
        }
    });
    let act = preview.act.map(|act| {
        let fields = act
            .fields
            .into_iter()
            .map(|(name, value)| view! { <input type="hidden" name=name value=value /> });
        view! {
            <form method="post" action=act.action>
                {fields.collect_view()}
                <button class="button" data-kind="primary" type="submit">
                    {act.words}
                </button>
            </form>
        }
    });
    let refused = preview.refused.map(|(why, address, words)| {
        view! {
            <p class="problem-message">{why}</p>
            <p>
                <a href=address>{words}</a>
            </p>
        }
    });
    view! {
        <section class="panel preview" id="preview" aria-labelledby="preview-title">
            <h2 id="preview-title">{preview.title}</h2>
            <p class="prose">{preview.says}</p>
            {refused}
            {preview.seats.map(|(tier, billing, fewest, seats)| view! { <Seats tier billing fewest seats /> })}
            <div class="columns receipt-columns">
                {preview.summary.map(|summary| view! { <Summary summary /> })}
                <dl class="summary">{follows.collect_view()}</dl>
            </div>
            <div class="acts">
                {act}
                <a class="button" data-kind="quiet" href="/plan">
                    "Keep it as it is"
                </a>
            </div>
        </section>
    }
}

/// How many seats: the preview is shown anew for them.
#[component]
fn Seats(tier: String, billing: String, fewest: u32, seats: u32) -> impl IntoView {
    view! {
        <form class="filters" method="get" action="/plan#preview">
            <input type="hidden" name="to" value=tier />
            <input type="hidden" name="billing" value=billing />
            <div class="field" data-inline="true">
                <label for="seats">"Seats"</label>
                <input id="seats" name="seats" type="number" inputmode="numeric" min=fewest max="10000" value=seats />
            </div>
            <button class="button" type="submit">
                "Show"
            </button>
        </form>
    }
}
