//! The devices that somebody has signed in with. What is ended is worth nothing from the next request on. L2, T10, I-45.

use super::{
    Member,
    session::{id_hash, machine_end},
};
use crate::{Engine, Error, audit::Note, clock::machine_micros, db::begin_write, db::entity::session};
use billing::{
    audit::{Actor, AuditAct},
    id::PersonId,
    time::{Span, Timestamp},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};
use tower_sessions::session::Id;

/// How long a proof of who one is counts.
const FRESH: Span = Span::minutes(10);

/// Who has signed in with a browser, and when they last proved it. It stands in the browser's session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedIn {
    /// Who.
    pub person: PersonId,
    /// When.
    pub began_at: Timestamp,
    /// When the browser last asked for something, to a few minutes.
    pub seen_at: Timestamp,
    /// When they last gave a password or a code.
    pub proved_at: Timestamp,
    /// Which browser on what: `Firefox on Windows`.
    pub device: String,
    /// From which address.
    pub address: String,
    /// When it ends however much it is used, by the machine's clock.
    pub(super) ends_at_micros: i64,
}

impl SignedIn {
    /// The name under which it stands in a session.
    pub const KEY: &str = "signed_in";

    /// Whether whoever sits there has proved who they are within the last ten minutes.
    #[must_use]
    pub fn is_fresh(&self, at: Timestamp) -> bool {
        self.proved_at <= at && at < self.proved_at.after(FRESH)
    }
}

/// One of the devices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// Its name for [`Engine::end_session`]: a hash, with which nobody can sign in.
    pub id: String,
    /// Which browser on what.
    pub device: String,
    /// From which address it was signed in.
    pub address: String,
    /// When it was signed in.
    pub began_at: Timestamp,
    /// When it last asked for something, to a few minutes.
    pub seen_at: Timestamp,
    /// Whether it is the one that asks.
    pub is_this: bool,
}

impl Engine {
    /// Somebody signs in with a browser.
    #[must_use]
    pub fn signed_in(&self, person: PersonId, device: String, address: String) -> SignedIn {
        let at = self.now();
        SignedIn {
            person,
            began_at: at,
            seen_at: at,
            proved_at: at,
            device,
            address,
            ends_at_micros: machine_end(),
        }
    }

    /// The devices that a member is signed in with, the one that asks first, then the newest.
    pub async fn devices(&self, member: &Member, this: Option<Id>) -> Result<Vec<Device>, Error> {
        let (this, now) = (this.map(|id| id_hash(&id)), machine_micros());
        let rows = session::Entity::find()
            .filter(session::Column::PersonId.eq(member.person.to_string()))
            .filter(session::Column::ExpiresAt.gt(now))
            .filter(session::Column::EndsAt.gt(now))
            .order_by_desc(session::Column::SeenAt)
            .order_by_asc(session::Column::IdHash)
            .all(&self.shared.pools.read)
            .await?;
        let at = |row: &session::Model, micros: Option<i64>| {
            let at = Timestamp::from_micros(micros.unwrap_or_default());
            at.map_err(|error| Error::corrupt("session", &row.id_hash, error))
        };
        let device = |row: session::Model| {
            Ok(Device {
                began_at: at(&row, row.began_at)?,
                seen_at: at(&row, row.seen_at)?,
                is_this: this.as_ref() == Some(&row.id_hash),
                device: row.device.unwrap_or_default(),
                address: row.address.unwrap_or_default(),
                id: row.id_hash,
            })
        };
        let mut devices = rows.into_iter().map(device).collect::<Result<Vec<Device>, Error>>()?;
        devices.sort_by_key(|device| !device.is_this);
        Ok(devices)
    }

    /// Signs one of a member's devices out.
    pub async fn end_session(&self, member: &Member, device: &str) -> Result<(), Error> {
        let ended = self.end(member, session::Column::IdHash.eq(device)).await?;
        if ended == 1 { Ok(()) } else { Err(Error::NotFound("device")) }
    }

    /// Signs all of a member's devices out but this one, and answers how many there were.
    pub async fn end_other_sessions(&self, member: &Member, this: Option<Id>) -> Result<u64, Error> {
        let this = this.map(|id| id_hash(&id)).unwrap_or_default();
        self.end(member, session::Column::IdHash.ne(this)).await
    }

    async fn end(&self, member: &Member, which: sea_orm::sea_query::SimpleExpr) -> Result<u64, Error> {
        let transaction = begin_write(&self.shared.pools.side).await?;
        let mine = session::Column::PersonId.eq(member.person.to_string());
        let rows = session::Entity::find().filter(mine).filter(which).all(&transaction).await?;
        for row in &rows {
            session::Entity::delete_by_id(&row.id_hash).exec(&transaction).await?;
            let by = Actor::Person(member.person);
            let note = Note::beside(by, AuditAct::SessionEnded, member.person);
            let note = note.moved("device", row.device.clone(), None);
            self.shared.note(&transaction, &note).await?;
        }
        transaction.commit().await?;
        Ok(u64::try_from(rows.len()).unwrap_or(u64::MAX))
    }
}
