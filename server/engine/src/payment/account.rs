//! By what the provider knows a customer, and with what they pay. U4: neither is a card.

use crate::{
    Engine, Error,
    clock::machine_micros,
    db::{entity::payment_account, rows},
    team::Member,
};
use billing::{id::CustomerId, team::Permission};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set};

impl Engine {
    /// How the provider knows a customer; made at the first order.
    pub(super) async fn provider_customer(&self, customer: CustomerId, name: &str) -> Result<String, Error> {
        let known =
            payment_account::Entity::find_by_id(customer.to_string()).one(&self.shared.pools.read).await?;
        match known {
            Some(known) => Ok(known.provider_customer),
            None => self.new_provider_customer(customer, name).await,
        }
    }

    /// Has the provider know a customer; a way to pay that another one has kept is of no use to it.
    pub(super) async fn new_provider_customer(
        &self,
        customer: CustomerId,
        name: &str,
    ) -> Result<String, Error> {
        let provider_customer = self.gateway.open_customer(customer, name).await?;
        let row = payment_account::Model {
            customer_id: customer.to_string(),
            provider_customer: provider_customer.clone(),
            method: None,
            method_label: None,
            card: None,
            updated_at: machine_micros(),
        };
        rows::upsert::<payment_account::Entity>(&self.shared.pools.side, &[row]).await?;
        Ok(provider_customer)
    }

    /// Keeps with what a customer has paid: renewals are charged to it; and by which name its card is counted. T5.
    pub(super) async fn keep_method(
        &self,
        customer: CustomerId,
        (method, label): (&str, &str),
        card: Option<String>,
    ) -> Result<(), Error> {
        payment_account::Entity::update_many()
            .set(payment_account::ActiveModel {
                method: Set(Some(method.to_owned())),
                method_label: Set(Some(label.to_owned())),
                card: Set(card),
                updated_at: Set(machine_micros()),
                ..Default::default()
            })
            .filter(payment_account::Column::CustomerId.eq(customer.to_string()))
            .exec(&self.shared.pools.side)
            .await?;
        Ok(())
    }

    /// Keeps a test card as what a sample customer pays with.
    pub(crate) async fn keep_sample_card(
        &self,
        customer: CustomerId,
        name: &str,
        card: &str,
    ) -> Result<(), Error> {
        self.provider_customer(customer, name).await?;
        let (method, label) = self.test_cards()?.keep_card(card).await?;
        self.keep_method(customer, (&method, &label), None).await
    }

    /// With what a customer pays, as people call it.
    pub async fn method_of(&self, member: &Member) -> Result<Option<String>, Error> {
        member.require(Permission::SeeInvoices)?;
        let known = payment_account::Entity::find_by_id(member.customer.to_string())
            .one(&self.shared.pools.read)
            .await?;
        Ok(known.and_then(|known| known.method_label))
    }
}
