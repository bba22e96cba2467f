//! Costs that were unknown when they were booked, and are known since a list was imported. They are booked to the month that
//! they belong to until it is closed, afterwards to the day of their completion: a closed month never changes.

use super::close::closes_at;
use crate::{
    Engine, Error,
    db::{
        entity::{cost_completion, cost_entry, step_attempt},
        from_json, rows,
    },
    writer::{Act, Books, Desk, Touch},
};
use billing::{id::CustomerId, pnl::CallCost, production::Quantity, time::Timestamp};
use chrono::NaiveDate;
use sea_orm::{ColumnTrait, DatabaseConnection, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::json;

/// Calls that are looked at at once.
const AT_ONCE: u64 = 500;

/// The act: the costs of some calls of one customer.
struct Complete {
    customer: CustomerId,
    /// Each with its attempt, where it is of a step.
    calls: Vec<(cost_entry::Model, Option<step_attempt::Model>)>,
}

impl Act for Complete {
    /// How many became known.
    type Answer = u64;

    fn touches(&self) -> Touch {
        Touch::wallet(self.customer)
    }

    fn decide(&self, books: &mut Books, desk: &Desk) -> Result<u64, Error> {
        let mut completed = 0;
        for (call, tried) in &self.calls {
            if let Some(row) = completion(call, books, desk)? {
                books.journal.completions.push((call.clone(), tried.clone(), row));
                completed += 1;
            }
        }
        Ok(completed)
    }
}

fn completion(
    call: &cost_entry::Model,
    books: &Books,
    desk: &Desk,
) -> Result<Option<cost_completion::Model>, Error> {
    let bad = |error: &dyn std::fmt::Display| Error::corrupt("cost_entry", &call.step, error.to_string());
    // What was booked before quantities were kept cannot be computed any more.
    let Some(quantity) = &call.quantity else { return Ok(None) };
    let quantity: Quantity = from_json("cost_entry", &call.step, quantity)?;
    let occurred_at = Timestamp::from_micros(call.occurred_at).map_err(|error| bad(&error))?;
    let cost = desk.catalog.call_cost(&quantity, call.model.as_deref(), books.currency, occurred_at);
    let CallCost::Known(known) = cost else { return Ok(None) };
    let booked_on: NaiveDate = call.posted_on.parse().map_err(|error| bad(&error))?;
    let (month, today) = (Timestamp::midnight(booked_on).month(), desk.at.day());
    let posted_on = if desk.at < closes_at(month) { month.last_day().min(today) } else { today };
    let (basis, exchange) = (&known.basis, known.basis.exchange);
    Ok(Some(cost_completion::Model {
        customer_id: call.customer_id.clone(),
        production: call.production.clone(),
        step: call.step.clone(),
        attempt: call.attempt,
        raw_micros: known.raw.micros(),
        raw_currency: known.raw.currency().to_string(),
        charged_micros: known.charged.micros(),
        price_version: basis.price_version,
        provider_rate: exchange.map(|rates| rates.provider),
        customer_rate: exchange.map(|rates| rates.customer),
        rates_on: exchange.map(|rates| rates.rates_on.to_string()),
        markup_version: basis.markup_version,
        completed_at: desk.at.micros(),
        posted_on: posted_on.to_string(),
    }))
}

impl Engine {
    /// Completes every cost that the lists in force can tell; answers how many.
    pub async fn complete_costs(&self) -> Result<u64, Error> {
        let (mut completed, mut after) = (0, None);
        loop {
            let calls = unknown(&self.shared.pools.read, after.as_ref()).await?;
            let Some(last) = calls.last() else { return Ok(completed) };
            after =
                Some((last.customer_id.clone(), last.production.clone(), last.step.clone(), last.attempt));
            for calls in calls.chunk_by(|one, next| one.customer_id == next.customer_id) {
                let id = &calls[0].customer_id;
                let customer = id.parse().map_err(|error| Error::corrupt("cost_entry", id, error))?;
                let open = still_unknown(&self.shared.pools.read, calls).await?;
                let calls = with_attempts(&self.shared.pools.read, open).await?;
                completed += self.writer.ask(Complete { customer, calls }).await?;
            }
        }
    }
}

type After = (String, String, String, i64);

async fn unknown(read: &DatabaseConnection, after: Option<&After>) -> Result<Vec<cost_entry::Model>, Error> {
    use cost_entry::Column::{Attempt, CustomerId, Production, Step, Unpriced};
    use sea_orm::sea_query::{Expr, ExprTrait};
    let mut found = cost_entry::Entity::find().filter(Unpriced.is_not_null());
    if let Some((customer, production, step, attempt)) = after {
        let row = Expr::tuple([CustomerId, Production, Step, Attempt].map(Expr::col));
        let last = Expr::tuple([
            customer.as_str().into(),
            production.as_str().into(),
            step.as_str().into(),
            (*attempt).into(),
        ]);
        found = found.filter(row.gt(last));
    }
    let ordered = found
        .order_by_asc(CustomerId)
        .order_by_asc(Production)
        .order_by_asc(Step)
        .order_by_asc(Attempt)
        .limit(AT_ONCE);
    Ok(ordered.all(read).await?)
}

/// Without those that were completed before.
async fn still_unknown(
    read: &DatabaseConnection,
    calls: &[cost_entry::Model],
) -> Result<Vec<cost_entry::Model>, Error> {
    use cost_completion::Column::{Attempt, CustomerId, Production, Step};
    let columns = [CustomerId, Production, Step, Attempt];
    let known = rows::load::<cost_completion::Entity>(read, &columns, calls.iter().map(key), "").await?;
    let done = |call: &&cost_entry::Model| {
        known.iter().any(|row| {
            (&row.production, &row.step, row.attempt) == (&call.production, &call.step, call.attempt)
        })
    };
    Ok(calls.iter().filter(|call| !done(call)).cloned().collect())
}

fn key(row: &cost_entry::Model) -> Vec<serde_json::Value> {
    vec![json!(row.customer_id), json!(row.production), json!(row.step), json!(row.attempt)]
}

/// Each with its attempt: a call outside productions has none.
async fn with_attempts(
    read: &DatabaseConnection,
    calls: Vec<cost_entry::Model>,
) -> Result<Vec<(cost_entry::Model, Option<step_attempt::Model>)>, Error> {
    use step_attempt::Column::{Attempt, CustomerId, Production, Step};
    let columns = [CustomerId, Production, Step, Attempt];
    let tried = rows::load::<step_attempt::Entity>(read, &columns, calls.iter().map(key), "").await?;
    let of = |call: &cost_entry::Model| {
        let name = (&call.production, &call.step, call.attempt);
        tried.iter().find(|row| (&row.production, &row.step, row.attempt) == name).cloned()
    };
    Ok(calls
        .into_iter()
        .map(|call| {
            let tried = of(&call);
            (call, tried)
        })
        .collect())
}
