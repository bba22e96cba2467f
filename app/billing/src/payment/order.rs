//! An order: what is to be paid, and what is given for it once the money is there. U3, U7, I-32, I-33.

use super::{Line, TaxRule, Totals};
use crate::{
    id::{AccountId, CustomerId, OrderId},
    money::Money,
    tier::Change,
    time::{Month, Timestamp},
    tokens::Tokens,
};
use serde::{Deserialize, Serialize};

/// The least and the most microseconds between two looks at an order.
const SHORTEST_PAUSE_MICROS: i64 = 15_000_000;
const LONGEST_PAUSE_MICROS: i64 = 3_600_000_000;

/// 5.7: how a purchase lifts an account's limit for one month, by what it costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Lift {
    /// Whose limit.
    pub account: AccountId,
    /// In which month.
    pub month: Month,
    /// By how much.
    pub by: Money,
}

/// What is bought.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum Purchase {
    /// Extra capacity.
    Pack {
        /// How many tokens.
        tokens: Tokens,
        /// The limit that it lifts, where it was bought from a refusal for budget.
        lift: Option<Lift>,
    },
    /// Another plan, from today on.
    Plan(Box<Change>),
    /// An invoice that is outstanding: a renewal whose charge failed.
    Invoice {
        /// Its number in the customer's series.
        number: i64,
    },
}

/// Where an order has got to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum OrderState {
    /// It waits for its payment.
    Open,
    /// The money is there, and what was bought was given.
    Paid,
    /// It was not paid in time, was given up, or another took its place.
    Expired,
}

/// An order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Which one.
    pub id: OrderId,
    /// Whose.
    pub customer: CustomerId,
    /// What is bought.
    pub purchase: Purchase,
    /// What it is made up of.
    pub lines: Vec<Line>,
    /// The tax on it.
    pub tax: TaxRule,
    /// What it comes to.
    pub totals: Totals,
    /// Where it has got to.
    pub state: OrderState,
    /// When it was made: its prices are those of that day.
    pub made_at: Timestamp,
    /// Until when it can be paid.
    pub expires_at: Timestamp,
}

/// What a payment provider says of a payment, when it is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PaidState {
    /// Nobody has paid yet, or the bank has not answered.
    Unpaid,
    /// The money is there.
    Paid,
    /// It will not come: declined, cancelled or too late.
    Failed,
}

/// A payment as its provider has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The provider's name of the payment; none before anybody has tried to pay.
    pub payment: Option<String>,
    /// For which order it was made.
    pub order: String,
    /// For which customer.
    pub customer: String,
    /// How much it is.
    pub amount: Money,
    /// Where it has got to.
    pub state: PaidState,
    /// How it was paid, for people: `card ending 4242`.
    pub method: Option<String>,
}

/// Why money that has arrived buys nothing: it is kept apart until somebody has looked at it. I-33.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "camelCase")]
pub enum Mismatch {
    /// It was made for another order.
    #[error("the payment is for another order")]
    Order,
    /// It was made by another customer.
    #[error("the payment is another customer's")]
    Customer,
    /// Other money, or another amount of it.
    #[error("the payment is of another amount or currency")]
    Amount,
    /// What it was for has changed since the order was made: the subscription is another one, or the order is paid by
    /// another payment.
    #[error("what it was for has changed since")]
    Changed,
    /// It has paid for something else.
    #[error("the payment has paid for something else")]
    Taken,
}

impl Order {
    /// I-33: tokens only for the money of this very order.
    pub fn check(&self, seen: &Seen) -> Result<(), Mismatch> {
        if seen.order != self.id.to_string() {
            return Err(Mismatch::Order);
        }
        if seen.customer != self.customer.to_string() {
            return Err(Mismatch::Customer);
        }
        if seen.amount != self.totals.total {
            return Err(Mismatch::Amount);
        }
        Ok(())
    }

    /// Whether it can still be paid.
    #[must_use]
    pub fn is_open(&self, at: Timestamp) -> bool {
        self.state == OrderState::Open && at < self.expires_at
    }

    /// I-34: when an order that nobody has told of is looked at next, once it was looked at: the older it is, the later, and at
    /// the latest as soon as it can no longer be paid.
    #[must_use]
    pub fn next_look(&self, at: Timestamp) -> Timestamp {
        let age = at.micros().saturating_sub(self.made_at.micros());
        let pause = (age / 4).clamp(SHORTEST_PAUSE_MICROS, LONGEST_PAUSE_MICROS);
        let next = Timestamp::from_micros(at.micros().saturating_add(pause)).unwrap_or(at);
        if at < self.expires_at && self.expires_at < next { self.expires_at } else { next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{money::Currency, sample};
    use ulid::Ulid;

    fn order() -> Order {
        let at: Timestamp = "2026-11-22T16:40:00Z".parse().unwrap();
        let tokens = Tokens::new(50_000).unwrap();
        let lines = vec![Line::pack(tokens, Money::new(1_800, Currency::Gbp), at)];
        let tax = sample::tax_rule(super::super::Country::GB);
        Order {
            id: OrderId::new(Ulid::from_parts(1, 1)),
            customer: CustomerId::new(Ulid::from_parts(1, 2)),
            purchase: Purchase::Pack { tokens, lift: None },
            totals: Totals::of(&lines, &tax, Currency::Gbp).unwrap(),
            lines,
            tax,
            state: OrderState::Open,
            made_at: at,
            expires_at: at.after(crate::time::Span::minutes(30)),
        }
    }

    #[test]
    fn i33_a_payment_buys_only_what_it_was_made_for() {
        let order = order();
        let good = Seen {
            payment: Some("pi_1".to_owned()),
            order: order.id.to_string(),
            customer: order.customer.to_string(),
            amount: Money::new(2_160, Currency::Gbp),
            state: PaidState::Paid,
            method: None,
        };
        assert_eq!(order.check(&good), Ok(()));
        let other = |change: fn(&mut Seen)| {
            let mut seen = good.clone();
            change(&mut seen);
            order.check(&seen).unwrap_err()
        };
        assert_eq!(other(|seen| seen.order.push('0')), Mismatch::Order);
        assert_eq!(other(|seen| seen.customer = "cus_0".to_owned()), Mismatch::Customer);
        assert_eq!(other(|seen| seen.amount = Money::new(2_159, Currency::Gbp)), Mismatch::Amount);
        assert_eq!(other(|seen| seen.amount = Money::new(2_160, Currency::Usd)), Mismatch::Amount);
    }

    #[test]
    fn i34_an_order_is_looked_at_less_often_as_it_grows_older() {
        let order = order();
        let looks = |seconds: i64| {
            let at = Timestamp::from_micros(order.made_at.micros() + seconds * 1_000_000).unwrap();
            (order.next_look(at).micros() - at.micros()) / 1_000_000
        };
        assert_eq!([120, 240, 600].map(looks), [30, 60, 150]);
        assert_eq!(looks(10), 15, "never at once again");
        assert_eq!(looks(1_795), 5, "as soon as it can no longer be paid");
        assert_eq!([1_800, 7_200, 86_400 * 3].map(looks), [450, 1_800, 3_600]);
        let mut at = order.made_at.after(crate::time::Span::minutes(2));
        let mut times = 0;
        while at < order.expires_at {
            (at, times) = (order.next_look(at), times + 1);
        }
        assert_eq!((at, times), (order.expires_at, 13), "where it was every 5 seconds: 336");
    }

    #[test]
    fn an_order_can_be_paid_until_it_expires() {
        let order = order();
        assert!(order.is_open(order.made_at) && !order.is_open(order.expires_at));
        assert!(!Order { state: OrderState::Paid, ..order.clone() }.is_open(order.made_at));
    }
}
