//! Lines of an order and of an invoice.

use crate::{
    money::{Money, MoneyError},
    tier::{Plan, Term},
    time::Timestamp,
    tokens::Tokens,
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// What a line is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "kind", content = "of")]
pub enum Item {
    /// Days of a plan.
    Plan(Plan),
    /// Days of a plan that were paid for and are given back.
    Unused(Plan),
    /// A pack of tokens.
    Pack(Tokens),
}

/// One line. All amounts are net of tax and in one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Line {
    /// What it is for.
    pub item: Item,
    /// How many: seats, or packs.
    pub quantity: u32,
    /// What one of them costs for a whole term.
    pub unit: Money,
    /// The first of the days that it is for.
    pub from: NaiveDate,
    /// The first day that it is no longer for; the day of purchase for what is not bought by the day.
    pub until: NaiveDate,
    /// What the line comes to.
    pub amount: Money,
}

impl Line {
    /// Days of a plan whose whole term costs `price`.
    #[must_use]
    pub fn plan(plan: Plan, days: Term, price: Money, amount: Money) -> Self {
        let seats = i64::from(plan.seats.max(1));
        let unit = Money::new(price.minor().checked_div(seats).unwrap_or_default(), price.currency());
        Self {
            item: Item::Plan(plan),
            quantity: plan.seats,
            unit,
            from: days.from,
            until: days.until,
            amount,
        }
    }

    /// A pack, bought at this instant.
    #[must_use]
    pub fn pack(tokens: Tokens, price: Money, at: Timestamp) -> Self {
        let day = at.day();
        Self { item: Item::Pack(tokens), quantity: 1, unit: price, from: day, until: day, amount: price }
    }

    /// What lines come to.
    pub fn sum(lines: &[Self], currency: crate::money::Currency) -> Result<Money, MoneyError> {
        lines.iter().try_fold(Money::zero(currency), |sum, line| sum.plus(line.amount))
    }
}
