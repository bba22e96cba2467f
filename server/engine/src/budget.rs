//! "Accounts can carry a production budget." Setting monthly limits: an account's, the customer's, a key's. G1, G3, G6, I-14.

use crate::{
    Engine, Error,
    writer::{Act, Books, Desk, Touch},
};
use billing::{
    budget::BudgetScope,
    id::{AccountId, CustomerId},
    money::Money,
};

/// The act: a limit, or none.
struct SetLimit {
    customer: CustomerId,
    scope: BudgetScope,
    limit: Option<Money>,
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
        self.writer.ask(SetLimit { customer, scope, limit }).await
    }
}

impl Act for SetLimit {
    type Answer = ();

    fn touches(&self) -> Touch {
        let (account, key) = match self.scope {
            BudgetScope::Account(account) => (Some(account), None),
            BudgetScope::Key(key) => (None, Some(key)),
            BudgetScope::Customer(_) => (None, None),
        };
        Touch { account, key, ..Touch::wallet(self.customer) }
    }

    fn decide(&self, books: &mut Books, _: &Desk) -> Result<(), Error> {
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
        if self.limit.is_some_and(|limit| limit.currency() != books.currency) {
            return Err(invalid("the limit must be in the customer's currency"));
        }
        if self.limit.is_some_and(|limit| limit.minor() < 0 || limit.to_cost().is_err()) {
            return Err(invalid("the limit must not be negative, nor more than the books can hold"));
        }
        books.limits.insert(self.scope, self.limit);
        Ok(())
    }
}
