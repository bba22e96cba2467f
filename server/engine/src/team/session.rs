//! Sessions in the database. Only a hash of a session's id is kept, so that whoever reads the table cannot sign in. T10.
//!
//! A session ends 12 hours after it was last used and 7 days after it began. One that was ended stays so: a request that
//! was under way meanwhile finds no row to write to.

use super::device::SignedIn;
use crate::{clock::machine_micros, db::entity::session, writer::Shared};
use async_trait::async_trait;
use sea_orm::{ColumnTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter, Set};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use tower_sessions::{
    SessionStore,
    session::{Id, Record},
    session_store::{Error, Result},
};

/// How long a sign-in lasts, however much it is used: seven days.
const LASTS_MICROS: i64 = 7 * 24 * 3_600 * 1_000_000;

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
        let row = row(record)?;
        let newer = session::ActiveModel {
            content: Set(row.content),
            expires_at: Set(row.expires_at),
            person_id: Set(row.person_id),
            began_at: Set(row.began_at),
            seen_at: Set(row.seen_at),
            ends_at: Set(row.ends_at),
            device: Set(row.device),
            address: Set(row.address),
            ..Default::default()
        };
        session::Entity::update_many()
            .set(newer)
            .filter(session::Column::IdHash.eq(row.id_hash))
            .exec(&self.shared.pools.side)
            .await
            .map_err(|e| backend(&e))?;
        Ok(())
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let found = session::Entity::find_by_id(id_hash(id))
            .one(&self.shared.pools.read)
            .await
            .map_err(|e| backend(&e))?;
        let now = machine_micros();
        let alive =
            |row: &session::Model| row.expires_at > now && row.ends_at.is_none_or(|ends_at| ends_at > now);
        let Some(row) = found.filter(alive) else { return Ok(None) };
        let data = serde_json::from_str(&row.content).map_err(|error| Error::Decode(error.to_string()))?;
        let expiry_date = time::OffsetDateTime::from_unix_timestamp_nanos(i128::from(row.expires_at) * 1_000);
        let expiry_date = expiry_date.map_err(|error| Error::Decode(error.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        session::Entity::delete_by_id(id_hash(id))
            .exec(&self.shared.pools.side)
            .await
            .map_err(|e| backend(&e))?;
        Ok(())
    }
}

/// The row of a session; whose it is stands in columns of its own, so that all of somebody's can be listed and ended.
fn row(record: &Record) -> Result<session::Model> {
    let signed_in = record.data.get(SignedIn::KEY).cloned().map(serde_json::from_value::<SignedIn>);
    let signed_in = signed_in.transpose().map_err(|error| Error::Encode(error.to_string()))?;
    let of = signed_in.as_ref();
    Ok(session::Model {
        id_hash: id_hash(&record.id),
        content: serde_json::to_string(&record.data).map_err(|error| Error::Encode(error.to_string()))?,
        expires_at: i64::try_from(record.expiry_date.unix_timestamp_nanos() / 1_000).unwrap_or(i64::MAX),
        person_id: of.map(|of| of.person.to_string()),
        began_at: of.map(|of| of.began_at.micros()),
        seen_at: of.map(|of| of.seen_at.micros()),
        ends_at: of.map(|of| of.ends_at_micros),
        device: of.map(|of| of.device.clone()),
        address: of.map(|of| of.address.clone()),
    })
}

/// When a session that begins now ends.
pub(super) fn machine_end() -> i64 {
    machine_micros().saturating_add(LASTS_MICROS)
}

/// What is kept of a session's id.
pub(super) fn id_hash(id: &Id) -> String {
    hex::encode(Sha256::digest(id.0.to_be_bytes()))
}

fn backend(error: &DbErr) -> Error {
    Error::Backend(error.to_string())
}
