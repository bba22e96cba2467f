//! A customer as it pays: its tier, what stands against it, and to whom its invoices are made out. 5.33, I1.

use crate::{
    Engine, Error,
    db::customer::payer_of,
    team::Member,
    writer::{Act, Books, Desk, Payer, Touch},
};
use billing::{
    customer::PaymentBlock, id::CustomerId, payment::BillingDetails, team::Permission, tier::Tier,
    time::Timestamp,
};

/// What is changed.
#[derive(Clone)]
enum PayerChange {
    Tier(Option<Tier>),
    Block(Option<PaymentBlock>),
    Grace(Option<Timestamp>),
    Details(BillingDetails),
}

/// The act.
struct ChangePayer {
    customer: CustomerId,
    change: PayerChange,
}

impl Act for ChangePayer {
    type Answer = ();

    fn touches(&self) -> Touch {
        Touch::wallet(self.customer)
    }

    fn decide(&self, books: &mut Books, _: &Desk) -> Result<(), Error> {
        let payer = books.payer.clone();
        books.payer = match self.change.clone() {
            PayerChange::Tier(tier) => Payer { tier, ..payer },
            PayerChange::Block(block) => Payer { block, ..payer },
            PayerChange::Grace(grace_until) => Payer { grace_until, ..payer },
            PayerChange::Details(details) => Payer { details: Some(details), ..payer },
        };
        Ok(())
    }
}

impl Engine {
    /// Sets what a customer has subscribed to: its limits hold from the next decision on. None is no tier, and no limit.
    pub async fn set_tier(&self, customer: CustomerId, tier: Option<Tier>) -> Result<(), Error> {
        self.writer.ask(ChangePayer { customer, change: PayerChange::Tier(tier) }).await
    }

    /// Says why a customer starts no new productions, or that nothing stands against it any longer. 5.33, I-37.
    pub async fn set_payment_block(
        &self,
        customer: CustomerId,
        block: Option<PaymentBlock>,
    ) -> Result<(), Error> {
        self.writer.ask(ChangePayer { customer, change: PayerChange::Block(block) }).await
    }

    /// Says until when everything still works although a payment has failed; none once it is settled. 5.33.
    pub async fn set_grace(&self, customer: CustomerId, until: Option<Timestamp>) -> Result<(), Error> {
        self.writer.ask(ChangePayer { customer, change: PayerChange::Grace(until) }).await
    }

    /// Says to whom a customer's invoices are made out from now on; those that are issued stay what they are.
    pub async fn set_billing_details(
        &self,
        customer: CustomerId,
        details: BillingDetails,
    ) -> Result<(), Error> {
        let details = details.checked().map_err(|field| Error::Invalid {
            field: field.to_string(),
            message: "This cannot stand on an invoice. Check it and try again.".to_owned(),
        })?;
        self.writer.ask(ChangePayer { customer, change: PayerChange::Details(details) }).await
    }

    /// As [`Engine::set_billing_details`], by a member who manages the customer's billing.
    pub async fn set_billing_details_of(
        &self,
        member: &Member,
        details: BillingDetails,
    ) -> Result<(), Error> {
        member.require(Permission::ManageBilling)?;
        self.set_billing_details(member.customer, details).await
    }

    /// To whom a customer's invoices are made out; none before it has said so.
    pub async fn billing_details(&self, member: &Member) -> Result<Option<BillingDetails>, Error> {
        member.require(Permission::SeeInvoices)?;
        Ok(payer_of(&self.customer_row(member.customer).await?)?.details)
    }
}
