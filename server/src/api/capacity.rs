//! `GET /capacity`: what is left, from the rows that the gate decides by. B5: allowance and bought capacity stand apart.

use super::{money::MoneyBody, openapi::AnyCall, problem::Problem};
use crate::auth::Key;
use axum::{
    Json,
    extract::{FromRequestParts, Query, State},
};
use billing::{
    allowance::{self, Forecast, Grant, Source},
    budget::Budget,
    id::{AccountId, GrantId},
    time::Timestamp,
    tokens::Tokens,
};
use engine::{Engine, allowance::Usage, customer::AccountLine};
use http::request::Parts;
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;

/// What is left.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Capacity)]
pub struct CapacityBody {
    /// The allowance of this cycle, which all accounts of the customer share.
    allowance: AllowanceBody,
    /// Capacity beyond it, used after it.
    bought: BoughtBody,
    /// The account's limit this month; null where none is set.
    budget: Option<BudgetBody>,
    /// When capacity will run out; null while nothing is foreseen.
    forecast: Option<ForecastBody>,
    /// Loops that are switched off for the account, by their numbers: they shall make no calls for it.
    loops_off: Vec<i64>,
    /// The instant that all of this is true of.
    #[schema(value_type = String, format = DateTime)]
    as_of: Timestamp,
}

/// The allowance of a cycle.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Allowance)]
struct AllowanceBody {
    /// Tokens granted.
    #[schema(value_type = i64)]
    granted: Tokens,
    /// Tokens charged.
    #[schema(value_type = i64)]
    used: Tokens,
    /// Tokens that running productions hold.
    #[schema(value_type = i64)]
    held: Tokens,
    /// Tokens free.
    #[schema(value_type = i64)]
    left: Tokens,
    /// When the allowance ends and the next begins.
    #[schema(value_type = Option<String>, format = DateTime)]
    refreshes_at: Option<Timestamp>,
}

/// What was bought, or given on top of the allowance.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Bought)]
struct BoughtBody {
    /// Tokens free.
    #[schema(value_type = i64)]
    left: Tokens,
    /// Tokens that running productions hold.
    #[schema(value_type = i64)]
    held: Tokens,
    /// The lots that have something left or held, in the order in which they are used up.
    lots: Vec<LotBody>,
}

/// One lot beyond the allowance.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Lot)]
struct LotBody {
    /// Which lot.
    #[schema(value_type = String)]
    grant: GrantId,
    /// Where it comes from.
    #[schema(value_type = String, example = "topUp")]
    source: Source,
    /// How many tokens it had at first.
    #[schema(value_type = i64)]
    amount: Tokens,
    /// Tokens free.
    #[schema(value_type = i64)]
    left: Tokens,
    /// Tokens that running productions hold.
    #[schema(value_type = i64)]
    held: Tokens,
    /// When it ends; null while it does not.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
}

/// One account's limit of a month.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Budget)]
struct BudgetBody {
    /// The most that may be spent.
    limit: MoneyBody,
    /// What finished calls have cost.
    spent: MoneyBody,
    /// What running productions may still cost.
    held: MoneyBody,
    /// `limit − spent − held`.
    left: MoneyBody,
    /// When the next month begins.
    #[schema(value_type = String, format = DateTime)]
    resets_at: Timestamp,
}

/// What is foreseen.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Forecast)]
struct ForecastBody {
    /// When nothing will be left.
    #[schema(value_type = String, format = DateTime)]
    runs_out_at: Timestamp,
    /// Tokens charged a day: the mean of the last whole days, by which the date is computed.
    #[schema(value_type = i64)]
    per_day: Tokens,
    /// How many days those are: 3 to 14.
    days: u32,
}

/// `?account=acc_…`, and nothing else.
#[derive(Clone, Copy, Debug)]
pub struct OfAccount(AccountId);

impl<S: Send + Sync> FromRequestParts<S> for OfAccount {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let query = Query::<HashMap<String, String>>::from_request_parts(parts, state).await;
        let Query(query) = query.map_err(|_| Problem::field("account", "expected ?account=acc_…"))?;
        let account = query.get("account").ok_or(Problem::field("account", "this parameter is required"))?;
        account
            .parse()
            .map(Self)
            .map_err(|error: billing::id::IdError| Problem::field("account", error.to_string()))
    }
}

/// What the account's customer has left, and the account's own limit.
#[utoipa::path(
    get, path = "/capacity", operation_id = "readCapacity", tag = "capacity",
    params(("account" = String, Query, description = "The account", pattern = "^acc_[0-7][0-9A-HJKMNP-TV-Z]{25}$", example = "acc_01K8ZB7Q3W9F6T2R5X4N8M1C0D")),
    responses((status = 200, description = "What is left", body = CapacityBody), AnyCall),
    security(("key" = [])),
)]
pub async fn read(
    State(engine): State<Engine>,
    key: Key,
    OfAccount(account): OfAccount,
) -> Result<Json<CapacityBody>, Problem> {
    let (account, usage, loops_off) = engine.capacity_by(&key, account).await?;
    body(&usage, &account, loops_off.into_iter().collect()).map(Json)
}

fn body(usage: &Usage, account: &AccountLine, loops_off: Vec<i64>) -> Result<CapacityBody, Problem> {
    let allowance::Capacity { allowance, extra, as_of, .. } = usage.capacity;
    Ok(CapacityBody {
        allowance: AllowanceBody {
            granted: allowance.granted,
            used: allowance.used,
            held: allowance.held,
            left: allowance.left,
            refreshes_at: allowance.refreshes_at,
        },
        bought: BoughtBody {
            left: extra.left,
            held: extra.held,
            lots: usage.lots.iter().map(Into::into).collect(),
        },
        budget: account.budget.map(TryInto::try_into).transpose()?,
        forecast: usage.forecast.map(Into::into),
        loops_off,
        as_of,
    })
}

impl From<&Grant> for LotBody {
    fn from(lot: &Grant) -> Self {
        Self {
            grant: lot.id,
            source: lot.source,
            amount: lot.amount,
            left: lot.remaining,
            held: lot.held,
            expires_at: lot.expires_at,
        }
    }
}

impl From<Forecast> for ForecastBody {
    fn from(forecast: Forecast) -> Self {
        Self { runs_out_at: forecast.runs_out_at, per_day: forecast.per_day, days: forecast.days }
    }
}

impl TryFrom<Budget> for BudgetBody {
    type Error = Problem;

    fn try_from(budget: Budget) -> Result<Self, Problem> {
        let left = budget.available().map_err(|error| {
            tracing::error!(%error, "a budget does not add up");
            Problem::plain(super::problem::Code::InternalError)
        })?;
        Ok(Self {
            limit: budget.limit.into(),
            spent: budget.spent.into(),
            held: budget.held.into(),
            left: left.into(),
            resets_at: budget.resets_at,
        })
    }
}
