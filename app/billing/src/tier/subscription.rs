//! A subscription, as far as its allowance goes: which cycles are due to be granted. A4, A6, T1; law I-39.

use super::{BillingPeriod, Cycle, Cycles, Tier};
use crate::{id::SubscriptionId, time::Timestamp, tokens::Tokens};
use chrono::NaiveDate;

/// A customer's agreement to a tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// Which one.
    pub id: SubscriptionId,
    /// To which tier.
    pub tier: Tier,
    /// How often it is paid.
    pub billing: BillingPeriod,
    /// The day from which its cycles are counted.
    pub anchor_on: NaiveDate,
    /// What each cycle grants.
    pub allowance: Tokens,
    /// How many cycles have been granted: the number of the next.
    pub refreshed_cycles: u32,
    /// From when nothing more is granted; none while it goes on.
    pub ends_at: Option<Timestamp>,
}

impl Subscription {
    /// The next cycle that has not been granted; none once the subscription is over.
    #[must_use]
    pub fn next_cycle(&self) -> Option<Cycle> {
        let cycle = Cycles::anchored_on(self.anchor_on).cycle(self.refreshed_cycles)?;
        self.ends_at.is_none_or(|end| cycle.starts_at < end).then_some(cycle)
    }

    /// Takes the next cycle whose time has come, if there is one: each is taken once, also those that were slept through.
    pub fn take_due(&mut self, at: Timestamp) -> Option<Cycle> {
        let cycle = self.next_cycle().filter(|cycle| cycle.starts_at <= at)?;
        self.refreshed_cycles = cycle.number.checked_add(1)?;
        Some(cycle)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ulid::Ulid;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn i39_each_cycle_is_due_once_also_one_that_was_slept_through() {
        let mut subscription = Subscription {
            id: SubscriptionId::new(Ulid::from_parts(1, 1)),
            tier: Tier::Pro,
            billing: BillingPeriod::Annual,
            anchor_on: "2026-10-31".parse().unwrap(),
            allowance: Tokens::new(100).unwrap(),
            refreshed_cycles: 0,
            ends_at: Some(at("2027-02-28T00:00:00Z")),
        };
        assert_eq!(subscription.take_due(at("2026-10-30T23:59:59Z")), None);
        assert_eq!(subscription.take_due(at("2026-10-31T00:00:00Z")).map(|cycle| cycle.number), Some(0));
        assert_eq!(subscription.take_due(at("2026-11-29T23:59:59Z")), None);
        let due: Vec<_> = std::iter::from_fn(|| subscription.take_due(at("2027-06-01T00:00:00Z")))
            .map(|cycle| cycle.starts_at.to_string())
            .collect();
        assert_eq!(due, ["2026-11-30T00:00:00Z", "2026-12-31T00:00:00Z", "2027-01-31T00:00:00Z"]);
        assert_eq!((subscription.next_cycle(), subscription.refreshed_cycles), (None, 4), "it has ended");
    }
}
