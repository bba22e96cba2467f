//! Customers and their accounts.

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
};
use sea_orm::{EntityTrait, IntoActiveModel};

impl Engine {
    /// Makes a customer with an empty wallet.
    pub async fn open_customer(&self, name: &str, currency: Currency) -> Result<CustomerId, Error> {
        let at = self.now();
        let id = CustomerId::new(self.shared.ids.next(at)?);
        let transaction = begin_write(&self.shared.pools.side).await?;
        let customer = customer::Model {
            id: id.to_string(),
            name: name.to_owned(),
            currency: to_word(&currency)?,
            created_at: at.micros(),
            tier: None,
            payment_block: None,
        };
        customer::Entity::insert(customer.into_active_model()).exec_without_returning(&transaction).await?;
        let wallet = wallet::Model {
            customer_id: id.to_string(),
            seq: 0,
            hash: String::new(),
            left_tokens: 0,
            held_tokens: 0,
            overdrawn_tokens: 0,
        };
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

    /// What a customer is billed in.
    pub(crate) async fn currency(&self, customer: CustomerId) -> Result<Currency, Error> {
        let row = customer::Entity::find_by_id(customer.to_string()).one(&self.shared.pools.read).await?;
        let row = row.ok_or(Error::NotFound("customer"))?;
        from_word("customer", customer, &row.currency)
    }
}
