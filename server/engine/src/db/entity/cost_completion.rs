//! A cost that was not known and became known later; append-only.

use sea_orm::entity::prelude::*;
use serde::Serialize;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, DeriveEntityModel)]
#[sea_orm(table_name = "cost_completion")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub customer_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub production: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub step: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub attempt: i64,
    pub raw_micros: i64,
    pub raw_currency: String,
    pub charged_micros: i64,
    pub price_version: i64,
    pub provider_rate: Option<i64>,
    pub customer_rate: Option<i64>,
    pub rates_on: Option<String>,
    pub markup_version: i64,
    pub completed_at: i64,
    pub posted_on: String,
}

/// Nothing is joined through entities: the statements say what belongs together.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
