//! A browser, and who has signed in with it; only a hash of its id is kept. What ends it goes by the machine's clock, as
//! cookies do; what is shown of it by the console's.

use sea_orm::entity::prelude::*;
use serde::Serialize;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, DeriveEntityModel)]
#[sea_orm(table_name = "session")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id_hash: String,
    pub content: String,
    pub expires_at: i64,
    pub person_id: Option<String>,
    pub began_at: Option<i64>,
    pub seen_at: Option<i64>,
    pub ends_at: Option<i64>,
    pub device: Option<String>,
    pub address: Option<String>,
}

/// Nothing is joined through entities: the statements say what belongs together.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
