//! What an order comes to, line by line: shown before it is paid, on its receipt, and on its invoice.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SummaryLine {
    /// What it is for.
    pub what: String,
    /// For which days, or a line of arithmetic; empty where there is nothing to add.
    pub under: String,
    /// What it comes to.
    pub amount: String,
}

/// Lines, tax and total.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SummaryView {
    /// The lines.
    pub lines: Vec<SummaryLine>,
    /// What they come to before tax.
    pub net: String,
    /// The tax: its name and rate, and its amount.
    pub tax: (String, String),
    /// What is to be paid, or was.
    pub total: (String, String),
}

/// The list.
#[component]
pub fn Summary(
    /// What to show.
    summary: SummaryView,
) -> impl IntoView {
    let several = summary.lines.len() > 1;
    let line = |line: SummaryLine| {
        view! {
            <div>
                <dt>
                    {line.what}
                    {(!line.under.is_empty()).then(|| view! { <span class="under">{line.under}</span> })}
                </dt>
                <dd>{line.amount}</dd>
            </div>
        }
    };
    let net = several.then(|| {
        view! {
            <div data-sum="net">
                <dt>"Before tax"</dt>
                <dd>{summary.net}</dd>
            </div>
        }
    });
    view! {
        <dl class="summary">
            {summary.lines.into_iter().map(line).collect_view()}
            {net}
            <div>
                <dt>{summary.tax.0}</dt>
                <dd>{summary.tax.1}</dd>
            </div>
            <div data-sum="total">
                <dt>{summary.total.0}</dt>
                <dd>{summary.total.1}</dd>
            </div>
        </dl>
    }
}
