//! "Raise the budget … to resume": the form that raises an account's limit for this month, with what is left after it. It is
//! a plain form; the island says at once what another amount would leave. G3.

use super::accounts::AmountField;
use crate::ui::Problem;
use crate::writing::AmountWriting;
use billing::money::{Cost, Currency, Money};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The form, for one refused production.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RaiseForm {
    /// The refusal that it answers.
    pub refusal: String,
    /// The account's name.
    pub account: String,
    /// The month: `October`.
    pub month: String,
    /// For how long, and what holds afterwards.
    pub until: String,
    /// The limit as it is.
    pub limit: String,
    /// The least amount that lets the production start.
    pub least: String,
    /// What is taken from the limit: names and amounts.
    pub taken: Vec<(String, String)>,
    /// All of that, in micro-units.
    pub taken_micros: i64,
    /// The amount that is proposed, or was typed.
    pub typed: String,
    /// What was wrong with it.
    pub wrong: Option<String>,
    /// In which currency.
    pub currency: Currency,
    /// How its amounts are written.
    pub writing: AmountWriting,
}

/// What an amount would do: the limit, what is left after it, and the words of the button.
struct Outcome {
    limit: String,
    left: String,
    button: String,
}

impl RaiseForm {
    fn outcome(&self, typed: &str) -> Outcome {
        let known = Money::typed(typed, self.currency).ok().and_then(|limit| {
            let left = limit.to_cost().ok()?.minus(Cost::new(self.taken_micros, self.currency)).ok()?;
            Some((self.writing.money(limit), self.writing.cost(left)))
        });
        match known {
            Some((limit, left)) => {
                Outcome { button: format!("Raise to {limit} for {}", self.month), limit, left }
            }
            None => Outcome {
                limit: "–".to_owned(),
                left: "–".to_owned(),
                button: format!("Raise the limit for {}", self.month),
            },
        }
    }
}

/// The form.
#[island]
pub fn RaiseLimit(
    /// What the server knew when it rendered the page.
    initial: RaiseForm,
) -> impl IntoView {
    let typed = RwSignal::new(initial.typed.clone());
    let form = StoredValue::new(initial.clone());
    let outcome =
        move |part: fn(Outcome) -> String| move || form.with_value(|form| part(form.outcome(&typed.read())));
    let taken = initial.taken.into_iter().map(|(name, amount)| {
        view! {
            <div class="muted">
                <dt>{name}</dt>
                <dd>{amount}</dd>
            </div>
        }
    });
    let is_wrong = initial.wrong.is_some();
    view! {
        <form class="panel raise" id="raise" method="post" action="/act/raise-limit" aria-labelledby="raise-title">
            <div>
                <h3 id="raise-title">"Raise this month’s limit"</h3>
                <p class="muted">{initial.until}</p>
            </div>
            {initial.wrong.map(|message| view! { <Problem message /> })}
            <input type="hidden" name="refusal" value=initial.refusal />
            <div on:input=move |event| typed.set(event_target_value(&event))>
                <AmountField
                    name="to"
                    label=format!("{} may spend, in {}", initial.account, initial.month)
                    hint=format!("At least {}.", initial.least)
                    unit=initial.writing.before.clone() + &initial.writing.after
                    value=initial.typed
                    wrong=is_wrong
                />
            </div>
            <dl class="sum">
                <div>
                    <dt>{initial.month} " limit"</dt>
                    <dd>{initial.limit} " → " {outcome(|outcome| outcome.limit)}</dd>
                </div>
                {taken.collect_view()}
                <div>
                    <dt>"Left after it"</dt>
                    <dd>{outcome(|outcome| outcome.left)}</dd>
                </div>
            </dl>
            <button class="button" data-kind="primary" type="submit">
                {outcome(|outcome| outcome.button)}
            </button>
        </form>
    }
}
