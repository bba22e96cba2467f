//! Tokens that were charged, by day of booking.

use crate::{Engine, Error, db::entity::usage_day};
use billing::{
    id::{AccountId, CustomerId},
    tokens::Tokens,
};
use chrono::NaiveDate;
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait},
};
use std::collections::HashMap;

impl Engine {
    /// Tokens charged to each account from a day of booking on.
    pub async fn tokens_by_account(
        &self,
        customer: CustomerId,
        from: NaiveDate,
    ) -> Result<HashMap<AccountId, Tokens>, Error> {
        let rows = usage_day::Entity::find()
            .select_only()
            .column(usage_day::Column::AccountId)
            .column_as(Expr::col(usage_day::Column::UsedTokens).sum().cast_as("BIGINT"), "used")
            .filter(usage_day::Column::CustomerId.eq(customer.to_string()))
            .filter(usage_day::Column::PostedOn.gte(from.to_string()))
            .group_by(usage_day::Column::AccountId)
            .into_tuple::<(String, i64)>()
            .all(&self.shared.pools.read)
            .await?;
        rows.into_iter()
            .map(|(id, used)| {
                let bad = |what: &str| Error::corrupt("usage_day", &id, what);
                Ok((id.parse().map_err(|_| bad("account"))?, Tokens::new(used).map_err(|_| bad("tokens"))?))
            })
            .collect()
    }

    /// How many tokens a customer used from one day on and before another.
    pub(crate) async fn tokens_between(
        &self,
        customer: CustomerId,
        from: NaiveDate,
        until: NaiveDate,
    ) -> Result<Tokens, Error> {
        let used = usage_day::Entity::find()
            .select_only()
            .column_as(Expr::col(usage_day::Column::UsedTokens).sum().cast_as("BIGINT"), "used")
            .filter(usage_day::Column::CustomerId.eq(customer.to_string()))
            .filter(usage_day::Column::PostedOn.gte(from.to_string()))
            .filter(usage_day::Column::PostedOn.lt(until.to_string()))
            .into_tuple::<Option<i64>>()
            .one(&self.shared.pools.read)
            .await?;
        Tokens::new(used.flatten().unwrap_or_default())
            .map_err(|error| Error::corrupt("usage_day", customer, error))
    }
}
