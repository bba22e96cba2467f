//! The tables of the dated lists: versions, what they change, and rates.

use crate::ui::{Badge, Tone};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Ranges of days that stand open on the page; more of them fold away.
const OPEN_GAPS: usize = 3;

/// One version of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionRow {
    /// Which one; of prices the model.
    pub name: String,
    /// What else there is to say of it.
    pub under: Option<String>,
    /// From when on it holds.
    pub from: String,
    /// Whether it holds.
    pub state: (Tone, String),
    /// What it says, in a few lines.
    pub says: Vec<String>,
}

/// One line that changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeRow {
    /// What it is of.
    pub line: String,
    /// Which line of it.
    pub under: Option<String>,
    /// What it was.
    pub before: String,
    /// What it is from then on.
    pub after: String,
}

/// What a version changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangesView {
    /// `What changes on 1 Dec 2026`.
    pub title: String,
    /// The heads of the two columns of values.
    pub heads: [String; 2],
    /// The lines that are not what they were.
    pub rows: Vec<ChangeRow>,
}

/// The rates of a currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateRow {
    /// Its code.
    pub currency: String,
    /// How many days have a rate of their own.
    pub days: String,
    /// The first and the last of them.
    pub span: String,
    /// Whether days are missing.
    pub state: (Tone, String),
    /// The days that are, each range in words.
    pub gaps: Vec<String>,
}

/// Versions of a list, or of prices.
#[component]
pub(super) fn Versions(versions: Vec<VersionRow>, says: String) -> impl IntoView {
    let row = |row: VersionRow| {
        let says = row.says.into_iter().map(|line| view! { <span class="line">{line}</span> });
        view! {
            <tr>
                <th scope="row">{row.name} {row.under.map(|under| view! { <span class="under">{under}</span> })}</th>
                <td>{row.from}</td>
                <td>
                    <Badge tone=row.state.0 text=row.state.1 />
                </td>
                <td class="dated-says">{says.collect_view()}</td>
            </tr>
        }
    };
    view! {
        <div class="scroll">
            <table class="list" data-dense="true">
                <thead>
                    <tr>
                        <th scope="col">"Version"</th>
                        <th scope="col">"From"</th>
                        <th scope="col">"State"</th>
                        <th scope="col">{says}</th>
                    </tr>
                </thead>
                <tbody>{versions.into_iter().map(row).collect_view()}</tbody>
            </table>
        </div>
    }
}

/// What a version changes.
#[component]
pub(super) fn Changes(changes: ChangesView) -> impl IntoView {
    if changes.rows.is_empty() {
        return view! { <p class="empty">"Nothing: it says what the version before it says."</p> }.into_any();
    }
    let [before, after] = changes.heads;
    let row = |row: ChangeRow| {
        view! {
            <tr>
                <th scope="row">{row.line} {row.under.map(|under| view! { <span class="under">{under}</span> })}</th>
                <td class="number" data-label=before.clone()>{row.before}</td>
                <td class="number" data-label=after.clone()>{row.after}</td>
            </tr>
        }
    };
    let rows = changes.rows.into_iter().map(row).collect_view();
    view! {
        <div class="scroll">
            <table class="list dated-changes" data-dense="true">
                <thead>
                    <tr>
                        <th scope="col">"Line"</th>
                        <th scope="col" class="number">{before}</th>
                        <th scope="col" class="number">{after}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// The rates of every currency.
#[component]
pub(super) fn RateTable(rows: Vec<RateRow>) -> impl IntoView {
    let gaps = |gaps: Vec<String>| {
        let open = gaps.len() <= OPEN_GAPS;
        let lines = gaps.into_iter().map(|gap| view! { <li>{gap}</li> }).collect_view();
        if open {
            view! { <ul>{lines}</ul> }.into_any()
        } else {
            view! { <details class="dated-latest"><summary>"Which days"</summary><ul>{lines}</ul></details> }
                .into_any()
        }
    };
    let row = |row: RateRow| {
        let missing = (!row.gaps.is_empty()).then(|| gaps(row.gaps));
        view! {
            <tr>
                <th scope="row">{row.currency}</th>
                <td class="number" data-label="Days with a rate">{row.days}</td>
                <td>{row.span}</td>
                <td>
                    <Badge tone=row.state.0 text=row.state.1 />
                    {missing}
                </td>
            </tr>
        }
    };
    view! {
        <div class="scroll">
            <table class="list" data-dense="true">
                <thead>
                    <tr>
                        <th scope="col">"Currency"</th>
                        <th scope="col" class="number">"Days with a rate"</th>
                        <th scope="col">"First and last"</th>
                        <th scope="col">"Gaps"</th>
                    </tr>
                </thead>
                <tbody>{rows.into_iter().map(row).collect_view()}</tbody>
            </table>
        </div>
    }
}
