//! Accepting: the link is used up in the transaction that makes the member. Whatever is wrong with a link, the answer is
//! the same. H7; T11, I-46.

use super::{
    Member,
    invitation::{accounts_of, end, hashed},
    password::{check, hash, verify},
    register::person_name,
    turn::{Kept, TeamAct, Turn, listed},
};
use crate::{
    Engine, Error,
    audit::Note,
    db::{
        entity::{customer, invitation, member, person},
        from_word,
    },
};
use async_trait::async_trait;
use billing::{
    audit::{Actor, AuditAct},
    id::{CustomerId, PersonId},
    team::{NoSeat, Role},
    tier::PriceBook,
    time::Timestamp,
};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

/// The one word on every link that cannot be used.
const NO_LINK: Error = Error::NotFound("invitation");

/// What a link offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invited {
    /// To whose team.
    pub customer: String,
    /// The address that it is for.
    pub email: String,
    /// What they will be.
    pub role: Role,
    /// Until when it works.
    pub expires_at: Timestamp,
    /// Whether somebody with this address can sign in already.
    pub known: bool,
}

/// An invitation that was accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// Whose member they now are.
    pub customer: CustomerId,
    /// By which address they sign in.
    pub email: String,
}

/// Who comes in.
enum Comes {
    Known(PersonId),
    New { name: String, password_hash: String },
}

struct Accept {
    token_hash: String,
    who: Comes,
    book: PriceBook,
}

#[async_trait]
impl TeamAct for Accept {
    type Answer = ();

    async fn act(&self, turn: &Turn<'_>) -> Kept<()> {
        let row = invitation::Entity::find()
            .filter(invitation::Column::CustomerId.eq(turn.customer.to_string()))
            .filter(invitation::Column::TokenHash.eq(&self.token_hash))
            .one(turn.transaction)
            .await?;
        let row = row.filter(|row| works(row, turn.at)).ok_or(NO_LINK)?;
        if turn.is_inactive(&row.email).await? {
            return Err(NO_LINK);
        }
        let person = self.person(turn, &row).await?;
        if turn.member(person).await?.is_none() {
            let seats = turn.seats(&self.book).await?;
            if let Some(most) = seats.paid.filter(|paid| seats.members >= *paid) {
                return Err(NoSeat { most, from: None }.into());
            }
            join(turn, &row, person).await?;
        }
        let accounts = listed(&accounts_of(&row)?);
        let note = Note::of(turn.customer, Actor::Person(person), AuditAct::InvitationAccepted, &row.id);
        let note = note.with("email", &row.email).with("role", &row.role).moved("accounts", None, accounts);
        turn.note(&note).await?;
        end(turn, row, "accepted").await?;
        Ok(Ok(()))
    }
}

impl Accept {
    /// Who it is; somebody new is made here.
    async fn person(&self, turn: &Turn<'_>, row: &invitation::Model) -> Result<PersonId, Error> {
        let (name, password_hash) = match &self.who {
            Comes::Known(person) => return Ok(*person),
            Comes::New { name, password_hash } => (name, password_hash),
        };
        let taken =
            person::Entity::find().filter(person::Column::Email.eq(&row.email)).one(turn.transaction).await?;
        if taken.is_some() {
            let message =
                "Somebody has signed up with this address meanwhile. Load the page again.".to_owned();
            return Err(Error::Invalid { field: "password".to_owned(), message });
        }
        let person = PersonId::new(turn.shared.ids.next(turn.at)?);
        let row = person::Model {
            id: person.to_string(),
            email: row.email.clone(),
            name: name.clone(),
            password_hash: password_hash.clone(),
            created_at: turn.at.micros(),
            staff_role: None,
            erased_at: None,
        };
        person::Entity::insert(row.into_active_model()).exec_without_returning(turn.transaction).await?;
        Ok(person)
    }
}

async fn join(turn: &Turn<'_>, row: &invitation::Model, person: PersonId) -> Result<(), Error> {
    let joined = member::Model {
        customer_id: row.customer_id.clone(),
        person_id: person.to_string(),
        role: row.role.clone(),
        created_at: turn.at.micros(),
        cap_tokens: None,
        override_tokens: None,
        override_until: None,
    };
    turn.put_in(joined, &accounts_of(row)?).await
}

fn works(row: &invitation::Model, at: Timestamp) -> bool {
    row.ended_at.is_none() && row.expires_at > at.micros()
}

impl Engine {
    /// What a link offers to whoever opens it; looking changes nothing. Somebody who is signed in by another address than
    /// it is for hears the same as with a link that is none.
    pub async fn invited(&self, token: &str, signed_in: Option<&Member>) -> Result<Invited, Error> {
        let row = self.living(token, signed_in).await?;
        let read = &self.shared.pools.read;
        let of = customer::Entity::find_by_id(&row.customer_id).one(read).await?;
        let known = person::Entity::find().filter(person::Column::Email.eq(&row.email)).one(read).await?;
        let expires_at = Timestamp::from_micros(row.expires_at);
        Ok(Invited {
            customer: of.ok_or(Error::NotFound("customer"))?.name,
            role: from_word("invitation", &row.id, &row.role)?,
            expires_at: expires_at.map_err(|error| Error::corrupt("invitation", &row.id, error))?,
            known: known.is_some(),
            email: row.email,
        })
    }

    /// Accepts an invitation: as whoever is signed in by its address; else as the known person whose password this is; else
    /// as somebody new of this name, who signs in by this password from now on.
    pub async fn accept_invitation(
        &self,
        token: &str,
        signed_in: Option<&Member>,
        name: &str,
        password: &str,
    ) -> Result<Accepted, Error> {
        let row = self.living(token, signed_in).await?;
        let wrong = |field: &str, message: String| Error::Invalid { field: field.to_owned(), message };
        let known = person::Entity::find().filter(person::Column::Email.eq(&row.email));
        let who = match (signed_in, known.one(&self.shared.pools.read).await?) {
            (Some(member), _) => Comes::Known(member.person),
            (None, Some(known)) => {
                if !verify(Some(known.password_hash), password.to_owned()).await? {
                    return Err(wrong(
                        "password",
                        "The password is wrong. Check it and try again.".to_owned(),
                    ));
                }
                Comes::Known(known.id.parse().map_err(|error| Error::corrupt("person", &known.id, error))?)
            }
            (None, None) => {
                let name = person_name(name)?;
                check(password.to_owned(), vec![name.clone(), row.email.clone()]).await?;
                Comes::New { name, password_hash: hash(password.to_owned()).await? }
            }
        };
        let customer = row.customer_id.parse();
        let customer = customer.map_err(|error| Error::corrupt("invitation", &row.id, error))?;
        let act = Accept { token_hash: row.token_hash, who, book: self.price_book().await? };
        self.in_turn(customer, act).await?;
        Ok(Accepted { customer, email: row.email })
    }

    async fn living(&self, token: &str, signed_in: Option<&Member>) -> Result<invitation::Model, Error> {
        let row = invitation::Entity::find()
            .filter(invitation::Column::TokenHash.eq(hashed(token)))
            .one(&self.shared.pools.read)
            .await?;
        let fits = |row: &invitation::Model| {
            works(row, self.now()) && signed_in.is_none_or(|member| member.email == row.email)
        };
        row.filter(fits).ok_or(NO_LINK)
    }
}
