//! `GET /productions`: the customer's productions, newest first.

use super::{
    cursor::{PageOf, cursor},
    openapi::AnyCall,
    problem::Problem,
};
use crate::auth::Key;
use axum::{Json, extract::State};
use billing::{
    id::{AccountId, ProductionId, ProductionName},
    production::Status,
    time::Timestamp,
    tokens::Tokens,
};
use engine::{Engine, production::ListedProduction};
use serde::Serialize;
use utoipa::ToSchema;

/// The list's name in its cursors.
const LIST: char = 'p';

/// A page of productions.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ProductionPage)]
pub struct ProductionPage {
    /// Newest first.
    productions: Vec<ListedBody>,
    /// Goes on after the last of them; null at the end.
    next_cursor: Option<String>,
}

/// One production of the list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ListedProduction)]
struct ListedBody {
    /// The pipeline's name of it.
    #[schema(value_type = String)]
    production: ProductionName,
    /// Ours.
    #[schema(value_type = String)]
    id: ProductionId,
    /// For which account.
    #[schema(value_type = String)]
    account: AccountId,
    /// What people call it.
    title: String,
    /// `admitted`, `producing`, `awaitingApproval`, `published`, `failed` or `cancelled`.
    #[schema(value_type = String, example = "producing")]
    status: Status,
    /// Why it failed, where its lease ran out: `PRODUCTION_EXPIRED`.
    reason: Option<&'static str>,
    /// Tokens set aside at admission.
    #[schema(value_type = i64)]
    tokens: Tokens,
    /// Tokens charged.
    #[schema(value_type = i64)]
    captured: Tokens,
    /// Tokens still set aside.
    #[schema(value_type = i64)]
    held: Tokens,
    /// When it was admitted.
    #[schema(value_type = String, format = DateTime)]
    admitted_at: Timestamp,
}

/// The customer's productions, page by page.
#[utoipa::path(
    get, path = "/productions", operation_id = "listProductions", tag = "productions",
    params(
        ("account" = Option<String>, Query, description = "Only productions of this account", pattern = "^acc_[0-7][0-9A-HJKMNP-TV-Z]{25}$"),
        ("cursor" = Option<String>, Query, description = "Where the page before ended", pattern = "^pprd_[0-7][0-9A-HJKMNP-TV-Z]{25}$"),
        ("limit" = Option<u64>, Query, description = "How many, 1 to 100; 100 where it is not given", minimum = 1, maximum = 100),
    ),
    responses((status = 200, description = "A page", body = ProductionPage), AnyCall),
    security(("key" = [])),
)]
pub async fn list(
    State(engine): State<Engine>,
    key: Key,
    page: PageOf,
) -> Result<Json<ProductionPage>, Problem> {
    let found = engine.productions_by(&key, page.account, page.after(LIST)?, page.limit).await?;
    let full = u64::try_from(found.len()).is_ok_and(|count| count == page.limit);
    let next_cursor = found.last().filter(|_| full).map(|last| cursor(LIST, &last.id));
    Ok(Json(ProductionPage { productions: found.into_iter().map(Into::into).collect(), next_cursor }))
}

impl From<ListedProduction> for ListedBody {
    fn from(listed: ListedProduction) -> Self {
        Self {
            production: listed.production,
            id: listed.id,
            account: listed.account,
            title: listed.title,
            status: listed.status,
            reason: listed.expired.then_some("PRODUCTION_EXPIRED"),
            tokens: listed.tokens,
            captured: listed.captured,
            held: listed.held,
            admitted_at: listed.admitted_at,
        }
    }
}
