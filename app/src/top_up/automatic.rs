//! Capacity that is bought without asking: how it stands, what it has bought, and the form in which somebody agrees to it,
//! after they were told what one purchase and this month can come to. U5, I-35.

use super::{BoughtRow, History, automatic_fns::auto_top_up_page};
use crate::{
    budget::AmountField,
    frame::{Frame, FrameView, PageHeader, loaded},
    ui::{Badge, Problem, Stop, Tone, Trail, Transcript},
};
use leptos::prelude::*;
use leptos_meta::Title;
use serde::{Deserialize, Serialize};

/// How it is set up, step by step.
const STEPS: [&str; 4] = [
    "Say **below how many tokens** it buys, **which pack**, and the most that it may spend **in a month**, tax included.",
    "The **review** shows what one purchase costs with tax, what this month can come to at most, and which card is charged. Nothing is turned on before you agree.",
    "Each purchase is a receipt under **History** and an invoice, and a letter tells of it.",
    "**Turn off** works at once. A card that is declined turns it off, too, until you pay a pack with another one.",
];

/// A pack that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackChoice {
    /// Its tokens.
    pub tokens: i64,
    /// `50,000 tokens`.
    pub name: String,
    /// `£21.60 with tax`.
    pub price: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// What is agreed to, empty, as it was agreed, or as it was typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopUpForm {
    /// Its heading: whether it is turned on or changed.
    pub title: String,
    /// Below how many tokens it buys.
    pub below: String,
    /// What is sold.
    pub packs: Vec<PackChoice>,
    /// The cap of a month.
    pub cap: String,
    /// What stands before an amount.
    pub unit: String,
    /// Which field is wrong, and why.
    pub wrong: Option<(String, String)>,
    /// What the button says.
    pub words: String,
}

/// What somebody agrees to, in money, before they do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopUpReview {
    /// Its heading: whether it is turned on or changed.
    pub title: String,
    /// Names and figures.
    pub rows: Vec<(String, String)>,
    /// What this month can come to.
    pub worst: (String, String),
    /// What happens at once, and afterwards.
    pub says: Vec<String>,
    /// The fields that are sent.
    pub fields: Vec<(String, String)>,
    /// What the button says: what will happen.
    pub words: String,
}

/// The page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AutoTopUpView {
    /// What stands around it.
    pub frame: FrameView,
    /// Whether the page of packs is this reader's, too.
    pub leads_back: bool,
    /// The line of facts.
    pub facts: Vec<String>,
    /// Whether it is on, in a word.
    pub state: (Tone, String),
    /// What that means, and what to do.
    pub says: Vec<String>,
    /// The way on.
    pub remedy: Option<(String, String)>,
    /// What was agreed: names and figures.
    pub agreed: Vec<(String, String)>,
    /// Whether this reader can turn it off.
    pub may_turn_off: bool,
    /// The form; none where it cannot be filled in, or what was filled in is reviewed.
    pub form: Option<TopUpForm>,
    /// What was filled in.
    pub review: Option<TopUpReview>,
    /// Purchases, newest first; none for whoever sees no invoices.
    pub history: Option<Vec<BoughtRow>>,
}

/// Buying without asking.
#[component]
pub fn AutoTopUpPage() -> impl IntoView {
    loaded(auto_top_up_page, move |view| view! { <AutoTopUpContent view /> })
}

/// The page of this.
#[component]
pub fn AutoTopUpContent(
    /// What to show.
    view: AutoTopUpView,
) -> impl IntoView {
    let trail = view.leads_back.then(|| {
        let buy = Stop { words: "Buy capacity".to_owned(), address: Some("/buy".to_owned()) };
        let stops = vec![buy, Stop { words: "Auto-top-up".to_owned(), address: None }];
        view! { <Trail stops /> }
    });
    let reviewing = view.review.is_some();
    view! {
        <Title text="Auto-top-up" />
        <Frame frame=view.frame path="/buy">
            {trail}
            <PageHeader title="Auto-top-up" facts=view.facts />
            {view.review.map(|review| view! { <Review review /> })}
            <div class="columns top-up-columns">
                <Standing
                    state=view.state
                    says=view.says
                    remedy=view.remedy
                    agreed=view.agreed
                    may_turn_off=view.may_turn_off && !reviewing
                />
                {view.form.map(|form| view! { <TermsForm form /> })}
            </div>
            {view
                .history
                .map(|rows| {
                    view! { <History rows empty="Nothing was bought by itself yet. What is, and its receipts, show here." /> }
                })}
            <Transcript title="Setting up auto-top-up" steps=STEPS.to_vec() />
        </Frame>
    }
}

fn rows(all: Vec<(String, String)>) -> impl IntoView {
    all.into_iter()
        .map(|(name, text)| {
            view! {
                <div>
                    <dt>{name}</dt>
                    <dd>{text}</dd>
                </div>
            }
        })
        .collect_view()
}

/// How it stands, and turning it off.
#[component]
fn Standing(
    state: (Tone, String),
    says: Vec<String>,
    remedy: Option<(String, String)>,
    agreed: Vec<(String, String)>,
    may_turn_off: bool,
) -> impl IntoView {
    let remedy = remedy.map(|(address, words)| {
        view! {
            <a class="button" data-kind="primary" href=address>
                {words}
            </a>
        }
    });
    let off = may_turn_off.then(|| {
        view! {
            <form method="post" action="/act/turn-top-up-off">
                <button class="button" type="submit">
                    "Turn auto-top-up off"
                </button>
            </form>
        }
    });
    let acts = (remedy.is_some() || off.is_some()).then(|| view! { <div class="acts">{remedy} {off}</div> });
    let terms = (!agreed.is_empty()).then(|| view! { <dl class="summary">{rows(agreed)}</dl> });
    view! {
        <section class="panel stack" aria-labelledby="standing">
            <h2 id="standing">"How it stands " <Badge tone=state.0 text=state.1 /></h2>
            {says.into_iter().map(|words| view! { <p class="prose">{words}</p> }).collect_view()}
            {terms}
            {acts}
        </section>
    }
}

/// To what somebody would agree: sent, it is reviewed first.
#[component]
fn TermsForm(form: TopUpForm) -> impl IntoView {
    let is_wrong = |field: &str| form.wrong.as_ref().is_some_and(|(wrong, _)| wrong == field);
    let (below_wrong, cap_wrong) = (is_wrong("below"), is_wrong("cap"));
    let problem = form.wrong.map(|(_, message)| view! { <Problem message /> });
    let pack = |pack: PackChoice| {
        view! {
            <label class="option">
                <input type="radio" name="pack" value=pack.tokens checked=pack.chosen />
                <span>
                    {pack.name} <span class="muted">" – " {pack.price}</span>
                </span>
            </label>
        }
    };
    view! {
        <section class="panel stack" id="terms" aria-labelledby="terms-title">
            <h2 id="terms-title">{form.title}</h2>
            {problem}
            <form class="stack" method="post" action="/act/review-auto-top-up">
                <div class="field">
                    <label for="below">"Buy when fewer tokens are left than"</label>
                    <input
                        id="below"
                        name="below"
                        inputmode="numeric"
                        autocomplete="off"
                        value=form.below
                        aria-invalid=below_wrong.then_some("true")
                        aria-describedby="below-hint"
                    />
                    <p class="hint" id="below-hint">
                        "Allowance and extra capacity together; what running productions hold is not left."
                    </p>
                </div>
                <fieldset>
                    <legend>"Buy each time"</legend>
                    {form.packs.into_iter().map(pack).collect_view()}
                </fieldset>
                <AmountField
                    name="cap"
                    label="Spend no more in a month than"
                    hint="Tax included. Months are calendar months, UTC."
                    unit=form.unit
                    value=form.cap
                    wrong=cap_wrong
                />
                <button class="button" data-kind="primary" type="submit">
                    {form.words}
                </button>
            </form>
        </section>
    }
}

/// What it can come to, and agreeing to it.
#[component]
fn Review(review: TopUpReview) -> impl IntoView {
    let fields = review
        .fields
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
        .collect_view();
    let (name, worst) = review.worst;
    view! {
        <section class="panel stack review" id="review" aria-labelledby="review-title">
            <h2 id="review-title">{review.title}</h2>
            <dl class="summary">
                {rows(review.rows)} <div data-sum="total">
                    <dt>{name}</dt>
                    <dd>{worst}</dd>
                </div>
            </dl>
            {review.says.into_iter().map(|words| view! { <p class="prose">{words}</p> }).collect_view()}
            <form class="acts" method="post" action="/act/agree-auto-top-up">
                {fields} <button class="button" data-kind="primary" type="submit">
                    {review.words}
                </button> <a class="button" data-kind="quiet" href="/buy/auto-top-up">
                    "Leave it as it is"
                </a>
            </form>
        </section>
    }
}
