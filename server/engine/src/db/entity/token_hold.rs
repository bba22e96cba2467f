//! What an admitted production sets aside.

use sea_orm::entity::prelude::*;
use serde::Serialize;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, DeriveEntityModel)]
#[sea_orm(table_name = "token_hold")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub customer_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub production: String,
    pub id: String,
    pub account_id: String,
    pub state: String,
    pub tokens: i64,
    pub held_tokens: i64,
    pub captured_tokens: i64,
    pub overrun_tokens: i64,
    pub returned_tokens: i64,
    pub held_micros: i64,
    pub month: String,
    pub expires_at: i64,
    pub ended_at: Option<i64>,
}

/// Nothing is joined through entities: the statements say what belongs together.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
