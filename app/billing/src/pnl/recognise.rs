//! When money is earned. 5.26.

use crate::money::divide_half_even;
use chrono::NaiveDate;

/// What of a lot's price belongs to so many of its tokens having left it: a running total, so that the shares of all its
/// tokens sum to its price exactly.
#[must_use]
pub fn lot_share(price: i64, amount: i64, gone: i64) -> i64 {
    if amount <= 0 {
        return 0;
    }
    let share = divide_half_even(i128::from(price) * i128::from(gone.clamp(0, amount)), amount.into());
    i64::try_from(share).unwrap_or(price) // a share is never larger than the price
}

/// What of an amount that belongs to the days from `from` until before `until` is earned before `day`: evenly by day. What
/// belongs to days before it was booked is earned on the day of booking, so that days that have passed stay as they are.
#[must_use]
pub fn earned_until(
    micros: i64,
    from: NaiveDate,
    until: NaiveDate,
    booked_on: NaiveDate,
    day: NaiveDate,
) -> i64 {
    if day <= booked_on {
        return 0;
    }
    let days = |until: NaiveDate| until.signed_duration_since(from).num_days();
    if micros < 0 {
        return -lot_share(-micros, days(until), days(day));
    }
    lot_share(micros, days(until), days(day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_5_26_a_term_is_earned_evenly_and_never_in_the_past() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let earned = |booked: &str, until: &str| {
            earned_until(31_000_000, day("2026-10-01"), day("2026-11-01"), day(booked), day(until))
        };
        assert_eq!(
            ["2026-09-01", "2026-10-01", "2026-10-02", "2026-10-31", "2026-11-01", "2027-01-01"]
                .map(|until| earned("2026-10-01", until)),
            [0, 0, 1_000_000, 30_000_000, 31_000_000, 31_000_000]
        );
        assert_eq!(earned("2026-10-10", "2026-10-10"), 0, "nothing before it is booked");
        assert_eq!(earned("2026-10-10", "2026-10-11"), 10_000_000, "then all days that have passed");
        assert_eq!(earned("2027-01-05", "2027-01-06"), 31_000_000);
        let back =
            earned_until(-31, day("2026-10-01"), day("2026-11-01"), day("2026-10-01"), day("2026-10-11"));
        assert_eq!(back, -10, "what is given back is taken from the same days");
    }
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn reading_5_26_the_shares_of_a_lot_sum_to_its_price(
            price in 0_i64..100_000_000_000,
            steps in prop::collection::vec(1_i64..10_000, 1..40),
        ) {
            let amount: i64 = steps.iter().sum();
            let (mut gone, mut earned) = (0, 0);
            for step in steps {
                let share = lot_share(price, amount, gone + step) - lot_share(price, amount, gone);
                prop_assert!(share >= 0);
                gone += step;
                earned += share;
            }
            prop_assert_eq!(earned, price);
            prop_assert_eq!((lot_share(price, amount, -1), lot_share(price, 0, 1)), (0, 0));
        }
    }
}
