//! "Accounts can carry a production budget." Setting monthly limits: an account's, the customer's, a key's; and who has set
//! them. G1, G3, G6, I-14.

use crate::{
    Engine, Error,
    db::{
        budget::move_of,
        entity::{budget_change, person},
        scope::scope_words,
    },
    team::Member,
    writer::{Act, Books, Desk, Touch},
};
use billing::{
    budget::{BudgetScope, LimitChange, LimitMove},
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

    /// G5: as [`Engine::change_limits`], of an account that the member reaches and whose limits are theirs to set.
    pub async fn set_limits_of(
        &self,
        member: &Member,
        account: AccountId,
        changes: Vec<LimitChange>,
    ) -> Result<(), Error> {
        member.require_of(Permission::SetAccountBudget, account)?;
        let (customer, scope) = (member.customer, BudgetScope::Account(account));
        self.writer.ask(ChangeLimits { customer, scope, changes, by: Some(member.person) }).await
    }

    /// Makes these changes to the limits of an account, a key or the customer, all of them or none.
    pub async fn change_limits(
        &self,
        customer: CustomerId,
        scope: BudgetScope,
        changes: Vec<LimitChange>,
    ) -> Result<(), Error> {
        self.writer.ask(ChangeLimits { customer, scope, changes, by: None }).await
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
    type Answer = ();

    fn touches(&self) -> Touch {
        let (account, key) = match self.scope {
            BudgetScope::Account(account) => (Some(account), None),
            BudgetScope::Key(key) => (None, Some(key)),
            BudgetScope::Customer(_) => (None, None),
        };
        Touch { account, key, ..Touch::wallet(self.customer) }
    }

    fn decide(&self, books: &mut Books, desk: &Desk) -> Result<(), Error> {
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
        books.set_limits(self.scope, &self.changes, self.by, desk)
    }
}
