//! Which plan fits how somebody produces: their own last cycles, priced on every plan. The same code runs in the browser.

use super::{BillingPeriod, InUse, Plan, PriceBook, Tier};
use crate::{
    money::{Currency, Money, MoneyError, divide_half_even},
    tokens::{OutOfRange, Tokens},
    top_up::{self, PricedPack},
};

/// A plan that a customer could be on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// What its subscription costs a cycle, on average.
    pub subscription: Money,
    /// What each cycle grants.
    pub allowance: Tokens,
    /// How many open accounts it would not allow: then it does not fit.
    pub accounts_too_many: u32,
}

impl Candidate {
    /// Whether the customer could be on this plan as it is.
    #[must_use]
    pub const fn fits(&self) -> bool {
        self.accounts_too_many == 0
    }
}

/// What a plan would have cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Advice {
    /// The plan, as far as it is compared.
    pub candidate: Candidate,
    /// Tokens beyond its allowance, over all cycles.
    pub beyond: Tokens,
    /// What packs for them would have cost a cycle, on average.
    pub top_ups: Money,
    /// Both together.
    pub total: Money,
}

/// Every plan that is sold in this currency, with what the customer needs of it: for each tier, monthly and annual.
pub fn candidates(
    in_use: InUse,
    book: &PriceBook,
    currency: Currency,
) -> Result<Vec<(Plan, Candidate)>, MoneyError> {
    let mut candidates = Vec::new();
    for offer in book.offers.iter().filter(|offer| offer.tier != Tier::Evaluation) {
        for billing in [BillingPeriod::Monthly, BillingPeriod::Annual] {
            let seats = if offer.by_seat { in_use.seats.max(offer.seats_from) } else { offer.seats_from };
            let plan = Plan { tier: offer.tier, billing, seats };
            let (Ok(price), Ok(allowance)) = (book.price(plan, currency), book.allowance(plan)) else {
                continue;
            };
            if billing == BillingPeriod::Annual && price.minor() == 0 {
                continue; // free is free, however it is paid
            }
            let subscription = mean(price, billing.cycles().into())?;
            let accounts_too_many = offer.accounts.map_or(0, |most| in_use.accounts.saturating_sub(most));
            candidates.push((plan, Candidate { subscription, allowance, accounts_too_many }));
        }
    }
    Ok(candidates)
}

/// Prices the tokens of some cycles on each of these plans. Extra capacity is bought in packs and kept from cycle to cycle,
/// so the packs cover all that is beyond the allowances together.
pub fn advise(
    cycles: &[Tokens],
    candidates: &[Candidate],
    packs: &[PricedPack],
) -> Result<Vec<Advice>, MoneyError> {
    let count = i64::try_from(cycles.len()).map_err(|_| OutOfRange)?.max(1);
    let advise = |candidate: &Candidate| {
        let beyond = Tokens::sum(cycles.iter().map(|used| used.beyond(candidate.allowance)))?;
        let nothing = Money::zero(candidate.subscription.currency());
        let top_ups = mean(top_up::cover(packs, beyond).unwrap_or(nothing), count)?;
        let total = candidate.subscription.plus(top_ups)?;
        Ok(Advice { candidate: *candidate, beyond, top_ups, total })
    };
    candidates.iter().map(advise).collect()
}

/// The place of the cheapest of the plans that fit; of two that cost the same, the one that comes first.
#[must_use]
pub fn cheapest(advice: &[Advice]) -> Option<usize> {
    let fitting = advice.iter().enumerate().filter(|(_, advice)| advice.candidate.fits());
    fitting.min_by_key(|(_, advice)| advice.total.minor()).map(|(place, _)| place)
}

fn mean(sum: Money, count: i64) -> Result<Money, OutOfRange> {
    let minor = divide_half_even(sum.minor().into(), count.max(1).into());
    Ok(Money::new(i64::try_from(minor).map_err(|_| OutOfRange)?, sum.currency()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    fn advised(cycles: &[i64], in_use: InUse) -> Vec<(Tier, BillingPeriod, String, String, bool)> {
        let cycles: Vec<Tokens> = cycles.iter().map(|count| Tokens::new(*count).unwrap()).collect();
        let book = sample::price_book().unwrap();
        let (plans, candidates): (Vec<_>, Vec<_>) =
            candidates(in_use, &book, Currency::Gbp).unwrap().into_iter().unzip();
        let advice = advise(&cycles, &candidates, &book.packs_in(Currency::Gbp)).unwrap();
        let best = cheapest(&advice);
        let row = |(place, (plan, one)): (usize, (Plan, &Advice))| {
            let (subscription, total) = (one.candidate.subscription.to_string(), one.total.to_string());
            (plan.tier, plan.billing, subscription, total, best == Some(place))
        };
        plans.into_iter().zip(&advice).enumerate().map(row).collect()
    }

    #[test]
    fn the_cheapest_plan_is_named_with_its_arithmetic() {
        use BillingPeriod::{Annual, Monthly};
        let row = |tier, billing, subscription: &str, total: &str, best| {
            (tier, billing, subscription.to_owned(), total.to_owned(), best)
        };
        assert_eq!(
            advised(&[195_000, 260_000, 90_000], InUse { accounts: 1, seats: 2 }),
            [
                row(Tier::Creator, Monthly, "0.00", "54.67", false), // 485,000 beyond: 164.00 over three months
                row(Tier::Pro, Monthly, "49.00", "52.00", false),    // 10,000 beyond: one pack of 9.00
                row(Tier::Pro, Annual, "41.65", "44.65", true),
                row(Tier::Atelier, Monthly, "117.00", "117.00", false),
                row(Tier::Atelier, Annual, "99.45", "99.45", false),
            ]
        );
    }

    #[test]
    fn a_plan_that_allows_too_few_accounts_is_never_the_cheapest() {
        let little = advised(&[10_000], InUse { accounts: 3, seats: 1 });
        assert_eq!(little.iter().filter(|row| row.4).map(|row| row.0).collect::<Vec<_>>(), [Tier::Pro]);
        let one = advised(&[10_000], InUse { accounts: 1, seats: 1 });
        assert_eq!(
            one.iter().find(|row| row.4).map(|row| (row.0, row.3.as_str())),
            Some((Tier::Creator, "0.00"))
        );
        assert_eq!(advised(&[], InUse::default()).len(), 5, "nothing was produced yet");
    }

    #[test]
    fn a8_a_team_is_priced_with_its_seats() {
        let team = advised(&[1_100_000], InUse { accounts: 9, seats: 6 });
        let atelier = team.iter().find(|row| row.0 == Tier::Atelier).unwrap();
        assert_eq!(atelier.3, "234.00", "six seats share 1,200,000");
    }
}
