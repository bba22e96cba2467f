//! An AI call outside a production, and the answer that it got; append-only.

use sea_orm::entity::prelude::*;
use serde::Serialize;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, DeriveEntityModel)]
#[sea_orm(table_name = "outside_call")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub customer_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    pub account_id: String,
    pub key_id: Option<String>,
    pub r#loop: i64,
    pub month: String,
    pub fingerprint: String,
    pub answer: String,
    pub occurred_at: i64,
    pub posted_on: String,
}

/// Nothing is joined through entities: the statements say what belongs together.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
