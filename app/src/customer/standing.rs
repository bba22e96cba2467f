//! How a customer stands with JARAI: its plan, its risk score; and an account's loops and main contact. H1, H2, I4, K4.

use super::customers::Chosen;
use crate::ui::{Badge, Choice, ReasonField, Tone};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The plan, and how it is set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanStanding {
    /// What it is.
    pub says: String,
    /// The tiers to set up; none while a plan is at work.
    pub tiers: Option<Vec<Choice>>,
}

/// The risk score.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RiskStanding {
    /// The score.
    pub score: i64,
    /// What it means.
    pub state: (Tone, String),
    /// How it comes about.
    pub says: String,
}

/// A loop of an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoopTick {
    /// Its number.
    pub number: i64,
    /// Its name; that it is off on the whole platform.
    pub words: String,
    /// Whether it runs, as far as the account says.
    pub on: bool,
}

/// What staff choose for an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountChoices {
    /// The main contact when the form was made; empty where there was none.
    pub main: String,
    /// The active contacts to choose from.
    pub mains: Vec<Choice>,
    /// The loops that were off when the form was made.
    pub off: String,
    /// The five loops.
    pub loops: Vec<LoopTick>,
}

/// The plan, and how it is set.
#[component]
pub(super) fn PlanPanel(plan: PlanStanding, customer: String) -> impl IntoView {
    let set_up = plan.tiers.map(|tiers| {
        view! {
            <details class="folded">
                <summary>"Set a plan up"</summary>
                <form method="post" action="/act/set-up-plan">
                    <input type="hidden" name="customer" value=customer />
                    <Chosen name="tier" label="Plan" choices=tiers />
                    <fieldset>
                        <legend>"Billed"</legend>
                        <label class="option">
                            <input type="radio" name="billing" value="monthly" checked />
                            "by the month"
                        </label>
                        <label class="option">
                            <input type="radio" name="billing" value="annual" />
                            "by the year"
                        </label>
                    </fieldset>
                    <div class="field">
                        <label for="seats">"Seats, on Atelier"</label>
                        <input id="seats" name="seats" type="number" min="1" max="10000" value="1" />
                    </div>
                    <p class="muted small">"It begins today and is invoiced at once; the charge waits for a way to pay within the days of grace."</p>
                    <button class="button" type="submit">
                        "Set the plan up"
                    </button>
                </form>
            </details>
        }
    });
    view! {
        <section class="panel stack" aria-labelledby="plan">
            <h2 id="plan">"Plan"</h2>
            <p>{plan.says}</p>
            {set_up}
        </section>
    }
}

/// The risk score, and its reset.
#[component]
pub(super) fn RiskPanel(risk: RiskStanding, customer: String) -> impl IntoView {
    let (tone, state) = risk.state;
    let reset = (risk.score > 0).then(|| {
        view! {
            <details class="folded">
                <summary>"Reset it"</summary>
                <form method="post" action="/act/reset-risk">
                    <input type="hidden" name="customer" value=customer />
                    <input type="hidden" name="shown" value=risk.score />
                    <ReasonField id="risk_reason" />
                    <button class="button" type="submit">
                        "Set it to 0"
                    </button>
                </form>
            </details>
        }
    });
    view! {
        <section class="panel stack" aria-labelledby="risk">
            <h2 id="risk">"Risk score " <Badge tone text=state /></h2>
            <p>{risk.says}</p>
            {reset}
        </section>
    }
}

/// The main contact and the loops of an account.
#[component]
pub(super) fn AccountForms(customer: String, account: String, choices: AccountChoices) -> impl IntoView {
    let place = format!("main-{account}");
    let (of, of_account) = (customer.clone(), account.clone());
    let option =
        |choice: Choice| view! { <option value=choice.value selected=choice.chosen>{choice.words}</option> };
    let tick = |tick: LoopTick| {
        view! {
            <label class="option">
                <input type="checkbox" name="on[]" value=tick.number checked=tick.on />
                {tick.words}
            </label>
        }
    };
    view! {
        <details class="folded">
            <summary>"Choose its main contact"</summary>
            <form method="post" action="/act/choose-main-contact">
                <input type="hidden" name="customer" value=customer />
                <input type="hidden" name="account" value=account />
                <input type="hidden" name="shown" value=choices.main />
                <div class="field">
                    <label for=place.clone()>"Main contact"</label>
                    <select id=place name="contact">
                        {choices.mains.into_iter().map(option).collect_view()}
                    </select>
                </div>
                <button class="button" type="submit">
                    "Save the main contact"
                </button>
            </form>
        </details>
        <details class="folded">
            <summary>"Switch its loops"</summary>
            <form method="post" action="/act/set-account-loops">
                <input type="hidden" name="customer" value=of />
                <input type="hidden" name="account" value=of_account />
                <input type="hidden" name="shown" value=choices.off />
                <fieldset>
                    <legend>"Loops that run for it"</legend>
                    {choices.loops.into_iter().map(tick).collect_view()}
                </fieldset>
                <button class="button" type="submit">
                    "Save its loops"
                </button>
            </form>
        </details>
    }
}
