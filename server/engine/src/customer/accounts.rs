//! A customer's accounts with what they may do, what they have spent this month, and what they run.

use crate::{
    Engine, Error,
    db::{
        budget::limits_of,
        entity::{account, budget, budget_month, token_hold},
        from_word,
    },
    team::Member,
};
use billing::{
    budget::{Budget, Limits},
    customer::AccountStatus,
    id::{AccountId, CustomerId},
    money::{Cost, Currency},
    team::Scope,
    time::{Month, Timestamp},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::HashMap;

/// One account as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountLine {
    /// Which one.
    pub id: AccountId,
    /// Its name.
    pub name: String,
    /// Whether it may produce.
    pub status: AccountStatus,
    /// Customer-facing AI cost this month: spent.
    pub spent: Cost,
    /// Customer-facing AI cost this month: held by running productions.
    pub held: Cost,
    /// Its limit this month and what stands against it; none where none is set.
    pub budget: Option<Budget>,
    /// What its limits are set to.
    pub limits: Limits,
    /// When this month's spending reached the amount at which somebody is told.
    pub told_at: Option<Timestamp>,
    /// How many productions it runs.
    pub running: u64,
    /// How many it may run at once; none where there is no limit.
    pub concurrency: Option<u64>,
}

impl Engine {
    /// Every account of a customer, by name.
    pub async fn accounts(&self, customer: CustomerId) -> Result<Vec<AccountLine>, Error> {
        let rows = account::Entity::find()
            .filter(account::Column::CustomerId.eq(customer.to_string()))
            .order_by_asc(account::Column::Name)
            .order_by_asc(account::Column::Id)
            .all(&self.shared.pools.read)
            .await?;
        self.account_lines(customer, rows).await
    }

    /// The accounts that the member reaches, by name.
    pub async fn accounts_of(&self, member: &Member) -> Result<Vec<AccountLine>, Error> {
        let mut accounts = self.accounts(member.customer).await?;
        accounts.retain(|line| member.reach.covers(Scope::Account(member.customer, line.id)));
        Ok(accounts)
    }

    /// One account of a customer.
    pub async fn account(&self, customer: CustomerId, account: AccountId) -> Result<AccountLine, Error> {
        let key = (customer.to_string(), account.to_string());
        let row = account::Entity::find_by_id(key).one(&self.shared.pools.read).await?;
        let lines = self.account_lines(customer, row.into_iter().collect()).await?;
        lines.into_iter().next().ok_or(Error::NotFound("account"))
    }

    async fn account_lines(
        &self,
        customer: CustomerId,
        rows: Vec<account::Model>,
    ) -> Result<Vec<AccountLine>, Error> {
        let (read, month, owner) = (&self.shared.pools.read, self.now().month(), customer.to_string());
        let of = self.customer_row(customer).await?;
        let currency = from_word("customer", customer, &of.currency)?;
        let concurrency = self.terms_of(&of).await?.concurrency;
        let limits = budget::Entity::find()
            .filter(budget::Column::CustomerId.eq(&owner))
            .filter(budget::Column::ScopeKind.eq("account"))
            .all(read)
            .await?;
        let limits: HashMap<String, budget::Model> =
            limits.into_iter().map(|row| (row.scope_id.clone(), row)).collect();
        let spending = budget_month::Entity::find()
            .filter(budget_month::Column::CustomerId.eq(&owner))
            .filter(budget_month::Column::ScopeKind.eq("account"))
            .filter(budget_month::Column::Month.eq(month.to_string()))
            .all(read)
            .await?;
        let spending: HashMap<String, budget_month::Model> =
            spending.into_iter().map(|row| (row.scope_id.clone(), row)).collect();
        let running: HashMap<String, i64> = token_hold::Entity::find()
            .select_only()
            .column(token_hold::Column::AccountId)
            .column_as(token_hold::Column::Production.count(), "running")
            .filter(token_hold::Column::CustomerId.eq(&owner))
            .filter(token_hold::Column::EndedAt.is_null())
            .group_by(token_hold::Column::AccountId)
            .into_tuple::<(String, i64)>()
            .all(read)
            .await?
            .into_iter()
            .collect();
        rows.into_iter()
            .map(|mut row| {
                row.concurrency = row.concurrency.or(concurrency);
                let running = running.get(&row.id).copied().unwrap_or_default();
                let (limits, spending) = (limits.get(&row.id), spending.get(&row.id));
                account_line(row, currency, month, limits, spending, running)
            })
            .collect()
    }
}

fn account_line(
    row: account::Model,
    currency: Currency,
    month: Month,
    limits: Option<&budget::Model>,
    spending: Option<&budget_month::Model>,
    running: i64,
) -> Result<AccountLine, Error> {
    let of = |part: fn(&budget_month::Model) -> i64| Cost::new(spending.map_or(0, part), currency);
    let (spent, held) = (of(|row| row.spent_micros), of(|row| row.held_micros));
    let limits = limits.map(|row| limits_of(row, currency)).transpose()?.unwrap_or_default();
    let limit = limits.stop_at(month).map(billing::money::Money::to_cost).transpose();
    let limit = limit.map_err(|error| Error::corrupt("budget", &row.id, error))?;
    let told_at = spending.and_then(|row| row.told_at).map(Timestamp::from_micros).transpose();
    Ok(AccountLine {
        concurrency: row.concurrency.map(|limit| u64::try_from(limit).unwrap_or_default()),
        id: row.id.parse().map_err(|error| Error::corrupt("account", &row.id, error))?,
        status: from_word("account", &row.id, &row.status)?,
        told_at: told_at.map_err(|error| Error::corrupt("budget_month", &row.id, error))?,
        name: row.name,
        spent,
        held,
        budget: limit.map(|limit| Budget { limit, spent, held, resets_at: month.end() }),
        limits,
        running: u64::try_from(running).unwrap_or_default(),
    })
}
