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
        from_word, to_json, to_word,
    },
};
use billing::{
    customer::AccountStatus,
    id::{AccountId, CustomerId},
    money::Currency,
    payment::BillingDetails,
    tier::Tier,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, Set};
use std::ops::RangeInclusive;

/// Where in its id a customer's letters and digits begin that stand in its invoices' numbers: the last eight are random.
const SERIES_FROM: usize = 22;
/// G5: what an account may say of itself.
const CONCURRENCY: RangeInclusive<i64> = 1..=100;

/// A customer that is to be opened.
pub(crate) struct NewCustomer<'a> {
    pub(crate) name: &'a str,
    pub(crate) currency: Currency,
    pub(crate) tier: Option<Tier>,
    /// To whom its invoices are made out, as far as that is known.
    pub(crate) details: Option<BillingDetails>,
}

impl Engine {
    /// Makes a customer with an empty wallet.
    pub async fn open_customer(&self, name: &str, currency: Currency) -> Result<CustomerId, Error> {
        let transaction = begin_write(&self.shared.pools.side).await?;
        let new = NewCustomer { name, currency, tier: None, details: None };
        let id = self.insert_customer(&transaction, &new).await?;
        transaction.commit().await?;
        Ok(id)
    }

    /// The same, with what is known of it, in the transaction of whoever opens it.
    pub(crate) async fn insert_customer(
        &self,
        transaction: &impl ConnectionTrait,
        new: &NewCustomer<'_>,
    ) -> Result<CustomerId, Error> {
        let at = self.now();
        let id = CustomerId::new(self.shared.ids.next(at)?);
        let customer = customer::Model {
            id: id.to_string(),
            name: new.name.to_owned(),
            currency: to_word(&new.currency)?,
            created_at: at.micros(),
            tier: new.tier.as_ref().map(to_word).transpose()?,
            payment_block: None,
            grace_until: None,
            billing_details: new
                .details
                .as_ref()
                .map(|details| to_json("customer", id, details))
                .transpose()?,
            invoice_series: Some(id.to_string().split_off(SERIES_FROM)),
            invoices: Some(0),
        };
        customer::Entity::insert(customer.into_active_model()).exec_without_returning(transaction).await?;
        let wallet = wallet::Model {
            customer_id: id.to_string(),
            seq: 0,
            hash: String::new(),
            left_tokens: 0,
            held_tokens: 0,
            overdrawn_tokens: 0,
        };
        wallet::Entity::insert(wallet.into_active_model()).exec_without_returning(transaction).await?;
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
        let row = account::Model {
            customer_id: customer.to_string(),
            id: id.to_string(),
            name: name.to_owned(),
            status: to_word(&status)?,
            created_at: at.micros(),
            concurrency: None,
        };
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
