//! Customers and their accounts.

mod accounts;
mod open;
mod payer;

pub use accounts::AccountLine;

use crate::{
    Engine, Error,
    db::{
        begin_write,
        entity::{account, customer, wallet},
        from_word, to_word,
    },
};
use billing::{
    customer::AccountStatus,
    id::{AccountId, CustomerId},
    money::Currency,
    time::Timestamp,
};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, Set};
use std::ops::RangeInclusive;

/// Where in its id a customer's letters and digits begin that stand in its invoices' numbers: the last eight are random.
const SERIES_FROM: usize = 22;
/// G5: what an account may say of itself.
const CONCURRENCY: RangeInclusive<i64> = 1..=100;

/// The rows of a new customer and of its empty wallet.
pub(crate) fn new_customer(
    id: CustomerId,
    name: &str,
    currency: Currency,
    at: Timestamp,
) -> Result<(customer::Model, wallet::Model), Error> {
    let customer = customer::Model {
        id: id.to_string(),
        name: name.to_owned(),
        currency: to_word(&currency)?,
        created_at: at.micros(),
        tier: None,
        payment_block: None,
        grace_until: None,
        billing_details: None,
        invoice_series: Some(id.to_string().split_off(SERIES_FROM)),
        invoices: Some(0),
    };
    let wallet = wallet::Model {
        customer_id: id.to_string(),
        seq: 0,
        hash: String::new(),
        left_tokens: 0,
        held_tokens: 0,
        overdrawn_tokens: 0,
    };
    Ok((customer, wallet))
}

/// The row of a new account, which may run as many productions at once as its tier says.
pub(crate) fn new_account(
    customer: CustomerId,
    id: AccountId,
    name: &str,
    status: AccountStatus,
    at: Timestamp,
) -> Result<account::Model, Error> {
    Ok(account::Model {
        customer_id: customer.to_string(),
        id: id.to_string(),
        name: name.to_owned(),
        status: to_word(&status)?,
        created_at: at.micros(),
        concurrency: None,
    })
}

impl Engine {
    /// Makes a customer with an empty wallet.
    pub async fn open_customer(&self, name: &str, currency: Currency) -> Result<CustomerId, Error> {
        let at = self.now();
        let id = CustomerId::new(self.shared.ids.next(at)?);
        let (customer, wallet) = new_customer(id, name, currency, at)?;
        let transaction = begin_write(&self.shared.pools.side).await?;
        customer::Entity::insert(customer.into_active_model()).exec_without_returning(&transaction).await?;
        wallet::Entity::insert(wallet.into_active_model()).exec_without_returning(&transaction).await?;
        transaction.commit().await?;
        Ok(id)
    }

    /// Opens an account of a customer.
    pub async fn open_account(
        &self,
        customer: CustomerId,
        name: &str,
        status: AccountStatus,
    ) -> Result<AccountId, Error> {
        let at = self.now();
        let id = AccountId::new(self.shared.ids.next(at)?);
        let row = new_account(customer, id, name, status, at)?;
        account::Entity::insert(row.into_active_model())
            .exec_without_returning(&self.shared.pools.side)
            .await?;
        Ok(id)
    }

    /// Sets how many productions an account may run at once, 1 to 100; none leaves it to the tier. G5.
    pub async fn set_concurrency(
        &self,
        customer: CustomerId,
        account: AccountId,
        limit: Option<i64>,
    ) -> Result<(), Error> {
        if limit.is_some_and(|limit| !CONCURRENCY.contains(&limit)) {
            let message = "an account runs 1 to 100 productions at once".to_owned();
            return Err(Error::Invalid { field: "concurrency".to_owned(), message });
        }
        let changed = account::Entity::update_many()
            .set(account::ActiveModel { concurrency: Set(limit), ..Default::default() })
            .filter(account::Column::CustomerId.eq(customer.to_string()))
            .filter(account::Column::Id.eq(account.to_string()))
            .exec(&self.shared.pools.side)
            .await?;
        if changed.rows_affected == 1 { Ok(()) } else { Err(Error::NotFound("account")) }
    }

    /// What a customer is billed in.
    pub(crate) async fn currency(&self, customer: CustomerId) -> Result<Currency, Error> {
        from_word("customer", customer, &self.customer_row(customer).await?.currency)
    }

    /// A customer's row.
    pub(crate) async fn customer_row(&self, customer: CustomerId) -> Result<customer::Model, Error> {
        let row = customer::Entity::find_by_id(customer.to_string()).one(&self.shared.pools.read).await?;
        row.ok_or(Error::NotFound("customer"))
    }
}
