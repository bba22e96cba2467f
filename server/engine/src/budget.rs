//! "Accounts can carry a production budget." Setting monthly limits: an account's, the customer's, a key's; and who has set
//! them. G1, G3, G6, I-14.

use crate::{
    Engine, Error,
    audit::Note,
    db::{
        budget::move_of,
        entity::{budget_change, person},
        scope::scope_words,
    },
    team::Member,
    writer::{Act, Books, Desk, LimitNote, Touch},
};
use billing::{
    audit::{Actor, AuditAct},
    budget::{BudgetScope, LimitChange, LimitMove, Limits},
    id::{AccountId, CustomerId, PersonId},
    money::Money,
    team::Permission,
    time::Timestamp,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::HashMap;

/// Changes that a history answers.
const HISTORY: u64 = 50;

/// The act: other limits.
struct ChangeLimits {
    customer: CustomerId,
    scope: BudgetScope,
    changes: Vec<LimitChange>,
    /// What the change was made on, where somebody was shown it.
    shown: Option<Limits>,
    /// Who asks; none where it is no person but whoever runs the installation.
    by: Option<PersonId>,
}

/// One amount that somebody has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitHistory {
    /// Which amount, from what to what.
    pub moved: LimitMove,
    /// The name of who has; none where it was whoever runs the installation.
    pub by: Option<String>,
    /// When; what was set for one month is for the month of this instant.
    pub at: Timestamp,
}

impl Engine {
    /// Sets or removes an account's monthly limit, in the customer's currency. It holds from the next decision on;
    /// lowering it below what is used is allowed, and what runs finishes.
    pub async fn set_account_limit(
        &self,
        customer: CustomerId,
        account: AccountId,
        limit: Option<Money>,
    ) -> Result<(), Error> {
        self.set_limit(customer, BudgetScope::Account(account), limit).await
    }

    /// As [`Engine::set_account_limit`], whosever limit it is. The scope must be the customer's own.
    pub async fn set_limit(
        &self,
        customer: CustomerId,
        scope: BudgetScope,
        limit: Option<Money>,
    ) -> Result<(), Error> {
        self.change_limits(customer, scope, vec![LimitChange::StopAt(limit)]).await
    }

    /// G5: as [`Engine::change_limits`], of an account that the member reaches and whose limits are theirs to set. I-44:
    /// where the limits are no longer those that were shown, nothing is changed.
    pub async fn set_limits_of(
        &self,
        member: &Member,
        account: AccountId,
        shown: Option<Limits>,
        changes: Vec<LimitChange>,
    ) -> Result<(), Error> {
        member.require_of(Permission::SetAccountBudget, account)?;
        let (customer, scope) = (member.customer, BudgetScope::Account(account));
        self.writer.ask(ChangeLimits { customer, scope, changes, shown, by: Some(member.person) }).await?
    }

    /// Makes these changes to the limits of an account, a key or the customer, all of them or none.
    pub async fn change_limits(
        &self,
        customer: CustomerId,
        scope: BudgetScope,
        changes: Vec<LimitChange>,
    ) -> Result<(), Error> {
        self.writer.ask(ChangeLimits { customer, scope, changes, shown: None, by: None }).await?
    }

    /// Who has changed the limits of an account, newest first.
    pub async fn limit_history(
        &self,
        member: &Member,
        account: AccountId,
    ) -> Result<Vec<LimitHistory>, Error> {
        member.require_of(Permission::SeeCost, account)?;
        let read = &self.shared.pools.read;
        let (kind, id) = scope_words(BudgetScope::Account(account));
        let rows = budget_change::Entity::find()
            .filter(budget_change::Column::CustomerId.eq(member.customer.to_string()))
            .filter(budget_change::Column::ScopeKind.eq(kind))
            .filter(budget_change::Column::ScopeId.eq(id))
            .order_by_desc(budget_change::Column::Id)
            .limit(HISTORY)
            .all(read)
            .await?;
        let people = rows.iter().filter_map(|row| row.person_id.as_deref());
        let people = person::Entity::find().filter(person::Column::Id.is_in(people)).all(read).await?;
        let names: HashMap<&str, &str> =
            people.iter().map(|row| (row.id.as_str(), row.name.as_str())).collect();
        let line = |row: &budget_change::Model| {
            let at = Timestamp::from_micros(row.changed_at);
            let by = row.person_id.as_deref().and_then(|id| names.get(id));
            Ok(LimitHistory {
                moved: move_of(row, member.currency)?,
                by: by.map(|name| (*name).to_owned()),
                at: at.map_err(|error| Error::corrupt("budget_change", &row.id, error))?,
            })
        };
        rows.iter().map(line).collect()
    }
}

impl Act for ChangeLimits {
    /// An error inside is an answer: that it was refused stays in the log.
    type Answer = Result<(), Error>;

    fn touches(&self) -> Touch {
        let (account, key) = match self.scope {
            BudgetScope::Account(account) => (Some(account), None),
            BudgetScope::Key(key) => (None, Some(key)),
            BudgetScope::Customer(_) => (None, None),
        };
        Touch { account, key, ..Touch::wallet(self.customer) }
    }

    fn decide(&self, books: &mut Books, desk: &Desk) -> Result<Self::Answer, Error> {
        let invalid =
            |message: &str| Error::Invalid { field: "limit".to_owned(), message: message.to_owned() };
        let (known, what) = match self.scope {
            BudgetScope::Account(account) => (books.accounts.contains_key(&account), "account"),
            BudgetScope::Key(key) => (books.keys.contains_key(&key), "key"),
            BudgetScope::Customer(customer) => (customer == books.customer, "customer"),
        };
        if !known {
            return Err(Error::NotFound(what));
        }
        for amount in self.changes.iter().filter_map(|change| change.amount()) {
            if amount.currency() != books.currency {
                return Err(invalid("the limit must be in the customer's currency"));
            }
            if amount.minor() < 0 || amount.to_cost().is_err() {
                return Err(invalid("the limit must not be negative, nor more than the books can hold"));
            }
        }
        let month = desk.at.month();
        let now = books.limits.get(&self.scope).copied().unwrap_or_default();
        let to = now.after(&self.changes, month);
        // Sent twice, or somebody else wanted the same: then there is nothing to refuse.
        let moved_on = self.shown.is_some_and(|shown| !shown.moved(&now, month).is_empty()) && to != now;
        if let Some(by) = self.by.filter(|_| moved_on) {
            let now = now.words(month);
            let why = format!("Wanted {}; it had been changed to {now} meanwhile.", to.words(month));
            let note = Note::of(
                self.customer,
                Actor::Person(by),
                AuditAct::ChangeRefused,
                scope_words(self.scope).1,
            );
            books.note(&note.because(&why), desk)?;
            return Ok(Err(Error::Changed { now }));
        }
        books.put_limits(self.scope, to, &LimitNote { by: self.by, reason: "", reverts: None }, desk)?;
        Ok(Ok(()))
    }
}
