//! Packs of extra capacity: what a thousand tokens cost, and which packs cover a need for the least money. U1.

use crate::{
    money::{Cost, Currency, Money},
    tier::price_book::Prices,
    tokens::Tokens,
};
use serde::{Deserialize, Serialize};

/// A pack of tokens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pack {
    /// How many.
    pub tokens: Tokens,
    /// What it costs, net of tax.
    pub prices: Prices,
}

impl Pack {
    /// What a thousand of its tokens cost, for comparing packs; none where it is not sold in this currency.
    #[must_use]
    pub fn price_a_thousand(&self, currency: Currency) -> Option<Cost> {
        let price = self.prices.of(currency)?.to_cost().ok()?;
        let micros = i128::from(price.micros()) * 1_000;
        let micros = micros.checked_div(i128::from(self.tokens.get()))?;
        i64::try_from(micros).ok().map(|micros| Cost::new(micros, currency))
    }
}

/// A pack and its price in one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PricedPack {
    /// How many tokens.
    pub tokens: Tokens,
    /// What it costs, net of tax.
    pub price: Money,
}

/// The most packs that [`cover`] looks at: beyond it, only the pack that is cheapest by the token is bought.
const MOST_STEPS: i64 = 10_000;

/// The least money for which packs give at least so many tokens. None where no pack is sold. All are of one currency.
#[must_use]
pub fn cover(packs: &[PricedPack], needed: Tokens) -> Option<Money> {
    let currency = packs.first()?.price.currency();
    let sold: Vec<(i64, i64)> = packs
        .iter()
        .filter(|pack| !pack.tokens.is_zero())
        .map(|pack| (pack.tokens.get(), pack.price.minor()))
        .collect();
    let unit = sold.iter().map(|(tokens, _)| *tokens).reduce(divisor)?;
    let steps = needed.get().checked_add(unit.checked_sub(1)?)?.checked_div(unit)?;
    let minor = if steps > MOST_STEPS { in_bulk(&sold, needed)? } else { cheapest(&sold, unit, steps)? };
    Some(Money::new(minor, currency))
}

/// Where every number of steps is looked at: the best for *n* is the best for what a pack leaves.
fn cheapest(sold: &[(i64, i64)], unit: i64, steps: i64) -> Option<i64> {
    let steps = usize::try_from(steps).ok()?;
    let mut best = vec![0_i64];
    for step in 1..=steps {
        let by_pack = sold.iter().filter_map(|(tokens, price)| {
            let size = usize::try_from(tokens.checked_div(unit)?).ok()?;
            best.get(step.saturating_sub(size))?.checked_add(*price)
        });
        let price = by_pack.min()?;
        best.push(price);
    }
    best.pop()
}

fn in_bulk(sold: &[(i64, i64)], needed: Tokens) -> Option<i64> {
    let times = |one: i64, other: i64| i128::from(one) * i128::from(other);
    let (tokens, price) = sold.iter().min_by(|one, two| times(one.1, two.0).cmp(&times(two.1, one.0)))?;
    needed.get().checked_add(tokens - 1)?.checked_div(*tokens)?.checked_mul(*price)
}

/// The greatest common divisor of two positive numbers.
fn divisor(a: i64, b: i64) -> i64 {
    match a.checked_rem(b) {
        Some(0) | None => b,
        Some(rest) => divisor(b, rest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use proptest::prelude::*;

    fn tokens(count: i64) -> Tokens {
        Tokens::new(count).unwrap()
    }

    fn price(needed: i64) -> String {
        let packs = sample::price_book().unwrap().packs_in(Currency::Gbp);
        cover(&packs, tokens(needed)).unwrap().to_string()
    }

    #[test]
    fn u1_the_packs_that_cover_a_need_are_the_cheapest() {
        assert_eq!(price(0), "0.00");
        assert_eq!(price(1), "9.00");
        assert_eq!(price(50_001), "27.00", "50,000 and 20,000");
        assert_eq!(price(170_000), "63.00", "three times 50,000 and 20,000");
        assert_eq!(price(180_001), "64.00", "200,000: more for less");
        assert_eq!(price(450_000), "146.00", "twice 200,000 and 50,000");
    }

    #[test]
    fn packs_are_compared_by_the_thousand() {
        let book = sample::price_book().unwrap();
        let a_thousand: Vec<String> =
            book.packs.iter().map(|pack| pack.price_a_thousand(Currency::Gbp).unwrap().to_string()).collect();
        assert_eq!(a_thousand, ["0.45", "0.36", "0.32"]);
        assert_eq!(cover(&[], tokens(1)), None);
    }

    proptest! {
        #[test]
        fn what_covers_is_enough_and_nothing_cheaper_is(needed in 1_i64..2_000_000) {
            let packs = sample::price_book().unwrap().packs_in(Currency::Gbp);
            let price = cover(&packs, tokens(needed)).unwrap();
            for large in 0..=10 {
                for middle in 0..=40 {
                    let small = (needed - large * 200_000 - middle * 50_000).max(0).div_euclid(20_000) + 1;
                    let other = large * 6_400 + middle * 1_800 + small * 900;
                    prop_assert!(price.minor() <= other);
                }
            }
            let bulk = cover(&packs, tokens(needed * 10_000)).unwrap();
            prop_assert!(bulk.minor() > 0);
        }
    }
}
