//! A billing entity.

use sea_orm::entity::prelude::*;
use serde::Serialize;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, DeriveEntityModel)]
#[sea_orm(table_name = "customer")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub name: String,
    pub currency: String,
    pub created_at: i64,
    pub tier: Option<String>,
    pub payment_block: Option<String>,
    pub grace_until: Option<i64>,
    pub billing_details: Option<String>,
    pub invoice_series: Option<String>,
    pub invoices: Option<i64>,
    /// Where its data are kept.
    pub residency: Option<String>,
    /// What JARAI's own staff have noted; no customer is shown it.
    pub notes: Option<String>,
    /// I4: rises with disputes; none is nothing.
    pub risk_score: Option<i64>,
    /// How many credit notes it has: the number of the last.
    pub credit_notes: Option<i64>,
    pub used_told_for: Option<i64>,
    pub overdue_told_for: Option<i64>,
}

/// Nothing is joined through entities: the statements say what belongs together.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
