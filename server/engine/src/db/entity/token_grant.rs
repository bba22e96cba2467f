//! A lot of tokens.

use sea_orm::entity::prelude::*;
use serde::Serialize;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, DeriveEntityModel)]
#[sea_orm(table_name = "token_grant")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub customer_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub source: String,
    pub amount_tokens: i64,
    pub remaining_tokens: i64,
    pub held_tokens: i64,
    pub effective_at: i64,
    pub expires_at: Option<i64>,
    pub price_paid_minor: Option<i64>,
    pub payment_id: Option<String>,
    pub created_at: i64,
    pub subscription_id: Option<String>,
    pub cycle: Option<i64>,
    /// Taken back with the money; none is nothing.
    pub clawed_tokens: Option<i64>,
}

/// Nothing is joined through entities: the statements say what belongs together.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
