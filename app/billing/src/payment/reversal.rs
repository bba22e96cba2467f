//! Money that goes back: refunds and disputes of a payment, and what they come to in tokens, on a credit note, and in what
//! is owed. P7, I4; laws I-36, I-37.
//!
//! Everything is a function of the running total that has gone back, never of one step: providers tell totals, late, twice
//! and in any order, and the parts of a total sum to it exactly.

use super::Totals;
use crate::{
    money::{Money, MoneyError, divide_half_even},
    tokens::{OutOfRange, Tokens},
};

/// How many tokens of a lot belong to the part of its price that has gone back: rounded down, and all of them with all of
/// the money. Never more than were granted.
#[must_use]
pub fn claw_back(granted: Tokens, gone: Money, paid: Money) -> Tokens {
    if gone.minor() >= paid.minor() {
        return granted;
    }
    let share = i128::from(granted.get()) * i128::from(gone.minor().max(0)) / i128::from(paid.minor().max(1));
    i64::try_from(share).ok().and_then(|share| Tokens::new(share).ok()).unwrap_or(granted)
}

/// What a credit note comes to that takes what was credited of an invoice from one running total to another: net and tax in
/// the invoice's own proportion.
pub fn credit(invoice: Totals, before: Money, now: Money) -> Result<Totals, MoneyError> {
    let tax_of = |gone: Money| {
        let part = i128::from(invoice.tax.minor()) * i128::from(gone.minor());
        let tax = divide_half_even(part, i128::from(invoice.total.minor().max(1)));
        i64::try_from(tax).map(|tax| Money::new(tax, gone.currency())).map_err(|_| OutOfRange)
    };
    let (total, tax) = (now.minus(before)?, tax_of(now)?.minus(tax_of(before)?)?);
    Ok(Totals { net: total.minus(tax)?, tax, total })
}

/// What is owed of a disputed amount: the part whose tokens could not be taken back, because they were used or are held.
/// All of it where nothing was sold by the token.
pub fn owed(disputed: Money, wanted: Tokens, clawed: Tokens) -> Result<Money, MoneyError> {
    if wanted.is_zero() {
        return Ok(disputed);
    }
    let part = i128::from(disputed.minor()) * i128::from(clawed.min(wanted).get());
    let back = divide_half_even(part, wanted.get().into());
    disputed.minus(Money::new(i64::try_from(back).map_err(|_| OutOfRange)?, disputed.currency()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;
    use proptest::prelude::*;

    fn pounds(minor: i64) -> Money {
        Money::new(minor, Currency::Gbp)
    }

    fn tokens(count: i64) -> Tokens {
        Tokens::new(count).unwrap()
    }

    fn invoice(net: i64, tax: i64) -> Totals {
        Totals { net: pounds(net), tax: pounds(tax), total: pounds(net + tax) }
    }

    #[test]
    fn i36_a_third_of_the_money_is_a_third_of_the_tokens() {
        assert_eq!(claw_back(tokens(50_000), pounds(720), pounds(2_160)), tokens(16_666));
        assert_eq!(claw_back(tokens(50_000), pounds(2_160), pounds(2_160)), tokens(50_000));
        assert_eq!(
            claw_back(tokens(50_000), pounds(9_999), pounds(2_160)),
            tokens(50_000),
            "never more than granted"
        );
        assert_eq!(claw_back(tokens(50_000), pounds(0), pounds(2_160)), Tokens::ZERO);
    }

    #[test]
    fn i37_what_was_spent_is_owed() {
        assert_eq!(owed(pounds(2_160), tokens(50_000), tokens(50_000)), Ok(pounds(0)));
        assert_eq!(owed(pounds(2_160), tokens(50_000), tokens(12_500)), Ok(pounds(1_620)));
        assert_eq!(owed(pounds(2_160), tokens(50_000), Tokens::ZERO), Ok(pounds(2_160)));
        assert_eq!(
            owed(pounds(5_880), Tokens::ZERO, Tokens::ZERO),
            Ok(pounds(5_880)),
            "a plan's days were had"
        );
    }

    proptest! {
        /// However the money goes back, credit notes sum to the invoice, and tokens to the lot.
        #[test]
        fn i36_parts_sum_to_the_whole(
            (net, tax) in (1_i64..2_000_000, 0_i64..400_000),
            granted in 1_i64..1_000_000,
            mut cuts in prop::collection::vec(0_i64..=2_400_000, 0..6),
        ) {
            let whole = invoice(net, tax);
            cuts.retain(|cut| *cut <= net + tax);
            cuts.push(net + tax);
            cuts.sort_unstable();
            let (mut before, mut sum, mut taken) = (0, invoice(0, 0), 0);
            for cut in cuts {
                let note = credit(whole, pounds(before), pounds(cut)).unwrap();
                prop_assert_eq!(note.net.plus(note.tax).unwrap(), note.total);
                prop_assert!(note.tax.minor() >= 0 && note.net.minor() >= 0);
                sum = Totals {
                    net: sum.net.plus(note.net).unwrap(),
                    tax: sum.tax.plus(note.tax).unwrap(),
                    total: sum.total.plus(note.total).unwrap(),
                };
                let target = claw_back(tokens(granted), pounds(cut), pounds(net + tax)).get();
                prop_assert!(target >= taken && target <= granted);
                (before, taken) = (cut, target);
            }
            prop_assert_eq!(sum, whole);
            prop_assert_eq!(taken, granted);
        }
    }
}
