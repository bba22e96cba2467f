//! What is true of the installation as a whole; one row.

use sea_orm::entity::prelude::*;
use serde::Serialize;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, DeriveEntityModel)]
#[sea_orm(table_name = "installation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub sandbox: i64,
    pub clock_offset_micros: i64,
    pub idle_since: Option<i64>,
    pub catalog_changed_at: Option<i64>,
    pub letters_secret: Option<String>,
    pub issuer: Option<String>,
}

/// Nothing is joined through entities: the statements say what belongs together.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
