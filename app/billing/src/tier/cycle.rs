//! Billing cycles: what happens on the 31st. A4, A6; law I-38.
//!
//! Cycle *n* is computed from the anchor and *n*, never from cycle *n − 1*, so that a day which a short month lacks comes
//! back in the next: anchored on the 31st, a cycle starts on 28 February and the next on 31 March.

use crate::time::Timestamp;
use chrono::{Datelike, Months, NaiveDate};
use serde::{Deserialize, Serialize};

/// How often a subscription is paid. Its allowance is monthly either way (A6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum BillingPeriod {
    /// Every month.
    Monthly,
    /// Twelve months ahead.
    Annual,
}

impl BillingPeriod {
    /// How many cycles one payment is for.
    #[must_use]
    pub const fn cycles(self) -> u32 {
        match self {
            Self::Monthly => 1,
            Self::Annual => 12,
        }
    }
}

/// One billing cycle, from midnight UTC to midnight UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cycle {
    /// Which one, from 0.
    pub number: u32,
    /// Its first instant.
    pub starts_at: Timestamp,
    /// The first instant of the next.
    pub ends_at: Timestamp,
}

/// All cycles of a subscription.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cycles {
    anchor: NaiveDate,
}

impl Cycles {
    /// Cycles that start on the anchor's day of each month, or on the last day of a month that is too short.
    #[must_use]
    pub const fn anchored_on(anchor: NaiveDate) -> Self {
        Self { anchor }
    }

    /// The first day of cycle `number`; none beyond the calendar.
    #[must_use]
    pub fn starts_on(self, number: u32) -> Option<NaiveDate> {
        self.anchor.checked_add_months(Months::new(number))
    }

    /// Cycle `number`; none beyond the calendar.
    #[must_use]
    pub fn cycle(self, number: u32) -> Option<Cycle> {
        let next = self.starts_on(number.checked_add(1)?)?;
        let starts_at = Timestamp::midnight(self.starts_on(number)?);
        Some(Cycle { number, starts_at, ends_at: Timestamp::midnight(next) })
    }

    /// The cycle that an instant falls in; none before the anchor.
    #[must_use]
    pub fn containing(self, at: Timestamp) -> Option<Cycle> {
        let (day, anchor) = (at.day(), self.anchor);
        let years = u32::try_from(day.year().checked_sub(anchor.year())?).ok()?;
        let months = (years.checked_mul(12)?.checked_add(day.month())?).checked_sub(anchor.month())?;
        // A month later by the calendar, but its day may not have come yet.
        let number = if self.starts_on(months)? <= day { months } else { months.checked_sub(1)? };
        self.cycle(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Span;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn i38_the_31st_comes_back_after_february() {
        let cycles = Cycles::anchored_on(day("2026-12-31"));
        let starts: Vec<String> = (0..5).map(|n| cycles.starts_on(n).unwrap().to_string()).collect();
        assert_eq!(starts, ["2026-12-31", "2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30"]);
    }

    #[test]
    fn an_instant_falls_in_one_cycle_and_none_before_the_anchor() {
        let cycles = Cycles::anchored_on(day("2027-01-31"));
        for number in 0..600 {
            let cycle = cycles.cycle(number).unwrap();
            assert_eq!(cycles.containing(cycle.starts_at), Some(cycle));
            assert_eq!(cycles.containing(cycle.ends_at.before(Span::micros(1))), Some(cycle));
            assert_eq!(cycles.cycle(number + 1).unwrap().starts_at, cycle.ends_at, "no gap, no overlap");
        }
        assert_eq!(cycles.containing(Timestamp::midnight(day("2027-01-31")).before(Span::micros(1))), None);
        assert_eq!(cycles.containing(Timestamp::midnight(day("2026-12-31"))), None);
    }

    #[test]
    fn t7_a_payment_is_for_a_month_or_for_twelve() {
        assert_eq!([BillingPeriod::Monthly, BillingPeriod::Annual].map(BillingPeriod::cycles), [1, 12]);
    }
}
