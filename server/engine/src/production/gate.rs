//! What the gate is asked with: who produces, by which key, in whose name. A quote and an admission ask the same.

use crate::{
    Error,
    writer::{Books, Desk, Touch},
};
use billing::{
    budget::{BudgetScope, SeatLimit},
    id::{AccountId, CustomerId, KeyId, PersonId},
    production::{Estimate, Facts, KeyLimit, Plan, SeatCap},
};

/// Who asks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asker {
    pub(super) customer: CustomerId,
    pub(super) account: AccountId,
    pub(super) key: Option<KeyId>,
    pub(super) member: Option<PersonId>,
}

impl Asker {
    /// What has to be loaded before the gate can answer.
    pub(super) fn touch(&self) -> Touch {
        Touch {
            account: Some(self.account),
            key: self.key,
            member: self.member,
            asks_gate: true,
            ..Touch::wallet(self.customer)
        }
    }

    /// All that a decision depends on.
    pub(super) fn facts<'a>(&self, books: &'a Books, desk: &Desk) -> Result<Facts<'a>, Error> {
        let account = books.accounts.get(&self.account).ok_or(Error::NotFound("account"))?;
        let terms = books.terms(desk)?;
        let key = match self.key {
            None => None,
            Some(id) => {
                let name = books.keys.get(&id).ok_or(Error::NotFound("key"))?;
                let budget = books.budget(BudgetScope::Key(id), desk.at.month())?;
                budget.map(|budget| KeyLimit { id, name, budget })
            }
        };
        Ok(Facts {
            idle: desk.idle,
            customer: books.customer,
            customer_name: &books.name,
            payment_block: books.payer.standing(desk.at).block(),
            owed: books.owed(),
            customer_budget: books.budget(BudgetScope::Customer(books.customer), desk.at.month())?,
            largest_production: terms.largest_production,
            account: self.account,
            account_name: &account.name,
            status: account.status,
            account_budget: books.budget(BudgetScope::Account(self.account), desk.at.month())?,
            running: books.running.get(&self.account).map_or(0, |running| running.count),
            concurrency: account.concurrency.or(terms.concurrency),
            key,
            seat: self.seat(books, desk)?,
            wallet: &books.wallet,
            at: desk.at,
        })
    }

    fn seat<'a>(&self, books: &'a Books, desk: &Desk) -> Result<Option<SeatCap<'a>>, Error> {
        let Some(id) = self.member else { return Ok(None) };
        let seat = books.seats.get(&id).ok_or(Error::NotFound("member"))?;
        let (starts_at, resets_at) = books.cycle(desk.at);
        let taken = books.seat_use(id, starts_at);
        let cap =
            |limit: SeatLimit| SeatCap { id, name: &seat.name, cap: limit.at(desk.at), taken, resets_at };
        Ok(seat.limit.map(cap))
    }
}

/// What a plan would take by the lists in force.
pub(super) fn estimate(plan: &Plan, books: &Books, desk: &Desk) -> Result<Estimate, Error> {
    let tariff = desk
        .catalog
        .tariff(desk.at)
        .ok_or_else(|| Error::corrupt("tariff_version", desk.at, "none in force"))?;
    Estimate::of(plan, tariff, desk.catalog, books.currency, desk.at).map_err(bad_steps)
}

/// A plan that the books cannot hold is the caller's to mend.
#[expect(clippy::needless_pass_by_value, reason = "it is what map_err hands over")]
pub(super) fn bad_steps(error: impl ToString) -> Error {
    Error::Invalid { field: "steps".to_owned(), message: error.to_string() }
}
