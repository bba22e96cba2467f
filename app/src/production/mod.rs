//! "New productions are rejected up front with a clear 'budget limit reached' message rather than partially running."
//!
//! The newest productions, and the newest refusal with its figures and ways out. S1–S3, G2–G4, reading 5.15.

mod refusal;

pub use refusal::{FigureView, NeedsYou, RefusalView};

use crate::ui::{Badge, Tone};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// One production of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductionView {
    /// What people call it.
    pub title: String,
    /// The account's name.
    pub account: String,
    /// Where it stands.
    pub status: (Tone, String),
    /// Tokens still held.
    pub held: String,
    /// Tokens charged.
    pub used: String,
    /// When it was admitted.
    pub admitted: String,
}

/// The newest productions.
#[component]
pub fn LatestProductions(
    /// Newest first.
    productions: Vec<ProductionView>,
) -> impl IntoView {
    let list = if productions.is_empty() {
        view! { <p class="empty">"No productions yet. The first one that the pipeline starts shows here."</p> }.into_any()
    } else {
        let rows = productions.into_iter().map(row).collect_view();
        view! {
            <table class="list">
                <thead>
                    <tr>
                        <th scope="col">"Production"</th>
                        <th scope="col">"Status"</th>
                        <th scope="col" class="number">"Held"</th>
                        <th scope="col" class="number">"Used"</th>
                        <th scope="col" class="number">"Admitted"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        }
        .into_any()
    };
    view! {
        <section class="panel" aria-labelledby="productions">
            <h2 id="productions">"Latest productions"</h2>
            {list}
        </section>
    }
}

fn row(production: ProductionView) -> impl IntoView {
    let (tone, status) = production.status;
    let (none_held, none_used) = (production.held == "0", production.used == "0");
    view! {
        <tr>
            <th scope="row">
                {production.title}
                <span class="under">{production.account}</span>
            </th>
            <td data-label="Status">
                <Badge tone text=status />
            </td>
            <td class="number" class:none=none_held data-label="Held">{production.held}</td>
            <td class="number" class:none=none_used data-label="Used">{production.used}</td>
            <td class="number" data-label="Admitted">{production.admitted}</td>
        </tr>
    }
}

#[cfg(feature = "ssr")]
mod on_the_server {
    use super::ProductionView;
    use crate::{
        format::{minute, tokens},
        ui::Tone,
    };
    use billing::production::Status;
    use engine::allowance::ProductionLine;

    impl ProductionView {
        /// A production as a list shows it.
        #[must_use]
        pub fn of(line: &ProductionLine) -> Self {
            let (tone, status) = match line.status {
                Status::Admitted => (Tone::Accent, "Admitted"),
                Status::Producing => (Tone::Accent, "Producing"),
                Status::AwaitingApproval => (Tone::Warn, "Awaiting approval"),
                Status::Published => (Tone::Ok, "Published"),
                Status::Failed => (Tone::Bad, "Failed"),
                Status::Cancelled => (Tone::Calm, "Cancelled"),
            };
            Self {
                title: line.title.clone(),
                account: line.account_name.clone(),
                status: (tone, status.to_owned()),
                held: tokens(line.held),
                used: tokens(line.used),
                admitted: minute(line.admitted_at),
            }
        }
    }
}
