//! People who sign in, what they are to a customer, and how far they reach.

use super::{
    password::{check, hash},
    sign_in::checked,
};
use crate::{
    Engine, Error,
    audit::Note,
    db::{
        begin_write,
        entity::{account_access, customer, member, person},
        from_word, to_word,
    },
};
use billing::{
    audit::{Actor, AuditAct},
    id::{AccountId, CustomerId, PersonId},
    money::Currency,
    team::{Permission, Reach, Role, Scope, may},
};
use sea_orm::{ColumnTrait, DatabaseConnection, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use std::collections::BTreeSet;

/// A person who has signed in, and what they are to the customer that they look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// Their email address.
    pub email: String,
    /// What they are to the customer.
    pub role: Role,
    /// What they have been assigned.
    pub reach: Reach,
    /// The customer.
    pub customer: CustomerId,
    /// Its name.
    pub customer_name: String,
    /// What it is billed in.
    pub currency: Currency,
    /// Every customer that they may look at, by name.
    pub customers: Vec<(CustomerId, String)>,
    /// The name of one who may spend the customer's money: whom to ask.
    pub administrator: Option<String>,
}

/// Somebody who is to become a member.
#[derive(Clone, Debug)]
pub struct NewMember<'a> {
    /// Their name.
    pub name: &'a str,
    /// Their email address.
    pub email: &'a str,
    /// Their password.
    pub password: &'a str,
    /// What they are to the customer.
    pub role: Role,
}

impl Member {
    /// Whether they may do this there.
    #[must_use]
    pub fn may(&self, permission: Permission, scope: Scope) -> bool {
        may(self.role, &self.reach, permission, scope)
    }

    /// Whether they may do this somewhere with this customer: what a page shows of it is then narrowed to their accounts.
    #[must_use]
    pub fn may_somewhere(&self, permission: Permission) -> bool {
        self.may(permission, Scope::Shared(self.customer))
    }

    /// Nothing, where they may do this somewhere with this customer.
    pub(crate) fn require(&self, permission: Permission) -> Result<(), Error> {
        if self.may_somewhere(permission) { Ok(()) } else { Err(Error::Forbidden) }
    }

    /// Nothing, where they may do this with this account. One out of their reach does not exist for them.
    pub(crate) fn require_of(&self, permission: Permission, account: AccountId) -> Result<(), Error> {
        let scope = Scope::Account(self.customer, account);
        if !self.reach.covers(scope) {
            return Err(Error::NotFound("account"));
        }
        if self.may(permission, scope) { Ok(()) } else { Err(Error::Forbidden) }
    }
}

impl Engine {
    /// The member that a session belongs to, looking at `wanted` where that is theirs, else at the first of their
    /// customers; none once they are gone.
    pub async fn member(
        &self,
        person: PersonId,
        wanted: Option<CustomerId>,
    ) -> Result<Option<Member>, Error> {
        match person::Entity::find_by_id(person.to_string()).one(&self.shared.pools.read).await? {
            Some(row) => self.member_of(row, wanted).await,
            None => Ok(None),
        }
    }

    async fn member_of(
        &self,
        row: person::Model,
        wanted: Option<CustomerId>,
    ) -> Result<Option<Member>, Error> {
        let read = &self.shared.pools.read;
        let staff: Option<Role> =
            row.staff_role.as_deref().map(|role| from_word("person", &row.id, role)).transpose()?;
        let memberships = member::Entity::find()
            .filter(member::Column::PersonId.eq(&row.id))
            .order_by_asc(member::Column::CreatedAt)
            .all(read)
            .await?;
        let mut found = customer::Entity::find().order_by_asc(customer::Column::Name);
        if staff.is_none() {
            found = found.filter(customer::Column::Id.is_in(memberships.iter().map(|row| &row.customer_id)));
        }
        let customers = found.all(read).await?;
        let by_id = |id: &str| customers.iter().find(|row| row.id == id);
        let first = memberships.first().map_or_else(|| customers.first(), |row| by_id(&row.customer_id));
        let chosen = wanted.and_then(|id| by_id(&id.to_string())).or(first);
        let Some(chosen) = chosen else { return Ok(None) };
        let of = |id: &str| id.parse().map_err(|error| Error::corrupt("customer", id, error));
        let (customer, person): (CustomerId, _) = (of(&chosen.id)?, &row.id);
        let role = match (staff, memberships.iter().find(|row| row.customer_id == chosen.id)) {
            (Some(role), _) => role,
            (None, Some(membership)) => from_word("member", person, &membership.role)?,
            (None, None) => return Ok(None),
        };
        Ok(Some(Member {
            person: person.parse().map_err(|error| Error::corrupt("person", person, error))?,
            reach: reach(read, role, customer, person).await?,
            role,
            customer,
            currency: from_word("customer", &chosen.id, &chosen.currency)?,
            customer_name: chosen.name.clone(),
            administrator: administrator(read, &chosen.id).await?,
            customers: customers
                .iter()
                .map(|row| Ok((of(&row.id)?, row.name.clone())))
                .collect::<Result<_, Error>>()?,
            name: row.name,
            email: row.email,
        }))
    }

    /// Makes somebody a member of a customer.
    pub async fn add_member(&self, customer: CustomerId, new: NewMember<'_>) -> Result<PersonId, Error> {
        let row = self.person_row(&new, None).await?;
        let transaction = begin_write(&self.shared.pools.side).await?;
        person::Entity::insert(row.clone().into_active_model()).exec_without_returning(&transaction).await?;
        let member = member::Model {
            customer_id: customer.to_string(),
            person_id: row.id.clone(),
            role: to_word(&new.role)?,
            created_at: row.created_at,
            cap_tokens: None,
            override_tokens: None,
            override_until: None,
        };
        let note = Note::of(customer, Actor::Operations, AuditAct::MemberAdded, &row.id);
        let note = note.with("role", &member.role);
        member::Entity::insert(member.into_active_model()).exec_without_returning(&transaction).await?;
        self.shared.note(&transaction, &note).await?;
        transaction.commit().await?;
        row.id.parse().map_err(|error| Error::corrupt("person", &row.id, error))
    }

    /// Makes somebody one of JARAI's own staff, who reach every customer.
    pub async fn add_staff(&self, new: NewMember<'_>) -> Result<PersonId, Error> {
        if !new.role.is_staff() {
            return Err(Error::Invalid {
                field: "role".to_owned(),
                message: "is no role of staff".to_owned(),
            });
        }
        let row = self.person_row(&new, Some(new.role)).await?;
        let transaction = begin_write(&self.shared.pools.side).await?;
        person::Entity::insert(row.clone().into_active_model()).exec_without_returning(&transaction).await?;
        let note = Note::beside(Actor::Operations, AuditAct::StaffAdded, &row.id);
        self.shared.note(&transaction, &note.moved("role", None, row.staff_role.clone())).await?;
        transaction.commit().await?;
        row.id.parse().map_err(|error| Error::corrupt("person", &row.id, error))
    }

    /// The same of somebody whose address and password nobody has looked at yet.
    pub async fn hire(&self, new: NewMember<'_>) -> Result<PersonId, Error> {
        let email = checked(new.email)?;
        if self.person_by_email(&self.shared.pools.read, &email).await?.is_some() {
            let message = "is somebody’s already".to_owned();
            return Err(Error::Invalid { field: "email".to_owned(), message });
        }
        check(new.password.to_owned(), vec![email, new.name.to_owned()]).await?;
        self.add_staff(new).await
    }

    async fn person_row(&self, new: &NewMember<'_>, staff: Option<Role>) -> Result<person::Model, Error> {
        let at = self.now();
        Ok(person::Model {
            id: PersonId::new(self.shared.ids.next(at)?).to_string(),
            email: normal(new.email),
            name: new.name.to_owned(),
            password_hash: hash(new.password.to_owned()).await?,
            created_at: at.micros(),
            staff_role: staff.map(|role| to_word(&role)).transpose()?,
            erased_at: None,
        })
    }
}

/// The name of the customer's longest-serving administrator.
async fn administrator(read: &DatabaseConnection, customer: &str) -> Result<Option<String>, Error> {
    let first = member::Entity::find()
        .filter(member::Column::CustomerId.eq(customer))
        .filter(member::Column::Role.eq(to_word(&Role::CustomerAdministrator)?))
        .order_by_asc(member::Column::CreatedAt)
        .order_by_asc(member::Column::PersonId)
        .one(read)
        .await?;
    let Some(first) = first else { return Ok(None) };
    Ok(person::Entity::find_by_id(first.person_id).one(read).await?.map(|row| row.name))
}

/// How far a role reaches with this customer.
async fn reach(
    read: &DatabaseConnection,
    role: Role,
    customer: CustomerId,
    person: &str,
) -> Result<Reach, Error> {
    if role.is_staff() {
        return Ok(Reach::Everything);
    }
    if role != Role::AccountOperator {
        return Ok(Reach::Customer(customer));
    }
    let rows = account_access::Entity::find()
        .filter(account_access::Column::CustomerId.eq(customer.to_string()))
        .filter(account_access::Column::PersonId.eq(person))
        .all(read)
        .await?;
    let account = |row: &account_access::Model| {
        row.account_id.parse().map_err(|error| Error::corrupt("account_access", person, error))
    };
    Ok(Reach::Accounts(customer, rows.iter().map(account).collect::<Result<BTreeSet<_>, Error>>()?))
}

/// Addresses are compared without regard to case and surrounding space.
pub(super) fn normal(email: &str) -> String {
    email.trim().to_lowercase()
}
