//! The rows of a receipt.

use super::{ReceiptCall, ReceiptEntry, ReceiptLot, ReceiptStep};
use crate::{
    Error,
    db::{
        entity::{cost_entry, production_step, step_attempt, token_entry, token_grant},
        from_json, from_word,
    },
};
use billing::{id::ProductionName, money::Cost, time::Timestamp, tokens::Tokens};
use sea_orm::{ColumnTrait, DatabaseConnection, EntityTrait, QueryFilter};
use std::collections::HashMap;

pub(super) async fn calls(
    read: &DatabaseConnection,
    owner: &str,
    production: &ProductionName,
    costs: &[cost_entry::Model],
) -> Result<Vec<ReceiptCall>, Error> {
    let attempts = step_attempt::Entity::find()
        .filter(step_attempt::Column::CustomerId.eq(owner))
        .filter(step_attempt::Column::Production.eq(production.as_str()))
        .all(read)
        .await?;
    let verdicts: HashMap<(&str, i64), &str> =
        attempts.iter().map(|row| ((row.step.as_str(), row.attempt), row.verdict.as_str())).collect();
    let call = |row: &cost_entry::Model| {
        let bad = |what: &str| Error::corrupt("cost_entry", &row.step, what);
        let verdict = verdicts.get(&(row.step.as_str(), row.attempt)).ok_or_else(|| bad("has no attempt"))?;
        let currency = from_word("cost_entry", &row.step, &row.charged_currency)?;
        let unpriced = row.unpriced.as_deref().map(|why| from_word("cost_entry", &row.step, why));
        Ok(ReceiptCall {
            step: row.step.parse().map_err(|_| bad("step"))?,
            number: row.attempt,
            verdict: from_word("step_attempt", &row.step, verdict)?,
            model: row.model.clone(),
            charged: row.charged_micros.map(|micros| Cost::new(micros, currency)),
            unpriced: unpriced.transpose()?,
            source: None,
        })
    };
    costs.iter().map(call).collect()
}

/// The entries of a production, oldest first. Not put in order by the database: `SQLite`, which counts no rows beforehand, would
/// rather walk through all entries of the customer, which are in that order already.
pub(super) async fn booked(
    read: &DatabaseConnection,
    owner: &str,
    production: &ProductionName,
) -> Result<Vec<token_entry::Model>, Error> {
    let mut rows = token_entry::Entity::find()
        .filter(token_entry::Column::CustomerId.eq(owner))
        .filter(token_entry::Column::Production.eq(production.as_str()))
        .all(read)
        .await?;
    rows.sort_unstable_by_key(|row| row.seq);
    Ok(rows)
}

pub(super) fn steps(planned: &[production_step::Model]) -> Result<Vec<ReceiptStep>, Error> {
    let step = |row: &production_step::Model| {
        let bad = |what: &str| Error::corrupt("production_step", &row.step, what);
        Ok(ReceiptStep {
            name: row.step.parse().map_err(|_| bad("step"))?,
            stage: row.stage.clone(),
            quantity: from_json("production_step", &row.step, &row.quantity)?,
            tokens: Tokens::new(row.tokens).map_err(|_| bad("tokens"))?,
        })
    };
    planned.iter().map(step).collect()
}

pub(super) fn lot(row: &token_grant::Model) -> Result<ReceiptLot, Error> {
    let bad = |what: &str| Error::corrupt("token_grant", &row.id, what);
    Ok(ReceiptLot {
        id: row.id.parse().map_err(|_| bad("id"))?,
        source: from_word("token_grant", &row.id, &row.source)?,
        effective_at: Timestamp::from_micros(row.effective_at).map_err(|_| bad("effective_at"))?,
    })
}

pub(super) fn entry(
    row: &token_entry::Model,
    lots: &[token_grant::Model],
    planned: &[production_step::Model],
) -> Result<ReceiptEntry, Error> {
    let bad = |what: &'static str| move || Error::corrupt("token_entry", row.seq, what);
    let grant = row.grant_id.as_deref().map(|id| {
        let lot = lots.iter().find(|lot| lot.id == *id).ok_or_else(bad("refers to nothing"))?;
        let source = from_word("token_grant", id, &lot.source)?;
        Ok::<_, Error>((id.parse().map_err(|_| bad("grant")())?, source))
    });
    let of_plan = row.step.as_ref().and_then(|name| planned.iter().find(|row| row.step == *name));
    let step = row.step.as_deref().map(|name| {
        let kind = &of_plan.ok_or_else(bad("refers to nothing"))?.kind;
        let kind = from_word("production_step", name, kind)?;
        Ok::<_, Error>((name.parse().map_err(|_| bad("step")())?, kind))
    });
    Ok(ReceiptEntry {
        id: row.id.parse().map_err(|_| bad("id")())?,
        seq: row.seq,
        debit: from_word("token_entry", row.seq, &row.debit_pool)?,
        credit: from_word("token_entry", row.seq, &row.credit_pool)?,
        tokens: Tokens::new(row.tokens).map_err(|_| bad("tokens")())?,
        grant: grant.transpose()?,
        step: step.transpose()?,
        planned: of_plan.map(|plan| from_json("production_step", &plan.step, &plan.quantity)).transpose()?,
        tariff_version: row.tariff_version,
        occurred_at: Timestamp::from_micros(row.occurred_at).map_err(|_| bad("occurred_at")())?,
    })
}
