//! One version of the markup.

use sea_orm::entity::prelude::*;

/// A row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "markup_version")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: i64,
    pub effective_at: i64,
    pub basis_points: i64,
}

impl ActiveModelBehavior for ActiveModel {}
