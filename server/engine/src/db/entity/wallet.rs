//! A customer's balances and the head of its ledger.

use sea_orm::entity::prelude::*;
use serde::Serialize;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, DeriveEntityModel)]
#[sea_orm(table_name = "wallet")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub customer_id: String,
    pub seq: i64,
    pub hash: String,
    pub left_tokens: i64,
    pub held_tokens: i64,
    pub overdrawn_tokens: i64,
    /// Another one after every group of acts that changes lots, productions or what was reported of them; none before the first.
    pub revision: Option<i64>,
    /// The revision that the wallet had before this row was written.
    pub follows: Option<i64>,
}

/// Nothing is joined through entities: the statements say what belongs together.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
