//! A page's few large figures.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// One figure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// What it is.
    pub name: String,
    /// How much.
    pub amount: String,
    /// One line below it.
    pub under: String,
}

/// At most four figures between two rules.
#[component]
pub fn Figures(
    /// Which ones.
    figures: Vec<Figure>,
) -> impl IntoView {
    let figure = |figure: Figure| {
        view! {
            <div>
                <dt>{figure.name}</dt>
                <dd class="figure">{figure.amount}</dd>
                <dd class="figure-under">{figure.under}</dd>
            </div>
        }
    };
    view! { <dl class="figures">{figures.into_iter().map(figure).collect_view()}</dl> }
}
