//! The page of an order: what is to be paid, whether the money is there, and what was given for it.

use super::{Summary, SummaryView, server_fns::order_page};
use crate::{
    frame::{Frame, FrameView, PageHeader, loaded},
    ui::{Tone, ToneIcon},
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use serde::{Deserialize, Serialize};

/// The page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderView {
    /// What stands around it.
    pub frame: FrameView,
    /// The order's id.
    pub id: String,
    /// `Paid £21.60`, `Waiting for the payment`, `Not paid`.
    pub state: (Tone, String),
    /// `50,000 tokens added`, or what it is for.
    pub title: String,
    /// What follows.
    pub says: String,
    /// What it comes to.
    pub summary: SummaryView,
    /// Facts of the receipt: when, by whom, with what.
    pub facts: Vec<(String, String)>,
    /// Whether it can be paid now, and what the button says.
    pub pay: Option<String>,
    /// Whether it can be given up.
    pub may_give_up: bool,
    /// The invoice that it is on.
    pub invoice: Option<String>,
    /// Whether the payment is on its way: the page is worth loading again.
    pub on_its_way: bool,
}

/// One order.
#[component]
pub fn OrderPage() -> impl IntoView {
    let order = use_params_map().get_untracked().get("order").unwrap_or_default();
    let back = use_query_map().get_untracked().get("back").is_some();
    loaded(move || order_page(order.clone(), back), move |view| view! { <OrderContent view /> })
}

/// The page of this order.
#[component]
pub fn OrderContent(
    /// What to show.
    view: OrderView,
) -> impl IntoView {
    let (tone, state) = view.state;
    let fact = |(name, text): (String, String)| {
        view! {
            <div>
                <dt>{name}</dt>
                <dd>{text}</dd>
            </div>
        }
    };
    let pay = view.pay.map(|words| {
        view! {
            <form method="post" action="/act/pay-order">
                <input type="hidden" name="order" value=view.id.clone() />
                <button class="button" data-kind="primary" type="submit">
                    {words}
                </button>
            </form>
        }
    });
    let give_up = view.may_give_up.then(|| {
        view! {
            <form method="post" action="/act/give-up-order">
                <input type="hidden" name="order" value=view.id.clone() />
                <button class="button" data-kind="quiet" type="submit">
                    "Give it up"
                </button>
            </form>
        }
    });
    let again = view.on_its_way.then(|| {
        let address = format!("/orders/{}", view.id);
        view! {
            <a class="button" href=address>
                "Look again"
            </a>
        }
    });
    view! {
        <Title text=view.title.clone() />
        <Frame frame=view.frame path="/buy">
            <p class="lead" data-tone=tone.name()>
                <ToneIcon tone />
                {state}
            </p>
            <PageHeader title=view.title />
            <p class="prose">{view.says}</p>
            <div class="columns receipt-columns">
                <section class="panel" aria-labelledby="receipt">
                    <h2 id="receipt">"Order"</h2>
                    <Summary summary=view.summary />
                </section>
                <section class="panel" aria-label="What happened">
                    <dl class="summary">{view.facts.into_iter().map(fact).collect_view()}</dl>
                    <div class="acts">
                        {pay} {again}
                        {view.invoice.map(|address| view! { <a class="button" href=address>"Invoice"</a> })}
                        <a class="button" data-kind="quiet" href="/">
                            "Back to Overview"
                        </a>
                        {give_up}
                    </div>
                </section>
            </div>
            <p class="facts small">
                <span>"Order " <code>{view.id}</code></span>
                <span>"Its prices are those of the day it was made"</span>
            </p>
        </Frame>
    }
}
