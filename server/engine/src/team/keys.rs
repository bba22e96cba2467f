//! The keys of a customer, as its administrators see them. T12.

use super::{
    Member,
    key::{rate_of, scope_of},
};
use crate::{
    Engine, Error,
    db::{
        budget::limits_of,
        entity::{api_key, budget, budget_month, person},
    },
};
use billing::{
    id::KeyId,
    money::{Cost, Money},
    team::{KeyScope, Permission},
    time::Timestamp,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use std::collections::HashMap;

/// One key as its customer sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyLine {
    /// Which.
    pub id: KeyId,
    /// What its administrators call it.
    pub name: String,
    /// Its token's first characters; none of one that was made before they were kept.
    pub token_start: Option<String>,
    /// What it may do, and for which accounts.
    pub scope: KeyScope,
    /// How many acts a second it may ask; none leaves it to the server, 0 is any number.
    pub acts_per_second: Option<u32>,
    /// What it may spend a month; none where it has no limit of its own.
    pub limit: Option<Money>,
    /// Customer-facing AI cost this month: spent and held by it.
    pub spent: Cost,
    /// Held by running productions that it has started.
    pub held: Cost,
    /// When it was made.
    pub made_at: Timestamp,
    /// The name of who has made it; none where it was whoever runs the installation.
    pub made_by: Option<String>,
    /// When it was used last, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// Until when the token before this one lives on.
    pub previous_until: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

impl Engine {
    /// The customer's keys, newest first; those that are revoked come last.
    pub async fn keys_of(&self, member: &Member) -> Result<Vec<KeyLine>, Error> {
        member.require(Permission::ManageKeys)?;
        let owner = member.customer.to_string();
        let rows = api_key::Entity::find()
            .filter(api_key::Column::CustomerId.eq(&owner))
            .order_by_desc(api_key::Column::Id)
            .all(&self.shared.pools.read)
            .await?;
        let mut lines = self.key_lines(member, rows).await?;
        lines.sort_by_key(|line| line.revoked_at.is_some());
        Ok(lines)
    }

    /// One key of the customer.
    pub async fn key_of(&self, member: &Member, key: KeyId) -> Result<KeyLine, Error> {
        member.require(Permission::ManageKeys)?;
        let row = api_key::Entity::find_by_id(key.to_string())
            .filter(api_key::Column::CustomerId.eq(member.customer.to_string()))
            .one(&self.shared.pools.read)
            .await?;
        let lines = self.key_lines(member, row.into_iter().collect()).await?;
        lines.into_iter().next().ok_or(Error::NotFound("key"))
    }

    async fn key_lines(&self, member: &Member, rows: Vec<api_key::Model>) -> Result<Vec<KeyLine>, Error> {
        let (read, owner, month) = (&self.shared.pools.read, member.customer.to_string(), self.now().month());
        let limits = budget::Entity::find()
            .filter(budget::Column::CustomerId.eq(&owner))
            .filter(budget::Column::ScopeKind.eq("key"))
            .all(read)
            .await?;
        let limits: HashMap<_, _> = limits.iter().map(|row| (row.scope_id.as_str(), row)).collect();
        let spending = budget_month::Entity::find()
            .filter(budget_month::Column::CustomerId.eq(&owner))
            .filter(budget_month::Column::ScopeKind.eq("key"))
            .filter(budget_month::Column::Month.eq(month.to_string()))
            .all(read)
            .await?;
        let spending: HashMap<_, _> = spending.iter().map(|row| (row.scope_id.as_str(), row)).collect();
        let makers = rows.iter().filter_map(|row| row.made_by.as_deref());
        let makers = person::Entity::find().filter(person::Column::Id.is_in(makers)).all(read).await?;
        let makers: HashMap<_, _> = makers.iter().map(|row| (row.id.as_str(), &row.name)).collect();
        let line = |row: &api_key::Model| {
            let at = |micros| {
                Timestamp::from_micros(micros).map_err(|error| Error::corrupt("api_key", &row.id, error))
            };
            let limits =
                limits.get(row.id.as_str()).map(|row| limits_of(row, member.currency)).transpose()?;
            let month_row = spending.get(row.id.as_str());
            let cost = |part: fn(&budget_month::Model) -> i64| {
                Cost::new(month_row.map_or(0, |row| part(row)), member.currency)
            };
            let now = self.now();
            Ok(KeyLine {
                id: row.id.parse().map_err(|error| Error::corrupt("api_key", &row.id, error))?,
                name: row.name.clone(),
                token_start: row.token_start.clone(),
                scope: scope_of(row)?,
                acts_per_second: rate_of(row)?,
                limit: limits.and_then(|limits| limits.stop_at(month)),
                spent: cost(|row| row.spent_micros),
                held: cost(|row| row.held_micros),
                made_at: at(row.created_at)?,
                made_by: row.made_by.as_deref().and_then(|id| makers.get(id)).map(|name| (*name).clone()),
                last_used_at: row.last_used_at.map(at).transpose()?,
                previous_until: row.previous_until.map(at).transpose()?.filter(|until| *until > now),
                revoked_at: row.revoked_at.map(at).transpose()?,
            })
        };
        rows.iter().map(line).collect()
    }
}
