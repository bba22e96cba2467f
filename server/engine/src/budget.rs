//! "Accounts can carry a production budget." Setting monthly limits: an account's, the customer's, a key's. G1, G3, G6, I-14.

use crate::{
    Engine, Error,
    team::Member,
    writer::{Act, Books, Desk, Touch},
};
use billing::{
    budget::{BudgetScope, LimitChange},
    id::{AccountId, CustomerId},
    money::Money,
    team::Permission,
};

/// The act: other limits.
struct ChangeLimits {
    customer: CustomerId,
    scope: BudgetScope,
    changes: Vec<LimitChange>,
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
        self.change_limits(member.customer, BudgetScope::Account(account), changes).await
    }

    /// Makes these changes to the limits of an account, a key or the customer, all of them or none.
    pub async fn change_limits(
        &self,
        customer: CustomerId,
        scope: BudgetScope,
        changes: Vec<LimitChange>,
    ) -> Result<(), Error> {
        self.writer.ask(ChangeLimits { customer, scope, changes }).await
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
        books.set_limits(self.scope, &self.changes, desk)
    }
}
