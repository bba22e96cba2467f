//! "Prefer to read? Open the step-by-step transcript." The handbook's page on billing and usage: its tour, its words. X1–X5.

mod server_fns;
mod tour;

pub use server_fns::{HelpFrame, help_frame};

use crate::{
    allowance::STEPS,
    frame::{Frame, FrameView, PageHeader, loaded},
    ui::Transcript,
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use tour::Tour;

/// The handbook's sections.
const SECTIONS: [(&str, &str); 5] = [
    (
        "Token allowances",
        "Each AI call consumes a budgeted number of tokens. Heavier steps (video composition, long voiceover) cost more than \
         light ones (a short text generation). Your monthly allowance refreshes each billing cycle.",
    ),
    (
        "The usage banner",
        "The Console shows a billing banner with your remaining allowance. When you reach about 75% of the monthly allowance \
         with auto-top-up off, the banner prompts you to buy extra capacity so productions don’t stall mid-month.",
    ),
    (
        "Extra capacity (top-ups)",
        "When you need more than your tier includes, buy extra capacity on top of the subscription. It’s added to your \
         balance and consumed after the monthly allowance.",
    ),
    (
        "Budgets & limits",
        "Accounts can carry a production budget. If an account hits its monthly limit, new productions are rejected up front \
         with a clear “budget limit reached” message rather than partially running. Raise the budget or buy capacity to \
         resume.",
    ),
    (
        "Seeing where the money goes",
        "The Account P&L dashboard shows revenue, AI cost, and margin for an account; the Customer P&L rolls it up across a \
         customer’s accounts. Use these to see which productions or steps are driving cost.",
    ),
];

/// Tier, for whom, allowance, accounts.
const TIERS: [[&str; 4]; 3] = [
    ["Creator", "Individuals getting started", "Entry monthly token allowance", "Single account"],
    ["Pro", "Regular producers", "Larger allowance + priority processing", "Unlimited accounts"],
    ["Atelier", "Teams", "Pooled capacity across seats", "Multi-seat team billing"],
];

/// Billing and usage, explained.
#[component]
pub fn HelpPage() -> impl IntoView {
    let step = use_query_map().get_untracked().get("step").and_then(|step| step.parse().ok()).unwrap_or(1);
    loaded(help_frame, move |frame| view! { <HelpContent frame step /> })
}

/// The page at one step of its tour.
#[component]
pub fn HelpContent(
    /// What stands around it.
    frame: FrameView,
    /// Which step of the tour is open, from 1.
    step: usize,
) -> impl IntoView {
    let sections = SECTIONS.map(|(title, words)| {
        view! {
            <section>
                <h2>{title}</h2>
                <p class="prose">{words}</p>
            </section>
        }
    });
    let tiers = TIERS.map(|[tier, whom, allowance, accounts]| {
        view! {
            <tr>
                <th scope="row">{tier}</th>
                <td data-label="For">{whom}</td>
                <td data-label="Allowance">{allowance}</td>
                <td data-label="Accounts">{accounts}</td>
            </tr>
        }
    });
    view! {
        <Title text="Billing and usage" />
        <Frame frame path="/help">
            <PageHeader title="Billing and usage" />
            <p class="prose">
                "JARAI bills on a subscription + token allowance model. Each AI call your productions make (text, image \
                 generation, voiceover, video composition, music…) consumes a budgeted number of tokens from your monthly \
                 allowance. This page explains tiers, allowances, and how to keep producing when you run low."
            </p>
            <Tour step />
            <Transcript title="Tokens, allowance & top-ups" steps=STEPS.to_vec() />
            <section class="panel" aria-labelledby="tiers">
                <h2 id="tiers">"Tiers"</h2>
                <table class="list">
                    <thead>
                        <tr>
                            <th scope="col">"Tier"</th>
                            <th scope="col">"For"</th>
                            <th scope="col">"Allowance"</th>
                            <th scope="col">"Accounts"</th>
                        </tr>
                    </thead>
                    <tbody>{tiers}</tbody>
                </table>
                <p class="note">"Annual prepay carries a discount over monthly."</p>
            </section>
            {sections}
        </Frame>
    }
}
