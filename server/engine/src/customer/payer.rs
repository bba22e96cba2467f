//! A customer as it pays: its tier, what stands against it, and to whom its invoices are made out. 5.33, I1.

use crate::{
    Engine, Error,
    audit::Note,
    db::{customer::payer_of, to_word},
    team::Member,
    writer::{Act, Books, Desk, Payer, Touch},
};
use billing::{
    audit::{Actor, AuditAct},
    customer::PaymentBlock,
    id::CustomerId,
    payment::BillingDetails,
    team::Permission,
    tier::Tier,
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
    by: Actor,
}

impl Act for ChangePayer {
    type Answer = ();

    fn touches(&self) -> Touch {
        Touch::wallet(self.customer)
    }

    fn decide(&self, books: &mut Books, desk: &Desk) -> Result<(), Error> {
        let (payer, before) = (books.payer.clone(), books.payer.clone());
        books.payer = match self.change.clone() {
            PayerChange::Tier(tier) => Payer { tier, ..payer },
            PayerChange::Block(block) => Payer { block, ..payer },
            PayerChange::Grace(grace_until) => Payer { grace_until, ..payer },
            PayerChange::Details(details) => Payer { details: Some(details), ..payer },
        };
        let note = self.note(&before, &books.payer)?;
        books.note(&note, desk)
    }
}

impl ChangePayer {
    /// What the log says of it.
    fn note(&self, before: &Payer, after: &Payer) -> Result<Note, Error> {
        let note = |act| Note::of(self.customer, self.by, act, self.customer);
        let words = |payer: &Payer| {
            Ok::<_, Error>((
                payer.tier.map(|tier| to_word(&tier)).transpose()?,
                payer.block.map(|block| to_word(&block)).transpose()?,
            ))
        };
        let ((tier, block), (tier_after, block_after)) = (words(before)?, words(after)?);
        Ok(match &self.change {
            PayerChange::Tier(_) => note(AuditAct::PlanChanged).moved("tier", tier, tier_after),
            PayerChange::Block(_) => {
                note(AuditAct::CustomerChanged).moved("starts nothing because of", block, block_after)
            }
            PayerChange::Grace(_) => note(AuditAct::CustomerChanged).moved(
                "works until, without payment",
                before.grace_until,
                after.grace_until,
            ),
            PayerChange::Details(_) => {
                let mut note = note(AuditAct::BillingDetailsSaved);
                let fields = |payer: &Payer| fields_of(payer.details.as_ref());
                for ((field, before), (_, after)) in fields(before).into_iter().zip(fields(after)) {
                    note = note.moved(field, before, after);
                }
                note
            }
        })
    }
}

/// Details by the names of their fields.
fn fields_of(details: Option<&BillingDetails>) -> [(&'static str, Option<String>); 5] {
    let of = |part: fn(&BillingDetails) -> String| details.map(part).filter(|text| !text.is_empty());
    [
        ("name", of(|details| details.name.clone())),
        ("address", of(|details| details.address.join(", "))),
        ("country", of(|details| details.country.to_string())),
        ("email", of(|details| details.email.clone())),
        ("tax number", of(|details| details.tax_id.clone().unwrap_or_default())),
    ]
}

impl Engine {
    /// Sets what a customer has subscribed to: its limits hold from the next decision on. None is no tier, and no limit.
    pub async fn set_tier(&self, customer: CustomerId, tier: Option<Tier>) -> Result<(), Error> {
        self.writer
            .ask(ChangePayer { customer, change: PayerChange::Tier(tier), by: Actor::Operations })
            .await
    }

    /// Says why a customer starts no new productions, or that nothing stands against it any longer. 5.33, I-37.
    pub async fn set_payment_block(
        &self,
        customer: CustomerId,
        block: Option<PaymentBlock>,
    ) -> Result<(), Error> {
        self.writer
            .ask(ChangePayer { customer, change: PayerChange::Block(block), by: Actor::Operations })
            .await
    }

    /// Says until when everything still works although a payment has failed; none once it is settled. 5.33.
    pub async fn set_grace(&self, customer: CustomerId, until: Option<Timestamp>) -> Result<(), Error> {
        self.writer
            .ask(ChangePayer { customer, change: PayerChange::Grace(until), by: Actor::Operations })
            .await
    }

    /// Says to whom a customer's invoices are made out from now on; those that are issued stay what they are.
    pub async fn set_billing_details(
        &self,
        customer: CustomerId,
        details: BillingDetails,
    ) -> Result<(), Error> {
        self.save_details(customer, details, Actor::Operations).await
    }

    async fn save_details(
        &self,
        customer: CustomerId,
        details: BillingDetails,
        by: Actor,
    ) -> Result<(), Error> {
        let details = details.checked().map_err(|field| Error::Invalid {
            field: field.to_string(),
            message: "This cannot stand on an invoice. Check it and try again.".to_owned(),
        })?;
        self.writer.ask(ChangePayer { customer, change: PayerChange::Details(details), by }).await
    }

    /// As [`Engine::set_billing_details`], by a member who manages the customer's billing.
    pub async fn set_billing_details_of(
        &self,
        member: &Member,
        details: BillingDetails,
    ) -> Result<(), Error> {
        member.require(Permission::ManageBilling)?;
        self.save_details(member.customer, details, Actor::Person(member.person)).await
    }

    /// To whom a customer's invoices are made out; none before it has said so.
    pub async fn billing_details(&self, member: &Member) -> Result<Option<BillingDetails>, Error> {
        member.require(Permission::SeeInvoices)?;
        Ok(payer_of(&self.customer_row(member.customer).await?)?.details)
    }
}
