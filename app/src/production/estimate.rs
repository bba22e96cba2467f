//! Estimate: what a production would take, and whether the gate would admit it now. Nothing starts and nothing is held.

use super::{estimate_form::EstimateForm, server_fns::estimate_page};
use crate::{
    frame::{Frame, FrameView, PageHeader, loaded},
    ui::{Choice, Tone, Transcript},
};
use billing::{allowance::Tariff, production::Outline};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

/// How an estimate is made, step by step.
const STEPS: [&str; 4] = [
    "Choose the **account** that would produce.",
    "Say how many **texts, images and seconds** it takes; a part that is zero does not run.",
    "The **tokens** follow from the tariff, the **money** from today’s prices of the default models.",
    "The answer is the **gate’s own**: it says whether the production would start now, and if not, what would help.",
];

/// What was asked in the address: an account, and a number for each part.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EstimateQuery {
    /// The account's id; the first one where it is not given.
    pub account: Option<String>,
    /// The numbers by part, as they were typed.
    pub parts: Vec<(String, String)>,
}

/// What the gate would say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerdictView {
    /// Whether it fits.
    pub tone: Tone,
    /// The same in words.
    pub title: String,
    /// All tokens.
    pub tokens: String,
    /// All money.
    pub money: String,
    /// Money by part; a dash where the part does not run.
    pub parts: Vec<String>,
    /// What stands against it: what, and its figures.
    pub checks: Vec<(Tone, String, String)>,
    /// What would make it fit.
    pub ways: Vec<String>,
}

/// The form and its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EstimateBody {
    /// The accounts to choose from.
    pub accounts: Vec<Choice>,
    /// How many of what.
    pub outline: Outline,
    /// What a unit takes, for the browser's own sum.
    pub tariff: Tariff,
    /// What stands between thousands.
    pub separator: String,
    /// What the gate would say; else which part is wrong, and why.
    pub verdict: Result<VerdictView, (String, String)>,
}

/// The page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EstimateView {
    /// What stands around it.
    pub frame: FrameView,
    /// The line of facts under the heading.
    pub facts: Vec<String>,
    /// The form and its answer.
    pub body: EstimateBody,
}

/// What a production would take.
#[component]
pub fn EstimatePage() -> impl IntoView {
    let query = use_query_map().get_untracked();
    let parts = billing::production::outline::PARTS.into_iter();
    let parts = parts.filter_map(|(name, ..)| Some((name.to_owned(), query.get(name)?))).collect();
    let asked = EstimateQuery { account: query.get("account").filter(|id| !id.is_empty()), parts };
    loaded(move || estimate_page(asked.clone()), move |view| view! { <EstimateContent view /> })
}

/// The page of these figures.
#[component]
pub fn EstimateContent(
    /// What to show.
    view: EstimateView,
) -> impl IntoView {
    view! {
        <Title text="Estimate" />
        <Frame frame=view.frame path="/estimate">
            <PageHeader title="Estimate a production" facts=view.facts />
            <EstimateForm initial=view.body />
            <Transcript title="Making an estimate" steps=STEPS.to_vec() />
        </Frame>
    }
}
