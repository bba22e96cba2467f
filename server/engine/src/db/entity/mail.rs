//! A letter that is to be sent, or was.

use sea_orm::entity::prelude::*;
use serde::Serialize;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, DeriveEntityModel)]
#[sea_orm(table_name = "mail")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub customer_id: Option<String>,
    pub recipient: String,
    pub kind: String,
    pub subject: String,
    pub paragraphs: String,
    pub link_words: Option<String>,
    pub link_path: Option<String>,
    pub created_at: i64,
    pub sent_at: Option<i64>,
    pub tries: i64,
    pub link_hash: Option<String>,
    pub link_token: Option<String>,
    pub person_id: Option<String>,
    pub leased_until: Option<i64>,
    pub next_try_at: Option<i64>,
    pub failed_with: Option<String>,
    pub given_up_at: Option<i64>,
}

/// Nothing is joined through entities: the statements say what belongs together.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
