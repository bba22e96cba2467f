//! A customer's balances and the head of its ledger.

use sea_orm::entity::prelude::*;

/// A row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "wallet")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub customer_id: String,
    pub seq: i64,
    pub hash: String,
    pub left_tokens: i64,
    pub held_tokens: i64,
    pub overdrawn_tokens: i64,
}

impl ActiveModelBehavior for ActiveModel {}
