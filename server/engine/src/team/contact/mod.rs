//! Contacts of a customer: kept, singled out for an account, and made inactive. H1, H3; DOMAIN section 2: contacts that are
//! toggled inactive lose their sign-in at once.
//!
//! A member is the contact who has their address. While a contact is inactive there is no member row of theirs, so that
//! nobody has to remember to look at a mark; what they were rests in the contact until it is active again.

mod list;
mod main;
mod switch;

pub(crate) use main::ChosenContact;

use super::{
    Member,
    turn::{Kept, TeamAct, Turn},
};
use crate::{
    Engine, Error,
    db::{
        entity::{contact, member, person},
        rows,
    },
};
use async_trait::async_trait;
use billing::{
    audit::AuditAct,
    id::{AccountId, ContactId, CustomerId, PersonId},
    team::{ContactDetails, Permission, Role},
    time::Timestamp,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use std::collections::BTreeSet;

/// A contact, as staff see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// Which; none where a member has not been written down as one yet.
    pub id: Option<ContactId>,
    /// What is known of them.
    pub details: ContactDetails,
    /// Since when they are inactive; none while they are active.
    pub inactive_since: Option<Timestamp>,
    /// Who they sign in as, and what they are, where they can.
    pub member: Option<(PersonId, Role)>,
    /// What they were as a member, and will be again once they are active.
    pub rests_as: Option<Role>,
    /// The accounts whose main contact they are.
    pub main_of: BTreeSet<AccountId>,
}

/// A contact that is made active or inactive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContactSwitch {
    /// Whose.
    pub customer: CustomerId,
    /// Which.
    pub contact: ContactId,
    /// What it becomes.
    pub active: bool,
}

fn invalid(field: &str, message: &str) -> Error {
    Error::Invalid { field: field.to_owned(), message: message.to_owned() }
}

/// What a row says of a contact.
fn details_of(row: &contact::Model) -> ContactDetails {
    ContactDetails {
        first_name: row.first_name.clone(),
        last_name: row.last_name.clone(),
        email: row.email.clone(),
        phone: row.phone.clone(),
        job: row.job.clone(),
    }
}

/// Its fields by their names in the log.
fn fields_of(details: Option<&ContactDetails>) -> [(&'static str, Option<String>); 5] {
    let of = |part: fn(&ContactDetails) -> String| details.map(part).filter(|text| !text.is_empty());
    [
        ("first name", of(|details| details.first_name.clone())),
        ("last name", of(|details| details.last_name.clone())),
        ("email", of(|details| details.email.clone())),
        ("phone", of(|details| details.phone.clone().unwrap_or_default())),
        ("role or job", of(|details| details.job.clone().unwrap_or_default())),
    ]
}

struct SaveContact {
    by: Member,
    contact: Option<ContactId>,
    shown: ContactDetails,
    to: ContactDetails,
}

#[async_trait]
impl TeamAct for SaveContact {
    type Answer = ContactId;

    async fn act(&self, turn: &Turn<'_>) -> Kept<ContactId> {
        let subject = self.contact.map_or_else(|| self.to.email.clone(), |id| id.to_string());
        if let Err(refused) = turn.is_run_by(&self.by, &subject).await? {
            return Ok(Err(refused));
        }
        let same = turn.contact_by_email(&self.to.email).await?;
        let row = match self.contact {
            Some(id) => Some(turn.contact(id).await?.ok_or(Error::NotFound("contact"))?),
            None => same.clone().filter(|row| details_of(row) == self.to),
        };
        let now = row.as_ref().map(details_of);
        if let (Some(now), Some(row)) = (&now, &row) {
            let id = row.id.parse().map_err(|error| Error::corrupt("contact", &row.id, error))?;
            if *now == self.to {
                return Ok(Ok(id)); // sent twice
            }
            if *now != self.shown {
                let is = format!("{}, {}", now.name(), now.email);
                turn.refuse(&self.by, &subject, &format!("It had been changed to {is} meanwhile.")).await?;
                return Ok(Err(Error::Changed { now: is }));
            }
            if now.email != self.to.email && turn.member_by_email(&now.email).await?.is_some() {
                return Err(invalid(
                    "email",
                    "They sign in by this address, which stays theirs. Nothing was changed.",
                ));
            }
        }
        if same.is_some_and(|same| row.as_ref().is_none_or(|row| row.id != same.id)) {
            return Err(invalid(
                "email",
                "There is a contact with this address already. Nothing was changed.",
            ));
        }
        Ok(Ok(self.write(turn, row, now.as_ref()).await?))
    }
}

impl SaveContact {
    async fn write(
        &self,
        turn: &Turn<'_>,
        row: Option<contact::Model>,
        now: Option<&ContactDetails>,
    ) -> Result<ContactId, Error> {
        let id = match &row {
            Some(row) => row.id.parse().map_err(|error| Error::corrupt("contact", &row.id, error))?,
            None => ContactId::new(turn.shared.ids.next(turn.at)?),
        };
        let to = self.to.clone();
        let kept = contact::Model {
            customer_id: turn.customer.to_string(),
            id: id.to_string(),
            first_name: to.first_name,
            last_name: to.last_name,
            email: to.email,
            phone: to.phone,
            job: to.job,
            created_at: row.as_ref().map_or(turn.at.micros(), |row| row.created_at),
            inactive_since: row.as_ref().and_then(|row| row.inactive_since),
            rests: row.and_then(|row| row.rests),
        };
        rows::upsert::<contact::Entity>(turn.transaction, &[kept]).await?;
        let mut note = turn.by(&self.by, AuditAct::ContactSaved, id);
        for ((field, before), (_, after)) in fields_of(now).into_iter().zip(fields_of(Some(&self.to))) {
            note = note.moved(field, before, after);
        }
        turn.note(&note).await?;
        Ok(id)
    }
}

impl Turn<'_> {
    async fn contact(&self, id: ContactId) -> Result<Option<contact::Model>, Error> {
        let key = (self.customer.to_string(), id.to_string());
        Ok(contact::Entity::find_by_id(key).one(self.transaction).await?)
    }

    async fn contact_by_email(&self, email: &str) -> Result<Option<contact::Model>, Error> {
        let found = contact::Entity::find()
            .filter(contact::Column::CustomerId.eq(self.customer.to_string()))
            .filter(contact::Column::Email.eq(email));
        Ok(found.one(self.transaction).await?)
    }

    /// The member who has this address.
    async fn member_by_email(&self, email: &str) -> Result<Option<member::Model>, Error> {
        let of = person::Entity::find().filter(person::Column::Email.eq(email)).one(self.transaction).await?;
        let Some(of) = of else { return Ok(None) };
        let key = (self.customer.to_string(), of.id);
        Ok(member::Entity::find_by_id(key).one(self.transaction).await?)
    }
}

impl Engine {
    /// H3: keeps a contact of a customer, made on what was shown; a new one where none is named.
    pub async fn save_contact(
        &self,
        by: &Member,
        customer: CustomerId,
        contact: Option<ContactId>,
        shown: ContactDetails,
        to: &ContactDetails,
    ) -> Result<ContactId, Error> {
        by.require(Permission::RunPlatform)?;
        let to = to.checked().map_err(|bad| invalid(bad.field(), &bad.to_string()))?;
        self.in_turn(customer, SaveContact { by: by.clone(), contact, shown, to }).await
    }
}
