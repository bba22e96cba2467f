//! Subscriptions as rows, and back.

use super::{entity::subscription, from_json, from_word, to_json, to_word};
use crate::Error;
use billing::{
    id::CustomerId,
    money::{Currency, Money},
    tier::{Plan, Subscription},
    time::Timestamp,
    tokens::Tokens,
};

/// The subscription that a row is; its price is in what the customer is billed in.
pub(crate) fn subscription_of(row: &subscription::Model, currency: Currency) -> Result<Subscription, Error> {
    let bad = |what: String| Error::corrupt("subscription", &row.id, what);
    let count = |number: i64| u32::try_from(number).map_err(|error| bad(error.to_string()));
    Ok(Subscription {
        id: row.id.parse().map_err(|error| bad(format!("{error}")))?,
        plan: Plan {
            tier: from_word("subscription", &row.id, &row.tier)?,
            billing: from_word("subscription", &row.id, &row.billing)?,
            seats: count(row.seats)?,
        },
        anchor_on: row.anchor_on.parse().map_err(|error| bad(format!("{error}")))?,
        allowance: Tokens::new(row.allowance_tokens).map_err(|error| bad(error.to_string()))?,
        price: Money::new(row.price_minor, currency),
        by_contract: row.by_contract == 1,
        term_from: count(row.term_from_cycle)?,
        next: from_json("subscription", &row.id, &row.next)?,
        status: from_word("subscription", &row.id, &row.status)?,
        refreshed_cycles: count(row.refreshed_cycles)?,
    })
}

/// The row of a subscription. `refreshes_at` is what the sweep looks for: the start of the next cycle, or the end of time.
pub(crate) fn subscription_row(
    customer: CustomerId,
    subscription: &Subscription,
) -> Result<subscription::Model, Error> {
    Ok(subscription::Model {
        customer_id: customer.to_string(),
        id: subscription.id.to_string(),
        tier: to_word(&subscription.plan.tier)?,
        billing: to_word(&subscription.plan.billing)?,
        seats: subscription.plan.seats.into(),
        anchor_on: subscription.anchor_on.to_string(),
        allowance_tokens: subscription.allowance.get(),
        price_minor: subscription.price.minor(),
        by_contract: subscription.by_contract.into(),
        term_from_cycle: subscription.term_from.into(),
        next: to_json("subscription", subscription.id, &subscription.next)?,
        status: to_word(&subscription.status)?,
        refreshed_cycles: subscription.refreshed_cycles.into(),
        refreshes_at: subscription.due_at().map_or(i64::MAX, Timestamp::micros),
    })
}
