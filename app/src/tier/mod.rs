//! "Your tier sets a monthly token allowance (Creator / Pro / Atelier)." The plan of a customer, what a change would come to
//! before it is made, and the public page of prices. T1–T12, 5.4–5.6, 5.22, 5.24.

mod advisor;
mod cards;
pub mod names;
#[cfg(feature = "ssr")]
pub(crate) use names::tier_words;
#[cfg(feature = "ssr")]
mod offer_words;
mod preview;
#[cfg(feature = "ssr")]
mod preview_words;
mod pricing;
#[cfg(feature = "ssr")]
mod pricing_words;
mod server_fns;
#[cfg(feature = "ssr")]
mod words;

pub use advisor::{AdvisedPlan, AdvisorView, PlanAdvisor};
pub use cards::{CardView, PlanCards};
#[cfg(feature = "ssr")]
pub use offer_words::PublishedPrices;
pub use preview::{Preview, PreviewView};
pub use pricing::{PricingContent, PricingPage, PricingView};
pub use server_fns::{
    ChangePlan, DecidePlan, PlanFigures, PricingFigures, change_plan, decide_plan, plan_page, pricing_page,
};

use crate::{
    frame::{Frame, FrameView, PageHeader, loaded},
    ui::{Choice, Segments, Transcript},
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

/// How a plan is changed, step by step.
const STEPS: [&str; 4] = [
    "Your tier sets a **monthly token allowance**; on Atelier the seats share one pool.",
    "**More** takes effect at once: you pay for the days that are left, and the difference in tokens is added.",
    "**Less**, a pause or an end takes effect when the paid term ends, and can be undone until then.",
    "Whatever it is, the page shows **lines, tax, dates and tokens** before anything is changed.",
];

/// What was asked in the address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanQuery {
    /// `annual`, or anything else for monthly.
    #[serde(default)]
    pub billing: String,
    /// The tier that is previewed, or `pause` or `cancel`; empty where none is.
    #[serde(default)]
    pub to: String,
    /// For how many seats.
    #[serde(default)]
    pub seats: String,
}

/// What was decided for the end of the term, and what undoes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecidedView {
    /// What happens when.
    pub words: String,
    /// The subscription.
    pub subscription: String,
    /// The plan as it stands: what undoing is made on.
    pub shown: String,
}

/// A change that was ordered and not paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnpaidView {
    /// What waits, and what is so until then.
    pub words: String,
    /// Its order's page.
    pub page: String,
}

/// The page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanView {
    /// What stands around it.
    pub frame: FrameView,
    /// The line of facts.
    pub facts: Vec<String>,
    /// Monthly or annual.
    pub periods: Vec<Choice>,
    /// The tiers.
    pub cards: Vec<CardView>,
    /// What a change would come to.
    pub preview: Option<PreviewView>,
    /// What was ordered and not paid.
    pub unpaid: Option<UnpaidView>,
    /// What was decided for the end of the term.
    pub decided: Option<DecidedView>,
    /// Whether there is a subscription to pause or to end.
    pub may_leave: bool,
    /// Which plan fits.
    pub advisor: Option<AdvisorView>,
}

/// The plan.
#[component]
pub fn PlanPage() -> impl IntoView {
    let query = use_query_map().get_untracked();
    let asked = |name: &str| query.get(name).unwrap_or_default();
    let query = PlanQuery { billing: asked("billing"), to: asked("to"), seats: asked("seats") };
    loaded(move || plan_page(query.clone()), move |view| view! { <PlanContent view /> })
}

/// The page of this plan.
#[component]
pub fn PlanContent(
    /// What to show.
    view: PlanView,
) -> impl IntoView {
    let decided = view.decided.map(|DecidedView { words, subscription, shown }| {
        view! {
            <form class="notice decided" data-tone="warn" method="post" action="/act/decide-plan">
                <p>{words}</p>
                <input type="hidden" name="subscription" value=subscription />
                <input type="hidden" name="shown" value=shown />
                <button class="button" type="submit" name="next" value="renew">
                    "Undo"
                </button>
            </form>
        }
    });
    let unpaid = view.unpaid.map(|UnpaidView { words, page }| {
        view! {
            <section class="notice decided" data-tone="warn" aria-label="A change that is not paid">
                <p>{words}</p>
                <a class="button" href=page>
                    "Go on to pay it"
                </a>
            </section>
        }
    });
    let leave = view.may_leave.then(|| {
        view! {
            <p class="facts small">
                <span>"You can leave at any time and keep what you paid for until the term ends"</span>
                <span>
                    <a href="/plan?to=pause#preview">"Pause"</a>
                </span>
                <span>
                    <a href="/plan?to=cancel#preview">"Cancel"</a>
                </span>
            </p>
        }
    });
    view! {
        <Title text="Plan" />
        <Frame frame=view.frame path="/plan">
            <PageHeader title="Plan" facts=view.facts>
                <Segments label="How often it is paid" choices=view.periods />
            </PageHeader>
            {unpaid} {decided}
            {view.preview.map(|preview| view! { <Preview preview /> })}
            <PlanCards cards=view.cards />
            {leave}
            {view.advisor.map(|initial| view! { <PlanAdvisor initial /> })}
            <Transcript title="Tiers and changing your plan" steps=STEPS.to_vec() />
        </Frame>
    }
}
