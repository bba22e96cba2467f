//! One planned AI call; append-only.

use sea_orm::entity::prelude::*;
use serde::Serialize;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, DeriveEntityModel)]
#[sea_orm(table_name = "production_step")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub customer_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub production: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub step: String,
    pub position: i64,
    pub kind: String,
    pub stage: Option<String>,
    pub model: Option<String>,
    pub quantity: String,
    pub tokens: i64,
    pub money_micros: Option<i64>,
    pub basis: Option<String>,
}

/// Nothing is joined through entities: the statements say what belongs together.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
