//! An admitted production; append-only.

use sea_orm::entity::prelude::*;

/// A row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
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
}

impl ActiveModelBehavior for ActiveModel {}
