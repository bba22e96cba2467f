//! What people agree to: every word of theirs is kept, the newest of a kind holds. Y1.

use super::request::lock_person;
use crate::{
    Engine, Error,
    audit::Note,
    db::{begin_write, entity::consent_entry, from_word, rows, to_word},
    team::Member,
    writer::Shared,
};
use billing::{
    audit::{
        Actor, AuditAct,
        privacy::{Consent, ConsentKind, TERMS_VERSION},
    },
    id::{ConsentId, PersonId},
    time::Timestamp,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

fn consent_of(row: &consent_entry::Model) -> Result<Consent, Error> {
    let bad = |what: &str| Error::corrupt("consent_entry", &row.id, what);
    Ok(Consent {
        id: row.id.parse().map_err(|_| bad("id"))?,
        kind: from_word("consent_entry", &row.id, &row.kind)?,
        given: row.given == 1,
        version: row.version.clone(),
        since: Timestamp::from_micros(row.at).map_err(|_| bad("instant"))?,
    })
}

/// The newest word of somebody on something.
async fn newest(
    connection: &impl ConnectionTrait,
    person: PersonId,
    kind: ConsentKind,
) -> Result<Option<Consent>, Error> {
    let row = consent_entry::Entity::find()
        .filter(consent_entry::Column::PersonId.eq(person.to_string()))
        .filter(consent_entry::Column::Kind.eq(to_word(&kind)?))
        .order_by_desc(consent_entry::Column::Id)
        .one(connection)
        .await?;
    row.as_ref().map(consent_of).transpose()
}

impl Shared {
    /// Keeps a word of somebody.
    async fn keep_consent(
        &self,
        transaction: &impl ConnectionTrait,
        person: PersonId,
        kind: ConsentKind,
        given: bool,
    ) -> Result<(), Error> {
        let at = self.clock.now();
        let row = consent_entry::Model {
            id: ConsentId::new(self.ids.next(at)?).to_string(),
            person_id: person.to_string(),
            kind: to_word(&kind)?,
            given: i64::from(given),
            version: (kind == ConsentKind::Terms).then(|| TERMS_VERSION.to_owned()),
            at: at.micros(),
        };
        rows::insert::<consent_entry::Entity>(transaction, &[row]).await
    }

    /// L5: the terms of today are accepted.
    pub(crate) async fn accept_terms(
        &self,
        transaction: &impl ConnectionTrait,
        person: PersonId,
    ) -> Result<(), Error> {
        self.keep_consent(transaction, person, ConsentKind::Terms, true).await
    }
}

impl Engine {
    /// What somebody has said to it last; none where they have said nothing.
    pub async fn consent(&self, member: &Member, kind: ConsentKind) -> Result<Option<Consent>, Error> {
        newest(&self.shared.pools.read, member.person, kind).await
    }

    /// Agrees to something, or no longer does. What is so already says nothing. The terms are accepted at the registration
    /// and nowhere else.
    pub async fn set_consent(&self, member: &Member, kind: ConsentKind, given: bool) -> Result<(), Error> {
        if kind == ConsentKind::Terms {
            let message = "The terms hold as long as there is an account.".to_owned();
            return Err(Error::Invalid { field: "kind".to_owned(), message });
        }
        let transaction = begin_write(&self.shared.pools.side).await?;
        lock_person(&transaction, &member.person.to_string()).await?;
        let before = newest(&transaction, member.person, kind).await?.is_some_and(|known| known.given);
        if before == given {
            return Ok(());
        }
        self.shared.keep_consent(&transaction, member.person, kind, given).await?;
        let word = |given: bool| if given { "given" } else { "not given" };
        let note = Note::beside(Actor::Person(member.person), AuditAct::ConsentChanged, member.person);
        let note = note.moved(&to_word(&kind)?, Some(word(before)), Some(word(given)));
        self.shared.note(&transaction, &note).await?;
        transaction.commit().await?;
        Ok(())
    }
}
