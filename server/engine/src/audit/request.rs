//! What people ask of their own data: that their account be deleted, that it be restricted, that some use end. One of a
//! kind is open at a time; asked again, it is the same one. Y1, Y2.

use super::privacy_letters as letters;
use crate::{
    Engine, Error,
    audit::Note,
    db::{
        begin_write,
        entity::{person, privacy_request},
        from_word, rows, to_word,
    },
    team::Member,
    writer::Shared,
};
use billing::{
    audit::{
        Actor, AuditAct,
        privacy::{PrivacyRequest, RESOLVED_WITHIN, RequestKind, RequestOutcome},
    },
    id::{PersonId, PrivacyRequestId},
    time::Timestamp,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};

/// The longest word on what is asked.
const WORDS_CHARACTERS: usize = 1_000;
/// Requests that a person is shown of theirs.
const SHOWN: u64 = 20;

/// What a row says.
pub(super) fn request_of(row: &privacy_request::Model) -> Result<PrivacyRequest, Error> {
    let bad = |what: &str| Error::corrupt("privacy_request", &row.id, what);
    let at = |micros: i64| Timestamp::from_micros(micros).map_err(|_| bad("instant"));
    let outcome: Option<RequestOutcome> =
        row.outcome.as_deref().map(|word| from_word("privacy_request", &row.id, word)).transpose()?;
    Ok(PrivacyRequest {
        id: row.id.parse().map_err(|_| bad("id"))?,
        person: row.person_id.parse().map_err(|_| bad("person"))?,
        kind: from_word("privacy_request", &row.id, &row.kind)?,
        words: row.words.clone(),
        asked_at: at(row.asked_at)?,
        resolve_by: at(row.resolve_by)?,
        extension: row.extension.clone(),
        acknowledged_at: row.acknowledged_at.map(at).transpose()?,
        waits_since: row.waits_since.map(at).transpose()?,
        ended: row.ended_at.map(at).transpose()?.zip(outcome),
        answer: row.answer.clone(),
    })
}

/// The open request of a person of one kind.
async fn open(
    connection: &impl ConnectionTrait,
    person: PersonId,
    kind: RequestKind,
) -> Result<Option<privacy_request::Model>, Error> {
    let found = privacy_request::Entity::find()
        .filter(privacy_request::Column::PersonId.eq(person.to_string()))
        .filter(privacy_request::Column::Kind.eq(to_word(&kind)?))
        .filter(privacy_request::Column::EndedAt.is_null());
    Ok(found.one(connection).await?)
}

/// Nothing else is asked or changed of this person meanwhile.
pub(crate) async fn lock_person(
    transaction: &impl ConnectionTrait,
    person: &str,
) -> Result<person::Model, Error> {
    let row = person::Entity::find_by_id(person).lock_exclusive().one(transaction).await?;
    row.filter(|row| row.erased_at.is_none()).ok_or(Error::NotFound("person"))
}

/// People whose account is to be deleted.
pub(crate) async fn leaving(connection: &impl ConnectionTrait) -> Result<Vec<String>, Error> {
    Ok(privacy_request::Entity::find()
        .select_only()
        .column(privacy_request::Column::PersonId)
        .filter(privacy_request::Column::Kind.eq(to_word(&RequestKind::Erasure)?))
        .filter(privacy_request::Column::EndedAt.is_null())
        .into_tuple()
        .all(connection)
        .await?)
}

impl Shared {
    /// Keeps a request; one that answers itself is acknowledged by that.
    pub(super) async fn keep_request(
        &self,
        transaction: &impl ConnectionTrait,
        person: PersonId,
        kind: RequestKind,
        words: Option<String>,
    ) -> Result<PrivacyRequest, Error> {
        let at = self.clock.now();
        let done = (kind == RequestKind::Export).then_some(at.micros());
        let fulfilled = done.map(|_| to_word(&RequestOutcome::Fulfilled)).transpose()?;
        let row = privacy_request::Model {
            id: PrivacyRequestId::new(self.ids.next(at)?).to_string(),
            person_id: person.to_string(),
            kind: to_word(&kind)?,
            words,
            asked_at: at.micros(),
            resolve_by: at.after(RESOLVED_WITHIN).micros(),
            extension: None,
            acknowledged_at: (!kind.is_answered_by_staff()).then_some(at.micros()),
            acknowledged_by: None,
            waits_since: None,
            ended_at: done,
            outcome: fulfilled,
            answer: None,
            ended_by: None,
        };
        let request = request_of(&row)?;
        rows::insert::<privacy_request::Entity>(transaction, &[row]).await?;
        Ok(request)
    }

    /// Ends a request that is open; of many at once, and in many processes, one does it.
    pub(crate) async fn end_request(
        &self,
        transaction: &impl ConnectionTrait,
        id: &str,
        outcome: RequestOutcome,
        answered: Option<(PersonId, &str)>,
    ) -> Result<bool, Error> {
        let (by, answer) = answered.unzip();
        let ended = privacy_request::ActiveModel {
            ended_at: Set(Some(self.clock.now().micros())),
            outcome: Set(Some(to_word(&outcome)?)),
            answer: Set(answer.map(str::to_owned)),
            ended_by: Set(by.map(|by| by.to_string())),
            ..Default::default()
        };
        let ended = privacy_request::Entity::update_many()
            .set(ended)
            .filter(privacy_request::Column::Id.eq(id))
            .filter(privacy_request::Column::EndedAt.is_null())
            .exec(transaction)
            .await?;
        Ok(ended.rows_affected == 1)
    }
}

impl Engine {
    /// What somebody has asked of their data, newest first.
    pub async fn privacy_requests(&self, member: &Member) -> Result<Vec<PrivacyRequest>, Error> {
        let rows = privacy_request::Entity::find()
            .filter(privacy_request::Column::PersonId.eq(member.person.to_string()))
            .order_by_desc(privacy_request::Column::Id)
            .limit(SHOWN)
            .all(&self.shared.pools.read)
            .await?;
        rows.iter().map(request_of).collect()
    }

    /// The deletion of somebody's account that is under way.
    pub async fn erasure_under_way(&self, person: PersonId) -> Result<Option<PrivacyRequest>, Error> {
        let found = open(&self.shared.pools.read, person, RequestKind::Erasure).await?;
        found.as_ref().map(request_of).transpose()
    }

    /// Begins the grace after which somebody's account is deleted; they type their address to say that they mean it. The
    /// only administrator of a customer stays ([`Error::LastAdministrator`]). Asked again, it is the same request.
    pub async fn request_erasure(&self, member: &Member, typed: &str) -> Result<PrivacyRequest, Error> {
        if typed.trim().to_lowercase() != member.email {
            let message = format!("Type {} to say that this account is meant.", member.email);
            return Err(Error::Invalid { field: "typed".to_owned(), message });
        }
        let transaction = begin_write(&self.shared.pools.side).await?;
        self.shared.lock_teams_of(&transaction, &member.person.to_string()).await?;
        let person = lock_person(&transaction, &member.person.to_string()).await?;
        if let Some(known) = open(&transaction, member.person, RequestKind::Erasure).await? {
            return request_of(&known);
        }
        let staying = Some(leaving(&transaction).await?);
        if !self.shared.alone_in_charge(&transaction, &person, staying.as_deref()).await?.is_empty() {
            return Err(Error::LastAdministrator);
        }
        let request =
            self.shared.keep_request(&transaction, member.person, RequestKind::Erasure, None).await?;
        self.shared.post(&transaction, None, &letters::erasure_begins(&person, request.resolve_by)).await?;
        let note = Note::beside(Actor::Person(member.person), AuditAct::ErasureRequested, member.person);
        self.shared.note(&transaction, &note.with("deleted on", request.resolve_by)).await?;
        transaction.commit().await?;
        Ok(request)
    }

    /// Asks that somebody's data be restricted, or objects to some use of it; staff answer.
    pub async fn ask_about_privacy(
        &self,
        member: &Member,
        kind: RequestKind,
        words: &str,
    ) -> Result<PrivacyRequest, Error> {
        let invalid = |field: &str, message: &str| Error::Invalid {
            field: field.to_owned(),
            message: message.to_owned(),
        };
        if !kind.is_answered_by_staff() {
            return Err(invalid("kind", "Choose what you ask for."));
        }
        let words: String = words.trim().chars().take(WORDS_CHARACTERS).collect();
        if kind == RequestKind::Objection && words.is_empty() {
            return Err(invalid("words", "Say what you object to."));
        }
        let transaction = begin_write(&self.shared.pools.side).await?;
        let person = lock_person(&transaction, &member.person.to_string()).await?;
        if let Some(known) = open(&transaction, member.person, kind).await? {
            return request_of(&known);
        }
        let words = (!words.is_empty()).then_some(words);
        let request = self.shared.keep_request(&transaction, member.person, kind, words).await?;
        self.shared.post(&transaction, None, &letters::received(&person, &request)).await?;
        let note = Note::beside(Actor::Person(member.person), AuditAct::PrivacyAsked, member.person);
        let note = note.with("asked", kind.title()).with("resolved by", request.resolve_by);
        self.shared.note(&transaction, &note).await?;
        transaction.commit().await?;
        Ok(request)
    }

    /// Takes back what somebody has asked, while it is open. One that has ended stays as it is.
    pub async fn withdraw_privacy_request(
        &self,
        member: &Member,
        id: PrivacyRequestId,
    ) -> Result<RequestKind, Error> {
        let transaction = begin_write(&self.shared.pools.side).await?;
        let row = privacy_request::Entity::find_by_id(id.to_string())
            .filter(privacy_request::Column::PersonId.eq(member.person.to_string()))
            .one(&transaction)
            .await?;
        let row = row.ok_or(Error::NotFound("request"))?;
        let kind: RequestKind = from_word("privacy_request", &row.id, &row.kind)?;
        if !self.shared.end_request(&transaction, &row.id, RequestOutcome::Withdrawn, None).await? {
            if row.outcome.as_deref() == Some("withdrawn") {
                return Ok(kind);
            }
            return Err(Error::Stale("It was answered before it was withdrawn."));
        }
        let by = Actor::Person(member.person);
        let note = if kind == RequestKind::Erasure {
            let person = person::Entity::find_by_id(&row.person_id).one(&transaction).await?;
            let person = person.ok_or(Error::NotFound("person"))?;
            self.shared.post(&transaction, None, &letters::erasure_withdrawn(&person)).await?;
            Note::beside(by, AuditAct::ErasureWithdrawn, member.person)
        } else {
            Note::beside(by, AuditAct::PrivacyWithdrawn, member.person).with("asked", kind.title())
        };
        self.shared.note(&transaction, &note).await?;
        transaction.commit().await?;
        Ok(kind)
    }
}
