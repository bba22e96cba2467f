//! A purchase that was made without asking: what waits to be charged, and what became of it.

use sea_orm::entity::prelude::*;
use serde::Serialize;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, DeriveEntityModel)]
#[sea_orm(table_name = "top_up_purchase")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub customer_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub agreement_id: String,
    pub order_id: String,
    pub total_minor: i64,
    pub state: String,
    pub made_at: i64,
    pub due_at: i64,
    pub tries: i64,
    pub ended_at: Option<i64>,
    pub unanswered_at: Option<i64>,
    pub looked_into_at: Option<i64>,
}

/// Nothing is joined through entities: the statements say what belongs together.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
