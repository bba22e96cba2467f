//! One amount of a limit that was changed; append-only.

use sea_orm::entity::prelude::*;
use serde::Serialize;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, DeriveEntityModel)]
#[sea_orm(table_name = "budget_change")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub customer_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub scope_kind: String,
    pub scope_id: String,
    pub kind: String,
    pub month: String,
    pub before_minor: Option<i64>,
    pub after_minor: Option<i64>,
    pub person_id: Option<String>,
    pub changed_at: i64,
}

/// Nothing is joined through entities: the statements say what belongs together.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
