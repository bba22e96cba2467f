//! "When you need more than your tier includes, buy extra capacity on top of the subscription. It's added to your balance and
//! consumed after the monthly allowance." U1–U3, 5.7.

mod automatic;
mod automatic_fns;
#[cfg(feature = "ssr")]
mod automatic_forms;
#[cfg(feature = "ssr")]
mod automatic_offer;
#[cfg(feature = "ssr")]
mod automatic_words;
mod server_fns;
#[cfg(feature = "ssr")]
mod words;

pub use automatic::{AutoTopUpContent, AutoTopUpPage, AutoTopUpView, PackChoice, TopUpForm, TopUpReview};
pub use automatic_fns::{
    AgreeAutoTopUp, AutoTopUpFigures, ReviewAutoTopUp, TurnTopUpOff, agree_auto_top_up, auto_top_up_page,
    review_auto_top_up, turn_top_up_off,
};
#[cfg(feature = "ssr")]
pub use automatic_forms::{KeptTopUp, TypedTopUp};
pub use server_fns::{BuyFigures, OrderPack, buy_page, order_pack};

use crate::{
    frame::{Frame, FrameView, PageHeader, loaded},
    payment::{Summary, SummaryView},
    ui::{Badge, Tone, Transcript},
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

/// How capacity is bought, step by step.
const STEPS: [&str; 4] = [
    "Choose a **pack**. Larger ones cost less for a thousand tokens.",
    "The **order summary** shows tax, total, and what you will have afterwards.",
    "**Continue to payment** leads to the payment provider; card details never come here.",
    "Once the payment is confirmed the tokens are there, and are used **after the monthly allowance**.",
];

/// A pack that is sold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackView {
    /// Where it is chosen.
    pub address: String,
    /// `50,000 tokens`.
    pub name: String,
    /// `about 8 short videos · £0.36 per 1,000`.
    pub facts: Vec<String>,
    /// What it costs before tax.
    pub price: String,
    /// Whether it is chosen.
    pub chosen: bool,
    /// Whether it covers what is foreseen until the refresh.
    pub covers: bool,
}

/// Something that was bought.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoughtRow {
    /// When.
    pub when: String,
    /// What.
    pub what: String,
    /// What it came to, with tax.
    pub total: String,
    /// How it stands.
    pub state: (Tone, String),
    /// Its page.
    pub page: String,
}

/// The order that is about to be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackOrder {
    /// The pack's tokens.
    pub tokens: i64,
    /// The account whose limit is lifted; empty where none is.
    pub lift: String,
    /// The form's own name: sent twice, it orders once.
    pub request: String,
    /// What it comes to.
    pub summary: SummaryView,
    /// What follows: name and figure.
    pub follows: Vec<(String, String)>,
    /// What the button says.
    pub words: String,
}

/// The page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuyView {
    /// What stands around it.
    pub frame: FrameView,
    /// The line of facts.
    pub facts: Vec<String>,
    /// The packs, smallest first.
    pub packs: Vec<PackView>,
    /// The order; none before there are billing details.
    pub order: Option<PackOrder>,
    /// What is bought without asking, in a word and a sentence.
    pub automatic: ((Tone, String), String),
    /// What was bought, newest first.
    pub history: Vec<BoughtRow>,
}

/// Buying capacity.
#[component]
pub fn BuyPage() -> impl IntoView {
    let query = use_query_map().get_untracked();
    let (pack, lift) = (query.get("pack").unwrap_or_default(), query.get("lift").unwrap_or_default());
    loaded(move || buy_page(pack.clone(), lift.clone()), move |view| view! { <BuyContent view /> })
}

/// The page of these packs.
#[component]
pub fn BuyContent(
    /// What to show.
    view: BuyView,
) -> impl IntoView {
    let pack = |pack: PackView| {
        let facts = pack.facts.into_iter().map(|fact| view! { <span>{fact}</span> }).collect_view();
        view! {
            <li>
                <a href=pack.address aria-current=pack.chosen.then_some("true")>
                    <span>
                        <strong>{pack.name}</strong>
                        " "
                        {pack.covers.then(|| view! { <Badge tone=Tone::Accent text="Covers your forecast" /> })}
                        <span class="facts small">{facts}</span>
                    </span>
                    <strong>{pack.price}</strong>
                </a>
            </li>
        }
    };
    let order = match view.order {
        Some(order) => view! { <OrderSummary order /> }.into_any(),
        None => view! {
            <section class="panel" aria-labelledby="summary">
                <h2 id="summary">"Order summary"</h2>
                <p>"Say first to whom invoices are made out: the country decides the tax."</p>
                <a class="button" data-kind="primary" href="/billing-details">
                    "Billing details"
                </a>
            </section>
        }
        .into_any(),
    };
    view! {
        <Title text="Buy capacity" />
        <Frame frame=view.frame path="/buy">
            <PageHeader title="Buy capacity" facts=view.facts />
            <div class="columns receipt-columns">
                <ul class="packs" aria-label="Packs">
                    {view.packs.into_iter().map(pack).collect_view()}
                </ul>
                {order}
            </div>
            <Automatic automatic=view.automatic />
            <History
                rows=view.history
                empty="Nothing was bought yet. What you buy, and its receipts, show here."
            />
            <Transcript title="Buying extra capacity" steps=STEPS.to_vec() />
        </Frame>
    }
}

#[component]
fn OrderSummary(order: PackOrder) -> impl IntoView {
    let follows = order.follows.into_iter().map(|(name, text)| {
        view! {
            <div>
                <dt>{name}</dt>
                <dd>{text}</dd>
            </div>
        }
    });
    view! {
        <section class="panel order-summary" aria-labelledby="summary">
            <h2 id="summary">"Order summary"</h2>
            <Summary summary=order.summary />
            <dl class="summary said">{follows.collect_view()}</dl>
            <form method="post" action="/act/order-pack">
                <input type="hidden" name="pack" value=order.tokens />
                <input type="hidden" name="lift" value=order.lift />
                <input type="hidden" name="request" value=order.request />
                <button class="button" data-kind="primary" type="submit">
                    {order.words}
                </button>
            </form>
            <p class="small muted">"Card details go to the payment provider, never to us."</p>
        </section>
    }
}

/// Whether capacity is bought without asking, and where that is set up.
#[component]
fn Automatic(automatic: ((Tone, String), String)) -> impl IntoView {
    let ((tone, state), words) = automatic;
    view! {
        <section class="panel automatic" aria-labelledby="automatic">
            <div>
                <h2 id="automatic">"Auto-top-up " <Badge tone text=state /></h2>
                <p class="small muted">{words}</p>
            </div>
            <a class="button" href="/buy/auto-top-up">
                "Look at auto-top-up"
            </a>
        </section>
    }
}

#[component]
pub(crate) fn History(rows: Vec<BoughtRow>, empty: &'static str) -> impl IntoView {
    if rows.is_empty() {
        return view! { <p class="empty">{empty}</p> }.into_any();
    }
    let row = |row: BoughtRow| {
        view! {
            <tr>
                <th scope="row">{row.when}</th>
                <td>{row.what}</td>
                <td class="number" data-label="Total">{row.total}</td>
                <td>
                    <Badge tone=row.state.0 text=row.state.1 />
                </td>
                <td>
                    <a href=row.page>"Receipt"</a>
                </td>
            </tr>
        }
    };
    view! {
        <section aria-labelledby="history">
            <h2 id="history">"History"</h2>
            <div class="scroll">
                <table class="list">
                    <thead>
                        <tr>
                            <th scope="col">"Made"</th>
                            <th scope="col">"What"</th>
                            <th scope="col" class="number">"Total"</th>
                            <th scope="col">"State"</th>
                            <th scope="col">"Page"</th>
                        </tr>
                    </thead>
                    <tbody>{rows.into_iter().map(row).collect_view()}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}
