//! Customers as rows.

use super::{entity::customer, from_word};
use crate::Error;
use billing::{customer::PaymentStanding, time::Timestamp};

/// Whether a customer has paid what is due, at an instant.
pub(crate) fn standing_of(row: &customer::Model, at: Timestamp) -> Result<PaymentStanding, Error> {
    let block =
        row.payment_block.as_deref().map(|block| from_word("customer", &row.id, block)).transpose()?;
    let grace_until = row.grace_until.map(Timestamp::from_micros).transpose();
    let grace_until = grace_until.map_err(|error| Error::corrupt("customer", &row.id, error))?;
    Ok(PaymentStanding::of(block, grace_until, at))
}
