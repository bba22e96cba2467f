//! Customers as rows.

use super::{entity::customer, from_json, from_word, to_json, to_word};
use crate::{Error, writer::Payer};
use billing::{customer::PaymentStanding, time::Timestamp};

/// Whether a customer has paid what is due, at an instant.
pub(crate) fn standing_of(row: &customer::Model, at: Timestamp) -> Result<PaymentStanding, Error> {
    Ok(payer_of(row)?.standing(at))
}

/// What stands about a customer as it pays.
pub(crate) fn payer_of(row: &customer::Model) -> Result<Payer, Error> {
    let grace_until = row.grace_until.map(Timestamp::from_micros).transpose();
    Ok(Payer {
        tier: row.tier.as_deref().map(|tier| from_word("customer", &row.id, tier)).transpose()?,
        block: row.payment_block.as_deref().map(|block| from_word("customer", &row.id, block)).transpose()?,
        grace_until: grace_until.map_err(|error| Error::corrupt("customer", &row.id, error))?,
        details: row
            .billing_details
            .as_deref()
            .map(|json| from_json("customer", &row.id, json))
            .transpose()?,
        invoices: row.invoices.unwrap_or_default(),
        risk_score: row.risk_score.unwrap_or_default(),
        credit_notes: row.credit_notes.unwrap_or_default(),
        used_told_for: row.used_told_for,
        overdue_told_for: row.overdue_told_for,
    })
}

/// The row of a customer, of whom this now stands.
pub(crate) fn payer_row(row: &customer::Model, payer: &Payer) -> Result<customer::Model, Error> {
    Ok(customer::Model {
        tier: payer.tier.as_ref().map(to_word).transpose()?,
        payment_block: payer.block.as_ref().map(to_word).transpose()?,
        grace_until: payer.grace_until.map(Timestamp::micros),
        billing_details: payer
            .details
            .as_ref()
            .map(|details| to_json("customer", &row.id, details))
            .transpose()?,
        invoices: Some(payer.invoices),
        risk_score: (payer.risk_score > 0).then_some(payer.risk_score),
        credit_notes: (payer.credit_notes > 0).then_some(payer.credit_notes),
        used_told_for: payer.used_told_for,
        overdue_told_for: payer.overdue_told_for,
        ..row.clone()
    })
}
