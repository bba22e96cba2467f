//! "A clear 'budget limit reached' message": the page of one refusal, with its figures and the ways out. G2–G4.

use super::{RefusalView, server_fns::refusal_page};
use crate::{
    budget::{RaiseForm, RaiseLimit},
    frame::{Frame, FrameView, PageHeader, loaded},
    team::{AskForMore, AskForMoreView},
    ui::{Figure, Figures, Tape, TapeMeter, Tone, ToneIcon, Transcript},
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use serde::{Deserialize, Serialize};

/// How a refusal is read, step by step.
const STEPS: [&str; 4] = [
    "A production is admitted whole or **refused up front**: nothing of it ran, and nothing was charged.",
    "The figures say what it **needed**, what was **left**, and by how much it was **short**.",
    "Take one of the **ways out**; the pipeline then asks again, and the same production may start.",
    "Every refusal is kept under **Usage → Turned away**.",
];

/// One way out, as a panel beside the others. A way that is walked on this page is a panel of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Way {
    /// The form that raises the account's limit.
    Raise(Box<RaiseForm>),
    /// Words, and where it is done.
    Words(WayView),
}

/// A way out in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WayView {
    /// What to do.
    pub title: String,
    /// What follows from it.
    pub words: String,
    /// Where it is done, and what that is called.
    pub act: Option<(String, String)>,
}

/// The page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedView {
    /// What stands around it.
    pub frame: FrameView,
    /// The refusal.
    pub refusal: RefusalView,
    /// Account, and when.
    pub facts: Vec<String>,
    /// Needed, left, short by, and when it starts again.
    pub figures: Vec<Figure>,
    /// What stood against the limit; the part beyond it is what this production needed more.
    pub tape: Option<(Tape, [String; 2])>,
    /// Whether it still stands.
    pub state: (Tone, String),
    /// What has become of it, where it no longer stands, and where that can be seen.
    pub over: Option<WayView>,
    /// What its member can ask for, and what has become of it.
    pub ask: Option<AskForMoreView>,
    /// The ways out, best first; none where it no longer stands.
    pub ways: Vec<Way>,
    /// The code of the reason.
    pub code: String,
    /// The refusal's id.
    pub reference: String,
}

/// One refusal.
#[component]
pub fn RefusedPage() -> impl IntoView {
    let id = use_params_map().get_untracked().get("refusal").unwrap_or_default();
    loaded(move || refusal_page(id.clone()), move |view| view! { <RefusedContent view /> })
}

/// The page of this refusal.
#[component]
pub fn RefusedContent(
    /// What to show.
    view: RefusedView,
) -> impl IntoView {
    let tape = view.tape.map(|(tape, [from, to])| {
        view! {
            <div class="beyond">
                <TapeMeter tape />
                <p class="beyond-words small muted">
                    <span>{from}</span>
                    <span>{to}</span>
                </p>
            </div>
        }
    });
    let ways = (!view.ways.is_empty()).then(|| {
        let way = |way| match way {
            Way::Raise(form) => view! { <li><RaiseLimit initial=*form /></li> }.into_any(),
            Way::Words(way) => view! { <li class="panel">{in_words(way)}</li> }.into_any(),
        };
        let ways = view.ways.into_iter().map(way).collect_view();
        view! {
            <section aria-labelledby="ways">
                <h2 id="ways">"Ways out"</h2>
                <ul class="ways-out">{ways}</ul>
            </section>
        }
    });
    let over = view.over.map(|over| view! { <section class="panel over">{in_words(over)}</section> });
    let (tone, state) = view.state;
    let figures = (!view.figures.is_empty())
        .then(|| view! { <div class="refused-figures"><Figures figures=view.figures /></div> });
    view! {
        <Title text=view.refusal.title.clone() />
        <Frame frame=view.frame path="/usage">
            <p class="lead" data-tone=tone.name()>
                <ToneIcon tone />
                {state}
            </p>
            <PageHeader title=view.refusal.title facts=view.facts />
            <p class="prose">{view.refusal.detail}</p>
            {figures}
            {tape}
            {over}
            {view.ask.map(|ask| view! { <AskForMore ask /> })}
            {ways}
            <p class="facts small codes">
                <span>"Code " <code>{view.code}</code></span>
                <span>"Reference " <code>{view.reference}</code></span>
                <span>
                    <a href="/usage?by=refused">"All that was turned away"</a>
                </span>
            </p>
            <Transcript title="When a production is refused" steps=STEPS.to_vec() />
        </Frame>
    }
}

fn in_words(way: WayView) -> impl IntoView {
    let act = way.act.map(|(address, words)| {
        view! {
            <a class="button" href=address>
                {words}
            </a>
        }
    });
    view! {
        <h3>{way.title}</h3>
        <p class="muted">{way.words}</p>
        {act}
    }
}
