//! The rows of what a group has changed: one set a table, all of them in one round trip. Order follows what refers to what.

mod holds;
mod saved;

pub(super) use holds::hold_row;
pub(super) use saved::Saved;

use super::{Books, load::All, rollup::Rollup};
use crate::{
    Error,
    db::{
        allowance::entry_row,
        budget::limits_row,
        customer::payer_row,
        entity::{
            account, audit_entry, budget, budget_change, budget_month, cost_completion, cost_entry,
            credit_note, customer, dispute, hold_draw, invoice, invoice_line, order, outbox, outside_call,
            payment, payment_event, pnl_day, pnl_month, pnl_production, production, production_step, quote,
            refusal, revenue_entry, seat_cycle, step_attempt, subscription, token_entry, token_grant,
            token_hold, usage_day, wallet,
        },
        rows::Changes,
        scope::scope_words,
        tier::subscription_row,
    },
    ids::random,
};
use billing::{
    id::{OrderId, OutboxId},
    time::Timestamp,
};
use sea_orm::DbBackend;
use std::collections::BTreeMap;

/// A number that no other change of a wallet has, so that who finds it finds that change; who changes something besides acts adds one.
fn revision() -> Result<i64, Error> {
    Ok(i64::from_le_bytes(random()?) & (i64::MAX >> 1))
}

/// All rows of a group, by table.
#[derive(Default)]
struct Rows {
    grants: Vec<token_grant::Model>,
    holds: Vec<token_hold::Model>,
    draws: Vec<hold_draw::Model>,
    limits: Vec<budget::Model>,
    spending: Vec<budget_month::Model>,
    wallets: Vec<wallet::Model>,
    productions: Vec<production::Model>,
    steps: Vec<production_step::Model>,
    attempts: Vec<step_attempt::Model>,
    entries: Vec<token_entry::Model>,
    costs: Vec<cost_entry::Model>,
    completed: Vec<(cost_entry::Model, Option<step_attempt::Model>)>,
    completions: Vec<cost_completion::Model>,
    calls: Vec<outside_call::Model>,
    quotes: Vec<quote::Model>,
    seats: Vec<seat_cycle::Model>,
    subscriptions: Vec<subscription::Model>,
    used: Vec<usage_day::Model>,
    refusals: Vec<refusal::Model>,
    customers: Vec<customer::Model>,
    accounts: Vec<account::Model>,
    orders: Vec<order::Model>,
    charges: Vec<outbox::Model>,
    invoices: Vec<invoice::Model>,
    invoice_lines: Vec<invoice_line::Model>,
    payments: Vec<payment::Model>,
    credit_notes: Vec<credit_note::Model>,
    disputes: Vec<dispute::Model>,
    events: Vec<payment_event::Model>,
    revenue: Vec<revenue_entry::Model>,
    limit_changes: Vec<budget_change::Model>,
    audit: Vec<audit_entry::Model>,
    rollup: Rollup,
}

/// Makes the rows of everything that the decisions changed, and takes what they have added, customer by customer in one order: two processes that write the same
/// keys then wait for each other at the first one.
pub(super) fn rows_of(backend: DbBackend, books: &mut All) -> Result<Saved, Error> {
    let mut all = Rows::default();
    let books: BTreeMap<_, _> = books.iter_mut().collect();
    for one in books.into_values() {
        all.collect(one)?;
    }
    all.sum_up()?;
    let mut journals = Changes::of(backend);
    journals.insert::<account::Entity>(&all.accounts);
    journals.insert::<production::Entity>(&all.productions);
    journals.insert::<production_step::Entity>(&all.steps);
    journals.insert::<step_attempt::Entity>(&all.attempts);
    journals.insert::<token_entry::Entity>(&all.entries);
    journals.insert::<cost_entry::Entity>(&all.costs);
    journals.insert::<outside_call::Entity>(&all.calls);
    journals.insert::<quote::Entity>(&all.quotes);
    journals.insert::<refusal::Entity>(&all.refusals);
    let mut rest = Changes::of(backend);
    rest.upsert::<token_grant::Entity>(&all.grants);
    rest.upsert::<token_hold::Entity>(&all.holds);
    rest.insert::<hold_draw::Entity>(&all.draws);
    rest.insert::<cost_completion::Entity>(&all.completions);
    rest.upsert::<budget::Entity>(&all.limits);
    rest.insert::<budget_change::Entity>(&all.limit_changes);
    rest.upsert::<budget_month::Entity>(&all.spending);
    rest.upsert::<seat_cycle::Entity>(&all.seats);
    rest.upsert::<subscription::Entity>(&all.subscriptions);
    rest.add::<usage_day::Entity>(&all.used);
    rest.insert::<revenue_entry::Entity>(&all.revenue);
    rest.add::<pnl_production::Entity>(&all.rollup.productions());
    rest.add::<pnl_day::Entity>(&all.rollup.days());
    rest.add::<pnl_month::Entity>(&all.rollup.months());
    rest.upsert::<customer::Entity>(&all.customers);
    rest.insert::<invoice::Entity>(&all.invoices);
    rest.insert::<invoice_line::Entity>(&all.invoice_lines);
    rest.insert::<payment::Entity>(&all.payments);
    rest.insert::<credit_note::Entity>(&all.credit_notes);
    rest.upsert::<dispute::Entity>(&all.disputes);
    rest.upsert::<order::Entity>(&all.orders);
    rest.upsert::<outbox::Entity>(&all.charges);
    rest.insert::<payment_event::Entity>(&all.events);
    rest.insert::<audit_entry::Entity>(&all.audit);
    Ok(Saved { journals, rest, wallets: all.wallets })
}

impl Rows {
    /// The wallet is given another revision if anything changes that is remembered of a customer.
    fn collect(&mut self, books: &mut Books) -> Result<(), Error> {
        let before = self.remembered();
        self.grants(books)?;
        self.holds(books)?;
        self.limits(books);
        self.seats(books);
        self.money(books)?;
        for one in &books.subscriptions {
            if !books.origin.subscriptions.contains(one) {
                self.subscriptions.push(subscription_row(books.customer, one)?);
            }
        }
        for ((account, day), tokens) in &books.used {
            self.used.push(usage_day::Model {
                customer_id: books.customer.to_string(),
                account_id: account.to_string(),
                posted_on: day.to_string(),
                used_tokens: tokens.get(),
            });
        }
        let journal = &mut books.journal;
        self.productions.append(&mut journal.productions);
        self.steps.append(&mut journal.steps);
        self.attempts.append(&mut journal.attempts);
        self.entries.extend(journal.entries.drain(..).map(entry_row));
        self.costs.append(&mut journal.costs);
        for (of, tried, row) in journal.completions.drain(..) {
            self.completed.push((of, tried));
            self.completions.push(row);
        }
        self.calls.extend_from_slice(&journal.calls);
        self.quotes.append(&mut journal.quotes);
        self.refusals.append(&mut journal.refusals);
        self.limit_changes.append(&mut journal.limit_changes);
        self.audit.append(&mut journal.audit);
        let changes = self.remembered() > before
            || books.head.seq != books.origin.seq
            || books.automatic.standing != books.origin.automatic.standing;
        let follows = books.origin.revision;
        if changes {
            books.origin.revision = revision()?;
        }
        self.wallets.push(wallet::Model {
            customer_id: books.customer.to_string(),
            seq: books.head.seq,
            hash: books.head.hash.clone(),
            left_tokens: books.head.left.get(),
            held_tokens: books.head.held.get(),
            overdrawn_tokens: books.head.overdrawn.get(),
            revision: Some(books.origin.revision),
            follows: Some(follows),
        });
        Ok(())
    }

    /// Rows of what the writer remembers between groups.
    const fn remembered(&self) -> usize {
        self.customers.len()
            + self.grants.len()
            + self.subscriptions.len()
            + self.limits.len()
            + self.spending.len()
            + self.seats.len()
            + self.holds.len()
            + self.attempts.len()
            + self.calls.len()
    }

    /// Attempts and costs first: they say what the tokens and the revenue of their attempts belong to.
    fn sum_up(&mut self) -> Result<(), Error> {
        let tried = self.completed.iter().filter_map(|(_, tried)| tried.as_ref());
        self.attempts.iter().chain(tried).for_each(|row| self.rollup.attempt(row));
        for row in &self.costs {
            self.rollup.cost(row)?;
        }
        for ((of, _), row) in self.completed.iter().zip(&self.completions) {
            self.rollup.completion(of, row)?;
        }
        for row in &self.entries {
            self.rollup.tokens(row)?;
        }
        for row in &self.revenue {
            self.rollup.revenue(row)?;
        }
        Ok(())
    }

    /// Money coming in.
    fn money(&mut self, books: &mut Books) -> Result<(), Error> {
        let customer = payer_row(&books.origin.customer, &books.payer)?;
        if customer != books.origin.customer {
            self.customers.push(customer);
        }
        let changed = |(id, row): &(&OrderId, &order::Model)| books.origin.orders.get(id) != Some(row);
        self.orders.extend(books.orders.iter().filter(changed).map(|(_, row)| row.clone()));
        let changed = |(id, row): &(&OutboxId, &outbox::Model)| books.origin.charges.get(id) != Some(row);
        self.charges.extend(books.charges.iter().filter(changed).map(|(_, row)| row.clone()));
        let changed = |(id, row): &(&String, &dispute::Model)| books.origin.disputes.get(*id) != Some(row);
        self.disputes.extend(books.disputes.iter().filter(changed).map(|(_, row)| row.clone()));
        let journal = &mut books.journal;
        self.accounts.append(&mut journal.accounts);
        self.invoices.append(&mut journal.invoices);
        self.invoice_lines.append(&mut journal.invoice_lines);
        self.payments.append(&mut journal.payments);
        self.credit_notes.append(&mut journal.credit_notes);
        self.events.append(&mut journal.events);
        self.revenue.append(&mut journal.revenue);
        Ok(())
    }

    fn limits(&mut self, books: &Books) {
        for (scope, limits) in &books.limits {
            if books.origin.limits.get(scope) != Some(limits) {
                self.limits.push(limits_row(books.customer, *scope, limits));
            }
        }
        for (key, spending) in &books.spending {
            if books.origin.spending.get(key) != Some(spending) {
                let (kind, scope_id) = scope_words(key.0);
                self.spending.push(budget_month::Model {
                    customer_id: books.customer.to_string(),
                    scope_kind: kind.to_owned(),
                    scope_id,
                    month: key.1.to_string(),
                    spent_micros: spending.spent.micros(),
                    held_micros: spending.held.micros(),
                    told_at: spending.told_at.map(Timestamp::micros),
                });
            }
        }
    }

    fn seats(&mut self, books: &Books) {
        for (key, taken) in &books.seat_use {
            if books.origin.seat_use.get(key) != Some(taken) {
                self.seats.push(seat_cycle::Model {
                    customer_id: books.customer.to_string(),
                    person_id: key.0.to_string(),
                    starts_at: key.1.micros(),
                    spent_tokens: taken.used.get(),
                    held_tokens: taken.held.get(),
                });
            }
        }
    }

    fn grants(&mut self, books: &Books) -> Result<(), Error> {
        for grant in books.wallet.grants() {
            let row = books.row_of(grant)?;
            if books.origin_of(grant.id) != Some(&row)
                || books.journal.grants.iter().any(|new| new.id == row.id)
            {
                self.grants.push(row);
            }
        }
        Ok(())
    }
}
