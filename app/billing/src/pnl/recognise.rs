//! When money is earned. 5.26.

use crate::money::divide_half_even;

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

#[cfg(test)]
mod tests {
    use super::*;
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
