//! What somebody has agreed to have bought without asking, and on which figures; append-only.

use sea_orm::entity::prelude::*;
use serde::Serialize;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, DeriveEntityModel)]
#[sea_orm(table_name = "top_up_agreement")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub customer_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub agreed_by: String,
    pub agreed_at: i64,
    pub below_tokens: i64,
    pub buys_tokens: i64,
    pub cap_minor: i64,
    pub currency: String,
    pub price_version: i64,
    pub once_minor: i64,
    pub worst_minor: i64,
    pub card: String,
}

/// Nothing is joined through entities: the statements say what belongs together.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
