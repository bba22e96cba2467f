//! `GET /entries`: the ledger, in the order of its numbers. Whoever keeps the last cursor reads on from there.

use super::{
    cursor::{PageOf, cursor},
    openapi::AnyCall,
    problem::Problem,
};
use crate::auth::Key;
use axum::{Json, extract::State};
use billing::{
    allowance::Pool,
    id::{AccountId, EntryId, GrantId, PersonId, ProductionName, StepName},
    time::Timestamp,
    tokens::Tokens,
};
use engine::{Engine, allowance::LedgerLine};
use serde::Serialize;
use utoipa::ToSchema;

/// The list's name in its cursors.
const LIST: char = 'e';

/// A page of the ledger.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = EntryPage)]
pub struct EntryPage {
    /// Oldest first; of one account a page may have fewer than were asked for, or none, and yet go on.
    entries: Vec<LedgerBody>,
    /// Goes on where this page ends; null where there is nothing more yet.
    next_cursor: Option<String>,
}

/// One line of the ledger: tokens that left one pool and entered another.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = LedgerEntry)]
struct LedgerBody {
    /// Which entry.
    #[schema(value_type = String)]
    entry: EntryId,
    /// Its number, from 1, without gaps.
    seq: i64,
    /// The pool that the tokens left.
    #[schema(value_type = String, example = "held")]
    debit: Pool,
    /// The pool that they entered.
    #[schema(value_type = String, example = "used")]
    credit: Pool,
    /// How many.
    #[schema(value_type = i64)]
    tokens: Tokens,
    /// The lot; null for an overdraft.
    #[schema(value_type = Option<String>)]
    grant: Option<GrantId>,
    /// Who produces; null for what concerns the customer as a whole.
    #[schema(value_type = Option<String>)]
    account: Option<AccountId>,
    /// In whose name.
    #[schema(value_type = Option<String>)]
    member: Option<PersonId>,
    /// The production.
    #[schema(value_type = Option<String>)]
    production: Option<ProductionName>,
    /// The step that was charged.
    #[schema(value_type = Option<String>)]
    step: Option<StepName>,
    /// The tariff that set the amount.
    tariff_version: Option<i64>,
    /// Tokens available after it.
    #[schema(value_type = i64)]
    left: Tokens,
    /// Tokens held after it.
    #[schema(value_type = i64)]
    held: Tokens,
    /// When it happened.
    #[schema(value_type = String, format = DateTime)]
    occurred_at: Timestamp,
    /// The UTC day that it is booked on.
    #[schema(format = Date)]
    posted_on: String,
    /// Over all of it and the entry before: SHA-256, in hexadecimal.
    hash: String,
}

/// The customer's ledger, page by page.
#[utoipa::path(
    get, path = "/entries", operation_id = "listEntries", tag = "capacity",
    params(
        ("account" = Option<String>, Query, description = "Only entries of this account", pattern = "^acc_[0-7][0-9A-HJKMNP-TV-Z]{25}$"),
        ("cursor" = Option<String>, Query, description = "Where the page before ended", pattern = "^e[0-9]{1,18}$"),
        ("limit" = Option<u64>, Query, description = "How many, 1 to 100; 100 where it is not given", minimum = 1, maximum = 100),
    ),
    responses((status = 200, description = "A page", body = EntryPage), AnyCall),
    security(("key" = [])),
)]
pub async fn list(State(engine): State<Engine>, key: Key, page: PageOf) -> Result<Json<EntryPage>, Problem> {
    let found = engine.entries_by(&key, page.account, page.after(LIST)?, page.limit).await?;
    let next_cursor = found.more_after.map(|seq| cursor(LIST, &seq));
    Ok(Json(EntryPage { entries: found.lines.into_iter().map(Into::into).collect(), next_cursor }))
}

impl From<LedgerLine> for LedgerBody {
    fn from(line: LedgerLine) -> Self {
        Self {
            entry: line.id,
            seq: line.seq,
            debit: line.debit,
            credit: line.credit,
            tokens: line.tokens,
            grant: line.grant,
            account: line.account,
            member: line.member,
            production: line.production,
            step: line.step,
            tariff_version: line.tariff_version,
            left: line.left,
            held: line.held,
            occurred_at: line.occurred_at,
            posted_on: line.posted_on,
            hash: line.hash,
        }
    }
}
