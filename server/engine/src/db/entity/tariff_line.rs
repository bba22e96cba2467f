//! The price of one kind of call in tokens.

use sea_orm::entity::prelude::*;

/// A row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "tariff_line")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub unit: String,
    pub per_units: i64,
    pub tokens: i64,
    pub minimum_tokens: i64,
}

impl ActiveModelBehavior for ActiveModel {}
