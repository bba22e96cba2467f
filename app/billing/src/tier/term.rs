//! A paid term, and what of its price belongs to which of its days. *Time*: proration by whole days, today included;
//! 5.26: recognised evenly by day. I-42, I-43.
//!
//! Both go by one running total: what belongs to the days before day *k* is the price × *k* ÷ days, rounded once. Shares of
//! neighbouring stretches therefore sum to the share of both, and those of the whole term to its price: nothing drifts,
//! however often a plan is changed.

use crate::money::{Money, divide_half_even};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Days that are paid for together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Term {
    /// The first day.
    pub from: NaiveDate,
    /// The first day that is no longer in it.
    pub until: NaiveDate,
    /// What all of it costs, net of tax.
    pub price: Money,
}

impl Term {
    /// How many days it has; at least one, so that a price always belongs to some day.
    #[must_use]
    pub fn days(&self) -> i64 {
        (self.until - self.from).num_days().max(1)
    }

    /// How many of its days come before `day`.
    #[must_use]
    pub fn days_before(&self, day: NaiveDate) -> i64 {
        (day - self.from).num_days().clamp(0, self.days())
    }

    /// What of the price belongs to the days before `day`.
    #[must_use]
    pub fn before(&self, day: NaiveDate) -> Money {
        let share = self.share_before(self.price.minor(), day);
        Money::new(share, self.price.currency())
    }

    /// What of the price belongs to `day` and the days after it: the unused part, on that day.
    #[must_use]
    pub fn from_day(&self, day: NaiveDate) -> Money {
        Money::new(self.price.minor() - self.before(day).minor(), self.price.currency())
    }

    /// What of `amount`, spread over the term like its price, belongs to the days before `day`, in the amount's own units.
    #[must_use]
    pub fn share_before(&self, amount: i64, day: NaiveDate) -> i64 {
        let share =
            divide_half_even(i128::from(amount) * i128::from(self.days_before(day)), self.days().into());
        i64::try_from(share).unwrap_or(amount) // a share is never larger than the amount
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;
    use chrono::Days;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn november(minor: i64) -> Term {
        let price = Money::new(minor, Currency::Gbp);
        Term { from: day("2026-11-01"), until: day("2026-12-01"), price }
    }

    #[test]
    fn proration_counts_whole_days_and_includes_today() {
        let seat = november(3_900);
        assert_eq!(seat.from_day(day("2026-11-22")).to_string(), "11.70", "nine of thirty days");
        assert_eq!(seat.before(day("2026-11-22")).to_string(), "27.30");
        assert_eq!(seat.from_day(day("2026-11-01")), seat.price, "all of it on the first day");
        assert_eq!(seat.from_day(day("2026-12-01")).minor(), 0, "nothing once it is over");
        assert_eq!((seat.days_before(day("2026-10-01")), seat.days_before(day("2027-01-01"))), (0, 30));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]
        #[test]
        fn i42_i43_shares_of_days_sum_to_the_price_whatever_the_cuts(
            minor in 0_i64..100_000_000,
            days in 1_u64..800,
            mut cuts in prop::collection::vec(0_u64..800, 0..20),
        ) {
            let from = day("2026-01-31");
            let until = from.checked_add_days(Days::new(days)).unwrap();
            let term = Term { from, until, price: Money::new(minor, Currency::Jpy) };
            cuts.sort_unstable();
            let bounds: Vec<NaiveDate> = std::iter::once(from)
                .chain(cuts.iter().map(|cut| from.checked_add_days(Days::new((*cut).min(days))).unwrap()))
                .chain([until])
                .collect();
            let parts: Vec<i64> = bounds
                .windows(2)
                .map(|pair| term.before(pair[1]).minor() - term.before(pair[0]).minor())
                .collect();
            prop_assert_eq!(parts.iter().sum::<i64>(), minor, "drift 0");
            prop_assert!(parts.iter().all(|part| *part >= 0));
            for bound in bounds {
                let exact = i128::from(minor) * i128::from(term.days_before(bound));
                let off = i128::from(term.before(bound).minor()) * i128::from(term.days()) - exact;
                prop_assert!(off.abs() * 2 <= i128::from(term.days()), "never more than half a unit off");
            }
        }
    }
}
