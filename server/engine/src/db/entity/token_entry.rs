//! One transfer between pools; append-only.

use sea_orm::entity::prelude::*;
use serde::Serialize;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, DeriveEntityModel)]
#[sea_orm(table_name = "token_entry")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub customer_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    pub id: String,
    pub debit_pool: String,
    pub credit_pool: String,
    pub tokens: i64,
    pub grant_id: Option<String>,
    pub account_id: Option<String>,
    pub production: Option<String>,
    pub step: Option<String>,
    pub attempt: Option<i64>,
    pub tariff_version: Option<i64>,
    pub left_before: i64,
    pub left_after: i64,
    pub held_after: i64,
    pub occurred_at: i64,
    pub posted_on: String,
    pub hash: String,
    pub member_id: Option<String>,
}

/// Nothing is joined through entities: the statements say what belongs together.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
