//! The requests of all people, for the platform's administrators: acknowledged, extended with a reason, resolved with a
//! note. Y2, Y5. A copy answers itself, and an account is deleted by itself on its day.

use super::{privacy_letters as letters, request::request_of};
use crate::{
    Engine, Error,
    audit::Note,
    db::{
        begin_write,
        entity::{person, privacy_request},
    },
    team::Member,
};
use billing::{
    audit::{
        Actor, AuditAct,
        privacy::{PrivacyRequest, RequestKind, RequestOutcome},
    },
    id::PrivacyRequestId,
    team::Permission,
    time::Timestamp,
};
use chrono::NaiveDate;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};

/// Requests that have ended, as many as the page shows.
const ENDED: u64 = 100;
/// The longest reason and the longest note.
const WORDS_CHARACTERS: usize = 1_000;

/// A request as staff see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestLine {
    /// What is asked, and how it stands.
    pub request: PrivacyRequest,
    /// Who asks: their name, or what they are called since they were forgotten.
    pub name: String,
    /// Where they are written to; none since they were forgotten.
    pub email: Option<String>,
}

/// How staff resolve a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// It is done.
    Fulfilled,
    /// It is not done, for the reason in the note.
    Declined,
}

fn invalid(field: &str, message: &str) -> Error {
    Error::Invalid { field: field.to_owned(), message: message.to_owned() }
}

/// Words that have to be said.
fn said(field: &str, words: &str, otherwise: &str) -> Result<String, Error> {
    let words: String = words.trim().chars().take(WORDS_CHARACTERS).collect();
    if words.is_empty() { Err(invalid(field, otherwise)) } else { Ok(words) }
}

/// An open request, whoever asks, under its lock; and who asks.
async fn living(
    transaction: &DatabaseTransaction,
    id: PrivacyRequestId,
) -> Result<(PrivacyRequest, person::Model), Error> {
    let row = privacy_request::Entity::find_by_id(id.to_string()).lock_exclusive().one(transaction).await?;
    let row = row.ok_or(Error::NotFound("request"))?;
    let of = person::Entity::find_by_id(&row.person_id).one(transaction).await?;
    let request = request_of(&row)?;
    if !request.is_open() {
        return Err(Error::Stale("The request has ended."));
    }
    Ok((request, of.ok_or(Error::NotFound("person"))?))
}

impl Engine {
    /// Every open request, the most urgent first, and those that ended last.
    pub async fn all_privacy_requests(&self, member: &Member) -> Result<Vec<RequestLine>, Error> {
        member.require(Permission::RunPlatform)?;
        let read = &self.shared.pools.read;
        let open = privacy_request::Entity::find()
            .filter(privacy_request::Column::EndedAt.is_null())
            .order_by_asc(privacy_request::Column::ResolveBy)
            .all(read)
            .await?;
        let ended = privacy_request::Entity::find()
            .filter(privacy_request::Column::EndedAt.is_not_null())
            .order_by_desc(privacy_request::Column::EndedAt)
            .order_by_desc(privacy_request::Column::Id)
            .limit(ENDED)
            .all(read)
            .await?;
        let rows: Vec<privacy_request::Model> = open.into_iter().chain(ended).collect();
        let people = person::Entity::find()
            .filter(person::Column::Id.is_in(rows.iter().map(|row| &row.person_id)))
            .all(read)
            .await?;
        let line = |row: &privacy_request::Model| {
            let of = people.iter().find(|one| one.id == row.person_id);
            let of = of.ok_or_else(|| Error::corrupt("privacy_request", &row.id, "is nobody’s"))?;
            Ok(RequestLine {
                request: request_of(row)?,
                name: of.name.clone(),
                email: of.erased_at.is_none().then(|| of.email.clone()),
            })
        };
        rows.iter().map(line).collect()
    }

    /// Y2: says that somebody looks at it. Acknowledged before, it stays so.
    pub async fn acknowledge_request(&self, member: &Member, id: PrivacyRequestId) -> Result<(), Error> {
        member.require(Permission::RunPlatform)?;
        let transaction = begin_write(&self.shared.pools.side).await?;
        let (request, person) = living(&transaction, id).await?;
        if request.acknowledged_at.is_some() {
            return Ok(());
        }
        let changed = privacy_request::ActiveModel {
            acknowledged_at: Set(Some(self.now().micros())),
            acknowledged_by: Set(Some(member.person.to_string())),
            ..Default::default()
        };
        self.put_request(&transaction, &request, changed).await?;
        self.shared.post(&transaction, None, &letters::acknowledged(&person, &request)).await?;
        let note = Note::beside(Actor::Person(member.person), AuditAct::PrivacyAcknowledged, request.person);
        self.shared.note(&transaction, &note.with("asked", request.kind.title())).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Y2: resolves it on a later day, at most 90 days after it was asked, with a reason that the person is told.
    pub async fn extend_request(
        &self,
        member: &Member,
        id: PrivacyRequestId,
        to: NaiveDate,
        reason: &str,
    ) -> Result<(), Error> {
        member.require(Permission::RunPlatform)?;
        let reason = said("reason", reason, "Say why it takes longer: the person is told.")?;
        let transaction = begin_write(&self.shared.pools.side).await?;
        let (request, person) = living(&transaction, id).await?;
        let to = Timestamp::midnight(to);
        if !request.may_be_extended_to(to) {
            let message = "Choose a day after the one it is due on, at most 90 days after the request.";
            return Err(invalid("until", message));
        }
        let changed = privacy_request::ActiveModel {
            resolve_by: Set(to.micros()),
            extension: Set(Some(reason.clone())),
            ..Default::default()
        };
        self.put_request(&transaction, &request, changed).await?;
        self.shared.post(&transaction, None, &letters::extended(&person, &request, to, &reason)).await?;
        let note = Note::beside(Actor::Person(member.person), AuditAct::PrivacyExtended, request.person);
        let note = note.moved("resolved by", Some(request.resolve_by), Some(to)).because(&reason);
        self.shared.note(&transaction, &note.with("asked", request.kind.title())).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Y5: ends it with a note that the person is told. A deletion is fulfilled by itself, on its day.
    pub async fn resolve_request(
        &self,
        member: &Member,
        id: PrivacyRequestId,
        resolution: Resolution,
        note: &str,
    ) -> Result<(), Error> {
        member.require(Permission::RunPlatform)?;
        let words = said("note", note, "Say what was done, or why not: the person is told.")?;
        let outcome = match resolution {
            Resolution::Fulfilled => RequestOutcome::Fulfilled,
            Resolution::Declined => RequestOutcome::Declined,
        };
        let transaction = begin_write(&self.shared.pools.side).await?;
        let (request, person) = living(&transaction, id).await?;
        if request.kind == RequestKind::Erasure && resolution == Resolution::Fulfilled {
            return Err(invalid("outcome", "An account is deleted by itself, on its day."));
        }
        self.shared
            .end_request(&transaction, &id.to_string(), outcome, Some((member.person, &words)))
            .await?;
        let letter = letters::resolved(&person, &request, outcome, &words);
        self.shared.post(&transaction, None, &letter).await?;
        let entry = Note::beside(Actor::Person(member.person), AuditAct::PrivacyResolved, request.person);
        let entry = entry.with("asked", request.kind.title()).because(&words);
        let entry = entry.with("outcome", crate::db::to_word(&outcome)?);
        self.shared.note(&transaction, &entry).await?;
        transaction.commit().await?;
        Ok(())
    }

    async fn put_request(
        &self,
        transaction: &DatabaseTransaction,
        request: &PrivacyRequest,
        changed: privacy_request::ActiveModel,
    ) -> Result<(), Error> {
        privacy_request::Entity::update_many()
            .set(changed)
            .filter(privacy_request::Column::Id.eq(request.id.to_string()))
            .exec(transaction)
            .await?;
        Ok(())
    }
}
