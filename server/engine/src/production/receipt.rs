//! The receipt of a production: every token with its lot, step and tariff version.

use crate::{
    Engine, Error,
    db::{
        entity::{
            cost_entry, hold_draw, production, production_step, step_attempt, token_entry, token_grant,
            token_hold,
        },
        from_json, from_word,
        production::hold_of,
    },
    writer::Verdict,
};
use billing::{
    allowance::{Pool, Source},
    id::{AccountId, CustomerId, EntryId, GrantId, ProductionId, ProductionName, StepName},
    money::Cost,
    pnl::Unpriced,
    production::{Hold, Kind, Quantity},
    time::Timestamp,
    tokens::Tokens,
};
use sea_orm::{ColumnTrait, DatabaseConnection, EntityTrait, QueryFilter, QueryOrder};
use std::collections::HashMap;

/// One ledger entry of a production.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptEntry {
    /// Which entry.
    pub id: EntryId,
    /// Its number in the customer's ledger.
    pub seq: i64,
    /// Where the tokens came from.
    pub debit: Pool,
    /// Where they went.
    pub credit: Pool,
    /// How many.
    pub tokens: Tokens,
    /// The lot, and where it came from; none for an overdraft.
    pub grant: Option<(GrantId, Source)>,
    /// The step that was charged, and its kind.
    pub step: Option<(StepName, Kind)>,
    /// What the step was planned with: the tariff's line follows from it.
    pub planned: Option<Quantity>,
    /// The tariff that set the amount.
    pub tariff_version: Option<i64>,
    /// When it happened.
    pub occurred_at: Timestamp,
}

/// One reported call of a production.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptCall {
    /// The step.
    pub step: StepName,
    /// Which try.
    pub number: i64,
    /// What became of it.
    pub verdict: Verdict,
    /// The model that ran it, or its kind's default.
    pub model: Option<String>,
    /// What it cost the customer; none where that is not known.
    pub charged: Option<Cost>,
    /// Why that is not known, where it is not.
    pub unpriced: Option<Unpriced>,
}

/// A production with everything that was booked for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The pipeline's name of it.
    pub production: ProductionName,
    /// Ours.
    pub id: ProductionId,
    /// For which account.
    pub account: AccountId,
    /// What people call it.
    pub title: String,
    /// When it was admitted.
    pub admitted_at: Timestamp,
    /// Its hold.
    pub hold: Hold,
    /// Tokens set aside at admission.
    pub tokens: Tokens,
    /// The tariff that it was admitted under.
    pub tariff_version: i64,
    /// Its calls, by step and try.
    pub calls: Vec<ReceiptCall>,
    /// Customer-facing cost of its calls, as far as it is known.
    pub cost: Cost,
    /// How many of its calls have no known cost.
    pub unknown_costs: usize,
    /// Its ledger entries, oldest first.
    pub entries: Vec<ReceiptEntry>,
}

impl Engine {
    /// Customers who have a production of this name; for whoever runs the installation.
    pub async fn owners_of(&self, production: &ProductionName) -> Result<Vec<CustomerId>, Error> {
        let rows = production::Entity::find()
            .filter(production::Column::Name.eq(production.as_str()))
            .order_by_asc(production::Column::CustomerId)
            .all(&self.shared.pools.read)
            .await?;
        let owner = |row: production::Model| {
            row.customer_id.parse().map_err(|error| Error::corrupt("production", production, error))
        };
        rows.into_iter().map(owner).collect()
    }

    /// A production and everything that was booked for it.
    pub async fn receipt(&self, customer: CustomerId, production: &ProductionName) -> Result<Receipt, Error> {
        let read = &self.shared.pools.read;
        let owner = customer.to_string();
        let key = (owner.clone(), production.to_string());
        let missing = Error::NotFound("production");
        let row = production::Entity::find_by_id(key.clone()).one(read).await?.ok_or(missing)?;
        let currency = self.currency(customer).await?;
        let hold = token_hold::Entity::find_by_id(key).one(read).await?;
        let hold = hold.ok_or_else(|| Error::corrupt("token_hold", production, "is missing"))?;
        let draws = hold_draw::Entity::find()
            .filter(hold_draw::Column::CustomerId.eq(&owner))
            .filter(hold_draw::Column::Production.eq(production.as_str()))
            .all(read)
            .await?;
        let costs = cost_entry::Entity::find()
            .filter(cost_entry::Column::CustomerId.eq(&owner))
            .filter(cost_entry::Column::Production.eq(production.as_str()))
            .order_by_asc(cost_entry::Column::Step)
            .order_by_asc(cost_entry::Column::Attempt)
            .all(read)
            .await?;
        let mut cost = Cost::zero(currency);
        for micros in costs.iter().filter_map(|row| row.charged_micros) {
            let sum = cost.plus(Cost::new(micros, currency));
            cost = sum.map_err(|error| Error::corrupt("cost_entry", production, error))?;
        }
        let bad = |what: &str| Error::corrupt("production", production, what);
        Ok(Receipt {
            production: production.clone(),
            id: row.id.parse().map_err(|_| bad("id"))?,
            account: row.account_id.parse().map_err(|_| bad("account"))?,
            title: row.title,
            admitted_at: Timestamp::from_micros(row.admitted_at).map_err(|_| bad("admitted_at"))?,
            tokens: Tokens::new(hold.tokens).map_err(|_| bad("tokens"))?,
            hold: hold_of(&hold, &draws, currency)?,
            tariff_version: row.tariff_version,
            calls: calls(read, &owner, production, &costs).await?,
            cost,
            unknown_costs: costs.iter().filter(|row| row.charged_micros.is_none()).count(),
            entries: entries(read, &owner, production).await?,
        })
    }
}

async fn calls(
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
        })
    };
    costs.iter().map(call).collect()
}

async fn entries(
    read: &DatabaseConnection,
    owner: &str,
    production: &ProductionName,
) -> Result<Vec<ReceiptEntry>, Error> {
    let rows = token_entry::Entity::find()
        .filter(token_entry::Column::CustomerId.eq(owner))
        .filter(token_entry::Column::Production.eq(production.as_str()))
        .order_by_asc(token_entry::Column::Seq)
        .all(read)
        .await?;
    let lots = rows.iter().filter_map(|row| row.grant_id.clone());
    let sources: HashMap<String, String> = token_grant::Entity::find()
        .filter(token_grant::Column::CustomerId.eq(owner))
        .filter(token_grant::Column::Id.is_in(lots))
        .all(read)
        .await?
        .into_iter()
        .map(|row| (row.id, row.source))
        .collect();
    let planned: HashMap<String, production_step::Model> = production_step::Entity::find()
        .filter(production_step::Column::CustomerId.eq(owner))
        .filter(production_step::Column::Production.eq(production.as_str()))
        .all(read)
        .await?
        .into_iter()
        .map(|row| (row.step.clone(), row))
        .collect();
    rows.iter().map(|row| entry(row, &sources, &planned)).collect()
}

fn entry(
    row: &token_entry::Model,
    sources: &HashMap<String, String>,
    planned: &HashMap<String, production_step::Model>,
) -> Result<ReceiptEntry, Error> {
    let bad = |what: &'static str| move || Error::corrupt("token_entry", row.seq, what);
    let grant = row.grant_id.as_deref().map(|id| {
        let source = sources.get(id).ok_or_else(bad("refers to nothing"))?;
        let source = from_word("token_grant", id, source)?;
        Ok::<_, Error>((id.parse().map_err(|_| bad("grant")())?, source))
    });
    let of_plan = row.step.as_deref().and_then(|name| planned.get(name));
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
