//! Which plan fits how somebody produces: their own last cycles on every plan, with the arithmetic. The browser works with
//! the same rules as the server, so other numbers can be tried.

use crate::{
    ui::{Badge, Tone},
    writing::{AmountWriting, grouped},
};
use billing::{
    money::Money,
    tier::advisor::{Advice, Candidate, advise, cheapest},
    tokens::Tokens,
    top_up::PricedPack,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A plan that is compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdvisedPlan {
    /// `Pro, annual`.
    pub name: String,
    /// How many seats it would take, where it is sold by them.
    pub seats: Option<String>,
    /// What its subscription costs a cycle, on average.
    pub subscription: Money,
    /// What each cycle grants.
    pub allowance: Tokens,
    /// How many open accounts it would not allow.
    pub accounts_too_many: u32,
}

/// What the advisor starts with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdvisorView {
    /// Tokens used in the last whole cycles, oldest first.
    pub cycles: Vec<Tokens>,
    /// The plans that are compared.
    pub plans: Vec<AdvisedPlan>,
    /// The packs that are sold.
    pub packs: Vec<PricedPack>,
    /// How amounts are written.
    pub writing: AmountWriting,
}

/// The advisor.
#[island]
pub fn PlanAdvisor(
    /// The customer's own last cycles.
    initial: AdvisorView,
) -> impl IntoView {
    let own = initial.cycles.len();
    let view = StoredValue::new(initial);
    let mean = view.with_value(|view| {
        let sum: i64 = view.cycles.iter().map(|used| used.get()).sum();
        i64::try_from(own).ok().and_then(|count| sum.checked_div(count)).unwrap_or(100_000)
    });
    let typed = RwSignal::new(None::<i64>);
    let rows = move || {
        view.with_value(|view| {
            let cycles = match typed.get() {
                Some(tokens) => vec![Tokens::new(tokens).unwrap_or_default()],
                None => view.cycles.clone(),
            };
            rows_of(view, &cycles)
        })
    };
    let says = if own == 0 {
        "No whole cycle has passed yet. Try a number of tokens.".to_owned()
    } else {
        format!("Your last {own} cycles, priced on every plan. Extra capacity is kept from cycle to cycle.")
    };
    let change = move |event| typed.set(event_target_value(&event).trim().parse().ok());
    view! {
        <section class="panel advisor" aria-labelledby="advisor">
            <h2 id="advisor">"Which plan fits how you produce?"</h2>
            <p class="muted">{says}</p>
            <div class="field try-tokens" data-inline="true">
                <label for="try-tokens">"Try tokens a cycle"</label>
                <input id="try-tokens" type="number" inputmode="numeric" min="0" max="100000000" placeholder=mean on:input=change />
            </div>
            <div class="scroll">
                <table class="list" data-dense="true">
                    <thead>
                        <tr>
                            <th scope="col">"Plan"</th>
                            <th scope="col" class="number">"Subscription"</th>
                            <th scope="col" class="number">"Top-ups needed"</th>
                            <th scope="col" class="number">"Total a month"</th>
                            <th scope="col">"Fits"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
}

fn rows_of(view: &AdvisorView, cycles: &[Tokens]) -> AnyView {
    let candidate = |plan: &AdvisedPlan| {
        let AdvisedPlan { subscription, allowance, accounts_too_many, .. } = *plan;
        Candidate { subscription, allowance, accounts_too_many }
    };
    let candidates: Vec<Candidate> = view.plans.iter().map(candidate).collect();
    let advice = advise(cycles, &candidates, &view.packs).unwrap_or_default();
    let best = cheapest(&advice);
    let rows = view
        .plans
        .iter()
        .zip(&advice)
        .enumerate()
        .map(|(place, (plan, advice))| row(plan, advice, best == Some(place), &view.writing));
    rows.collect_view().into_any()
}

fn row(plan: &AdvisedPlan, advice: &Advice, is_best: bool, writing: &AmountWriting) -> impl IntoView + use<> {
    let AdvisedPlan { subscription, accounts_too_many, .. } = *plan;
    let seats = plan.seats.clone();
    let verdict = if is_best {
        view! { <Badge tone=Tone::Ok text="Cheapest for you" /> }.into_any()
    } else if accounts_too_many == 0 {
        ().into_any()
    } else {
        format!("{accounts_too_many} accounts too many").into_any()
    };
    let tokens =
        (advice.beyond.get() > 0).then(|| format!("{} tokens", grouped(advice.beyond.get(), &writing.group)));
    view! {
        <tr>
            <th scope="row">
                {plan.name.clone()} {seats.map(|seats| view! { <span class="under">{seats}</span> })}
            </th>
            <td class="number" data-label="Subscription">{writing.money(subscription)}</td>
            <td class="number" data-label="Top-ups needed">
                {writing.money(advice.top_ups)} {tokens.map(|tokens| view! { <span class="under">{tokens}</span> })}
            </td>
            <td class="number" data-label="Total a month">
                <strong>{writing.money(advice.total)}</strong>
            </td>
            <td>{verdict}</td>
        </tr>
    }
}
