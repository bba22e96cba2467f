//! Pages of a list. A cursor is opaque to callers: it says which list it belongs to and after which row to go on, so pages
//! stay as they are whatever is added meanwhile. Any text of its form is a place in the list, whether or not a row stands
//! there.

use super::problem::Problem;
use axum::extract::{FromRequestParts, Query};
use billing::id::AccountId;
use http::request::Parts;
use std::{collections::HashMap, str::FromStr};

/// The most rows of a page, and how many it has where nobody says.
const MOST: u64 = 100;

/// `?account=&cursor=&limit=`, and nothing else.
#[derive(Clone, Debug)]
pub struct PageOf {
    /// Only rows of this account.
    pub account: Option<AccountId>,
    /// How many rows.
    pub limit: u64,
    cursor: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for PageOf {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let query = Query::<Vec<(String, String)>>::from_request_parts(parts, state).await;
        let Query(pairs) = query.map_err(|_| Problem::field("query", "expected ?name=value&…"))?;
        let mut query = HashMap::new();
        for (name, value) in pairs {
            if !["account", "cursor", "limit"].contains(&name.as_str()) {
                return Err(Problem::field(name, "there is no such parameter here"));
            }
            if query.insert(name.clone(), value).is_some() {
                return Err(Problem::field(name, "this parameter is given twice"));
            }
        }
        let account = query.get("account").map(|account| account.parse());
        let account = account
            .transpose()
            .map_err(|error: billing::id::IdError| Problem::field("account", error.to_string()))?;
        let limit = query.get("limit").map_or(Some(MOST), |limit| limit.parse().ok());
        let limit = limit.filter(|limit| (1..=MOST).contains(limit));
        let limit = limit.ok_or_else(|| Problem::field("limit", format!("expected 1 to {MOST}")))?;
        Ok(Self { account, limit, cursor: query.remove("cursor") })
    }
}

impl PageOf {
    /// After which row of this list to go on; none from its start.
    pub fn after<T: FromStr>(&self, list: char) -> Result<Option<T>, Problem> {
        let Some(given) = &self.cursor else { return Ok(None) };
        let row = given.strip_prefix(list).and_then(|row| row.parse().ok());
        row.map(Some).ok_or_else(|| Problem::field("cursor", "this is no cursor of this list"))
    }
}

/// The cursor that goes on after a row of a list.
pub fn cursor(list: char, row: &impl ToString) -> String {
    format!("{list}{}", row.to_string())
}
