//! Changing an account: whether it may produce, and how many productions at once. G5, H10.

use crate::{
    Engine, Error,
    audit::{MOVED_ON, Note},
    db::{begin_write, entity::account, from_word, to_word},
    team::Member,
};
use billing::{
    audit::{Actor, AuditAct},
    customer::AccountStatus,
    id::{AccountId, AuditId, CustomerId},
    team::{Permission, Scope},
};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, Set};
use std::ops::RangeInclusive;

/// G5: what an account may say of itself.
const CONCURRENCY: RangeInclusive<i64> = 1..=100;

/// What is changed of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountChange {
    /// H10: whether it may produce.
    Status(AccountStatus),
    /// G5: how many productions it may run at once, 1 to 100; none leaves it to the tier.
    Concurrency(Option<i64>),
}

/// A change, and what the log says of it.
pub(crate) struct Changed<'a> {
    pub(crate) customer: CustomerId,
    pub(crate) account: AccountId,
    pub(crate) change: AccountChange,
    pub(crate) by: Actor,
    pub(crate) reason: &'a str,
    /// Where it puts an entry back: the entry, and what the account must still be.
    pub(crate) reverts: Option<(AuditId, AccountChange)>,
}

impl AccountChange {
    /// What one must be allowed: an account's own limits are its customer's to set, its status is JARAI's.
    pub(crate) const fn permission(self) -> Permission {
        match self {
            Self::Status(_) => Permission::RunPlatform,
            Self::Concurrency(_) => Permission::SetAccountBudget,
        }
    }

    /// Its name in the log.
    pub(crate) const fn field(self) -> &'static str {
        match self {
            Self::Status(_) => "status",
            Self::Concurrency(_) => "productions at once",
        }
    }

    /// Its value in the log; none where the tier decides.
    fn value(self) -> Result<Option<String>, Error> {
        Ok(match self {
            Self::Status(status) => Some(to_word(&status)?),
            Self::Concurrency(limit) => limit.map(|limit| limit.to_string()),
        })
    }

    /// What the log's words stand for; none where they are of no change of an account.
    pub(crate) fn of_log(field: &str, value: Option<&String>) -> Option<Self> {
        match field {
            "status" => from_word("audit_entry", field, value?).ok().map(Self::Status),
            "productions at once" => match value {
                None => Some(Self::Concurrency(None)),
                Some(number) => number.parse().ok().map(|number| Self::Concurrency(Some(number))),
            },
            _ => None,
        }
    }

    /// The same field as it is now.
    fn now(self, row: &account::Model) -> Result<Self, Error> {
        Ok(match self {
            Self::Status(_) => Self::Status(from_word("account", &row.id, &row.status)?),
            Self::Concurrency(_) => Self::Concurrency(row.concurrency),
        })
    }
}

impl Engine {
    /// Sets how many productions an account may run at once, 1 to 100; none leaves it to the tier. G5.
    pub async fn set_concurrency(
        &self,
        customer: CustomerId,
        account: AccountId,
        limit: Option<i64>,
    ) -> Result<(), Error> {
        let (change, by) = (AccountChange::Concurrency(limit), Actor::Operations);
        self.put_account(Changed { customer, account, change, by, reason: "", reverts: None }).await
    }

    /// As [`Engine::set_concurrency`], and for its status, by somebody who may, with a reason. What runs finishes.
    pub async fn change_account(
        &self,
        member: &Member,
        account: AccountId,
        change: AccountChange,
        reason: &str,
    ) -> Result<(), Error> {
        member.require_of(change.permission(), account)?;
        self.change_account_of(member, member.customer, account, change, reason).await
    }

    /// The same of any customer's account, by who reaches it.
    pub async fn change_account_of(
        &self,
        member: &Member,
        customer: CustomerId,
        account: AccountId,
        change: AccountChange,
        reason: &str,
    ) -> Result<(), Error> {
        let scope = Scope::Account(customer, account);
        member.may(change.permission(), scope).then_some(()).ok_or(Error::Forbidden)?;
        let by = Actor::Person(member.person);
        self.put_account(Changed { customer, account, change, by, reason, reverts: None }).await
    }

    /// Changes it in a transaction with the log; a change to what it is already says nothing.
    pub(crate) async fn put_account(&self, changed: Changed<'_>) -> Result<(), Error> {
        let Changed { customer, account, change, by, reason, reverts } = changed;
        if let AccountChange::Concurrency(Some(limit)) = change
            && !CONCURRENCY.contains(&limit)
        {
            let message = "An account runs 1 to 100 productions at once.".to_owned();
            return Err(Error::Invalid { field: "concurrency".to_owned(), message });
        }
        let transaction = begin_write(&self.shared.pools.side).await?;
        crate::writer::lock_wallet(&transaction, &customer.to_string()).await?;
        let row = account::Entity::find_by_id((customer.to_string(), account.to_string()));
        let row = row.one(&transaction).await?.ok_or(Error::NotFound("account"))?;
        let before = change.now(&row)?;
        if let Some((_, left)) = reverts
            && left != before
        {
            return Err(Error::Stale(MOVED_ON));
        }
        if before == change {
            return Ok(());
        }
        let mut row = row.into_active_model();
        match change {
            AccountChange::Status(status) => row.status = Set(to_word(&status)?),
            AccountChange::Concurrency(limit) => row.concurrency = Set(limit),
        }
        row.update(&transaction).await?;
        let note = Note::of(customer, by, AuditAct::AccountChanged, account)
            .moved(change.field(), before.value()?, change.value()?)
            .because(reason)
            .reverting(reverts.map(|(entry, _)| entry));
        self.shared.note(&transaction, &note).await?;
        transaction.commit().await?;
        Ok(())
    }
}
