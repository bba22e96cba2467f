//! What a hold took from one lot; append-only.

use sea_orm::entity::prelude::*;
use serde::Serialize;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, DeriveEntityModel)]
#[sea_orm(table_name = "hold_draw")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub customer_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub production: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i64,
    pub grant_id: String,
    pub drawn_tokens: i64,
}

/// Nothing is joined through entities: the statements say what belongs together.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
