//! Letters: put into the outbox in the transaction of the act that they tell of, so that none is sent for what did not
//! happen and none is lost. A sandbox sends none: they are read on its mailbox page. N3.
//!
//! The token of a link stands in a column of its own, and only while something accepts it. A letter that is marked as sent
//! has none: the table refuses it.

mod choice;
pub(crate) mod contested;
mod send;
mod told;
mod unsent;
pub(crate) mod words;

pub use choice::{LetterChoice, Stopped};
pub(crate) use contested::Contested;
pub(crate) use send::PostOffice;
pub use send::{Carried, Carrier, NotCarried};
pub(crate) use told::{Readers, Told, Words, past_grace, post_told};
pub use unsent::Unsent;
pub(crate) use words::Unpaid;

use crate::{
    Engine, Error,
    db::{
        entity::{invitation, mail, sign_in_link},
        from_json, from_word, rows, to_json, to_word,
    },
    ids::Ids,
    writer::Shared,
};
use billing::{
    id::{CustomerId, MailId},
    time::Timestamp,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Set,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Letters that a mailbox shows.
const MAILBOX: u64 = 50;
/// What stands between the address of a link and its token.
const TOKEN: &str = "?token=";

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
    /// U5: auto-top-up does not buy any more, or waits for its owner.
    Billing,
    /// B2: the allowance is nearly used up.
    AllowanceUsed,
    /// The allowance has refreshed, and work was waiting for it.
    Refreshed,
    /// U1: somebody has bought capacity.
    Bought,
    /// U5: auto-top-up has bought capacity, or has reached its cap.
    AutoTopUp,
    /// I1: an invoice.
    Invoice,
    /// 5.33: a payment has failed, is overdue, or is settled.
    Payment,
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
    /// Whether its link was used, or works no more for another reason; then it is not kept.
    pub link_is_over: bool,
    /// Whether somebody has carried it outside; its link has left with it.
    pub left: bool,
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
        let row = letter_row(&self.ids, self.clock.now(), customer, letter)?;
        rows::insert::<mail::Entity>(transaction, &[row]).await
    }

    /// See [`Engine::forget_tokens`].
    async fn forget_tokens(&self) -> Result<(), Error> {
        let now = self.clock.now().micros();
        let links = sign_in_link::Entity::find()
            .select_only()
            .column(sign_in_link::Column::TokenHash)
            .filter(sign_in_link::Column::ExpiresAt.gt(now))
            .into_query();
        let invitations = invitation::Entity::find()
            .select_only()
            .column(invitation::Column::TokenHash)
            .filter(invitation::Column::EndedAt.is_null())
            .filter(invitation::Column::ExpiresAt.gt(now))
            .into_query();
        mail::Entity::update_many()
            .set(mail::ActiveModel { link_token: Set(None), ..Default::default() })
            .filter(mail::Column::LinkToken.is_not_null())
            .filter(mail::Column::LinkHash.not_in_subquery(links))
            .filter(mail::Column::LinkHash.not_in_subquery(invitations))
            .exec(&self.pools.side)
            .await?;
        Ok(())
    }

    /// Y3: of letters to an address nothing is left but that there was one; none of them is sent any more.
    pub(crate) async fn blank_letters(
        &self,
        transaction: &impl ConnectionTrait,
        to: &str,
        instead: &str,
    ) -> Result<(), Error> {
        let unsent = mail::ActiveModel {
            sent_at: Set(Some(self.clock.now().micros())),
            link_token: Set(None),
            given_up_at: Set(None),
            ..Default::default()
        };
        let of = mail::Column::Recipient.eq(to);
        mail::Entity::update_many()
            .set(unsent)
            .filter(of.clone())
            .filter(mail::Column::SentAt.is_null())
            .exec(transaction)
            .await?;
        let blank = mail::ActiveModel {
            recipient: Set(instead.to_owned()),
            subject: Set(String::new()),
            paragraphs: Set("[]".to_owned()),
            link_words: Set(None),
            link_path: Set(None),
            link_hash: Set(None),
            ..Default::default()
        };
        mail::Entity::update_many().set(blank).filter(of).exec(transaction).await?;
        Ok(())
    }
}

impl Engine {
    /// Forgets the tokens of links that were used, replaced, revoked or have expired. The sweep does this by itself.
    pub async fn forget_tokens(&self) -> Result<(), Error> {
        self.shared.forget_tokens().await
    }

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

fn letter_row(
    ids: &Ids,
    at: Timestamp,
    customer: Option<CustomerId>,
    letter: &Letter,
) -> Result<mail::Model, Error> {
    let id = MailId::new(ids.next(at)?).to_string();
    let (link_words, address) = letter.link.clone().unzip();
    let (path, token) = match address.as_deref().map(|address| address.split_once(TOKEN)) {
        Some(Some((path, token))) => (Some(path.to_owned()), Some(token)),
        _ => (address.clone(), None),
    };
    Ok(mail::Model {
        customer_id: customer.map(|customer| customer.to_string()),
        recipient: letter.to.clone(),
        kind: to_word(&letter.kind)?,
        subject: letter.subject.clone(),
        paragraphs: to_json("mail", &id, &letter.paragraphs)?,
        link_words,
        link_path: path,
        created_at: at.micros(),
        sent_at: None,
        tries: 0,
        link_hash: token.map(|token| hex::encode(Sha256::digest(token))),
        link_token: token.map(str::to_owned),
        person_id: None,
        leased_until: None,
        next_try_at: None,
        failed_with: None,
        given_up_at: None,
        id,
    })
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
            link: row.link_words.clone().zip(address(row)),
        },
        link_is_over: row.link_hash.is_some() && row.link_token.is_none(),
        left: row.sent_at.is_some(),
        at: at.map_err(|error| Error::corrupt("mail", &row.id, error))?,
    })
}

/// Where the link of a letter leads, while it leads anywhere.
fn address(row: &mail::Model) -> Option<String> {
    match (&row.link_path, &row.link_token) {
        (Some(path), Some(token)) => Some(format!("{path}{TOKEN}{token}")),
        (path, None) if row.link_hash.is_none() => path.clone(),
        _ => None,
    }
}
