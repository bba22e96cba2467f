//! Customers and their accounts.

mod accounts;
mod change;
mod open;
mod payer;
mod risk;
mod staff;

pub use accounts::AccountLine;
pub use change::AccountChange;
pub(crate) use change::Changed as ChangedAccount;
pub(crate) use staff::ChangedCustomer;
pub use staff::{CustomerChange, CustomerFile, CustomerLine, NewCustomer};

use crate::{
    Engine, Error,
    audit::Note,
    db::{
        begin_write,
        entity::{account, customer, wallet},
        from_word, to_json, to_word,
    },
};
use billing::{
    audit::{Actor, AuditAct},
    customer::{AccountStatus, Residency},
    id::{AccountId, CustomerId},
    money::Currency,
    payment::BillingDetails,
    tier::Tier,
    time::Timestamp,
};
use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel};

/// Where in its id a customer's letters and digits begin that stand in its invoices' numbers: the last eight are random.
const SERIES_FROM: usize = 22;

/// A customer that is to be opened.
pub(crate) struct Opening<'a> {
    pub(crate) name: &'a str,
    pub(crate) currency: Currency,
    pub(crate) tier: Option<Tier>,
    /// Where its data are kept, where somebody has decided.
    pub(crate) residency: Option<Residency>,
    /// To whom its invoices are made out, as far as that is known.
    pub(crate) details: Option<BillingDetails>,
    pub(crate) by: Actor,
}

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
        residency: None,
        notes: None,
        used_told_for: None,
        overdue_told_for: None,
        risk_score: None,
        credit_notes: None,
    };
    let wallet = wallet::Model {
        customer_id: id.to_string(),
        seq: 0,
        hash: String::new(),
        left_tokens: 0,
        held_tokens: 0,
        overdrawn_tokens: 0,
        revision: None,
        follows: None,
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
        let by = Actor::Operations;
        self.make_customer(&Opening { name, currency, tier: None, residency: None, details: None, by }).await
    }

    /// Makes it, in a transaction of its own.
    async fn make_customer(&self, opening: &Opening<'_>) -> Result<CustomerId, Error> {
        let transaction = begin_write(&self.shared.pools.side).await?;
        let id = self.insert_customer(&transaction, opening).await?;
        transaction.commit().await?;
        Ok(id)
    }

    /// Makes it with its first entry in the log, in the transaction of whoever opens it.
    pub(crate) async fn insert_customer(
        &self,
        transaction: &impl ConnectionTrait,
        opening: &Opening<'_>,
    ) -> Result<CustomerId, Error> {
        let at = self.now();
        let id = CustomerId::new(self.shared.ids.next(at)?);
        let residency = opening.residency.map(|residency| to_word(&residency)).transpose()?;
        let details = opening.details.as_ref().map(|details| to_json("customer", id, details)).transpose()?;
        let (customer, wallet) = new_customer(id, opening.name, opening.currency, at)?;
        let customer = customer::Model {
            tier: opening.tier.as_ref().map(to_word).transpose()?,
            billing_details: details,
            residency: residency.clone(),
            ..customer
        };
        customer::Entity::insert(customer.into_active_model()).exec_without_returning(transaction).await?;
        wallet::Entity::insert(wallet.into_active_model()).exec_without_returning(transaction).await?;
        let note = Note::of(id, opening.by, AuditAct::CustomerOpened, id).with("name", opening.name);
        let note = note.with("billed in", opening.currency).moved("residency", None, residency);
        self.shared.note(transaction, &note).await?;
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
        let transaction = begin_write(&self.shared.pools.side).await?;
        let note = Note::of(customer, Actor::Operations, AuditAct::AccountOpened, id);
        let note = note.with("name", name).with("status", &row.status);
        account::Entity::insert(row.into_active_model()).exec_without_returning(&transaction).await?;
        self.shared.note(&transaction, &note).await?;
        transaction.commit().await?;
        Ok(id)
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
