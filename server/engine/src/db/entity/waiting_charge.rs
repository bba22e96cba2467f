//! A charge that waits for its owner at the provider, until what it is for is paid otherwise. I-35.

use sea_orm::entity::prelude::*;
use serde::Serialize;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, DeriveEntityModel)]
#[sea_orm(table_name = "waiting_charge")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    pub customer_id: String,
    pub order_id: Option<String>,
    pub invoice: Option<i64>,
    pub noted_at: i64,
    pub ended_at: Option<i64>,
    pub outcome: Option<String>,
}

/// Nothing is joined through entities: the statements say what belongs together.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
