//! A model that runs one kind of call.

use sea_orm::entity::prelude::*;

/// A row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "model")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    pub provider: String,
    pub kind: String,
    pub is_default: i64,
}

impl ActiveModelBehavior for ActiveModel {}
