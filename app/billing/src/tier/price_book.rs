//! What JARAI sells, and for how much: one version of the price book. T1–T8, T12, C1.
//!
//! Nobody publishes prices, so they are dated data like every other list: an order, an invoice and a term keep the version
//! they were made by, and a later version never changes them.

use super::{BillingPeriod, Plan, Terms, Tier};
use crate::{
    money::{Currency, Money, divide_half_even},
    tokens::{OutOfRange, Tokens},
    top_up::{Pack, PricedPack},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One price in each currency it is sold in: minor units, net of tax.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prices(pub BTreeMap<Currency, i64>);

impl Prices {
    /// The price in this currency; none where it is not sold in it.
    #[must_use]
    pub fn of(&self, currency: Currency) -> Option<Money> {
        self.0.get(&currency).map(|minor| Money::new(*minor, currency))
    }
}

/// What a tier includes and what it costs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Offer {
    /// The tier.
    pub tier: Tier,
    /// Tokens of a cycle, for each seat; the seats share them. A8.
    pub allowance: Tokens,
    /// How many accounts may be open; none where any number may. T2, T3.
    pub accounts: Option<u32>,
    /// The fewest seats; a tier that is not sold by the seat has one.
    pub seats_from: u32,
    /// Whether more seats can be bought.
    pub by_seat: bool,
    /// Whether a customer's own administrator may choose it; else it goes through sales. T5, 5.24.
    pub self_serve: bool,
    /// What it allows a production and an account.
    pub terms: Terms,
    /// A seat for a month.
    pub monthly: Prices,
    /// A seat for twelve months, paid ahead. T7.
    pub annual: Prices,
}

impl Offer {
    /// What a seat costs for one payment; none where the tier is not sold in this currency.
    #[must_use]
    pub fn seat_price(&self, billing: BillingPeriod, currency: Currency) -> Option<Money> {
        match billing {
            BillingPeriod::Monthly => self.monthly.of(currency),
            BillingPeriod::Annual => self.annual.of(currency),
        }
    }

    /// T7: how much cheaper twelve months ahead are than twelve single ones, in whole per cent rounded down; none where they
    /// are not.
    #[must_use]
    pub fn saving(&self, currency: Currency) -> Option<i64> {
        let (month, year) = (self.monthly.of(currency)?.minor(), self.annual.of(currency)?.minor());
        let single = month.checked_mul(12)?;
        let percent = single.checked_sub(year)?.checked_mul(100)?.checked_div(single)?;
        (percent > 0).then_some(percent)
    }

    /// What a seat costs a month, also where twelve are paid ahead; rounded to the minor unit, for showing only.
    #[must_use]
    pub fn seat_price_a_month(&self, billing: BillingPeriod, currency: Currency) -> Option<Money> {
        let price = self.seat_price(billing, currency)?;
        let minor = divide_half_even(price.minor().into(), billing.cycles().into());
        i64::try_from(minor).ok().map(|minor| Money::new(minor, currency))
    }
}

/// 5.5: what a new customer has before it chooses a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evaluation {
    /// Tokens, once.
    pub tokens: Tokens,
    /// For how many days.
    pub days: u32,
}

/// One version of the price book.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PriceBook {
    /// Rises by one with each change; whoever writes a book need not say it.
    #[serde(default)]
    pub version: i64,
    /// What stands beside its prices.
    pub label: String,
    /// The tiers, smallest first.
    pub offers: Vec<Offer>,
    /// Extra capacity, smallest first.
    pub packs: Vec<Pack>,
    /// The free evaluation.
    pub evaluation: Evaluation,
}

/// A price book that cannot be sold by.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PriceBookError {
    /// A tier is missing, or stands there twice.
    #[error("the tier {0:?} has to stand in the book once")]
    Tier(Tier),
    /// A tier starts with no seat, or with several that cannot be bought.
    #[error("{0:?} has to start with one seat, or be sold by the seat")]
    Seats(Tier),
    /// A tier has a price by the month or by the year only, a negative one, or none though customers may choose it.
    #[error("{0:?} needs a price by the month and by the year in the same currencies, from 0 on")]
    Price(Tier),
    /// A pack has no tokens, no price, or stands there before a smaller one.
    #[error("the pack of {0} tokens needs a price above 0, and packs stand smallest first")]
    Pack(Tokens),
}

/// A plan that cannot be subscribed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// The tier is not in the price book, or not sold in this currency.
    #[error("this tier is not sold in this currency")]
    NotSold,
    /// Fewer seats than the tier starts with.
    #[error("this tier starts with {0} seats")]
    TooFewSeats(u32),
    /// More seats than the tier has.
    #[error("this tier has one seat")]
    OneSeat,
    /// The price or the allowance would not fit.
    #[error(transparent)]
    OutOfRange(#[from] OutOfRange),
}

impl PriceBook {
    /// Whether everything can be sold by it.
    pub fn check(&self) -> Result<(), PriceBookError> {
        for tier in Tier::ALL {
            let mut offers = self.offers.iter().filter(|offer| offer.tier == tier);
            let (Some(offer), None) = (offers.next(), offers.next()) else {
                return Err(PriceBookError::Tier(tier));
            };
            if offer.seats_from == 0 || (offer.seats_from > 1 && !offer.by_seat) {
                return Err(PriceBookError::Seats(tier));
            }
            let (monthly, annual) = (&offer.monthly.0, &offer.annual.0);
            let is_sold = !offer.self_serve || !monthly.is_empty();
            let positive = monthly.values().chain(annual.values()).all(|minor| *minor >= 0);
            if !is_sold || !positive || !monthly.keys().eq(annual.keys()) {
                return Err(PriceBookError::Price(tier));
            }
        }
        let mut before = Tokens::ZERO;
        for pack in &self.packs {
            let priced = !pack.prices.0.is_empty() && pack.prices.0.values().all(|minor| *minor > 0);
            if pack.tokens <= before || !priced {
                return Err(PriceBookError::Pack(pack.tokens));
            }
            before = pack.tokens;
        }
        Ok(())
    }

    /// What a tier includes.
    #[must_use]
    pub fn offer(&self, tier: Tier) -> Option<&Offer> {
        self.offers.iter().find(|offer| offer.tier == tier)
    }

    /// The pack of this many tokens.
    #[must_use]
    pub fn pack(&self, tokens: Tokens) -> Option<&Pack> {
        self.packs.iter().find(|pack| pack.tokens == tokens)
    }

    /// The packs that are sold in this currency, smallest first.
    #[must_use]
    pub fn packs_in(&self, currency: Currency) -> Vec<PricedPack> {
        let priced = |pack: &Pack| Some(PricedPack { tokens: pack.tokens, price: pack.prices.of(currency)? });
        self.packs.iter().filter_map(priced).collect()
    }

    /// What one payment for a plan costs, net of tax.
    pub fn price(&self, plan: Plan, currency: Currency) -> Result<Money, PlanError> {
        let seat = self.checked(plan)?.seat_price(plan.billing, currency).ok_or(PlanError::NotSold)?;
        let minor = seat.minor().checked_mul(plan.seats.into()).ok_or(OutOfRange)?;
        Ok(Money::new(minor, currency))
    }

    /// What a cycle of a plan grants: seats × the allowance of one. A8.
    pub fn allowance(&self, plan: Plan) -> Result<Tokens, PlanError> {
        let seat = self.checked(plan)?.allowance.get();
        Ok(Tokens::new(seat.checked_mul(plan.seats.into()).ok_or(OutOfRange)?)?)
    }

    fn checked(&self, plan: Plan) -> Result<&Offer, PlanError> {
        let offer = self.offer(plan.tier).ok_or(PlanError::NotSold)?;
        if plan.seats < offer.seats_from {
            return Err(PlanError::TooFewSeats(offer.seats_from));
        }
        if plan.seats > 1 && !offer.by_seat {
            return Err(PlanError::OneSeat);
        }
        Ok(offer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    fn plan(tier: Tier, billing: BillingPeriod, seats: u32) -> Plan {
        Plan { tier, billing, seats }
    }

    #[test]
    fn t7_annual_prepay_is_15_per_cent_cheaper_in_every_currency() {
        let book = sample::price_book().unwrap();
        for currency in Currency::ALL {
            for offer in book.offers.iter().filter(|offer| offer.self_serve || offer.by_seat) {
                let monthly = offer.seat_price(BillingPeriod::Monthly, currency).unwrap();
                let annual = offer.seat_price(BillingPeriod::Annual, currency).unwrap();
                assert_eq!(annual.minor() * 100, monthly.minor() * 12 * 85, "{:?} in {currency}", offer.tier);
            }
        }
        let pro = book.offer(Tier::Pro).unwrap();
        let month = |billing| pro.seat_price_a_month(billing, Currency::Gbp).unwrap().to_string();
        assert_eq!([BillingPeriod::Monthly, BillingPeriod::Annual].map(month), ["49.00", "41.65"]);
        assert_eq!(pro.seat_price(BillingPeriod::Annual, Currency::Gbp).unwrap().to_string(), "499.80");
    }

    #[test]
    fn t7_what_a_year_saves_is_said_rounded_down() {
        let book = sample::price_book().unwrap();
        let mut pro = book.offer(Tier::Pro).unwrap().clone();
        assert_eq!(pro.saving(Currency::Gbp), Some(15));
        pro.annual.0.insert(Currency::Gbp, 4_900 * 12 - 5_000);
        assert_eq!(pro.saving(Currency::Gbp), Some(8), "8.5 per cent is never said to be more");
        pro.annual.0.insert(Currency::Gbp, 4_900 * 12);
        assert_eq!(pro.saving(Currency::Gbp), None);
        assert_eq!(book.offer(Tier::Creator).unwrap().saving(Currency::Gbp), None, "free saves nothing");
    }

    #[test]
    fn a_book_that_cannot_be_sold_by_is_refused() {
        let sample = sample::price_book().unwrap();
        assert_eq!(sample.check(), Ok(()));
        let with = |change: &dyn Fn(&mut PriceBook)| {
            let mut book = sample.clone();
            change(&mut book);
            book.check()
        };
        let pro =
            |book: &mut PriceBook| book.offers.iter().position(|offer| offer.tier == Tier::Pro).unwrap();
        assert_eq!(with(&|book| book.offers.truncate(4)), Err(PriceBookError::Tier(Tier::Enterprise)));
        let twice = with(&|book| book.offers.push(book.offers[1].clone()));
        assert_eq!(twice, Err(PriceBookError::Tier(Tier::Creator)));
        let no_seat = with(&|book| {
            let pro = pro(book);
            book.offers[pro].seats_from = 0;
        });
        assert_eq!(no_seat, Err(PriceBookError::Seats(Tier::Pro)));
        let two_seats = with(&|book| {
            let pro = pro(book);
            book.offers[pro].seats_from = 2;
        });
        assert_eq!(two_seats, Err(PriceBookError::Seats(Tier::Pro)));
        for broken in [Prices::default(), Prices([(Currency::Gbp, -1)].into())] {
            let price = with(&|book| {
                let pro = pro(book);
                book.offers[pro].monthly = broken.clone();
            });
            assert_eq!(price, Err(PriceBookError::Price(Tier::Pro)));
        }
        let unpriced = with(&|book| {
            let pro = pro(book);
            (book.offers[pro].monthly, book.offers[pro].annual) = Default::default();
        });
        assert_eq!(
            unpriced,
            Err(PriceBookError::Price(Tier::Pro)),
            "whoever may choose it has to know the price"
        );
        let free_pack = with(&|book| book.packs[0].prices = Prices([(Currency::Gbp, 0)].into()));
        assert_eq!(free_pack, Err(PriceBookError::Pack(sample.packs[0].tokens)));
        let unordered = with(&|book| book.packs.reverse());
        assert_eq!(unordered, Err(PriceBookError::Pack(sample.packs[1].tokens)));
    }

    #[test]
    fn a8_seats_multiply_price_and_allowance() {
        let book = sample::price_book().unwrap();
        let five = plan(Tier::Atelier, BillingPeriod::Monthly, 5);
        assert_eq!(book.price(five, Currency::Gbp), Ok(Money::new(19_500, Currency::Gbp)));
        assert_eq!(book.allowance(five).map(Tokens::get), Ok(1_000_000));
        assert_eq!(book.price(Plan { seats: 2, ..five }, Currency::Gbp), Err(PlanError::TooFewSeats(3)));
        let two = plan(Tier::Pro, BillingPeriod::Monthly, 2);
        assert_eq!(book.allowance(two), Err(PlanError::OneSeat));
        let all = plan(Tier::Atelier, BillingPeriod::Annual, u32::MAX);
        assert!(book.price(all, Currency::Jpy).is_ok(), "what fits is no error");
    }

    #[test]
    fn t5_what_is_by_contract_has_no_price() {
        let book = sample::price_book().unwrap();
        for tier in [Tier::Enterprise, Tier::Evaluation] {
            let by_contract = plan(tier, BillingPeriod::Monthly, 1);
            assert_eq!(book.price(by_contract, Currency::Gbp), Err(PlanError::NotSold), "{tier:?}");
        }
        let self_serve: Vec<Tier> =
            book.offers.iter().filter(|offer| offer.self_serve).map(|offer| offer.tier).collect();
        assert_eq!(self_serve, [Tier::Creator, Tier::Pro], "T6: the others go through sales");
    }
}
