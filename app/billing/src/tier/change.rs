//! What a change of plan costs, and what follows from it: shown before it is made, and charged as it was shown. T8, 5.22.
//!
//! Days before today are paid at the old price, days from today on at the new one. A longer term takes in the month that
//! runs, so the days on which allowances are granted stay what they are.

use super::{
    Effect, Next, Plan, PlanError, PriceBook, Term,
    subscription::{Status, Subscription},
};
use crate::{
    money::{Currency, Money, MoneyError},
    payment::{Item, Line},
    time::Timestamp,
    tokens::{OutOfRange, Tokens},
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Why a change cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    /// It is what the customer has.
    #[error("this is the plan that you have")]
    Same,
    /// 5.22: more accounts are open than the tier allows.
    #[error("the tier allows {0} open accounts, and there are {1}")]
    TooManyAccounts(u32, u32),
    /// 5.23: more seats are in use.
    #[error("{0} seats are in use")]
    SeatsInUse(u32),
    /// The plan cannot be subscribed to.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// An amount left the range that the books can hold.
    #[error(transparent)]
    OutOfRange(#[from] OutOfRange),
    /// Two currencies were added.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

/// What stands against a change: how much of the customer is in use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InUse {
    /// Accounts that are not closed.
    pub accounts: u32,
    /// Members and invitations.
    pub seats: u32,
}

/// A change of plan, with all that follows from it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// The plan until then; none where there is no subscription at work.
    pub from: Option<Plan>,
    /// The plan afterwards.
    pub to: Plan,
    /// When it takes effect.
    pub effect: Effect,
    /// On which day.
    pub on: NaiveDate,
    /// What is to be paid now, net of tax; nothing where it takes effect later, or is free.
    pub lines: Vec<Line>,
    /// The term in which the customer then is, at the new plan's whole price.
    pub term: Term,
    /// The cycle of the subscription that the term begins with; of a new subscription, 0.
    pub term_from: u32,
    /// Tokens of each cycle from then on.
    pub allowance: Tokens,
    /// Tokens that are granted at once.
    pub grants_now: Tokens,
}

impl Change {
    /// What a change from the current subscription to a plan comes to, on the day of `at`.
    pub fn of(
        current: Option<&Subscription>,
        to: Plan,
        in_use: InUse,
        book: &PriceBook,
        currency: Currency,
        at: Timestamp,
    ) -> Result<Self, ChangeError> {
        let price = book.price(to, currency)?;
        let allowance = book.allowance(to)?;
        fits(to, in_use, book)?;
        let Some(current) = current.filter(|current| current.is_active()) else {
            return Self::begin(to, price, allowance, at.day());
        };
        match current.plan.change_to(to).ok_or(ChangeError::Same)? {
            Effect::AtOnce => Self::at_once(current, to, price, allowance, at),
            Effect::AtTermEnd => Ok(Self::at_term_end(current, to, price, allowance)),
        }
    }

    /// A subscription that begins today.
    fn begin(to: Plan, price: Money, allowance: Tokens, today: NaiveDate) -> Result<Self, ChangeError> {
        let until = super::Cycles::anchored_on(today).starts_on(to.billing.cycles()).ok_or(OutOfRange)?;
        let term = Term { from: today, until, price };
        Ok(Self {
            from: None,
            to,
            effect: Effect::AtOnce,
            on: today,
            lines: charged(vec![Line::plan(to, term, price, price)]),
            term,
            term_from: 0,
            allowance,
            grants_now: allowance,
        })
    }

    fn at_once(
        current: &Subscription,
        to: Plan,
        price: Money,
        allowance: Tokens,
        at: Timestamp,
    ) -> Result<Self, ChangeError> {
        let today = at.day();
        let term_from = if to.billing == current.plan.billing {
            current.term_from
        } else {
            current.cycle_at(at).ok_or(OutOfRange)?.number
        };
        let (before, term) = (current.term(), current.term_of(term_from, to.billing, price));
        let unused = before.from_day(today);
        let credit = Money::zero(price.currency()).minus(unused)?;
        let rest = Term { from: today, ..term };
        let lines = charged(vec![
            Line::plan(to, rest, price, term.from_day(today)),
            Line {
                item: Item::Unused(current.plan),
                ..Line::plan(current.plan, Term { from: today, ..before }, before.price, credit)
            },
        ]);
        Ok(Self {
            from: Some(current.plan),
            to,
            effect: Effect::AtOnce,
            on: today,
            lines,
            term,
            term_from,
            allowance,
            grants_now: allowance.beyond(current.allowance),
        })
    }

    fn at_term_end(current: &Subscription, to: Plan, price: Money, allowance: Tokens) -> Self {
        let term_from = current.term_from.saturating_add(current.plan.billing.cycles());
        let term = current.term_of(term_from, to.billing, price);
        Self {
            from: Some(current.plan),
            to,
            effect: Effect::AtTermEnd,
            on: term.from,
            lines: Vec::new(),
            term,
            term_from,
            allowance,
            grants_now: Tokens::ZERO,
        }
    }

    /// The net amount of the lines.
    pub fn net(&self) -> Result<Money, MoneyError> {
        Line::sum(&self.lines, self.term.price.currency())
    }

    /// When the next payment is due, and how much it is, net of tax, if prices and plan stay as they are.
    #[must_use]
    pub fn next_charge(&self) -> (NaiveDate, Money) {
        match self.effect {
            Effect::AtOnce => (self.term.until, self.term.price),
            Effect::AtTermEnd => (self.term.from, self.term.price),
        }
    }

    /// Whether it was made for a subscription that stands as this one does: same plan, same term.
    #[must_use]
    pub fn is_for(&self, current: Option<&Subscription>) -> bool {
        let current = current.filter(|current| current.is_active());
        self.from == current.map(|current| current.plan)
            && current.is_none_or(|current| {
                self.effect == Effect::AtTermEnd
                    || self.term_from == current.term_from
                    || self.term_from >= current.term_from && self.to.billing != current.plan.billing
            })
    }

    /// The subscription after the change.
    #[must_use]
    pub fn apply(&self, current: Subscription) -> Subscription {
        match self.effect {
            Effect::AtTermEnd => Subscription { next: Next::Become(self.to), ..current },
            Effect::AtOnce => Subscription {
                plan: self.to,
                allowance: self.allowance,
                price: self.term.price,
                by_contract: false,
                term_from: self.term_from,
                next: Next::Renew,
                status: Status::Active,
                ..current
            },
        }
    }
}

/// Lines that come to anything: a free plan has none.
fn charged(lines: Vec<Line>) -> Vec<Line> {
    lines.into_iter().filter(|line| line.amount.minor() != 0).collect()
}

/// 5.22, 5.23: nobody is left without a place.
fn fits(to: Plan, in_use: InUse, book: &PriceBook) -> Result<(), ChangeError> {
    let offer = book.offer(to.tier).ok_or(PlanError::NotSold)?;
    if let Some(accounts) = offer.accounts.filter(|accounts| in_use.accounts > *accounts) {
        return Err(ChangeError::TooManyAccounts(accounts, in_use.accounts));
    }
    if offer.by_seat && in_use.seats > to.seats {
        return Err(ChangeError::SeatsInUse(in_use.seats));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        id::SubscriptionId,
        sample,
        tier::{BillingPeriod, Tier},
    };
    use proptest::prelude::*;
    use ulid::Ulid;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    const fn plan(tier: Tier, billing: BillingPeriod, seats: u32) -> Plan {
        Plan { tier, billing, seats }
    }

    const PRO: Plan = plan(Tier::Pro, BillingPeriod::Monthly, 1);
    const YEAR: Plan = plan(Tier::Pro, BillingPeriod::Annual, 1);
    const CREATOR: Plan = plan(Tier::Creator, BillingPeriod::Monthly, 1);

    fn subscribed(plan: Plan, currency: Currency, since: &str) -> Subscription {
        let book = sample::price_book().unwrap();
        let id = SubscriptionId::new(Ulid::from_parts(1, 1));
        let mut new = Subscription::new(id, plan, &book, currency, at(since).day()).unwrap();
        new.take_due(&book, at(since));
        new
    }

    fn change(current: Option<&Subscription>, to: Plan, on: &str) -> Result<Change, ChangeError> {
        let book = sample::price_book().unwrap();
        Change::of(current, to, InUse::default(), &book, Currency::Gbp, at(on))
    }

    fn amounts(change: &Change) -> Vec<String> {
        change.lines.iter().map(|line| line.amount.to_string()).collect()
    }

    #[test]
    fn a_plan_begins_today_with_a_whole_term() {
        let change = change(None, PRO, "2026-01-31T09:00:00Z").unwrap();
        assert_eq!(amounts(&change), ["49.00"]);
        assert_eq!((change.term.until.to_string(), change.grants_now.get()), ("2026-02-28".into(), 250_000));
        assert_eq!(change.next_charge(), (change.term.until, Money::new(4_900, Currency::Gbp)));
    }

    #[test]
    fn t6_creator_is_free_and_asks_for_nothing() {
        let change = change(None, CREATOR, "2026-11-22T09:00:00Z").unwrap();
        assert_eq!((change.lines.len(), change.net().unwrap().minor()), (0, 0));
    }

    #[test]
    fn reading_5_22_an_upgrade_pays_for_the_days_that_are_left() {
        let pro = subscribed(PRO, Currency::Gbp, "2026-11-01T00:00:00Z");
        let team = change(Some(&pro), plan(Tier::Atelier, BillingPeriod::Monthly, 3), "2026-11-22T16:40:00Z");
        let team = team.unwrap();
        assert_eq!(amounts(&team), ["35.10", "-14.70"], "nine of thirty days of 117 and of 49");
        assert_eq!((team.grants_now.get(), team.allowance.get()), (350_000, 600_000));
        assert_eq!(team.term.until.to_string(), "2026-12-01", "the term stays");
        assert!(team.is_for(Some(&pro)) && !team.is_for(None) && !team.is_for(Some(&team.apply(pro))));
    }

    #[test]
    fn t7_a_year_takes_in_the_month_that_runs() {
        let pro = subscribed(PRO, Currency::Gbp, "2026-11-01T00:00:00Z");
        let year = change(Some(&pro), YEAR, "2026-11-22T16:40:00Z").unwrap();
        // 499.80 less 21 of its 365 days; nine days of the month were paid for already.
        assert_eq!(amounts(&year), ["471.04", "-14.70"]);
        assert_eq!(
            (year.term.from.to_string(), year.term.until.to_string()),
            ("2026-11-01".into(), "2027-11-01".into())
        );
        assert_eq!(year.grants_now.get(), 0, "the allowance of the month is granted already");
        let after = year.apply(pro);
        assert_eq!((after.due_at(), after.term().until), (pro.due_at(), year.term.until));
    }

    #[test]
    fn reading_5_22_less_waits_and_costs_nothing_now() {
        let year = subscribed(YEAR, Currency::Gbp, "2026-03-01T00:00:00Z");
        let less = change(Some(&year), CREATOR, "2026-11-22T16:40:00Z").unwrap();
        assert_eq!(
            (less.on.to_string(), less.lines.len(), less.grants_now.get()),
            ("2027-03-01".into(), 0, 0)
        );
        assert_eq!(less.apply(year), Subscription { next: Next::Become(CREATOR), ..year });
        assert_eq!(change(Some(&year), YEAR, "2026-11-22T16:40:00Z"), Err(ChangeError::Same));
        assert_eq!(less.next_charge().1.minor(), 0);
    }

    #[test]
    fn reading_5_22_nobody_is_left_without_a_place() {
        let book = sample::price_book().unwrap();
        let of = |to, in_use| Change::of(None, to, in_use, &book, Currency::Gbp, at("2026-11-22T00:00:00Z"));
        let two = InUse { accounts: 2, seats: 4 };
        assert_eq!(of(CREATOR, two), Err(ChangeError::TooManyAccounts(1, 2)));
        let three = plan(Tier::Atelier, BillingPeriod::Monthly, 3);
        assert_eq!(of(three, two), Err(ChangeError::SeatsInUse(4)));
        assert!(of(PRO, two).is_ok() && of(Plan { seats: 4, ..three }, two).is_ok());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]
        /// I-43: whatever is changed and undone within a term, each day is paid once, at the price of the plan of that day.
        #[test]
        fn i43_changes_of_plan_drift_by_nothing(
            currency in prop::sample::select(Currency::ALL.to_vec()),
            seats in prop::collection::vec(1_u32..40, 1..12),
            start in 0_u64..800,
            skip in prop::collection::vec(0_u64..9, 12),
            annual in any::<bool>(),
        ) {
            let book = sample::price_book().unwrap();
            let billing = if annual { BillingPeriod::Annual } else { BillingPeriod::Monthly };
            let from = at("2026-01-01T00:00:00Z").day().checked_add_days(chrono::Days::new(start)).unwrap();
            let first = plan(Tier::Atelier, billing, 3);
            let mut current = subscribed(first, currency, &Timestamp::midnight(from).to_string());
            let mut paid = current.price.minor();
            let (mut owed, mut since) = (0, from);
            let mut day = from;
            for (more, skip) in seats.into_iter().zip(skip) {
                day = day.checked_add_days(chrono::Days::new(skip)).unwrap().min(current.term().until.pred_opt().unwrap());
                let to = Plan { seats: current.plan.seats + more, ..current.plan };
                let now = Timestamp::midnight(day);
                let change = Change::of(Some(&current), to, InUse::default(), &book, currency, now).unwrap();
                prop_assert!(change.is_for(Some(&current)));
                paid += change.net().unwrap().minor();
                owed += current.term().before(day).minor() - current.term().before(since).minor();
                since = day;
                current = change.apply(current);
                prop_assert_eq!(current.price, book.price(to, currency).unwrap());
            }
            owed += current.price.minor() - current.term().before(since).minor();
            prop_assert_eq!(paid, owed);
        }
    }
}
