//! Where a page stands: the pages above it, and itself.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// One stop on the way down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stop {
    /// What it is called.
    pub words: String,
    /// Where it is; none for the page itself.
    pub address: Option<String>,
}

/// The way down to a page, the top first.
#[component]
pub fn Trail(
    /// The stops; the last is the page.
    stops: Vec<Stop>,
) -> impl IntoView {
    let stop = |stop: Stop| match stop.address {
        Some(address) => view! { <li><a href=address>{stop.words}</a></li> }.into_any(),
        None => view! { <li aria-current="page">{stop.words}</li> }.into_any(),
    };
    view! {
        <nav class="trail" aria-label="You are here">
            <ol>{stops.into_iter().map(stop).collect_view()}</ol>
        </nav>
    }
}
