//! The tiers side by side: what each includes, what it costs, and the way to it.

use crate::ui::{Badge, Tone};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A tier as a card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardView {
    /// Its name.
    pub name: String,
    /// For whom it is.
    pub whom: String,
    /// What it costs a month.
    pub price: String,
    /// What that is for: `a month, £499.80 billed yearly`.
    pub unit: String,
    /// What it includes.
    pub includes: Vec<String>,
    /// Whether it is what the customer has.
    pub yours: bool,
    /// Where it is chosen, and what that is called; none where there is nothing to choose.
    pub act: Option<(String, String)>,
    /// Whether it is what most will want next.
    pub primary: bool,
}

/// The cards.
#[component]
pub fn PlanCards(
    /// Smallest first.
    cards: Vec<CardView>,
) -> impl IntoView {
    let card = |card: CardView| {
        let includes = card.includes.into_iter().map(|line| view! { <li>{line}</li> }).collect_view();
        let act = card.act.map(|(address, words)| {
            view! {
                <a class="button" data-kind=card.primary.then_some("primary") href=address>
                    {words}
                </a>
            }
        });
        view! {
            <li class="panel" data-yours=card.yours.to_string()>
                <h2>
                    {card.name} " "
                    {card.yours.then(|| view! { <Badge tone=Tone::Accent text="Your plan" /> })}
                </h2>
                <p class="muted">{card.whom}</p>
                <p class="price">
                    <strong>{card.price}</strong>
                    <span class="under">{card.unit}</span>
                </p>
                <ul class="includes">{includes}</ul>
                {act}
            </li>
        }
    };
    view! { <ul class="plans">{cards.into_iter().map(card).collect_view()}</ul> }
}
