//! "Accounts can carry a production budget." Setting an account's monthly limit. G1, G3, I-14.

use crate::{
    Engine, Error,
    writer::{Act, Books, Desk, Touch},
};
use billing::{
    id::{AccountId, CustomerId},
    money::Money,
};

/// The act: a limit, or none.
struct SetLimit {
    customer: CustomerId,
    account: AccountId,
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
        self.writer.ask(SetLimit { customer, account, limit }).await
    }
}

impl Act for SetLimit {
    type Answer = ();

    fn touches(&self) -> Touch {
        Touch { account: Some(self.account), ..Touch::wallet(self.customer) }
    }

    fn decide(&self, books: &mut Books, _: &Desk) -> Result<(), Error> {
        let invalid =
            |message: &str| Error::Invalid { field: "limit".to_owned(), message: message.to_owned() };
        if !books.accounts.contains_key(&self.account) {
            return Err(Error::NotFound("account"));
        }
        if self.limit.is_some_and(|limit| limit.currency() != books.currency) {
            return Err(invalid("the limit must be in the customer's currency"));
        }
        if self.limit.is_some_and(|limit| limit.minor() < 0 || limit.to_cost().is_err()) {
            return Err(invalid("the limit must not be negative, nor more than the books can hold"));
        }
        books.limits.insert(self.account, self.limit);
        Ok(())
    }
}
