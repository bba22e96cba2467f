//! Money earned over some days, net of tax; append-only.

use sea_orm::entity::prelude::*;
use serde::Serialize;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, DeriveEntityModel)]
#[sea_orm(table_name = "revenue_entry")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub customer_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub kind: String,
    pub from_on: String,
    pub until_on: String,
    pub micros: i64,
    pub invoice: Option<i64>,
    pub grant_id: Option<String>,
    pub account_id: Option<String>,
    pub production: Option<String>,
    pub step: Option<String>,
    pub attempt: Option<i64>,
    pub posted_on: String,
    /// The credit note that it belongs to, where money went back.
    pub credit_note: Option<i64>,
}

/// Nothing is joined through entities: the statements say what belongs together.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
