//! What a customer sees first: what is left, budgets, the newest productions and refusals.

use super::Usage;
use crate::{
    Engine, Error,
    db::{
        entity::{account, budget, budget_month, production, refusal, token_hold},
        from_json, from_word,
        production::hold_of,
        rows,
    },
};
use billing::{
    Refusal,
    budget::Budget,
    customer::AccountStatus,
    id::{AccountId, CustomerId, ProductionName},
    money::{Cost, Currency, Money},
    production::Status,
    time::{Month, Timestamp},
    tokens::Tokens,
};
use sea_orm::{ColumnTrait, DatabaseConnection, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::json;
use std::collections::HashMap;

/// Productions that the overview lists.
const NEWEST: u64 = 6;

/// One account as Overview shows it.
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
    /// Its limit this month; none where none is set.
    pub budget: Option<Budget>,
}

/// One production as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProductionLine {
    /// The pipeline's name of it.
    pub production: ProductionName,
    /// What people call it.
    pub title: String,
    /// The account's name.
    pub account_name: String,
    /// Where it stands.
    pub status: Status,
    /// Tokens still held.
    pub held: Tokens,
    /// Tokens charged.
    pub used: Tokens,
    /// When it was admitted.
    pub admitted_at: Timestamp,
}

/// One refusal as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusalLine {
    /// What people call the production that was refused.
    pub title: String,
    /// When.
    pub refused_at: Timestamp,
    /// Why, with figures.
    pub refusal: Refusal,
}

/// What a customer sees first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overview {
    /// What is left.
    pub usage: Usage,
    /// The customer's accounts by name.
    pub accounts: Vec<AccountLine>,
    /// The newest productions, newest first.
    pub productions: Vec<ProductionLine>,
    /// The newest refusal of the current month, if any.
    pub refusal: Option<RefusalLine>,
}

impl Engine {
    /// What a customer sees first.
    pub async fn overview(&self, customer: CustomerId) -> Result<Overview, Error> {
        let usage = self.usage(customer).await?;
        let accounts = self.accounts(customer).await?;
        let names: HashMap<String, String> =
            accounts.iter().map(|account| (account.id.to_string(), account.name.clone())).collect();
        let read = &self.shared.pools.read;
        Ok(Overview {
            productions: productions(read, customer, self.currency(customer).await?, &names).await?,
            refusal: newest_refusal(read, customer, usage.capacity.as_of.month()).await?,
            usage,
            accounts,
        })
    }

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
        let currency = self.currency(customer).await?;
        let limits: HashMap<String, i64> = budget::Entity::find()
            .filter(budget::Column::CustomerId.eq(&owner))
            .filter(budget::Column::ScopeKind.eq("account"))
            .all(read)
            .await?
            .into_iter()
            .filter_map(|row| Some((row.scope_id, row.limit_minor?)))
            .collect();
        let spending: HashMap<String, (i64, i64)> = budget_month::Entity::find()
            .filter(budget_month::Column::CustomerId.eq(&owner))
            .filter(budget_month::Column::ScopeKind.eq("account"))
            .filter(budget_month::Column::Month.eq(month.to_string()))
            .all(read)
            .await?
            .into_iter()
            .map(|row| (row.scope_id, (row.spent_micros, row.held_micros)))
            .collect();
        rows.into_iter()
            .map(|row| {
                let limit = limits.get(&row.id).copied();
                let (spent, held) = spending.get(&row.id).copied().unwrap_or_default();
                account_line(row, currency, month, limit, (spent, held))
            })
            .collect()
    }
}

fn account_line(
    row: account::Model,
    currency: Currency,
    month: Month,
    limit_minor: Option<i64>,
    (spent, held): (i64, i64),
) -> Result<AccountLine, Error> {
    let (spent, held) = (Cost::new(spent, currency), Cost::new(held, currency));
    let limit = limit_minor.map(|minor| Money::new(minor, currency).to_cost()).transpose();
    let limit = limit.map_err(|error| Error::corrupt("budget", &row.id, error))?;
    Ok(AccountLine {
        id: row.id.parse().map_err(|error| Error::corrupt("account", &row.id, error))?,
        status: from_word("account", &row.id, &row.status)?,
        name: row.name,
        spent,
        held,
        budget: limit.map(|limit| Budget { limit, spent, held, resets_at: month.end() }),
    })
}

async fn productions(
    read: &DatabaseConnection,
    customer: CustomerId,
    currency: Currency,
    account_names: &HashMap<String, String>,
) -> Result<Vec<ProductionLine>, Error> {
    let newest = production::Entity::find()
        .filter(production::Column::CustomerId.eq(customer.to_string()))
        .order_by_desc(production::Column::AdmittedAt)
        .order_by_desc(production::Column::Id)
        .limit(NEWEST)
        .all(read)
        .await?;
    let keys = newest.iter().map(|row| vec![json!(row.customer_id), json!(row.name)]);
    let columns = [token_hold::Column::CustomerId, token_hold::Column::Production];
    let holds: HashMap<String, token_hold::Model> =
        rows::load::<token_hold::Entity>(read, &columns, keys, "")
            .await?
            .into_iter()
            .map(|row| (row.production.clone(), row))
            .collect();
    newest
        .into_iter()
        .map(|row| {
            let hold =
                holds.get(&row.name).ok_or_else(|| Error::corrupt("token_hold", &row.name, "is missing"))?;
            let bad = |what: &str| Error::corrupt("production", &row.name, what);
            Ok(ProductionLine {
                production: row.name.parse().map_err(|_| bad("name"))?,
                status: hold_of(hold, &[], currency)?.status(),
                held: Tokens::new(hold.held_tokens).map_err(|_| bad("held"))?,
                used: Tokens::new(hold.captured_tokens).map_err(|_| bad("used"))?,
                admitted_at: Timestamp::from_micros(row.admitted_at).map_err(|_| bad("admitted_at"))?,
                account_name: account_names.get(&row.account_id).cloned().ok_or_else(|| bad("account"))?,
                title: row.title,
            })
        })
        .collect()
}

async fn newest_refusal(
    read: &DatabaseConnection,
    customer: CustomerId,
    month: Month,
) -> Result<Option<RefusalLine>, Error> {
    let row = refusal::Entity::find()
        .filter(refusal::Column::CustomerId.eq(customer.to_string()))
        .order_by_desc(refusal::Column::Id)
        .one(read)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let refused_at =
        Timestamp::from_micros(row.refused_at).map_err(|error| Error::corrupt("refusal", &row.id, error))?;
    let line =
        RefusalLine { refused_at, refusal: from_json("refusal", &row.id, &row.refusal)?, title: row.title };
    Ok((refused_at >= month.start()).then_some(line))
}
