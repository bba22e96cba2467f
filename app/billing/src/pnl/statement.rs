//! "Account P&L shows revenue, AI cost, and margin for an account; the Customer P&L rolls it up." P1, P7, P9, 5.11, 5.12,
//! 5.26.

use crate::{
    money::{Cost, Currency, MoneyError},
    tokens::{OutOfRange, Tokens},
};
use serde::{Deserialize, Serialize};

/// 5.26: when revenue counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Basis {
    /// As it is earned: subscriptions by day, top-ups as their tokens are captured.
    #[default]
    Recognised,
    /// On the day of the invoice.
    Invoiced,
}

/// 5.11, 5.12: which cost the margin is measured against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Lens {
    /// With markup: what customers and operators see.
    CustomerFacing,
    /// What providers charge: for finance and the platform's administrators.
    Raw,
}

/// What an account, a customer, a production or a step has earned and cost in a time. Amounts are micro-units of one
/// currency, revenue net of tax.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pnl {
    /// Subscription fees, by day.
    pub subscription: Cost,
    /// Bought tokens that were used.
    pub top_ups: Cost,
    /// What was invoiced in the time.
    pub invoiced: Cost,
    /// AI cost with markup, as far as it is known.
    pub charged: Cost,
    /// AI cost as providers charge it, as far as it is known; none for those who may not see it.
    pub raw: Option<Cost>,
    /// Tokens used.
    pub tokens: Tokens,
    /// AI calls.
    pub calls: i64,
    /// Of them, how many have no known cost.
    pub unknown: i64,
    /// What of calls and cost was spent on attempts that failed.
    pub failed: Failed,
    /// Whether amounts are missing because a month has no exchange rate.
    pub untranslated: bool,
}

/// 5.18: attempts that failed cost money and take no tokens. They are part of all calls and their cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failed {
    /// How many.
    pub calls: i64,
    /// Of them, how many have no known cost.
    pub unknown: i64,
    /// What they cost with markup, as far as it is known.
    pub charged: Cost,
    /// What they cost as providers charge it, as far as it is known; none for those who may not see it.
    pub raw: Option<Cost>,
}

impl Failed {
    /// None, in this currency; with or without raw cost.
    #[must_use]
    pub fn none(currency: Currency, lens: Lens) -> Self {
        let zero = Cost::zero(currency);
        Self { calls: 0, unknown: 0, charged: zero, raw: (lens == Lens::Raw).then_some(zero) }
    }

    /// Both together.
    pub fn plus(&self, other: &Self) -> Result<Self, MoneyError> {
        Ok(Self {
            calls: self.calls.checked_add(other.calls).ok_or(OutOfRange)?,
            unknown: self.unknown.checked_add(other.unknown).ok_or(OutOfRange)?,
            charged: self.charged.plus(other.charged)?,
            raw: both(self.raw, other.raw)?,
        })
    }

    /// 5.12: what they cost, as the reader sees cost; none where the cost of no such call is known.
    #[must_use]
    pub fn cost(&self) -> Option<Cost> {
        (self.calls == 0 || self.unknown < self.calls).then_some(self.raw.unwrap_or(self.charged))
    }
}

fn both(one: Option<Cost>, other: Option<Cost>) -> Result<Option<Cost>, MoneyError> {
    one.zip(other).map(|(one, other)| one.plus(other)).transpose()
}

/// What is left of revenue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Margin {
    /// The cost of every call is known.
    Known {
        /// Revenue less cost.
        margin: Cost,
        /// Its share of the revenue in hundredths of a per cent, rounded toward zero; none where there is no revenue.
        rate: Option<i64>,
    },
    /// So many calls have no known cost: whatever would be said would mislead.
    Incomplete(i64),
    /// A month has no exchange rate, so that amounts are missing.
    NoRate,
}

impl Pnl {
    /// Nothing, in this currency; with or without raw cost.
    #[must_use]
    pub fn nothing(currency: Currency, lens: Lens) -> Self {
        let zero = Cost::zero(currency);
        Self {
            subscription: zero,
            top_ups: zero,
            invoiced: zero,
            charged: zero,
            raw: (lens == Lens::Raw).then_some(zero),
            tokens: Tokens::ZERO,
            calls: 0,
            unknown: 0,
            failed: Failed::none(currency, lens),
            untranslated: false,
        }
    }

    /// Both together.
    pub fn plus(&self, other: &Self) -> Result<Self, MoneyError> {
        Ok(Self {
            subscription: self.subscription.plus(other.subscription)?,
            top_ups: self.top_ups.plus(other.top_ups)?,
            invoiced: self.invoiced.plus(other.invoiced)?,
            charged: self.charged.plus(other.charged)?,
            raw: both(self.raw, other.raw)?,
            tokens: self.tokens.plus(other.tokens)?,
            calls: self.calls.checked_add(other.calls).ok_or(OutOfRange)?,
            unknown: self.unknown.checked_add(other.unknown).ok_or(OutOfRange)?,
            failed: self.failed.plus(&other.failed)?,
            untranslated: self.untranslated || other.untranslated,
        })
    }

    /// P7: subscriptions and top-ups, or what was invoiced.
    pub fn revenue(&self, basis: Basis) -> Result<Cost, MoneyError> {
        match basis {
            Basis::Recognised => self.subscription.plus(self.top_ups),
            Basis::Invoiced => Ok(self.invoiced),
        }
    }

    /// 5.12: the cost that the reader's margin is measured against.
    #[must_use]
    pub fn cost(&self) -> Cost {
        self.raw.unwrap_or(self.charged)
    }

    /// P9: what the markup adds, for those who may see it.
    pub fn markup(&self) -> Result<Option<Cost>, MoneyError> {
        self.raw.map(|raw| self.charged.minus(raw)).transpose()
    }

    /// Revenue less cost; none is named while the cost of a call is unknown.
    pub fn margin(&self, basis: Basis) -> Result<Margin, MoneyError> {
        if self.untranslated {
            return Ok(Margin::NoRate);
        }
        if self.unknown != 0 {
            return Ok(Margin::Incomplete(self.unknown));
        }
        let revenue = self.revenue(basis)?;
        let margin = revenue.minus(self.cost())?;
        let share = i128::from(margin.micros()) * 10_000;
        let rate = (revenue.micros() > 0).then(|| share / i128::from(revenue.micros()));
        Ok(Margin::Known { margin, rate: rate.and_then(|rate| i64::try_from(rate).ok()) })
    }

    /// The share of calls whose cost is known, in hundredths of a per cent, rounded down; none where there were no calls.
    #[must_use]
    pub fn coverage(&self) -> Option<i64> {
        let known = i128::from(self.calls) - i128::from(self.unknown);
        let share = (known.max(0) * 10_000).checked_div(i128::from(self.calls))?;
        i64::try_from(share).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GBP: Currency = Currency::Gbp;

    fn pnl(subscription: i64, charged: i64, raw: Option<i64>, unknown: i64) -> Pnl {
        let lens = if raw.is_some() { Lens::Raw } else { Lens::CustomerFacing };
        Pnl {
            subscription: Cost::new(subscription, GBP),
            charged: Cost::new(charged, GBP),
            raw: raw.map(|raw| Cost::new(raw, GBP)),
            calls: 4,
            unknown,
            ..Pnl::nothing(GBP, lens)
        }
    }

    #[test]
    fn reading_5_12_the_margin_is_on_the_cost_that_the_reader_may_see() {
        let margin = |pnl: Pnl| pnl.margin(Basis::Recognised).unwrap();
        let known = |micros, rate| Margin::Known { margin: Cost::new(micros, GBP), rate };
        assert_eq!(margin(pnl(100, 50, None, 0)), known(50, Some(5_000)));
        assert_eq!(margin(pnl(100, 50, Some(40), 0)), known(60, Some(6_000)));
        assert_eq!(pnl(100, 50, Some(40), 0).markup().unwrap(), Some(Cost::new(10, GBP)));
        assert_eq!(margin(pnl(0, 50, None, 0)), known(-50, None), "Creator: the rate is a dash");
        assert_eq!(margin(pnl(3, 4, None, 0)), known(-1, Some(-3_333)));
    }

    #[test]
    fn p6_an_unknown_cost_is_no_margin_at_all() {
        assert_eq!(pnl(100, 50, None, 1).margin(Basis::Recognised).unwrap(), Margin::Incomplete(1));
        assert_eq!(
            [0, 1, 4].map(|unknown| pnl(1, 1, None, unknown).coverage()),
            [Some(10_000), Some(7_500), Some(0)]
        );
        assert_eq!(Pnl::nothing(GBP, Lens::Raw).coverage(), None);
        let gap = Pnl { untranslated: true, ..Pnl::nothing(GBP, Lens::Raw) };
        let sum = gap.plus(&pnl(100, 50, Some(40), 0)).unwrap();
        assert_eq!(sum.margin(Basis::Recognised).unwrap(), Margin::NoRate, "C2");
    }

    #[test]
    fn reading_5_18_failed_attempts_are_part_of_the_cost_and_never_a_zero_that_nobody_knows() {
        let failed = |calls, unknown| Failed {
            calls,
            unknown,
            charged: Cost::new(5, GBP),
            raw: Some(Cost::new(4, GBP)),
        };
        let cost = |failed: Failed| failed.cost().map(Cost::micros);
        assert_eq!(
            [(2, 0), (2, 1), (2, 2)].map(|(calls, unknown)| cost(failed(calls, unknown))),
            [Some(4), Some(4), None]
        );
        assert_eq!(cost(Failed { raw: None, ..failed(1, 0) }), Some(5), "5.11");
        assert_eq!(cost(Failed::none(GBP, Lens::Raw)), Some(0));
        let sum = failed(2, 1).plus(&failed(3, 0)).unwrap();
        assert_eq!((sum.calls, sum.unknown, sum.charged.micros(), cost(sum)), (5, 1, 10, Some(8)));
    }

    #[test]
    fn p7_revenue_is_subscriptions_and_top_ups_or_what_was_invoiced() {
        let both = Pnl { top_ups: Cost::new(7, GBP), invoiced: Cost::new(9, GBP), ..pnl(5, 0, None, 0) };
        assert_eq!(both.revenue(Basis::Recognised).unwrap().micros(), 12);
        assert_eq!(both.revenue(Basis::Invoiced).unwrap().micros(), 9);
        let sum = both.plus(&pnl(1, 2, Some(3), 1)).unwrap();
        assert_eq!((sum.subscription.micros(), sum.raw, sum.calls, sum.unknown), (6, None, 8, 1));
    }
}
