//! A customer's agreement to a plan, and how far its cycles have been granted.

use sea_orm::entity::prelude::*;
use serde::Serialize;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, DeriveEntityModel)]
#[sea_orm(table_name = "subscription")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub customer_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub tier: String,
    pub billing: String,
    pub seats: i64,
    pub anchor_on: String,
    pub allowance_tokens: i64,
    pub price_minor: i64,
    pub by_contract: i64,
    pub term_from_cycle: i64,
    pub next: String,
    pub status: String,
    pub refreshed_cycles: i64,
    pub refreshes_at: i64,
}

/// Nothing is joined through entities: the statements say what belongs together.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
