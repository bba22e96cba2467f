//! What is to be paid for, and whether it was.

use sea_orm::entity::prelude::*;
use serde::Serialize;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, DeriveEntityModel)]
#[sea_orm(table_name = "order")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub customer_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub request: String,
    pub purchase: String,
    pub kind: String,
    pub lines: String,
    pub tax: String,
    pub currency: String,
    pub net_minor: i64,
    pub tax_minor: i64,
    pub total_minor: i64,
    pub state: String,
    pub made_by: Option<String>,
    pub made_at: i64,
    pub expires_at: i64,
    pub checkout: Option<String>,
    pub checkout_url: Option<String>,
    pub payment: Option<String>,
    pub method: Option<String>,
    pub settled_at: Option<i64>,
    pub invoice_id: Option<String>,
    pub next_look_at: Option<i64>,
    pub paid_from: Option<String>,
}

/// Nothing is joined through entities: the statements say what belongs together.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
