//! What changes a team is done one after the other: under the wallet's lock, so that neither another administrator nor the
//! gate sees half of it, in a task of its own, so that a caller who hangs up leaves nothing open (I-26), and by somebody
//! who still manages the team when it is their turn (I-44).

use crate::{
    Engine, Error,
    audit::Note,
    db::{
        begin_write,
        entity::{account, customer, invitation, member, person, subscription},
        from_word,
        tier::subscription_of,
        to_word,
    },
    mail::Letter,
    team::Member,
    writer::{Shared, lock_wallet},
};
use async_trait::async_trait;
use billing::{
    audit::{Actor, AuditAct},
    id::{AccountId, CustomerId, PersonId},
    team::{Permission, Reach, Role, Scope, Seats, may},
    tier::{PriceBook, Status, Subscription},
    time::Timestamp,
    tokens::Tokens,
};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter};
use std::{collections::BTreeSet, sync::Arc};

/// What becomes of a turn: an error outside undoes everything; one inside is an answer, and what was written of it (that it
/// was refused) is kept.
pub(super) type Kept<T> = Result<Result<T, Error>, Error>;

/// Something that is done to a team.
#[async_trait]
pub(super) trait TeamAct: Send + Sync + 'static {
    /// What its caller is told.
    type Answer: Send + 'static;

    /// Does it, in its turn.
    async fn act(&self, turn: &Turn<'_>) -> Kept<Self::Answer>;
}

/// A transaction that nothing else of this customer stands beside.
pub(super) struct Turn<'a> {
    pub(super) shared: &'a Shared,
    pub(super) transaction: &'a DatabaseTransaction,
    pub(super) at: Timestamp,
    pub(super) customer: CustomerId,
}

impl Engine {
    /// Does something to a customer's team, when it is its turn.
    pub(super) async fn in_turn<A: TeamAct>(&self, customer: CustomerId, act: A) -> Result<A::Answer, Error> {
        let shared = Arc::clone(&self.shared);
        let task = tokio::spawn(async move {
            let transaction = begin_write(&shared.pools.side).await?;
            lock_wallet(&transaction, &customer.to_string()).await?;
            let at = shared.clock.now();
            let turn = Turn { shared: &shared, transaction: &transaction, at, customer };
            let answer = act.act(&turn).await?;
            transaction.commit().await?;
            answer
        });
        task.await.map_err(|_| Error::Busy)?
    }
}

impl Turn<'_> {
    /// Nothing, where they manage this team; they may have been demoted while they waited for their turn. What is refused
    /// is noted.
    pub(super) async fn allows(&self, by: &Member, person: &str) -> Kept<()> {
        let row = person::Entity::find_by_id(by.person.to_string()).one(self.transaction).await?;
        let staff = row.and_then(|row| row.staff_role);
        let own = self.member(by.person).await?;
        let word = staff.or_else(|| own.map(|row| row.role));
        let role: Option<Role> = word.map(|word| from_word("member", by.person, &word)).transpose()?;
        let (reach, scope) = (Reach::Customer(self.customer), Scope::Customer(self.customer));
        if role.is_some_and(|role| may(role, &reach, Permission::ManageTeam, scope)) {
            return Ok(Ok(()));
        }
        self.refuse(by, person, "They no longer manage the team.").await?;
        Ok(Err(Error::Forbidden))
    }

    /// Notes that somebody was refused a change, and why.
    pub(super) async fn refuse(&self, by: &Member, subject: &str, why: &str) -> Result<(), Error> {
        self.note(&self.by(by, AuditAct::ChangeRefused, subject).because(why)).await
    }

    /// The beginning of a note.
    pub(super) fn by(&self, by: &Member, act: AuditAct, subject: impl std::fmt::Display) -> Note {
        Note::of(self.customer, Actor::Person(by.person), act, subject)
    }

    pub(super) async fn note(&self, note: &Note) -> Result<(), Error> {
        self.shared.note(self.transaction, note).await
    }

    pub(super) async fn post(&self, letter: &Letter) -> Result<(), Error> {
        self.shared.post(self.transaction, Some(self.customer), letter).await
    }

    /// What a person is to the customer, where they are something.
    pub(super) async fn member(&self, person: PersonId) -> Result<Option<member::Model>, Error> {
        let key = (self.customer.to_string(), person.to_string());
        Ok(member::Entity::find_by_id(key).one(self.transaction).await?)
    }

    /// How many administrators the customer has.
    pub(super) async fn administrators(&self) -> Result<u64, Error> {
        let of = member::Entity::find()
            .filter(member::Column::CustomerId.eq(self.customer.to_string()))
            .filter(member::Column::Role.eq(to_word(&Role::CustomerAdministrator)?));
        Ok(of.count(self.transaction).await?)
    }

    /// The seats as they are taken now.
    pub(super) async fn seats(&self, book: &PriceBook) -> Result<Seats, Error> {
        let owner = self.customer.to_string();
        let count = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
        let members = member::Entity::find().filter(member::Column::CustomerId.eq(&owner));
        let invited = invitation::Entity::find()
            .filter(invitation::Column::CustomerId.eq(&owner))
            .filter(invitation::Column::EndedAt.is_null())
            .filter(invitation::Column::ExpiresAt.gt(self.at.micros()));
        let of = customer::Entity::find_by_id(&owner).one(self.transaction).await?;
        let currency = of.ok_or(Error::NotFound("customer"))?.currency;
        let rows = subscription::Entity::find().filter(subscription::Column::CustomerId.eq(&owner));
        let currency = from_word("customer", &owner, &currency)?;
        let rows = rows.all(self.transaction).await?;
        let all = rows.iter().map(|row| subscription_of(row, currency)).collect::<Result<Vec<_>, _>>()?;
        let newest = |one: &&Subscription| (one.status != Status::Active, std::cmp::Reverse(one.id));
        Ok(Seats::of(
            all.iter().min_by_key(newest),
            book,
            count(members.count(self.transaction).await?),
            count(invited.count(self.transaction).await?),
        ))
    }

    /// Nothing, where all these accounts are the customer's own.
    pub(super) async fn has_accounts(&self, accounts: &BTreeSet<AccountId>) -> Result<(), Error> {
        let known = account::Entity::find()
            .filter(account::Column::CustomerId.eq(self.customer.to_string()))
            .filter(account::Column::Id.is_in(accounts.iter().map(ToString::to_string)))
            .count(self.transaction)
            .await?;
        let all = u64::try_from(accounts.len()).is_ok_and(|wanted| wanted == known);
        if all { Ok(()) } else { Err(Error::NotFound("account")) }
    }
}

/// An instant as letters say it.
pub(crate) fn spoken(at: Timestamp) -> String {
    at.utc().format("%-d %B %Y, %H:%M UTC").to_string()
}

/// A number of tokens as letters say it: 23,830.
pub(super) fn grouped(tokens: Tokens) -> String {
    let digits = tokens.get().to_string();
    let first = digits.len() % 3;
    let mut text = String::new();
    for (place, digit) in digits.char_indices() {
        if place > 0 && place % 3 == first {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Ids in one field of a note, from which [`read_list`] reads them.
pub(super) fn listed(accounts: &BTreeSet<AccountId>) -> Option<String> {
    let all: Vec<String> = accounts.iter().map(ToString::to_string).collect();
    (!all.is_empty()).then(|| all.join(", "))
}

/// The ids of a field of a note.
pub(super) fn read_list(field: Option<&String>) -> Result<BTreeSet<AccountId>, Error> {
    let ids = field.into_iter().flat_map(|text| text.split([',', ' ']).filter(|id| !id.is_empty()));
    ids.map(|id| id.parse().map_err(|error| Error::corrupt("audit_entry", id, error))).collect()
}
