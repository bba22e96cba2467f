//! Letters that were given up: listed for whoever runs the platform, and sent again by their hand. S4, N3.

use super::{Posted, posted_of};
use crate::{
    Engine, Error,
    audit::Note,
    db::{begin_write, entity::mail},
    team::Member,
};
use billing::{
    audit::{Actor, AuditAct},
    id::{CustomerId, MailId},
    team::Permission,
    time::Timestamp,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};

/// Letters that were given up which staff are shown.
const SHOWN: u64 = 50;
/// What whoever sends a letter without its link is told.
const LINK_IS_OVER: &str = "Its link works no more, so that it would lead nowhere. Nothing was sent. Whoever needs it asks for \
                            another one.";

/// A letter that was given up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsent {
    /// Which.
    pub id: MailId,
    /// To whom it was to go.
    pub to: String,
    /// Its subject.
    pub subject: String,
    /// When it was written.
    pub at: Timestamp,
    /// How often it was tried.
    pub tries: u64,
    /// Why it did not leave.
    pub why: String,
    /// Whether its link works no more: then it is not sent again.
    pub link_is_over: bool,
}

impl Engine {
    /// The letters that were given up, newest first.
    pub(crate) async fn unsent_letters(&self) -> Result<Vec<Unsent>, Error> {
        let rows = mail::Entity::find()
            .filter(mail::Column::GivenUpAt.is_not_null())
            .order_by_desc(mail::Column::Id)
            .limit(SHOWN)
            .all(&self.shared.pools.read)
            .await?;
        rows.iter().map(unsent_of).collect()
    }

    /// Has a letter that was given up tried again, as often as a new one, by the platform's own administrators. One that is on
    /// its way again, or has left, stays so.
    pub async fn send_letter_again(&self, by: &Member, letter: MailId) -> Result<(), Error> {
        by.require(Permission::RunPlatform)?;
        let transaction = begin_write(&self.shared.pools.side).await?;
        let row = mail::Entity::find_by_id(letter.to_string()).one(&transaction).await?;
        let row = row.ok_or(Error::NotFound("letter"))?;
        let unsent = unsent_of(&row)?;
        if row.given_up_at.is_some() && unsent.link_is_over {
            return Err(Error::Invalid { field: "letter".to_owned(), message: LINK_IS_OVER.to_owned() });
        }
        let again = mail::ActiveModel {
            tries: Set(0),
            next_try_at: Set(None),
            leased_until: Set(None),
            given_up_at: Set(None),
            ..Default::default()
        };
        let taken = mail::Entity::update_many()
            .set(again)
            .filter(mail::Column::Id.eq(&row.id))
            .filter(mail::Column::GivenUpAt.is_not_null())
            .exec(&transaction)
            .await?;
        if taken.rows_affected == 0 {
            return Ok(()); // sent twice
        }
        self.shared.note(&transaction, &note_of(&row, &unsent, by)?).await?;
        transaction.commit().await?;
        Ok(())
    }
}

fn note_of(row: &mail::Model, unsent: &Unsent, by: &Member) -> Result<Note, Error> {
    let (by, act) = (Actor::Person(by.person), AuditAct::JobResubmitted);
    let note = match &row.customer_id {
        None => Note::beside(by, act, unsent.id),
        Some(owner) => {
            let owner: CustomerId = owner.parse().map_err(|error| Error::corrupt("mail", &row.id, error))?;
            Note::of(owner, by, act, unsent.id)
        }
    };
    Ok(note.with("letter", &row.kind).with("tries before", unsent.tries))
}

fn unsent_of(row: &mail::Model) -> Result<Unsent, Error> {
    let Posted { id, letter, at, link_is_over, .. } = posted_of(row)?;
    let why = row.failed_with.clone().unwrap_or_default();
    let tries = u64::try_from(row.tries).unwrap_or_default();
    Ok(Unsent { id, to: letter.to, subject: letter.subject, at, tries, why, link_is_over })
}
