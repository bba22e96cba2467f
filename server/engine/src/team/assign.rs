//! Operator assignments, *account access*: which accounts somebody reaches; and what whoever runs the installation sets by
//! itself. H4, I-44.

use super::{
    Member, SeatTerms,
    terms::Because,
    turn::{Kept, TeamAct, Turn},
};
use crate::{
    Engine, Error,
    db::{
        entity::{account, contact, person},
        from_word,
    },
};
use async_trait::async_trait;
use billing::{
    audit::Actor,
    id::{AccountId, CustomerId, PersonId},
    team::{Permission, Reach, Role, Scope, may},
    tokens::Tokens,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use std::collections::BTreeSet;

/// Something is set by whoever runs the installation.
struct Set {
    person: PersonId,
    to: What,
}

enum What {
    Accounts(BTreeSet<AccountId>),
    Cap(Option<Tokens>),
}

#[async_trait]
impl TeamAct for Set {
    type Answer = ();

    async fn act(&self, turn: &Turn<'_>) -> Kept<()> {
        let row = turn.member(self.person).await?.ok_or(Error::NotFound("member"))?;
        let now = turn.terms(&row).await?;
        let to = match &self.to {
            What::Accounts(accounts) => SeatTerms { accounts: accounts.clone(), ..now.clone() },
            What::Cap(cap) => SeatTerms { cap: *cap, ..now.clone() },
        };
        turn.has_accounts(&to.accounts).await?;
        let because = Because { by: Actor::Operations, reason: "", reverts: None };
        turn.rewrite(row, &now, &to, &because).await?;
        Ok(Ok(()))
    }
}

struct AssignAccounts {
    by: Member,
    person: PersonId,
    shown: BTreeSet<AccountId>,
    to: BTreeSet<AccountId>,
}

#[async_trait]
impl TeamAct for AssignAccounts {
    type Answer = ();

    async fn act(&self, turn: &Turn<'_>) -> Kept<()> {
        if let Err(refused) = turn.is_run_by(&self.by, &self.person.to_string()).await? {
            return Ok(Err(refused));
        }
        let row = turn.member(self.person).await?.ok_or(Error::NotFound("member"))?;
        let now = turn.terms(&row).await?;
        if now.accounts == self.to && now.role == Role::AccountOperator {
            return Ok(Ok(())); // sent twice, or somebody else wanted the same
        }
        if now.accounts != self.shown || now.role != Role::AccountOperator {
            let is = match now.role {
                Role::AccountOperator => turn.names(&now.accounts).await?,
                other => other.title().to_owned(),
            };
            let wanted = turn.names(&self.to).await?;
            let why = format!("Wanted {wanted}; it had been changed to {is} meanwhile.");
            turn.refuse(&self.by, &row.person_id, &why).await?;
            return Ok(Err(Error::Changed { now: is }));
        }
        turn.has_accounts(&self.to).await?;
        let to = SeatTerms { accounts: self.to.clone(), ..now.clone() };
        let because = Because { by: Actor::Person(self.by.person), reason: "", reverts: None };
        turn.rewrite(row, &now, &to, &because).await?;
        Ok(Ok(()))
    }
}

impl Turn<'_> {
    /// Nothing, where they run the platform; they may have lost that while they waited for their turn.
    pub(super) async fn is_run_by(&self, by: &Member, subject: &str) -> Kept<()> {
        if self.runs_platform(by).await? {
            return Ok(Ok(()));
        }
        self.refuse(by, subject, "They no longer run the platform.").await?;
        Ok(Err(Error::Forbidden))
    }

    /// Whether they run the platform at this moment.
    pub(super) async fn runs_platform(&self, by: &Member) -> Result<bool, Error> {
        let row = person::Entity::find_by_id(by.person.to_string()).one(self.transaction).await?;
        let word = row.and_then(|row| row.staff_role);
        let role: Option<Role> = word.map(|word| from_word("person", by.person, &word)).transpose()?;
        let may = |role| may(role, &Reach::Everything, Permission::RunPlatform, Scope::Platform);
        Ok(role.is_some_and(may))
    }

    /// Accounts by their names; `no account` where there are none.
    async fn names(&self, accounts: &BTreeSet<AccountId>) -> Result<String, Error> {
        let rows = account::Entity::find()
            .filter(account::Column::CustomerId.eq(self.customer.to_string()))
            .filter(account::Column::Id.is_in(accounts.iter().map(ToString::to_string)))
            .order_by_asc(account::Column::Name)
            .all(self.transaction)
            .await?;
        let names: Vec<String> = rows.into_iter().map(|row| row.name).collect();
        Ok(if names.is_empty() { "no account".to_owned() } else { names.join(", ") })
    }

    /// Whether a contact with this address was made inactive: they do not come in by another way.
    pub(super) async fn is_inactive(&self, email: &str) -> Result<bool, Error> {
        let found = contact::Entity::find()
            .filter(contact::Column::CustomerId.eq(self.customer.to_string()))
            .filter(contact::Column::Email.eq(email))
            .filter(contact::Column::InactiveSince.is_not_null());
        Ok(found.one(self.transaction).await?.is_some())
    }
}

impl Engine {
    /// H4: which accounts an operator reaches, these and no others; by whoever runs the installation.
    pub async fn assign_accounts(
        &self,
        customer: CustomerId,
        person: PersonId,
        accounts: &[AccountId],
    ) -> Result<(), Error> {
        let to = What::Accounts(accounts.iter().copied().collect());
        self.in_turn(customer, Set { person, to }).await
    }

    /// Caps what a member's productions may take in a cycle; none lifts the cap. It holds from the next decision on. By
    /// whoever runs the installation.
    pub async fn set_seat_cap(
        &self,
        customer: CustomerId,
        member: PersonId,
        cap: Option<Tokens>,
    ) -> Result<(), Error> {
        self.in_turn(customer, Set { person: member, to: What::Cap(cap) }).await
    }

    /// H4, *account access*: which accounts of a customer an operator reaches, made on what was shown. It holds from the
    /// next look on.
    pub async fn assign_operator(
        &self,
        by: &Member,
        customer: CustomerId,
        person: PersonId,
        shown: BTreeSet<AccountId>,
        to: BTreeSet<AccountId>,
    ) -> Result<(), Error> {
        by.require(Permission::RunPlatform)?;
        self.in_turn(customer, AssignAccounts { by: by.clone(), person, shown, to }).await
    }
}
