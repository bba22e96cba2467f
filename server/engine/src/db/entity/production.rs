//! An admitted production; append-only.

use sea_orm::entity::prelude::*;
use serde::Serialize;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, DeriveEntityModel)]
#[sea_orm(table_name = "production")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub customer_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    pub id: String,
    pub account_id: String,
    pub key_id: Option<String>,
    pub title: String,
    pub project_type: Option<String>,
    pub tariff_version: i64,
    pub fingerprint: String,
    pub admission: String,
    pub admitted_at: i64,
    pub member_id: Option<String>,
    pub cycle_starts_at: Option<i64>,
    pub quote_id: Option<String>,
}

/// Nothing is joined through entities: the statements say what belongs together.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
