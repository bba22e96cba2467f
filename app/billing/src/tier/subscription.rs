//! A subscription: what is paid for, which cycles are due to be granted, and what becomes of it when its term ends.
//! A4, A6, T1, 5.22; laws I-39, I-42.

use super::{BillingPeriod, Cycle, Cycles, Next, Plan, PlanError, PriceBook, Term};
use crate::{
    id::SubscriptionId,
    money::{Currency, Money},
    time::Timestamp,
    tokens::Tokens,
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Whether a subscription is at work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Status {
    /// It grants and is paid.
    Active,
    /// It rests since the end of its last term.
    Paused,
    /// It is over.
    Ended,
}

/// A customer's agreement to a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// Which one.
    pub id: SubscriptionId,
    /// To what.
    pub plan: Plan,
    /// The day from which its cycles are counted.
    pub anchor_on: NaiveDate,
    /// What each cycle grants.
    pub allowance: Tokens,
    /// What the whole of the current term costs at this plan, net of tax.
    pub price: Money,
    /// Whether allowance and price are agreed by contract: then no price book changes them. T5.
    pub by_contract: bool,
    /// The number of the cycle that the current term began with.
    pub term_from: u32,
    /// What happens when the term ends.
    pub next: Next,
    /// Whether it is at work.
    pub status: Status,
    /// How many cycles have been granted: the number of the next.
    pub refreshed_cycles: u32,
}

/// A cycle whose time has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// The cycle to grant.
    pub cycle: Cycle,
    /// What it grants.
    pub allowance: Tokens,
    /// The term that begins with it, where one does: it has to be paid.
    pub renewal: Option<Renewal>,
}

/// A term that begins because the one before it has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Renewal {
    /// What it is for.
    pub plan: Plan,
    /// Its days and its price.
    pub term: Term,
}

impl Subscription {
    /// A subscription that begins today, with a whole term.
    pub fn new(
        id: SubscriptionId,
        plan: Plan,
        book: &PriceBook,
        currency: Currency,
        today: NaiveDate,
    ) -> Result<Self, PlanError> {
        Ok(Self {
            id,
            plan,
            anchor_on: today,
            allowance: book.allowance(plan)?,
            price: book.price(plan, currency)?,
            by_contract: false,
            term_from: 0,
            next: Next::Renew,
            status: Status::Active,
            refreshed_cycles: 0,
        })
    }

    /// Its cycles.
    #[must_use]
    pub const fn cycles(&self) -> Cycles {
        Cycles::anchored_on(self.anchor_on)
    }

    /// The days that are paid for, and their price.
    #[must_use]
    pub fn term(&self) -> Term {
        self.term_of(self.term_from, self.plan.billing, self.price)
    }

    /// The term that begins with a cycle.
    #[must_use]
    pub fn term_of(&self, from_cycle: u32, billing: BillingPeriod, price: Money) -> Term {
        let starts_on = |number| self.cycles().starts_on(number).unwrap_or(NaiveDate::MAX);
        let until = starts_on(from_cycle.saturating_add(billing.cycles()));
        Term { from: starts_on(from_cycle), until, price }
    }

    /// The cycle that an instant falls in.
    #[must_use]
    pub fn cycle_at(&self, at: Timestamp) -> Option<Cycle> {
        self.cycles().containing(at)
    }

    /// Whether it grants and is paid.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.status == Status::Active
    }

    /// When something is next due: a cycle, or the end of the term. None once it rests or is over.
    #[must_use]
    pub fn due_at(&self) -> Option<Timestamp> {
        let cycle = self.cycles().cycle(self.refreshed_cycles)?;
        self.is_active().then_some(cycle.starts_at)
    }

    /// Takes the next cycle whose time has come, if there is one: each is taken once, also those that were slept through.
    /// Where the paid term has ended, it becomes what was decided, at the prices of `book`; a subscription that is not for
    /// sale any more goes on as it is.
    pub fn take_due(&mut self, book: &PriceBook, at: Timestamp) -> Option<Turn> {
        self.due_at().filter(|due| *due <= at)?;
        let cycle = self.cycles().cycle(self.refreshed_cycles)?;
        let renewal = if cycle.number == self.term_from.checked_add(self.plan.billing.cycles())? {
            self.renew(book, cycle.number);
            self.is_active().then(|| Renewal { plan: self.plan, term: self.term() })
        } else {
            None
        };
        if !self.is_active() {
            return None;
        }
        self.refreshed_cycles = cycle.number.checked_add(1)?;
        Some(Turn { cycle, allowance: self.allowance, renewal })
    }

    fn renew(&mut self, book: &PriceBook, cycle: u32) {
        let plan = match std::mem::take(&mut self.next) {
            Next::Renew => self.plan,
            Next::Become(plan) => plan,
            Next::Pause => return self.status = Status::Paused,
            Next::Cancel => return self.status = Status::Ended,
        };
        let sold =
            book.price(plan, self.price.currency()).and_then(|price| Ok((price, book.allowance(plan)?)));
        if let (Ok((price, allowance)), false) = (sold, self.by_contract && plan == self.plan) {
            (self.plan, self.price, self.allowance, self.by_contract) = (plan, price, allowance, false);
        }
        self.term_from = cycle;
    }

    /// Leaves out the cycles that have passed: those of a time in which nothing was granted because nothing was paid. The
    /// cycle that runs is due next, as the first of a term.
    pub fn skip_to(&mut self, at: Timestamp) {
        let Some(cycle) = self.cycle_at(at) else { return };
        let ended = self.term_from.saturating_add(self.plan.billing.cycles());
        if cycle.number > self.refreshed_cycles {
            self.refreshed_cycles = cycle.number;
            if cycle.number > ended {
                self.term_from = cycle.number.saturating_sub(self.plan.billing.cycles());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{sample, tier::Tier};
    use ulid::Ulid;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn subscribed(tier: Tier, billing: BillingPeriod, today: &str) -> Subscription {
        let id = SubscriptionId::new(Ulid::from_parts(1, 1));
        let plan = Plan { tier, billing, seats: if tier == Tier::Atelier { 3 } else { 1 } };
        let book = sample::price_book().unwrap();
        Subscription::new(id, plan, &book, Currency::Gbp, today.parse().unwrap()).unwrap()
    }

    fn turns(subscription: &mut Subscription, until: &str) -> Vec<(String, bool)> {
        let book = sample::price_book().unwrap();
        std::iter::from_fn(|| subscription.take_due(&book, at(until)))
            .map(|turn| (turn.cycle.starts_at.day().to_string(), turn.renewal.is_some()))
            .collect()
    }

    #[test]
    fn i39_each_cycle_is_due_once_also_one_that_was_slept_through() {
        let mut subscription = subscribed(Tier::Pro, BillingPeriod::Monthly, "2026-10-31");
        assert_eq!(turns(&mut subscription, "2026-10-30T23:59:59Z"), []);
        assert_eq!(turns(&mut subscription, "2026-10-31T00:00:00Z"), [("2026-10-31".to_owned(), false)]);
        assert_eq!(turns(&mut subscription, "2026-11-29T23:59:59Z"), []);
        let slept = turns(&mut subscription, "2027-02-28T00:00:00Z");
        let days: Vec<&str> = slept.iter().map(|(day, _)| day.as_str()).collect();
        assert_eq!(days, ["2026-11-30", "2026-12-31", "2027-01-31", "2027-02-28"]);
        assert!(slept.iter().all(|(_, renews)| *renews), "each month is a term of its own");
        assert_eq!(subscription.term().until.to_string(), "2027-03-31", "the 31st comes back");
    }

    #[test]
    fn i42_annual_prepay_is_one_term_and_twelve_refreshes() {
        let mut subscription = subscribed(Tier::Pro, BillingPeriod::Annual, "2026-01-31");
        let year = turns(&mut subscription, "2027-01-30T23:59:59Z");
        assert_eq!((year.len(), year.iter().filter(|(_, renews)| *renews).count()), (12, 0));
        subscription.next = Next::Cancel;
        assert_eq!(turns(&mut subscription, "2040-01-01T00:00:00Z"), [], "the paid year runs out");
        assert_eq!((subscription.status, subscription.due_at()), (Status::Ended, None));
    }

    #[test]
    fn reading_5_22_what_was_decided_happens_when_the_term_ends() {
        let mut subscription = subscribed(Tier::Pro, BillingPeriod::Annual, "2026-01-01");
        let creator = Plan { tier: Tier::Creator, billing: BillingPeriod::Monthly, seats: 1 };
        subscription.next = Next::Become(creator);
        let turned = turns(&mut subscription, "2027-02-01T00:00:00Z");
        assert_eq!(turned.iter().filter(|(_, renews)| *renews).count(), 2, "two free months");
        assert_eq!((subscription.plan, subscription.price.minor()), (creator, 0));
        assert_eq!((subscription.allowance.get(), subscription.next), (20_000, Next::Renew));
        subscription.next = Next::Pause;
        assert_eq!(turns(&mut subscription, "2028-01-01T00:00:00Z"), []);
        assert_eq!(subscription.status, Status::Paused);
    }

    #[test]
    fn a_renewal_is_at_the_prices_of_its_day() {
        let mut subscription = subscribed(Tier::Pro, BillingPeriod::Monthly, "2026-10-01");
        let mut dearer = sample::price_book().unwrap();
        dearer.offers.iter_mut().for_each(|offer| *offer.monthly.0.entry(Currency::Gbp).or_default() += 100);
        assert!(subscription.take_due(&dearer, at("2026-10-01T00:00:00Z")).is_some());
        assert_eq!(subscription.price.minor(), 4_900, "what is paid is paid");
        let turn = subscription.take_due(&dearer, at("2026-11-01T00:00:00Z")).unwrap();
        assert_eq!(turn.renewal.unwrap().term.price.minor(), 5_000);
        let mut contract =
            Subscription { by_contract: true, price: Money::new(1, Currency::Gbp), ..subscription };
        let turn = contract.take_due(&dearer, at("2026-12-01T00:00:00Z")).unwrap();
        assert_eq!(turn.renewal.unwrap().term.price.minor(), 1, "T5: as it was agreed");
        dearer.offers.clear();
        let turn = subscription.take_due(&dearer, at("2026-12-01T00:00:00Z")).unwrap();
        assert_eq!(turn.renewal.unwrap().term.price.minor(), 5_000, "not sold any more, and goes on");
    }

    #[test]
    fn reading_5_33_unpaid_months_are_left_out() {
        let mut monthly = subscribed(Tier::Pro, BillingPeriod::Monthly, "2026-01-15");
        turns(&mut monthly, "2026-02-15T00:00:00Z");
        monthly.skip_to(at("2026-05-20T12:00:00Z"));
        assert_eq!(turns(&mut monthly, "2026-05-20T12:00:00Z"), [("2026-05-15".to_owned(), true)]);
        monthly.skip_to(at("2026-05-21T00:00:00Z"));
        assert_eq!(turns(&mut monthly, "2026-06-14T23:59:59Z"), [], "what was granted is not granted again");

        let mut annual = subscribed(Tier::Pro, BillingPeriod::Annual, "2026-01-15");
        turns(&mut annual, "2026-02-15T00:00:00Z");
        annual.skip_to(at("2026-05-20T12:00:00Z"));
        assert_eq!(
            turns(&mut annual, "2026-05-20T12:00:00Z"),
            [("2026-05-15".to_owned(), false)],
            "it is paid"
        );
        annual.skip_to(at("2028-05-20T12:00:00Z"));
        assert_eq!(turns(&mut annual, "2028-05-20T12:00:00Z"), [("2028-05-15".to_owned(), true)]);
    }
}
