//! The sums of the P&L made anew from the journals, customer by customer. What comes out is byte for byte what the acts have
//! summed up on the way.

use crate::{
    Engine, Error,
    db::{
        begin_write,
        entity::{
            cost_completion, cost_entry, customer, pnl_day, pnl_month, pnl_production, revenue_entry,
            step_attempt, token_entry,
        },
        rows,
    },
    writer::{FAILED, Rollup, lock_wallet},
};
use futures::TryStreamExt;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect,
    Select, Statement,
};
use std::collections::HashMap;

impl Engine {
    /// Makes the sums of every customer anew; answers how many customers there are. Acts go on meanwhile: each customer's
    /// wallet is locked while its own sums are made.
    pub async fn rebuild_rollups(&self) -> Result<usize, Error> {
        let read = &self.shared.pools.read;
        let all: Vec<String> = customer::Entity::find()
            .select_only()
            .column(customer::Column::Id)
            .into_tuple()
            .all(read)
            .await?;
        for customer in &all {
            let transaction = begin_write(&self.shared.pools.side).await?;
            lock_wallet(&transaction, customer).await?;
            rebuild(&transaction, customer).await?;
            transaction.commit().await?;
        }
        Ok(all.len())
    }

    /// How many calls of the journal are in no sum: 0, since both are written together.
    pub async fn rollup_lag(&self) -> Result<i64, Error> {
        let text = "SELECT (SELECT CAST(count(*) AS BIGINT) FROM cost_entry) \
                    - (SELECT CAST(COALESCE(sum(attempts), 0) AS BIGINT) FROM pnl_month) AS lag";
        let read = &self.shared.pools.read;
        let row = read.query_one_raw(Statement::from_string(read.get_database_backend(), text)).await?;
        row.map_or(Ok(0), |row| Ok(row.try_get("", "lag")?))
    }

    /// Books that are older than the sums get them once.
    pub(crate) async fn have_rollups(&self) -> Result<(), Error> {
        let read = &self.shared.pools.read;
        let missing = pnl_month::Entity::find().limit(1).count(read).await? == 0
            && cost_entry::Entity::find().limit(1).count(read).await? > 0;
        if missing {
            self.rebuild_rollups().await?;
        }
        Ok(())
    }
}

async fn rebuild(transaction: &DatabaseTransaction, customer: &str) -> Result<(), Error> {
    pnl_production::Entity::delete_many()
        .filter(pnl_production::Column::CustomerId.eq(customer))
        .exec(transaction)
        .await?;
    pnl_day::Entity::delete_many().filter(pnl_day::Column::CustomerId.eq(customer)).exec(transaction).await?;
    pnl_month::Entity::delete_many()
        .filter(pnl_month::Column::CustomerId.eq(customer))
        .exec(transaction)
        .await?;
    let mut rollup = Rollup::default();
    let failed = step_attempt::Entity::find()
        .filter(step_attempt::Column::CustomerId.eq(customer))
        .filter(step_attempt::Column::Verdict.eq(FAILED));
    each(failed, transaction, |row| {
        rollup.attempt(&row);
        Ok(())
    })
    .await?;
    let mut unpriced = HashMap::new();
    let costs = cost_entry::Entity::find().filter(cost_entry::Column::CustomerId.eq(customer));
    each(costs, transaction, |row| {
        rollup.cost(&row)?;
        if row.unpriced.is_some() {
            unpriced.insert((row.production.clone(), row.step.clone(), row.attempt), row);
        }
        Ok(())
    })
    .await?;
    let completed = cost_completion::Entity::find().filter(cost_completion::Column::CustomerId.eq(customer));
    each(completed, transaction, |row| {
        let of = unpriced.get(&(row.production.clone(), row.step.clone(), row.attempt));
        let of = of.ok_or_else(|| Error::corrupt("cost_completion", &row.step, "completes no cost"))?;
        rollup.completion(of, &row)
    })
    .await?;
    let tokens = token_entry::Entity::find()
        .filter(token_entry::Column::CustomerId.eq(customer))
        .filter(token_entry::Column::CreditPool.eq("used"));
    each(tokens, transaction, |row| rollup.tokens(&row)).await?;
    let revenue = revenue_entry::Entity::find().filter(revenue_entry::Column::CustomerId.eq(customer));
    each(revenue, transaction, |row| rollup.revenue(&row)).await?;
    rows::add::<pnl_production::Entity>(transaction, &rollup.productions()).await?;
    rows::add::<pnl_day::Entity>(transaction, &rollup.days()).await?;
    rows::add::<pnl_month::Entity>(transaction, &rollup.months()).await
}

/// Visits each row as it comes: a customer's journals need not fit into memory.
async fn each<E: EntityTrait>(
    rows: Select<E>,
    transaction: &DatabaseTransaction,
    mut visit: impl FnMut(E::Model) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut rows = rows.stream(transaction).await?;
    while let Some(row) = rows.try_next().await? {
        visit(row)?;
    }
    Ok(())
}
