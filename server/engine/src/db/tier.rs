//! Subscriptions as rows, and back.

use super::{entity::subscription, from_word, to_word};
use crate::Error;
use billing::{id::CustomerId, tier::Subscription, time::Timestamp, tokens::Tokens};

/// The subscription that a row is.
pub(crate) fn subscription_of(row: &subscription::Model) -> Result<Subscription, Error> {
    let bad = |what: String| Error::corrupt("subscription", &row.id, what);
    let ends_at = row.ends_at.map(Timestamp::from_micros).transpose();
    Ok(Subscription {
        id: row.id.parse().map_err(|error| bad(format!("{error}")))?,
        tier: from_word("subscription", &row.id, &row.tier)?,
        billing: from_word("subscription", &row.id, &row.billing)?,
        anchor_on: row.anchor_on.parse().map_err(|error| bad(format!("{error}")))?,
        allowance: Tokens::new(row.allowance_tokens).map_err(|error| bad(error.to_string()))?,
        refreshed_cycles: row.refreshed_cycles.try_into().map_err(|error| bad(format!("{error}")))?,
        ends_at: ends_at.map_err(|error| bad(error.to_string()))?,
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
        tier: to_word(&subscription.tier)?,
        billing: to_word(&subscription.billing)?,
        anchor_on: subscription.anchor_on.to_string(),
        allowance_tokens: subscription.allowance.get(),
        refreshed_cycles: subscription.refreshed_cycles.into(),
        refreshes_at: subscription.next_cycle().map_or(i64::MAX, |cycle| cycle.starts_at.micros()),
        ends_at: subscription.ends_at.map(Timestamp::micros),
    })
}
