//! Limits in money, and what stands against them; caps in tokens, and what has been taken.

use super::{All, Put, book_of};
use crate::{
    Error,
    db::{
        budget::limits_of,
        entity::{budget, budget_month, seat_cycle},
        rows::{Answers, Questions},
        scope::{scope_of, scope_words},
    },
    writer::{Touch, books::Spending, facts::Production},
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

/// The limits of the customer, of accounts and keys that are named, and of those that named productions count against.
pub(super) fn limits(ask: &mut Questions, touches: &[Touch], books: &All) -> impl Put + use<> {
    let mut wanted = named(touches);
    for books in books.values() {
        let of =
            |production: &Production| production.budgets(books.customer).map(|scope| (books.customer, scope));
        wanted.extend(books.productions.values().flat_map(of));
    }
    let keys = wanted.into_iter().map(|(customer, scope)| key_of(customer, scope));
    let columns = [budget::Column::CustomerId, budget::Column::ScopeKind, budget::Column::ScopeId];
    let limits = ask.rows::<budget::Entity>(&columns, keys, "");
    move |answers: &mut Answers, books: &mut All| {
        for row in answers.take(limits)? {
            let books = book_of(books, &row.customer_id)?;
            let scope = scope_of("budget", &row.scope_kind, &row.scope_id)?;
            let limits = limits_of(&row, books.currency)?;
            books.limits.insert(scope, limits);
            books.origin.limits.insert(scope, limits);
        }
        Ok(())
    }
}

/// What stands against the named limits this month, and against those of named productions in the months that they count
/// in.
pub(super) fn months(ask: &mut Questions, touches: &[Touch], at: Timestamp, books: &All) -> impl Put + use<> {
    let mut wanted: BTreeSet<(CustomerId, BudgetScope, Month)> =
        named(touches).into_iter().map(|(customer, scope)| (customer, scope, at.month())).collect();
    for books in books.values() {
        for production in books.productions.values() {
            let month = production.hold.month();
            wanted.extend(production.budgets(books.customer).map(|scope| (books.customer, scope, month)));
        }
    }
    let keys = wanted.into_iter().map(|(customer, scope, month)| {
        let mut key = key_of(customer, scope);
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
        for row in answers.take(months)? {
            let books = book_of(books, &row.customer_id)?;
            let month: Month =
                row.month.parse().map_err(|error| Error::corrupt("budget_month", &row.scope_id, error))?;
            let cost = |micros| Cost::new(micros, books.currency);
            let told_at = row.told_at.map(Timestamp::from_micros).transpose();
            let told_at = told_at.map_err(|error| Error::corrupt("budget_month", &row.scope_id, error))?;
            let spending = Spending { spent: cost(row.spent_micros), held: cost(row.held_micros), told_at };
            let key = (scope_of("budget_month", &row.scope_kind, &row.scope_id)?, month);
            books.spending.insert(key, spending);
            books.origin.spending.insert(key, spending);
        }
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
    let keys = wanted
        .into_iter()
        .map(|(customer, member, starts_at)| vec![json!(customer), json!(member), json!(starts_at.micros())]);
    let columns =
        [seat_cycle::Column::CustomerId, seat_cycle::Column::PersonId, seat_cycle::Column::StartsAt];
    let seats = ask.rows::<seat_cycle::Entity>(&columns, keys, "");
    move |answers: &mut Answers, books: &mut All| {
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

/// Every limit that an act may meet, or whose spending it may move, by what it names.
fn named(touches: &[Touch]) -> BTreeSet<(CustomerId, BudgetScope)> {
    let of = |touch: &Touch| {
        let customer = touch.customer;
        [
            Some(BudgetScope::Customer(customer)),
            touch.account.map(BudgetScope::Account),
            touch.key.map(BudgetScope::Key),
        ]
        .into_iter()
        .flatten()
        .map(move |scope| (customer, scope))
    };
    touches.iter().flat_map(of).collect()
}

fn key_of(customer: CustomerId, scope: BudgetScope) -> Vec<Json> {
    let (kind, id) = scope_words(scope);
    vec![json!(customer), json!(kind), json!(id)]
}
