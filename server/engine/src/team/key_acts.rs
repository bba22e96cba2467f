//! Making, changing, rotating and revoking the keys of a customer. A token is answered once and never kept. T12.

use super::{
    Member,
    key::{fresh_token, kept_of, rate_of, scope_of},
    key_terms::{KeyTerms, accounts_json, invalid, terms_words},
};
use crate::{
    Engine, Error,
    audit::Note,
    db::{begin_write, entity::api_key, to_json},
    writer::lock_wallet,
};
use billing::{
    audit::{Actor, AuditAct},
    id::KeyId,
    team::Permission,
    time::Span,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter, Set,
};
use std::ops::RangeInclusive;

/// The longest name that a form gives itself.
const REQUEST_CHARACTERS: usize = 64;
/// Hours that a replaced token may live on.
const OVERLAP_HOURS: RangeInclusive<i32> = 0..=720;

/// A token, to be shown once.
#[derive(Clone, PartialEq, Eq)]
pub struct ShownToken {
    /// Whose.
    pub key: KeyId,
    /// The token; none where this form has had it before, since it is not kept.
    pub token: Option<String>,
}

impl Engine {
    /// Makes a key and answers its token, once. `request` is the form's own name: sent twice, it makes one key.
    pub async fn make_key(
        &self,
        member: &Member,
        request: &str,
        terms: &KeyTerms,
    ) -> Result<ShownToken, Error> {
        member.require(Permission::ManageKeys)?;
        check_request(request)?;
        let (token, at) = (fresh_token()?, self.now());
        let transaction = begin_write(&self.shared.pools.side).await?;
        lock_wallet(&transaction, &member.customer.to_string()).await?;
        let known = api_key::Entity::find()
            .filter(api_key::Column::CustomerId.eq(member.customer.to_string()))
            .filter(api_key::Column::Request.eq(request))
            .one(&transaction)
            .await?;
        if let Some(known) = known {
            let key = known.id.parse().map_err(|error| Error::corrupt("api_key", &known.id, error))?;
            return Ok(ShownToken { key, token: None });
        }
        self.check_terms(&transaction, member, terms).await?;
        let key = KeyId::new(self.shared.ids.next(at)?);
        let (token_hash, token_start) = kept_of(&token);
        let row = api_key::Model {
            id: key.to_string(),
            customer_id: member.customer.to_string(),
            name: terms.name.trim().to_owned(),
            token_hash,
            created_at: at.micros(),
            revoked_at: None,
            acts_per_second: terms.acts_per_second.map(i64::from),
            token_start: token_start.clone(),
            acts: Some(to_json("api_key", key, &terms.scope.acts)?),
            account_ids: accounts_json(key, terms)?,
            made_by: Some(member.person.to_string()),
            request: Some(request.to_owned()),
            last_used_at: None,
            previous_hash: None,
            previous_until: None,
            rotation: None,
        };
        api_key::Entity::insert(row.into_active_model()).exec_without_returning(&transaction).await?;
        let mut note = Note::of(member.customer, Actor::Person(member.person), AuditAct::KeyMade, key);
        note = note.moved("token starts", None, token_start);
        for (field, value) in terms_words(terms) {
            note = note.moved(field, None, value);
        }
        self.shared.note(&transaction, &note).await?;
        self.limit_key(&transaction, member, key, terms.limit).await?;
        transaction.commit().await?;
        Ok(ShownToken { key, token: Some(token) })
    }

    /// Gives a key other terms. They hold from the next request on.
    pub async fn change_key(&self, member: &Member, key: KeyId, terms: &KeyTerms) -> Result<(), Error> {
        member.require(Permission::ManageKeys)?;
        let (transaction, row) = self.living_key(member, key).await?;
        self.check_terms(&transaction, member, terms).await?;
        let before = KeyTerms {
            name: row.name.clone(),
            scope: scope_of(&row)?,
            acts_per_second: rate_of(&row)?,
            limit: None,
        };
        let mut changed = row.into_active_model();
        changed.name = Set(terms.name.trim().to_owned());
        changed.acts = Set(Some(to_json("api_key", key, &terms.scope.acts)?));
        changed.account_ids = Set(accounts_json(key, terms)?);
        changed.acts_per_second = Set(terms.acts_per_second.map(i64::from));
        changed.update(&transaction).await?;
        let mut note = Note::of(member.customer, Actor::Person(member.person), AuditAct::KeyChanged, key);
        for ((field, before), (_, after)) in terms_words(&before).into_iter().zip(terms_words(terms)) {
            note = note.moved(field, before, after);
        }
        if note.says_something() {
            self.shared.note(&transaction, &note).await?;
        }
        self.limit_key(&transaction, member, key, terms.limit).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Gives a key another token and answers it, once; the one before lives on for some hours, 24 where nobody says. One that
    /// still lived from an earlier rotation is over.
    pub async fn rotate_key(
        &self,
        member: &Member,
        key: KeyId,
        request: &str,
        overlap_hours: i32,
    ) -> Result<ShownToken, Error> {
        member.require(Permission::ManageKeys)?;
        check_request(request)?;
        if !OVERLAP_HOURS.contains(&overlap_hours) {
            return Err(invalid("overlap", "A token may live on for 0 to 720 hours."));
        }
        let (transaction, row) = self.living_key(member, key).await?;
        if row.rotation.as_deref() == Some(request) {
            return Ok(ShownToken { key, token: None });
        }
        let (token, until) = (fresh_token()?, self.now().after(Span::hours(overlap_hours)));
        let (token_hash, token_start) = kept_of(&token);
        let (hash_before, start_before) = (row.token_hash.clone(), row.token_start.clone());
        let mut changed = row.into_active_model();
        changed.token_hash = Set(token_hash);
        changed.token_start = Set(token_start.clone());
        changed.previous_hash = Set(Some(hash_before));
        changed.previous_until = Set(Some(until.micros()));
        changed.rotation = Set(Some(request.to_owned()));
        changed.update(&transaction).await?;
        let note = Note::of(member.customer, Actor::Person(member.person), AuditAct::KeyRotated, key)
            .moved("token starts", start_before, token_start)
            .with("the one before lives until", until);
        self.shared.note(&transaction, &note).await?;
        transaction.commit().await?;
        Ok(ShownToken { key, token: Some(token) })
    }

    /// Revokes a key and every token of it: from the next request on it is unknown. What it has started runs on.
    pub async fn revoke_key(&self, member: &Member, key: KeyId, reason: &str) -> Result<(), Error> {
        member.require(Permission::ManageKeys)?;
        let (transaction, row) = match self.living_key(member, key).await {
            Err(Error::Stale(_)) => return Ok(()), // revoked before
            other => other?,
        };
        let name = row.name.clone();
        let mut changed = row.into_active_model();
        changed.revoked_at = Set(Some(self.now().micros()));
        changed.update(&transaction).await?;
        let note = Note::of(member.customer, Actor::Person(member.person), AuditAct::KeyRevoked, key);
        self.shared.note(&transaction, &note.with("name", name).because(reason)).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// A key of the member's customer, under its wallet's lock.
    async fn living_key(
        &self,
        member: &Member,
        key: KeyId,
    ) -> Result<(DatabaseTransaction, api_key::Model), Error> {
        let transaction = begin_write(&self.shared.pools.side).await?;
        lock_wallet(&transaction, &member.customer.to_string()).await?;
        let row = api_key::Entity::find_by_id(key.to_string())
            .filter(api_key::Column::CustomerId.eq(member.customer.to_string()))
            .one(&transaction)
            .await?
            .ok_or(Error::NotFound("key"))?;
        if row.revoked_at.is_some() {
            return Err(Error::Stale("The key is revoked. Make another one."));
        }
        Ok((transaction, row))
    }
}

fn check_request(request: &str) -> Result<(), Error> {
    let named = (1..=REQUEST_CHARACTERS).contains(&request.len()) && request.is_ascii();
    if named { Ok(()) } else { Err(invalid("request", "This form cannot be used. Load the page again.")) }
}
