//! Sessions in the database. Only a hash of a session's id is kept, so that whoever reads the table cannot sign in. T10.

use crate::{clock::machine_micros, db::entity::session, hex, writer::Shared};
use async_trait::async_trait;
use sea_orm::{DbErr, EntityTrait, IntoActiveModel, sea_query::OnConflict};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use tower_sessions::{
    SessionStore,
    session::{Id, Record},
    session_store::{Error, Result},
};

/// The store that tower-sessions asks.
#[derive(Clone, Debug)]
pub struct Sessions {
    shared: Arc<Shared>,
}

impl Sessions {
    pub(super) const fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        // 128 random bits do not meet; if they did, the constraint would refuse and nobody would share a session.
        let row = row(record)?.into_active_model();
        session::Entity::insert(row)
            .exec_without_returning(&self.shared.pools.side)
            .await
            .map_err(|e| backend(&e))?;
        Ok(())
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let newer = OnConflict::column(session::Column::IdHash)
            .update_columns([session::Column::Content, session::Column::ExpiresAt])
            .to_owned();
        let row = row(record)?.into_active_model();
        let insert = session::Entity::insert(row).on_conflict(newer);
        insert.exec_without_returning(&self.shared.pools.side).await.map_err(|e| backend(&e))?;
        Ok(())
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let found = session::Entity::find_by_id(hashed(id))
            .one(&self.shared.pools.read)
            .await
            .map_err(|e| backend(&e))?;
        let Some(row) = found.filter(|row| row.expires_at > machine_micros()) else { return Ok(None) };
        let data = serde_json::from_str(&row.content).map_err(|error| Error::Decode(error.to_string()))?;
        let expiry_date = time::OffsetDateTime::from_unix_timestamp_nanos(i128::from(row.expires_at) * 1_000);
        let expiry_date = expiry_date.map_err(|error| Error::Decode(error.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        session::Entity::delete_by_id(hashed(id))
            .exec(&self.shared.pools.side)
            .await
            .map_err(|e| backend(&e))?;
        Ok(())
    }
}

fn row(record: &Record) -> Result<session::Model> {
    Ok(session::Model {
        id_hash: hashed(&record.id),
        content: serde_json::to_string(&record.data).map_err(|error| Error::Encode(error.to_string()))?,
        expires_at: i64::try_from(record.expiry_date.unix_timestamp_nanos() / 1_000).unwrap_or(i64::MAX),
    })
}

fn hashed(id: &Id) -> String {
    hex(&Sha256::digest(id.0.to_be_bytes()))
}

fn backend(error: &DbErr) -> Error {
    Error::Backend(error.to_string())
}
