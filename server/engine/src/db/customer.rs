//! Customers as rows.

use super::{entity::customer, from_word};
use crate::Error;
use billing::{
    customer::PaymentStanding,
    sample,
    tier::{Terms, Tier},
    time::Timestamp,
};

/// Whether a customer has paid what is due, at an instant.
pub(crate) fn standing_of(row: &customer::Model, at: Timestamp) -> Result<PaymentStanding, Error> {
    let block =
        row.payment_block.as_deref().map(|block| from_word("customer", &row.id, block)).transpose()?;
    let grace_until = row.grace_until.map(Timestamp::from_micros).transpose();
    let grace_until = grace_until.map_err(|error| Error::corrupt("customer", &row.id, error))?;
    Ok(PaymentStanding::of(block, grace_until, at))
}

/// What a customer's tier allows; no limits where no tier applies.
pub(crate) fn terms_of(row: &customer::Model) -> Result<Terms, Error> {
    let tier: Option<Tier> =
        row.tier.as_deref().map(|tier| from_word("customer", &row.id, tier)).transpose()?;
    let terms = tier.map_or(Ok(Terms::UNLIMITED), sample::terms);
    terms.map_err(|error| Error::corrupt("customer", &row.id, error))
}
