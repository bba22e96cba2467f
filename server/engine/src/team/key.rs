//! Keys of the pipeline at the gate: only their hashes are kept, and each is looked up for every request after it has come, so that
//! one that is revoked is dead at once in every process. Requests that come at once share a look. T12, I-45.

use crate::{
    Engine, Error,
    audit::Note,
    db::{begin_write, entity::api_key, from_json},
    ids::random,
};
use billing::{
    audit::{Actor, AuditAct},
    id::{AccountId, CustomerId, KeyId},
    team::{KeyAct, KeyScope},
    time::{Span, Timestamp},
};
use sea_orm::{ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, Set};
use sha2::{Digest, Sha256};
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// What every key of the pipeline starts with.
const KEY_PREFIX: &str = "jk_";
/// How much of a token is kept, to tell keys apart: `jk_1a2b`.
const SHOWN: usize = 7;
/// How often it is written that a key was used.
const USE_WRITTEN_EVERY: Span = Span::minutes(1);

/// A key of the pipeline that is alive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PipelineKey {
    /// Which key.
    pub id: KeyId,
    /// Whose.
    pub customer: CustomerId,
    /// How many acts a second it may ask; 0 is any number, none leaves it to the server.
    pub acts_per_second: Option<u32>,
    /// What it may do, and for which accounts.
    pub scope: KeyScope,
}

impl PipelineKey {
    /// Nothing, where it may do this.
    pub(crate) fn require(&self, act: KeyAct) -> Result<(), Error> {
        if self.scope.may(act) { Ok(()) } else { Err(Error::OutOfScope(act)) }
    }

    /// Nothing, where it may do this for this account. One that is out of its reach does not exist for it.
    pub(crate) fn require_of(&self, act: KeyAct, account: AccountId) -> Result<(), Error> {
        self.require(act)?;
        if self.scope.covers(account) { Ok(()) } else { Err(Error::NotFound("account")) }
    }
}

/// When each key's use was written last by this process: a busy key is written once a minute, not at every request.
#[derive(Debug, Default)]
pub(crate) struct KeyUses(Mutex<HashMap<KeyId, Timestamp>>);

impl KeyUses {
    /// Whether it is time to write that a key was used; whoever is told so writes it.
    fn is_due(&self, key: KeyId, written: Option<Timestamp>, at: Timestamp) -> bool {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let last = known.get(&key).copied().max(written);
        let due = last.is_none_or(|last| last.after(USE_WRITTEN_EVERY) <= at);
        if due {
            known.insert(key, at);
        }
        due
    }
}

/// A token that nobody has had before.
pub(super) fn fresh_token() -> Result<String, Error> {
    Ok(format!("{KEY_PREFIX}{}", hex::encode(random::<32>()?)))
}

/// What is kept of a token: its hash, and its first characters.
pub(super) fn kept_of(token: &str) -> (String, Option<String>) {
    (hex::encode(Sha256::digest(token)), Some(token.chars().take(SHOWN).collect()))
}

/// What a row allows.
pub(super) fn scope_of(row: &api_key::Model) -> Result<KeyScope, Error> {
    let acts = row.acts.as_deref().map(|acts| from_json("api_key", &row.id, acts)).transpose()?;
    let accounts = row.account_ids.as_deref().map(|ids| from_json("api_key", &row.id, ids)).transpose()?;
    Ok(KeyScope { acts: acts.unwrap_or_else(|| KeyScope::whole().acts), accounts })
}

/// The rate of a row.
pub(super) fn rate_of(row: &api_key::Model) -> Result<Option<u32>, Error> {
    let rate = row.acts_per_second.map(u32::try_from).transpose();
    rate.map_err(|error| Error::corrupt("api_key", &row.id, error))
}

/// The row of a new key, whose token is not kept.
pub(crate) fn new_key(
    customer: CustomerId,
    id: KeyId,
    name: &str,
    token: &str,
    at: Timestamp,
) -> api_key::Model {
    let (token_hash, token_start) = kept_of(token);
    api_key::Model {
        id: id.to_string(),
        customer_id: customer.to_string(),
        name: name.to_owned(),
        token_hash,
        created_at: at.micros(),
        revoked_at: None,
        acts_per_second: None,
        token_start,
        acts: None,
        account_ids: None,
        made_by: None,
        request: None,
        last_used_at: None,
        previous_hash: None,
        previous_until: None,
        rotation: None,
    }
}

impl Engine {
    /// Makes a key of the pipeline and answers its token, which is not kept and cannot be shown again.
    pub async fn add_pipeline_key(&self, customer: CustomerId, name: &str) -> Result<String, Error> {
        let token = fresh_token()?;
        self.keep_pipeline_key(customer, name, &token).await?;
        Ok(token)
    }

    /// Sets how many acts a second a key may ask: 0 is any number, none leaves it to the server.
    pub async fn set_key_rate(
        &self,
        customer: CustomerId,
        key: KeyId,
        acts_per_second: Option<u32>,
    ) -> Result<(), Error> {
        let transaction = begin_write(&self.shared.pools.side).await?;
        let row = api_key::Entity::find_by_id(key.to_string())
            .filter(api_key::Column::CustomerId.eq(customer.to_string()))
            .one(&transaction)
            .await?
            .ok_or(Error::NotFound("key"))?;
        let before = row.acts_per_second;
        api_key::Entity::update_many()
            .set(api_key::ActiveModel {
                acts_per_second: Set(acts_per_second.map(i64::from)),
                ..Default::default()
            })
            .filter(api_key::Column::Id.eq(&row.id))
            .exec(&transaction)
            .await?;
        let note = Note::of(customer, Actor::Operations, AuditAct::KeyChanged, key);
        let note = note.moved("acts a second", before, acts_per_second.map(i64::from));
        self.shared.note(&transaction, &note).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Keeps a key whose token is known, which may do everything: of the sample data, or made by whoever runs the
    /// installation.
    pub(crate) async fn keep_pipeline_key(
        &self,
        customer: CustomerId,
        name: &str,
        token: &str,
    ) -> Result<KeyId, Error> {
        let at = self.now();
        let id = KeyId::new(self.shared.ids.next(at)?);
        let row = new_key(customer, id, name, token, at);
        let transaction = begin_write(&self.shared.pools.side).await?;
        api_key::Entity::insert(row.into_active_model()).exec_without_returning(&transaction).await?;
        let note = Note::of(customer, Actor::Operations, AuditAct::KeyMade, id).with("name", name);
        self.shared.note(&transaction, &note).await?;
        transaction.commit().await?;
        Ok(id)
    }

    /// The key behind a bearer token, with all that it may do, in one statement; none where it is unknown, revoked, or was
    /// replaced and its time is over. That it was used is written later, by a task of its own.
    pub async fn pipeline_key(&self, token: &str) -> Result<Option<PipelineKey>, Error> {
        if !token.starts_with(KEY_PREFIX) {
            return Ok(None);
        }
        let hash = hex::encode(Sha256::digest(token));
        self.shared.key_looks.find(&hash, self.look_for_key(&hash)).await
    }

    async fn look_for_key(&self, hash: &str) -> Result<Option<PipelineKey>, Error> {
        let at = self.now();
        let previous = Condition::all()
            .add(api_key::Column::PreviousHash.eq(hash))
            .add(api_key::Column::PreviousUntil.gt(at.micros()));
        let row = api_key::Entity::find()
            .filter(Condition::any().add(api_key::Column::TokenHash.eq(hash)).add(previous))
            .filter(api_key::Column::RevokedAt.is_null())
            .one(&self.shared.pools.read)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let bad = |error| Error::corrupt("api_key", &row.id, error);
        let key = PipelineKey {
            id: row.id.parse().map_err(bad)?,
            customer: row.customer_id.parse().map_err(bad)?,
            acts_per_second: rate_of(&row)?,
            scope: scope_of(&row)?,
        };
        let written = row.last_used_at.and_then(|micros| Timestamp::from_micros(micros).ok());
        if self.shared.key_uses.is_due(key.id, written, at) {
            let engine = self.clone();
            tokio::spawn(async move { engine.write_use(row.id, at).await });
        }
        Ok(Some(key))
    }

    /// Off the way of whoever asks: the note of a use that fails is lost, the request is not.
    async fn write_use(&self, key: String, at: Timestamp) {
        let written = api_key::Entity::update_many()
            .set(api_key::ActiveModel { last_used_at: Set(Some(at.micros())), ..Default::default() })
            .filter(api_key::Column::Id.eq(&key))
            .exec(&self.shared.pools.side)
            .await;
        if let Err(error) = written {
            tracing::warn!(%error, key, "that a key was used could not be noted");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ulid::Ulid;

    #[test]
    fn t12_a_busy_keys_use_is_written_once_a_minute() {
        let at = |seconds: i64| Timestamp::from_micros(seconds * 1_000_000).unwrap();
        let key = |number| KeyId::new(Ulid::from_parts(number, 0));
        let uses = KeyUses::default();
        assert!(uses.is_due(key(1), None, at(0)), "the first");
        let written = (1..600).filter(|second| uses.is_due(key(1), None, at(*second))).count();
        assert_eq!(written, 9);
        assert!(!uses.is_due(key(2), Some(at(590)), at(600)), "another process has written it");
        assert!(uses.is_due(key(2), Some(at(540)), at(600)));
    }
}
