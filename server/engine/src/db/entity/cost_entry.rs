//! What one attempt cost, or why that is not known; append-only.

use sea_orm::entity::prelude::*;
use serde::Serialize;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, DeriveEntityModel)]
#[sea_orm(table_name = "cost_entry")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub customer_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub production: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub step: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub attempt: i64,
    pub account_id: String,
    pub kind: String,
    pub stage: Option<String>,
    pub model: Option<String>,
    pub raw_micros: Option<i64>,
    pub raw_currency: Option<String>,
    pub charged_micros: Option<i64>,
    pub charged_currency: String,
    pub unpriced: Option<String>,
    pub price_version: Option<i64>,
    pub provider_rate: Option<i64>,
    pub customer_rate: Option<i64>,
    pub rates_on: Option<String>,
    pub markup_version: Option<i64>,
    pub occurred_at: i64,
    pub posted_on: String,
    pub r#loop: Option<i64>,
    pub quoted: Option<i64>,
    pub quantity: Option<String>,
}

/// Nothing is joined through entities: the statements say what belongs together.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
