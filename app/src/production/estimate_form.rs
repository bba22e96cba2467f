//! The estimate's form: a plain one, which the island makes answer at once. Tokens are added up in the browser by the same
//! tariff; money and the verdict are the gate's.

use super::{
    estimate::{EstimateBody, EstimateQuery, VerdictView},
    server_fns::estimate_verdict,
};
use crate::{
    AppError,
    ui::{Problem, Select, ToneIcon},
    writing::grouped,
};
use billing::{
    allowance::Tariff,
    production::{Outline, outline::PARTS},
};
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local};
use std::time::Duration;

/// How long somebody has to pause before the gate is asked.
const PAUSE: Duration = Duration::from_millis(250);

/// What each part is called, and what it is counted in.
const WORDS: [(&str, &str); 9] = [
    ("Text calls", "of three thousand model tokens"),
    ("Images", "made by AI"),
    ("Image checks", "images"),
    ("Voiceover", "seconds"),
    ("Soundtrack", "seconds"),
    ("Video composition", "seconds"),
    ("Platform variants", "variants"),
    ("SEO texts", "platforms"),
    ("Captions", "seconds"),
];

/// The answer, or which part is wrong and why.
type Answer = Result<VerdictView, (String, String)>;

/// What the island's parts share.
#[derive(Clone, Copy)]
struct Form {
    account: RwSignal<String>,
    typed: RwSignal<[String; 9]>,
    verdict: RwSignal<Answer>,
    tariff: StoredValue<Tariff>,
    separator: StoredValue<String>,
    waiting: StoredValue<Option<TimeoutHandle>>,
}

/// The form and its answer.
#[island]
pub fn EstimateForm(
    /// What the server knew when it rendered the page.
    initial: EstimateBody,
) -> impl IntoView {
    let chosen = initial.accounts.iter().find(|choice| choice.chosen).map(|choice| choice.value.clone());
    let form = Form {
        account: RwSignal::new(chosen.unwrap_or_default()),
        typed: RwSignal::new(initial.outline.numbers().map(|number| number.to_string())),
        verdict: RwSignal::new(initial.verdict),
        tariff: StoredValue::new(initial.tariff),
        separator: StoredValue::new(initial.separator),
        waiting: StoredValue::new(None),
    };
    let choose = move |event| {
        form.account.set(event_target_value(&event));
        form.ask();
    };
    let rows = (0..PARTS.len()).map(|place| view! { <PartRow form place /> }).collect_view();
    view! {
        <div class="columns estimate">
            <form class="panel" method="get" action="/estimate">
                <div on:change=choose>
                    <Select name="account" label="Account" choices=initial.accounts />
                </div>
                <table class="list" data-dense="true">
                    <thead>
                        <tr>
                            <th scope="col">"Part"</th>
                            <th scope="col" class="number">"How many"</th>
                            <th scope="col" class="number">"Tokens"</th>
                            <th scope="col" class="number">"Money"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                    <tfoot>
                        <tr>
                            <th scope="row">"Estimate"</th>
                            <td></td>
                            <td class="number" data-label="Tokens">{move || form.tokens(None)}</td>
                            <td class="number" data-label="Money">{move || form.money(None)}</td>
                        </tr>
                    </tfoot>
                </table>
                <button class="button" data-kind="primary" type="submit">
                    "Estimate"
                </button>
            </form>
            <div class="verdict" aria-live="polite">
                {move || match form.verdict.get() {
                    Ok(verdict) => view! { <Verdict verdict /> }.into_any(),
                    Err((_, message)) => view! { <Problem message /> }.into_any(),
                }}
            </div>
        </div>
    }
}

/// One part: how many, and what that takes.
#[component]
fn PartRow(form: Form, place: usize) -> impl IntoView {
    let (name, _, most) = PARTS[place];
    let (title, unit) = WORDS[place];
    let wrong =
        move || form.verdict.read().as_ref().err().is_some_and(|(part, _)| part == name).then_some("true");
    let change = move |event| {
        form.typed.update(|typed| typed[place] = event_target_value(&event));
        form.ask();
    };
    view! {
        <tr>
            <th scope="row">
                <label for=name>{title} <span class="under">{unit}</span></label>
            </th>
            <td class="number">
                <input
                    class="quantity"
                    id=name
                    name=name
                    type="number"
                    inputmode="numeric"
                    min="0"
                    max=most
                    required
                    value=form.typed.with_untracked(|typed| typed[place].clone())
                    aria-invalid=wrong
                    on:input=change
                />
            </td>
            <td class="number" data-label="Tokens">{move || form.tokens(Some(place))}</td>
            <td class="number" data-label="Money">{move || form.money(Some(place))}</td>
        </tr>
    }
}

impl Form {
    /// Asks the gate's own decision once somebody pauses; where it cannot be asked, that is said.
    fn ask(self) {
        if let Some(earlier) = self.waiting.get_value() {
            earlier.clear();
        }
        let ask = move || {
            let parts = PARTS.into_iter().zip(self.typed.get_untracked());
            let parts = parts.map(|((name, ..), text)| (name.to_owned(), text)).collect();
            let query = EstimateQuery { account: Some(self.account.get_untracked()), parts };
            spawn_local(async move {
                let said = estimate_verdict(query).await;
                let failed = |error: AppError| Err((String::new(), format!("{error}. {}", error.advice())));
                self.verdict.set(said.unwrap_or_else(failed));
            });
        };
        self.waiting.set_value(set_timeout_with_handle(ask, PAUSE).ok());
    }

    /// Tokens of a part, or of all, by the tariff; a dash where a number is none.
    fn tokens(self, place: Option<usize>) -> String {
        let sums = self.tariff.with_value(|tariff| tokens_by_part(tariff, &self.typed.read()));
        let Some(sums) = sums else { return "–".to_owned() };
        let tokens = place.map_or_else(|| sums.iter().sum(), |place| sums[place]);
        grouped(tokens, &self.separator.get_value())
    }

    /// Money of a part, or of all, as the gate has said.
    fn money(self, place: Option<usize>) -> String {
        match (&*self.verdict.read(), place) {
            (Ok(verdict), None) => verdict.money.clone(),
            (Ok(verdict), Some(place)) => verdict.parts.get(place).cloned().unwrap_or_default(),
            (Err(_), _) => "–".to_owned(),
        }
    }
}

/// Tokens of each part by the tariff; none where a number is none.
fn tokens_by_part(tariff: &Tariff, typed: &[String; 9]) -> Option<Vec<i64>> {
    let mut numbers = [0; 9];
    for (number, text) in numbers.iter_mut().zip(typed) {
        *number = text.trim().parse().ok()?;
    }
    let parts = Outline::of(numbers).calls().ok()?;
    let sum = |calls: &Vec<billing::production::Quantity>| {
        calls.iter().map(|call| tariff.tokens(call).ok().map(billing::tokens::Tokens::get)).sum()
    };
    parts.iter().map(sum).collect()
}

/// What the gate would say.
#[component]
fn Verdict(verdict: VerdictView) -> impl IntoView {
    let checks = verdict.checks.into_iter().map(|(tone, what, figures)| {
        view! {
            <li>
                <ToneIcon tone />
                <p>
                    <strong>{what}</strong>
                    <span class="under">{figures}</span>
                </p>
            </li>
        }
    });
    let ways = (!verdict.ways.is_empty()).then(|| {
        let ways = verdict.ways.into_iter().map(|way| view! { <li>{way}</li> }).collect_view();
        view! {
            <section class="panel" aria-labelledby="fit">
                <h2 id="fit">"What would make it fit"</h2>
                <ul>{ways}</ul>
            </section>
        }
    });
    view! {
        <section class="panel" aria-labelledby="verdict" data-tone=verdict.tone.name()>
            <h2 id="verdict">
                <ToneIcon tone=verdict.tone />
                {verdict.title}
            </h2>
            <dl class="cells" data-two="true">
                <div>
                    <dt>"Tokens"</dt>
                    <dd class="figure">{verdict.tokens}</dd>
                </div>
                <div>
                    <dt>"Money"</dt>
                    <dd class="figure">{verdict.money}</dd>
                </div>
            </dl>
            <ul class="checks">{checks.collect_view()}</ul>
        </section>
        {ways}
    }
}
