//! A customer's books as the tables have them: what has not changed since is not written, and what was asked for once need not be
//! asked for again.

use super::{Automatic, Books, books::Spending, journal::Journal, save::hold_row};
use crate::{
    Error,
    db::{
        customer::payer_row,
        entity::{customer, dispute, order, outbox, token_grant, token_hold},
    },
};
use billing::{
    allowance::Grant,
    budget::{BudgetScope, Limits, SeatUse},
    id::{OrderId, OutboxId, PersonId, ProductionName},
    production::Hold,
    tier::{InUse, Subscription},
    time::{Month, Timestamp},
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The rows as they were loaded: what has not changed since is not written.
#[derive(Debug)]
pub(super) struct Origin {
    pub(super) grants: HashMap<String, token_grant::Model>,
    pub(super) holds: HashMap<String, token_hold::Model>,
    pub(super) spending: HashMap<(BudgetScope, Month), Spending>,
    pub(super) limits: HashMap<BudgetScope, Limits>,
    pub(super) seat_use: HashMap<(PersonId, Timestamp), SeatUse>,
    pub(super) subscriptions: Vec<Subscription>,
    pub(super) orders: HashMap<OrderId, order::Model>,
    pub(super) charges: HashMap<OutboxId, outbox::Model>,
    pub(super) disputes: BTreeMap<String, dispute::Model>,
    pub(super) automatic: Automatic,
    pub(super) customer: customer::Model,
    pub(super) seq: i64,
    pub(super) revision: i64,
}

/// What was asked for, so that what was not found is known, too.
#[derive(Debug, Default)]
pub(super) struct Asked {
    pub(super) limits: BTreeSet<BudgetScope>,
    pub(super) months: BTreeSet<(BudgetScope, Month)>,
    pub(super) seats: BTreeSet<(PersonId, Timestamp)>,
}

impl Books {
    /// Puts a production that is remembered among those that are named.
    pub(super) fn name(&mut self, name: &ProductionName) -> Result<(), Error> {
        let Some(production) = self.unnamed.remove(name).or_else(|| self.ended.remove(name)) else {
            return Ok(());
        };
        let hold = hold_row(self.customer, name, &production)?;
        self.origin.holds.insert(hold.production.clone(), hold);
        self.productions.insert(name.clone(), production);
        Ok(())
    }

    /// The row of a lot as it is now.
    pub(super) fn row_of(&self, grant: &Grant) -> Result<token_grant::Model, Error> {
        let origin = self.origin.grants.get(&grant.id.to_string());
        let origin = origin.ok_or_else(|| self.disagree("a lot has no row"))?;
        Ok(token_grant::Model {
            remaining_tokens: grant.remaining.get(),
            held_tokens: grant.held.get(),
            clawed_tokens: (!grant.clawed.is_zero()).then_some(grant.clawed.get()),
            expires_at: grant.expires_at.map(Timestamp::micros),
            ..origin.clone()
        })
    }

    /// Once everything is among the rows that are written: these are the books as they would be loaded, with every
    /// production that runs. What is not under the wallet's lock is forgotten.
    pub(super) fn settle(&mut self, at: Timestamp) -> Result<(), Error> {
        self.wallet.forget_spent(at);
        let lots =
            self.wallet.grants().iter().map(|grant| self.row_of(grant)).collect::<Result<Vec<_>, _>>()?;
        self.origin.grants = lots.into_iter().map(|row| (row.id.clone(), row)).collect();
        self.origin.customer = payer_row(&self.origin.customer, &self.payer)?;
        self.origin.seq = self.head.seq;
        self.origin.limits.clone_from(&self.limits);
        self.origin.spending.clone_from(&self.spending);
        self.origin.seat_use.clone_from(&self.seat_use);
        self.origin.subscriptions.clone_from(&self.subscriptions);
        self.settle_productions();
        let reported: BTreeSet<&str> = self.journal.calls.iter().map(|row| row.name.as_str()).collect();
        self.calls.retain(|name, _| reported.contains(name.as_str()));
        self.journal = Journal::default();
        self.used.clear();
        self.accounts.clear();
        self.keys.clear();
        self.seats.clear();
        self.quotes.clear();
        self.admitted.clear();
        self.forget_money();
        Ok(())
    }

    /// Whether there is more to write than rows that follow from these books alone.
    pub(super) fn writes_more_than_rows(&self) -> bool {
        let journal = &self.journal;
        let told = !journal.told.is_empty();
        let agreed = !journal.agreements.is_empty() || !journal.agreement_ends.is_empty();
        told || agreed || !self.automatic.is_as(&self.origin.automatic)
    }

    fn settle_productions(&mut self) {
        self.origin.holds.clear();
        self.ended.clear();
        for (name, production) in self.productions.drain() {
            let Hold::Open(open) = &production.hold else {
                self.ended.insert(name, production);
                continue;
            };
            if let Some(running) = self.running.get_mut(&production.account) {
                running.lapse_at(open.expires_at);
            }
            self.unnamed.insert(name, production);
        }
    }

    /// What is loaded for acts about money coming in.
    fn forget_money(&mut self) {
        self.in_use = InUse::default();
        self.orders.clear();
        self.charges.clear();
        self.outstanding.clear();
        self.paid.clear();
        self.disputes.clear();
        self.known_events.clear();
        self.taken_payments.clear();
        self.unused_orders.clear();
        self.origin.orders.clear();
        self.origin.charges.clear();
        self.origin.disputes.clear();
        self.origin.automatic = self.automatic.clone();
    }
}
