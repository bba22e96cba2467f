//! Lots and ledger entries as rows, and back.

use super::{
    entity::{token_entry, token_grant},
    from_word, to_word,
};
use crate::{Error, writer::NewGrant};
use billing::{
    allowance::{Entry, Grant},
    id::CustomerId,
    money::Money,
    time::Timestamp,
    tokens::Tokens,
};

/// The lot that a row is.
pub(crate) fn grant_of(row: &token_grant::Model) -> Result<Grant, Error> {
    let bad = |what: String| Error::corrupt("token_grant", &row.id, what);
    let tokens = |count| Tokens::new(count).map_err(|error| bad(error.to_string()));
    let time = |micros| Timestamp::from_micros(micros).map_err(|error| bad(error.to_string()));
    Ok(Grant {
        id: row.id.parse().map_err(|error| bad(format!("{error}")))?,
        source: from_word("token_grant", &row.id, &row.source)?,
        amount: tokens(row.amount_tokens)?,
        remaining: tokens(row.remaining_tokens)?,
        held: tokens(row.held_tokens)?,
        clawed: tokens(row.clawed_tokens.unwrap_or_default())?,
        effective_at: time(row.effective_at)?,
        expires_at: row.expires_at.map(time).transpose()?,
    })
}

/// The row of a lot that comes into being.
pub(crate) fn grant_row(
    customer: CustomerId,
    new: &NewGrant,
    created_at: Timestamp,
) -> Result<token_grant::Model, Error> {
    let grant = &new.grant;
    Ok(token_grant::Model {
        customer_id: customer.to_string(),
        id: grant.id.to_string(),
        source: to_word(&grant.source)?,
        amount_tokens: grant.amount.get(),
        remaining_tokens: grant.remaining.get(),
        held_tokens: grant.held.get(),
        effective_at: grant.effective_at.micros(),
        expires_at: grant.expires_at.map(Timestamp::micros),
        price_paid_minor: new.price_paid.map(Money::minor),
        payment_id: new.order.map(|order| order.to_string()),
        created_at: created_at.micros(),
        subscription_id: new.cycle.map(|(subscription, _)| subscription.to_string()),
        cycle: new.cycle.map(|(_, number)| number.into()),
        clawed_tokens: None,
    })
}

/// The row of a ledger entry.
pub(crate) fn entry_row(entry: Entry) -> token_entry::Model {
    token_entry::Model {
        customer_id: entry.customer.to_string(),
        seq: entry.seq,
        id: entry.id.to_string(),
        debit_pool: entry.transfer.debit.word().to_owned(),
        credit_pool: entry.transfer.credit.word().to_owned(),
        tokens: entry.transfer.tokens.get(),
        grant_id: entry.transfer.grant.map(|id| id.to_string()),
        account_id: entry.cause.account.map(|id| id.to_string()),
        production: entry.cause.production.map(String::from),
        step: entry.cause.step.map(String::from),
        attempt: entry.cause.attempt,
        tariff_version: entry.cause.tariff_version,
        left_before: entry.left_before.get(),
        left_after: entry.left_after.get(),
        held_after: entry.held_after.get(),
        occurred_at: entry.occurred_at.micros(),
        posted_on: entry.posted_on.to_string(),
        hash: entry.hash,
        member_id: entry.cause.member.map(|id| id.to_string()),
    }
}
