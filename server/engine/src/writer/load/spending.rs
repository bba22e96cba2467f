//! Limits in money, and what stands against them; caps in tokens, and what has been taken.

use super::{All, Put, book_of, productions::production_of};
use crate::{
    Error,
    db::{
        budget::limits_of,
        entity::{budget, budget_month, seat_cycle},
        rows::{Answers, Questions},
        scope::{scope_of, scope_words},
    },
    writer::{Books, Touch, books::Spending},
};
use billing::{
    budget::{BudgetScope, SeatUse},
    id::{CustomerId, PersonId},
    money::Cost,
    time::{Month, Timestamp},
    tokens::Tokens,
};
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;

/// Limits, and the months whose spending stands against them.
#[derive(Default)]
pub(super) struct Wanted {
    limits: BTreeSet<(CustomerId, BudgetScope)>,
    months: BTreeSet<(CustomerId, BudgetScope, Month)>,
}

impl Wanted {
    /// Every limit that acts may meet, or whose spending they may move, by what they name; and those of productions that are known.
    pub(super) fn of_acts(touches: &[Touch], at: Timestamp, known: &All) -> Self {
        let mut wanted = Self::default();
        for touch in touches {
            let scopes = [
                Some(BudgetScope::Customer(touch.customer)),
                touch.account.map(BudgetScope::Account),
                touch.key.map(BudgetScope::Key),
            ];
            wanted.add(touch.customer, scopes.into_iter().flatten(), at.month());
            if let Some(production) = production_of(known, touch) {
                wanted.add(touch.customer, production.budgets(touch.customer), production.hold.month());
            }
        }
        wanted
    }

    /// The limits that productions count against, in their months.
    pub(super) fn of_productions(books: &All) -> Self {
        let mut wanted = Self::default();
        for books in books.values() {
            for production in books.productions.values() {
                wanted.add(books.customer, production.budgets(books.customer), production.hold.month());
            }
        }
        wanted
    }

    /// What was not asked for yet.
    pub(super) fn unknown_to(mut self, known: &All) -> Self {
        let asked = |customer: &CustomerId| known.get(customer).map(|books| &books.asked);
        self.limits.retain(|(of, scope)| asked(of).is_none_or(|asked| !asked.limits.contains(scope)));
        self.months.retain(|(of, scope, month)| {
            asked(of).is_none_or(|asked| !asked.months.contains(&(*scope, *month)))
        });
        self
    }

    fn add(&mut self, customer: CustomerId, scopes: impl Iterator<Item = BudgetScope>, month: Month) {
        for scope in scopes {
            self.limits.insert((customer, scope));
            self.months.insert((customer, scope, month));
        }
    }
}

/// Limits, and what stands against them.
pub(super) fn spending(ask: &mut Questions, wanted: Wanted) -> impl Put + use<> {
    let keys = wanted.limits.iter().map(|(customer, scope)| key_of(*customer, *scope));
    let columns = [budget::Column::CustomerId, budget::Column::ScopeKind, budget::Column::ScopeId];
    let limits = ask.rows::<budget::Entity>(&columns, keys, "");
    let keys = wanted.months.iter().map(|(customer, scope, month)| {
        let mut key = key_of(*customer, *scope);
        key.push(json!(month.to_string()));
        key
    });
    let columns = [
        budget_month::Column::CustomerId,
        budget_month::Column::ScopeKind,
        budget_month::Column::ScopeId,
        budget_month::Column::Month,
    ];
    let months = ask.rows::<budget_month::Entity>(&columns, keys, "");
    move |answers: &mut Answers, books: &mut All| {
        for (customer, scope) in wanted.limits {
            if let Some(books) = books.get_mut(&customer) {
                books.asked.limits.insert(scope);
            }
        }
        for (customer, scope, month) in wanted.months {
            if let Some(books) = books.get_mut(&customer) {
                books.asked.months.insert((scope, month));
            }
        }
        for row in answers.take(limits)? {
            let books = book_of(books, &row.customer_id)?;
            let scope = scope_of("budget", &row.scope_kind, &row.scope_id)?;
            let limits = limits_of(&row, books.currency)?;
            books.limits.insert(scope, limits);
            books.origin.limits.insert(scope, limits);
        }
        for row in answers.take(months)? {
            book_of(books, &row.customer_id)?.add_month(&row)?;
        }
        Ok(())
    }
}

impl Books {
    fn add_month(&mut self, row: &budget_month::Model) -> Result<(), Error> {
        let bad = |what: String| Error::corrupt("budget_month", &row.scope_id, what);
        let month: Month = row.month.parse().map_err(|error| bad(format!("{error}")))?;
        let cost = |micros| Cost::new(micros, self.currency);
        let told_at = row.told_at.map(Timestamp::from_micros).transpose();
        let told_at = told_at.map_err(|error| bad(error.to_string()))?;
        let spending = Spending { spent: cost(row.spent_micros), held: cost(row.held_micros), told_at };
        let key = (scope_of("budget_month", &row.scope_kind, &row.scope_id)?, month);
        self.spending.insert(key, spending);
        self.origin.spending.insert(key, spending);
        Ok(())
    }
}

/// What named members have taken in this cycle, and those of named productions in the cycles that they count in.
pub(super) fn seats(ask: &mut Questions, touches: &[Touch], at: Timestamp, books: &All) -> impl Put + use<> {
    let mut wanted: BTreeSet<(CustomerId, PersonId, Timestamp)> = BTreeSet::new();
    for touch in touches {
        if let (Some(member), Some(books)) = (touch.member, books.get(&touch.customer)) {
            wanted.insert((touch.customer, member, books.cycle(at).0));
        }
    }
    for books in books.values() {
        let seats = books.productions.values().filter_map(|production| production.seat);
        wanted.extend(seats.map(|(member, starts_at)| (books.customer, member, starts_at)));
    }
    wanted.retain(|(of, member, starts_at)| {
        books.get(of).is_none_or(|books| !books.asked.seats.contains(&(*member, *starts_at)))
    });
    let keys = wanted
        .iter()
        .map(|(customer, member, starts_at)| vec![json!(customer), json!(member), json!(starts_at.micros())]);
    let columns =
        [seat_cycle::Column::CustomerId, seat_cycle::Column::PersonId, seat_cycle::Column::StartsAt];
    let seats = ask.rows::<seat_cycle::Entity>(&columns, keys, "");
    move |answers: &mut Answers, books: &mut All| {
        for (customer, member, starts_at) in wanted {
            if let Some(books) = books.get_mut(&customer) {
                books.asked.seats.insert((member, starts_at));
            }
        }
        for row in answers.take(seats)? {
            let bad = |what: String| Error::corrupt("seat_cycle", &row.person_id, what);
            let tokens = |count| Tokens::new(count).map_err(|error| bad(error.to_string()));
            let taken = SeatUse { used: tokens(row.spent_tokens)?, held: tokens(row.held_tokens)? };
            let starts_at = Timestamp::from_micros(row.starts_at).map_err(|error| bad(error.to_string()))?;
            let key = (row.person_id.parse().map_err(|error| bad(format!("{error}")))?, starts_at);
            let books = book_of(books, &row.customer_id)?;
            books.seat_use.insert(key, taken);
            books.origin.seat_use.insert(key, taken);
        }
        Ok(())
    }
}

fn key_of(customer: CustomerId, scope: BudgetScope) -> Vec<Json> {
    let (kind, id) = scope_words(scope);
    vec![json!(customer), json!(kind), json!(id)]
}
