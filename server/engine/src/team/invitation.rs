//! Inviting: a letter with a link that works once, for seven days, for the address that it was sent to. H5, H7, 5.23; T11,
//! I-46. Only a hash of the link's token is kept beside the letter.

use super::{
    Member,
    turn::{Kept, TeamAct, Turn, listed, spoken},
};
use crate::{
    Engine, Error,
    db::{
        entity::{invitation, member, person},
        from_json, from_word, to_json, to_word,
    },
    ids::random,
    mail::{Letter, MailKind},
};
use async_trait::async_trait;
use billing::{
    audit::AuditAct,
    id::{AccountId, InvitationId},
    team::{INVITATION_LASTS, Permission, Role, address},
    tier::PriceBook,
    time::Timestamp,
};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, Set};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// Somebody who is to be invited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewInvitation {
    /// The address that the link is for.
    pub email: String,
    /// What they will be.
    pub role: Role,
    /// Which accounts an operator will reach.
    pub accounts: BTreeSet<AccountId>,
}

/// The hash under which a token is known.
pub(super) fn hashed(token: &str) -> String {
    hex::encode(Sha256::digest(token))
}

fn invalid(field: &str, message: &str) -> Error {
    Error::Invalid { field: field.to_owned(), message: message.to_owned() }
}

/// An invitation goes out.
struct Invite {
    by: Member,
    new: NewInvitation,
    token: String,
    book: PriceBook,
}

#[async_trait]
impl TeamAct for Invite {
    type Answer = InvitationId;

    async fn act(&self, turn: &Turn<'_>) -> Kept<InvitationId> {
        let NewInvitation { email, role, accounts } = &self.new;
        if let Err(refused) = turn.allows(&self.by, email).await? {
            return Ok(Err(refused));
        }
        turn.has_accounts(accounts).await?;
        if let Some(known) =
            person::Entity::find().filter(person::Column::Email.eq(email)).one(turn.transaction).await?
        {
            let key = (turn.customer.to_string(), known.id);
            if member::Entity::find_by_id(key).one(turn.transaction).await?.is_some() {
                return Err(invalid("email", "This address belongs to somebody who is a member already."));
            }
        }
        if turn.is_inactive(email).await? {
            let words = "This address belongs to a contact whom JARAI has made inactive. Talk to us first.";
            return Err(invalid("email", words));
        }
        if let Some(open) = open(turn, email).await? {
            if open.expires_at > turn.at.micros() {
                let words = "This address is invited already. Send the invitation again, or revoke it first.";
                return Err(invalid("email", words));
            }
            end(turn, open, "replaced").await?;
        }
        turn.seats(&self.book).await?.take_one()?;
        let id = InvitationId::new(turn.shared.ids.next(turn.at)?);
        let row = invitation::Model {
            customer_id: turn.customer.to_string(),
            email: email.clone(),
            role: to_word(role)?,
            accounts: to_json("invitation", id, accounts)?,
            token_hash: hashed(&self.token),
            invited_by: self.by.person.to_string(),
            invited_at: turn.at.micros(),
            expires_at: turn.at.after(INVITATION_LASTS).micros(),
            ended_at: None,
            outcome: None,
            id: id.to_string(),
        };
        turn.post(&letter(&self.by, &row, &self.token)?).await?;
        invitation::Entity::insert(row.into_active_model()).exec_without_returning(turn.transaction).await?;
        let note = turn.by(&self.by, AuditAct::MemberInvited, id);
        let note = note.with("email", email).with("role", to_word(role)?);
        turn.note(&note.moved("accounts", None, listed(accounts))).await?;
        Ok(Ok(id))
    }
}

/// The same invitation with another link: the old one is dead.
struct SendAgain {
    by: Member,
    id: InvitationId,
    token: String,
    book: PriceBook,
}

#[async_trait]
impl TeamAct for SendAgain {
    type Answer = String;

    async fn act(&self, turn: &Turn<'_>) -> Kept<String> {
        let row = found(turn, self.id).await?;
        if let Err(refused) = turn.allows(&self.by, &row.id).await? {
            return Ok(Err(refused));
        }
        if let Some(outcome) = &row.outcome {
            turn.refuse(&self.by, &row.id, "The invitation had ended meanwhile.").await?;
            return Ok(Err(Error::Changed { now: outcome.clone() }));
        }
        if row.expires_at <= turn.at.micros() {
            turn.seats(&self.book).await?.take_one()?; // it took none any longer
        }
        let row = invitation::Model {
            token_hash: hashed(&self.token),
            invited_at: turn.at.micros(),
            expires_at: turn.at.after(INVITATION_LASTS).micros(),
            ..row
        };
        let changed = invitation::ActiveModel {
            token_hash: Set(row.token_hash.clone()),
            invited_at: Set(row.invited_at),
            expires_at: Set(row.expires_at),
            ..Default::default()
        };
        invitation::Entity::update_many()
            .set(changed)
            .filter(invitation::Column::CustomerId.eq(&row.customer_id))
            .filter(invitation::Column::Id.eq(&row.id))
            .exec(turn.transaction)
            .await?;
        turn.post(&letter(&self.by, &row, &self.token)?).await?;
        turn.note(&turn.by(&self.by, AuditAct::InvitationSentAgain, self.id).with("email", &row.email))
            .await?;
        Ok(Ok(row.email))
    }
}

/// An invitation is taken back.
struct Revoke {
    by: Member,
    id: InvitationId,
}

#[async_trait]
impl TeamAct for Revoke {
    type Answer = String;

    async fn act(&self, turn: &Turn<'_>) -> Kept<String> {
        let row = found(turn, self.id).await?;
        if let Err(refused) = turn.allows(&self.by, &row.id).await? {
            return Ok(Err(refused));
        }
        let email = row.email.clone();
        match row.outcome.as_deref() {
            Some("revoked") => return Ok(Ok(email)), // the same once more
            Some(outcome) => {
                turn.refuse(&self.by, &row.id, "The invitation had ended meanwhile.").await?;
                return Ok(Err(Error::Changed { now: outcome.to_owned() }));
            }
            None => {}
        }
        end(turn, row, "revoked").await?;
        turn.note(&turn.by(&self.by, AuditAct::InvitationRevoked, self.id).with("email", &email)).await?;
        Ok(Ok(email))
    }
}

/// The invitation of an address that has not ended.
async fn open(turn: &Turn<'_>, email: &str) -> Result<Option<invitation::Model>, Error> {
    let open = invitation::Entity::find()
        .filter(invitation::Column::CustomerId.eq(turn.customer.to_string()))
        .filter(invitation::Column::Email.eq(email))
        .filter(invitation::Column::EndedAt.is_null());
    Ok(open.one(turn.transaction).await?)
}

async fn found(turn: &Turn<'_>, id: InvitationId) -> Result<invitation::Model, Error> {
    let key = (turn.customer.to_string(), id.to_string());
    let row = invitation::Entity::find_by_id(key).one(turn.transaction).await?;
    row.ok_or(Error::NotFound("invitation"))
}

/// Ends an invitation: its link works no more.
pub(super) async fn end(turn: &Turn<'_>, row: invitation::Model, outcome: &str) -> Result<(), Error> {
    let changed = invitation::ActiveModel {
        ended_at: Set(Some(turn.at.micros())),
        outcome: Set(Some(outcome.to_owned())),
        ..Default::default()
    };
    invitation::Entity::update_many()
        .set(changed)
        .filter(invitation::Column::CustomerId.eq(row.customer_id))
        .filter(invitation::Column::Id.eq(row.id))
        .exec(turn.transaction)
        .await?;
    Ok(())
}

/// Ends what invitation there is to an address: whoever was made inactive does not come in by it.
pub(super) async fn revoke_open(turn: &Turn<'_>, email: &str) -> Result<(), Error> {
    match open(turn, email).await? {
        Some(row) => end(turn, row, "revoked").await,
        None => Ok(()),
    }
}

/// What an operator of an invitation will reach.
pub(super) fn accounts_of(row: &invitation::Model) -> Result<BTreeSet<AccountId>, Error> {
    from_json("invitation", &row.id, &row.accounts)
}

fn letter(by: &Member, row: &invitation::Model, token: &str) -> Result<Letter, Error> {
    let role: Role = from_word("invitation", &row.id, &row.role)?;
    let until = Timestamp::from_micros(row.expires_at);
    let until = until.map_err(|error| Error::corrupt("invitation", &row.id, error))?;
    let until = spoken(until);
    let (name, customer) = (&by.name, &by.customer_name);
    Ok(Letter {
        to: row.email.clone(),
        kind: MailKind::Invitation,
        subject: format!("{name} invites you to {customer}"),
        paragraphs: vec![
            format!("{name} invites you to {customer} on JARAI Console. You will be: {}.", role.title()),
            format!(
                "The link works once, for this address alone, until {until}. After that, ask for a new one."
            ),
            "If you did not expect this, you need not do anything.".to_owned(),
        ],
        link: Some(("Accept the invitation".to_owned(), format!("/invitations/accept?token={token}"))),
    })
}

impl Engine {
    /// H5: invites somebody. Every live invitation takes a seat.
    pub async fn invite(&self, member: &Member, new: NewInvitation) -> Result<InvitationId, Error> {
        member.require(Permission::ManageTeam)?;
        let email = address(&new.email).map_err(|error| invalid("email", &error.to_string()))?;
        if !Role::GIVEN.contains(&new.role) {
            return Err(invalid("role", "Choose one of the three roles."));
        }
        let accounts = if new.role == Role::AccountOperator { new.accounts } else { BTreeSet::new() };
        let new = NewInvitation { email, role: new.role, accounts };
        let (token, book) = (hex::encode(random::<32>()?), self.price_book().await?);
        self.in_turn(member.customer, Invite { by: member.clone(), new, token, book }).await
    }

    /// H7: sends an invitation again, with another link; answers to which address.
    pub async fn send_invitation_again(&self, member: &Member, id: InvitationId) -> Result<String, Error> {
        member.require(Permission::ManageTeam)?;
        let (token, book) = (hex::encode(random::<32>()?), self.price_book().await?);
        self.in_turn(member.customer, SendAgain { by: member.clone(), id, token, book }).await
    }

    /// Takes an invitation back; answers whose.
    pub async fn revoke_invitation(&self, member: &Member, id: InvitationId) -> Result<String, Error> {
        member.require(Permission::ManageTeam)?;
        self.in_turn(member.customer, Revoke { by: member.clone(), id }).await
    }
}
