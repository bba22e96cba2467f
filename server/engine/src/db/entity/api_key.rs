//! A pipeline's key; only a hash of it is kept.

use sea_orm::entity::prelude::*;
use serde::Serialize;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, DeriveEntityModel)]
#[sea_orm(table_name = "api_key")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub customer_id: String,
    pub name: String,
    pub token_hash: String,
    pub created_at: i64,
    pub revoked_at: Option<i64>,
    pub acts_per_second: Option<i64>,
    /// The token's first characters, to tell keys apart.
    pub token_start: Option<String>,
    /// What it may do, as JSON; none is everything.
    pub acts: Option<String>,
    /// For which accounts, as JSON; none is all of them.
    pub account_ids: Option<String>,
    pub made_by: Option<String>,
    /// The name of the form that has made it.
    pub request: Option<String>,
    pub last_used_at: Option<i64>,
    /// The token before this one, and until when it lives on.
    pub previous_hash: Option<String>,
    pub previous_until: Option<i64>,
    /// The name of the form that has rotated it last.
    pub rotation: Option<String>,
}

/// Nothing is joined through entities: the statements say what belongs together.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
