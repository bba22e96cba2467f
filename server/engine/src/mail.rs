//! Letters: put into the outbox in the transaction of the act that they tell of, so that none is sent for what did not
//! happen and none is lost. A sandbox sends none: they are read on its mailbox page. N3.

use crate::{
    Engine, Error,
    db::{entity::mail, from_json, from_word, rows, to_json, to_word},
    writer::Shared,
};
use billing::{
    id::{CustomerId, MailId},
    time::Timestamp,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};

/// Letters that a mailbox shows.
const MAILBOX: u64 = 50;

/// What a letter is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum MailKind {
    /// H8: an address is to be confirmed.
    Registration,
    /// L2: a link that signs in.
    SignIn,
    /// L2: a link that sets another password.
    PasswordReset,
    /// H7: somebody is invited.
    Invitation,
    /// Something about a person's own sign-in has changed.
    Security,
    /// A7: a member asks for more, or is answered.
    Request,
    /// Y2: data or their end.
    Privacy,
}

/// A letter. Its link is an address of ours without an origin: whoever sends it knows under which name we are reached (T19).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// The address that it goes to.
    pub to: String,
    /// What it is about.
    pub kind: MailKind,
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub paragraphs: Vec<String>,
    /// What its one link says, and where it leads: `/join?token=…`.
    pub link: Option<(String, String)>,
}

/// A letter that was put into the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posted {
    /// Which.
    pub id: MailId,
    /// What it says.
    pub letter: Letter,
    /// When.
    pub at: Timestamp,
}

impl Shared {
    /// Puts a letter into the outbox.
    pub(crate) async fn post(
        &self,
        transaction: &impl ConnectionTrait,
        customer: Option<CustomerId>,
        letter: &Letter,
    ) -> Result<(), Error> {
        let at = self.clock.now();
        let id = MailId::new(self.ids.next(at)?).to_string();
        let (link_words, link_path) = letter.link.clone().unzip();
        let row = mail::Model {
            customer_id: customer.map(|customer| customer.to_string()),
            recipient: letter.to.clone(),
            kind: to_word(&letter.kind)?,
            subject: letter.subject.clone(),
            paragraphs: to_json("mail", &id, &letter.paragraphs)?,
            link_words,
            link_path,
            created_at: at.micros(),
            sent_at: None,
            tries: 0,
            id,
        };
        rows::insert::<mail::Entity>(transaction, &[row]).await
    }
}

impl Engine {
    /// The newest letters of a sandbox, newest first; to this address alone where one is given. Elsewhere nobody reads
    /// other people's letters.
    pub async fn mailbox(&self, to: Option<&str>) -> Result<Vec<Posted>, Error> {
        if !self.is_sandbox() {
            return Err(Error::NotFound("mailbox"));
        }
        let mut found = mail::Entity::find().order_by_desc(mail::Column::Id).limit(MAILBOX);
        if let Some(to) = to {
            found = found.filter(mail::Column::Recipient.eq(to.trim().to_lowercase()));
        }
        found.all(&self.shared.pools.read).await?.iter().map(posted_of).collect()
    }
}

fn posted_of(row: &mail::Model) -> Result<Posted, Error> {
    let at = Timestamp::from_micros(row.created_at);
    Ok(Posted {
        id: row.id.parse().map_err(|error| Error::corrupt("mail", &row.id, error))?,
        letter: Letter {
            to: row.recipient.clone(),
            kind: from_word("mail", &row.id, &row.kind)?,
            subject: row.subject.clone(),
            paragraphs: from_json("mail", &row.id, &row.paragraphs)?,
            link: row.link_words.clone().zip(row.link_path.clone()),
        },
        at: at.map_err(|error| Error::corrupt("mail", &row.id, error))?,
    })
}
