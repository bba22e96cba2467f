//! The receipt of a production: every token with its lot, its step and its tariff line; held, used, gone home.

use super::{
    NAME_PARAMETER,
    receipt_calls::{CallView, ReceiptCalls},
    server_fns::production_receipt,
};
use crate::{
    frame::{Frame, FrameView, PageHeader, loaded},
    ui::{Badge, Choice, Figure, Figures, Fill, Segments, Tape, TapeMeter, Tone, Transcript},
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use serde::{Deserialize, Serialize};

/// How a receipt is read, step by step.
const STEPS: [&str; 4] = [
    "The line on top shows **how much was held** when the production was admitted, in the order in which it was drawn.",
    "Each row is a step: its **tariff line** says what a unit of it takes.",
    "**Used** is charged once, when the step succeeds, however many tries it took; **Released** went back to the lot that it came from.",
    "**Download CSV** gives the same rows to a program.",
];

/// How far a receipt goes into detail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Detail {
    /// One row a stage of the pipeline.
    #[default]
    Stages,
    /// One row a step.
    Steps,
}

/// One row of the receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepView {
    /// What people call it, and the pipeline's name of it where that differs.
    pub name: String,
    /// The pipeline's name of the step, or how many calls it is.
    pub step: String,
    /// The kind of call.
    pub kind: String,
    /// How much it was to take.
    pub size: String,
    /// What a unit takes.
    pub line: String,
    /// Tokens held for it, used by it, and given back.
    pub tokens: [String; 3],
    /// The lots that it was charged to.
    pub from: Vec<String>,
    /// What became of it.
    pub outcome: (Tone, String),
    /// What its calls cost, for those who may see it.
    pub cost: Option<String>,
}

/// A receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptView {
    /// What stands around it.
    pub frame: FrameView,
    /// What people call the production.
    pub title: String,
    /// The line of facts under the heading.
    pub facts: Vec<String>,
    /// Held, used, released, outcome.
    pub figures: Vec<Figure>,
    /// The hold in the order in which it was drawn.
    pub tape: Tape,
    /// What its parts are.
    pub key: Vec<(Fill, String)>,
    /// The steps in the order of the plan, each by itself or by stage.
    pub steps: Vec<StepView>,
    /// Which of the two it is.
    pub detail: Vec<Choice>,
    /// Tokens held, used and released by all of them.
    pub totals: [String; 3],
    /// The tariff that it was admitted under.
    pub tariff: String,
    /// What all calls cost, for those who may see it.
    pub cost: Option<String>,
    /// What else is to be known.
    pub notes: Vec<String>,
    /// What each call cost JARAI, step by step and for those who may see it.
    pub calls: Option<Vec<CallView>>,
    /// The same for a program.
    pub csv: String,
}

/// Everything that was booked for one production.
#[component]
pub fn ReceiptPage() -> impl IntoView {
    let production = use_params_map().get_untracked().get(NAME_PARAMETER).unwrap_or_default();
    let every = use_query_map().get_untracked().get("detail").as_deref() == Some("steps");
    let detail = if every { Detail::Steps } else { Detail::Stages };
    loaded(
        move || production_receipt(production.clone(), detail),
        move |receipt| view! { <ReceiptContent receipt /> },
    )
}

/// The receipt of these figures.
#[component]
pub fn ReceiptContent(
    /// What to show.
    receipt: ReceiptView,
) -> impl IntoView {
    let key = receipt.key.into_iter().map(|(fill, text)| view! { <li data-fill=fill.name()>{text}</li> });
    let has_cost = receipt.cost.is_some();
    let rows = receipt.steps.into_iter().map(row).collect_view();
    let [held, used, released] = receipt.totals;
    let notes = receipt.notes.into_iter().map(|note| view! { <p class="note">{note}</p> }).collect_view();
    view! {
        <Title text=receipt.title.clone() />
        <Frame frame=receipt.frame path="/productions">
            <PageHeader title=receipt.title facts=receipt.facts>
                <a class="button" href=receipt.csv download>
                    "Download CSV"
                </a>
            </PageHeader>
            <Figures figures=receipt.figures />
            <section class="panel hold" aria-labelledby="hold">
                <div class="hold-top">
                    <h2 id="hold">"What was held, in the order it was drawn"</h2>
                    <ul class="key">{key.collect_view()}</ul>
                </div>
                <TapeMeter tape=receipt.tape />
            </section>
            <div class="stack">
                <Segments label="Detail" choices=receipt.detail />
                <div class="scroll" tabindex="0" role="region" aria-label="Steps">
                <table class="list" data-dense="true">
                    <thead>
                        <tr>
                            <th scope="col">"Step"</th>
                            <th scope="col">"Kind"</th>
                            <th scope="col">"Size"</th>
                            <th scope="col">"Tariff line"</th>
                            <th scope="col" class="number">"Held"</th>
                            <th scope="col" class="number">"Used"</th>
                            <th scope="col" class="number">"Released"</th>
                            <th scope="col">"From"</th>
                            <th scope="col">"Outcome"</th>
                            {has_cost.then(|| view! { <th scope="col" class="number">"AI cost"</th> })}
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                    <tfoot>
                        <tr>
                            <th scope="row">"Total"</th>
                            <td></td>
                            <td></td>
                            <td class="muted">{receipt.tariff}</td>
                            <td class="number" data-label="Held">{held}</td>
                            <td class="number" data-label="Used">{used}</td>
                            <td class="number" data-label="Released">{released}</td>
                            <td></td>
                            <td></td>
                            {receipt.cost.map(|cost| view! { <td class="number" data-label="AI cost">{cost}</td> })}
                        </tr>
                    </tfoot>
                </table>
                </div>
            </div>
            {notes}
            {receipt.calls.map(|calls| view! { <ReceiptCalls calls /> })}
            <Transcript title="Reading a receipt" steps=STEPS.to_vec() />
        </Frame>
    }
}

fn row(step: StepView) -> impl IntoView {
    let [held, used, released] = step.tokens;
    let number = |label: &'static str, text: String| {
        let none = text == "0";
        view! { <td class="number" class:none=none data-label=label>{text}</td> }
    };
    let from = step.from.into_iter().map(|lot| view! { <span class="line">{lot}</span> }).collect_view();
    let (tone, outcome) = step.outcome;
    let outcome = match tone {
        Tone::Calm | Tone::Ok => outcome.into_any(),
        tone => view! { <Badge tone text=outcome /> }.into_any(),
    };
    let under = (step.step != step.name).then(|| view! { <span class="under">{step.step}</span> });
    view! {
        <tr>
            <th scope="row">{step.name} {under}</th>
            <td class="muted" data-label="Kind">{step.kind}</td>
            <td data-label="Size">{step.size}</td>
            <td class="muted" data-label="Tariff line">{step.line}</td>
            {number("Held", held)}
            {number("Used", used)}
            {number("Released", released)}
            <td data-label="From">{from}</td>
            <td data-label="Outcome">{outcome}</td>
            {step.cost.map(|cost| number("AI cost", cost))}
        </tr>
    }
}
