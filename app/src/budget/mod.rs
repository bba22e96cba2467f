//! "Accounts can carry a production budget. If an account hits its monthly limit, new productions are rejected up front
//! with a clear 'budget limit reached' message."
//!
//! Each account's customer-facing AI cost of the calendar month (UTC) against its limit. G1, G2, H10, reading 5.7.

mod accounts;
mod history;
#[cfg(feature = "ssr")]
mod limits;
#[cfg(feature = "ssr")]
mod limits_form;
mod raise;
#[cfg(feature = "ssr")]
pub mod raise_words;
mod server_fns;

pub(crate) use accounts::AmountField;
pub use accounts::{AccountView, AccountsContent, AccountsPage, AccountsView, LimitsForm, ShownLimits};
pub use history::ChangeView;
pub use raise::{RaiseForm, RaiseLimit};
pub use server_fns::{AccountsAndBudgets, RaiseThisMonth, SetLimits, accounts_page, raise_limit, set_limits};

use crate::ui::{Badge, Tape, TapeMeter, Tone};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// One account and its limit of the month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BudgetView {
    /// The account's name.
    pub account: String,
    /// Why it starts no productions, or that it is on trial.
    pub notice: Option<(Tone, String)>,
    /// What finished calls have cost.
    pub spent: String,
    /// `of £500.00`, or `no limit`.
    pub limit: String,
    /// What running productions may still cost, and what is left.
    pub facts: Vec<String>,
    /// Spent, held, left; without parts where there is no limit.
    pub tape: Tape,
}

/// The accounts with their limits.
#[component]
pub fn Budgets(
    /// Which month.
    month: String,
    /// The accounts by name.
    budgets: Vec<BudgetView>,
) -> impl IntoView {
    let list = if budgets.is_empty() {
        view! { <p class="empty">"No accounts yet. Each account and what it spends in a month shows here."</p> }.into_any()
    } else {
        let rows = budgets.into_iter().map(|budget| view! { <BudgetRow budget /> }).collect_view();
        view! { <ul class="budgets">{rows}</ul> }.into_any()
    };
    view! {
        <section class="panel" aria-labelledby="budgets">
            <h2 id="budgets">"Budgets, " {month}</h2>
            {list}
        </section>
    }
}

#[component]
fn BudgetRow(budget: BudgetView) -> impl IntoView {
    let facts = (!budget.facts.is_empty()).then(|| {
        let facts = budget.facts.into_iter().map(|fact| view! { <span>{fact}</span> }).collect_view();
        view! { <p class="facts small">{facts}</p> }
    });
    view! {
        <li>
            <p class="budget-top">
                <span>{budget.account}</span>
                <span class="small">
                    <strong>{budget.spent}</strong>
                    " "
                    <span class="muted">{budget.limit}</span>
                </span>
            </p>
            <TapeMeter tape=budget.tape />
            {facts}
            {budget.notice.map(|(tone, text)| view! { <Badge tone text /> })}
        </li>
    }
}

#[cfg(feature = "ssr")]
mod on_the_server {
    use super::BudgetView;
    use crate::{
        format::Format,
        ui::{Fill, Place, Tape, Tone},
    };
    use billing::{
        customer::AccountStatus,
        money::{Cost, MoneyError},
        time::Timestamp,
    };
    use engine::customer::AccountLine;

    impl BudgetView {
        /// An account's month as it stands at this instant.
        pub fn of(account: &AccountLine, at: Timestamp, format: &Format) -> Result<Self, MoneyError> {
            let cost = |cost| format.cost(cost);
            let budget = account.budget.as_ref();
            let available = budget.map(billing::budget::Budget::available).transpose()?;
            let left = available.map(|left| match Room::of(left) {
                Room::Left(left) => format!("{} left", cost(left)),
                Room::Over(over) => format!("{} over", cost(over)),
            });
            let limit = budget.map_or("no limit".to_owned(), |budget| format!("of {}", cost(budget.limit)));
            let held = (account.held.micros() > 0).then(|| format!("{} held", cost(account.held)));
            let facts: Vec<_> = [held, left].into_iter().flatten().collect();
            let spent = cost(account.spent);
            let label =
                facts.iter().fold(format!("{spent} spent {limit}"), |label, fact| format!("{label}, {fact}"));
            Ok(Self {
                tape: tape(account, available, at, label),
                account: account.name.clone(),
                notice: notice(account, available, format),
                spent,
                limit,
                facts,
            })
        }
    }

    /// What a limit leaves.
    pub(super) enum Room {
        Left(Cost),
        /// More is spent and held than it allows: by so much.
        Over(Cost),
    }

    impl Room {
        pub(super) const fn of(available: Cost) -> Self {
            if available.micros() < 0 {
                Self::Over(Cost::new(-available.micros(), available.currency()))
            } else {
                Self::Left(available)
            }
        }
    }

    /// The one thing to know of an account.
    pub(super) fn notice(
        account: &AccountLine,
        available: Option<Cost>,
        format: &Format,
    ) -> Option<(Tone, String)> {
        let told = account.told_at.zip(account.limits.tell_at);
        let (tone, text) = match (account.status, available) {
            (AccountStatus::Suspended, _) => (Tone::Warn, "Suspended".to_owned()),
            (AccountStatus::Closed, _) => (Tone::Calm, "Closed".to_owned()),
            (_, Some(left)) if left.micros() <= 0 => (Tone::Bad, "Budget limit reached".to_owned()),
            (status, _) => match (told, status) {
                (Some((at, amount)), _) => {
                    (Tone::Warn, format!("Told at {} on {}", format.money(amount), format.day(at)))
                }
                (None, AccountStatus::Pilot) => (Tone::Calm, "Pilot".to_owned()),
                (None, _) => return None,
            },
        };
        Some((tone, text))
    }

    /// Spent and held as long as the limit, or beyond it where it was lowered; the notch is where somebody is told, the
    /// playhead today's place in the month.
    pub(super) fn tape(account: &AccountLine, available: Option<Cost>, at: Timestamp, label: String) -> Tape {
        let Some((budget, left)) = account.budget.as_ref().zip(available) else {
            return Tape { parts: Vec::new(), notch: None, limit: None, head: None, label };
        };
        let (spent, held, left) = (budget.spent.micros(), budget.held.micros(), left.micros());
        let (start, end) = (at.month().start().micros(), at.month().end().micros());
        let whole = i128::from(spent) + i128::from(held) + i128::from(left.max(0));
        let told = account.limits.tell_at.and_then(|at| at.to_cost().ok());
        Tape {
            parts: Tape::parts(&[(Fill::Spent, spent), (Fill::Held, held), (Fill::Left, left.max(0))]),
            notch: told.map(|at| Place::of(at.micros().into(), whole)),
            limit: (left < 0).then(|| Place::of(budget.limit.micros().into(), whole)),
            head: Some(Place::of((at.micros() - start).into(), (end - start).into())),
            label,
        }
    }
}
