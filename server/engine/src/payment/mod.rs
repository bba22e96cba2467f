//! "Buy extra capacity on top of the subscription": orders, the payment that each waits for, and what is given for it.
//! U1–U7, 5.7, 5.22, 5.32; I-30 to I-34.
//!
//! An order is written down before anybody is sent to pay. The money is told of three times over, by the provider's events,
//! by the buyer who comes back, and by looking; whichever is first, the provider is asked for the payment itself, and one
//! act of the writer takes it: payment, invoice and tokens in one transaction, once.

mod account;
mod charge;
mod checkout;
mod credit;
mod event;
mod invoice;
mod issuer;
mod order;
mod plan;
mod read;
mod read_reversals;
mod refund;
mod retry;
mod reversal;
mod sandbox;
mod settle;
mod unanswered;
mod velocity;
mod waiting;

pub use crate::gateway::{
    BadStripeSettings, CARDS, CHECKOUT_ORIGIN, Card, SandboxPage, SandboxPaid, Secret, StripeSettings, sign,
};
pub use credit::CreditReason;
pub use event::{Heard, NotHeard};
pub use order::{Ordered, Wanted};
pub use read::{InvoiceState, Invoiced, OrderLine};
pub use read_reversals::{CreditNote, DisputeOutcome, Disputed};
pub use refund::RefundOutcome;
pub use retry::{Retried, UnusedEvent};
pub use settle::Settled;
pub use unanswered::{Unanswered, Unheard};

pub(crate) use charge::NoteCharge;
pub(crate) use invoice::NewInvoice;
pub(crate) use order::MakeOrder;
pub(crate) use plan::plan_words;
pub(crate) use settle::Settle;
pub(crate) use waiting::PaidBy;

use crate::{Engine, Error, clock::machine_micros, gateway, ids::random};
use billing::payment::{Country, TaxRule};

impl Engine {
    /// What a few seconds bring: events of the sandbox's provider, orders that were paid and not told, charges that are
    /// due. The sweep does this by itself.
    pub async fn take_payments(&self) -> Result<(), Error> {
        self.hear_sandbox().await?;
        self.reconcile().await?;
        self.charge_due().await?;
        self.buy_due().await.map(drop)
    }

    /// Tells the events of the sandbox's provider whose time has come, as a webhook would: signed, and by its bytes. Answers
    /// how many there were.
    pub async fn hear_sandbox(&self) -> Result<usize, Error> {
        let Some(provider) = &self.test_cards else { return Ok(0) };
        let due = provider.due_events().await?;
        let told = due.len();
        for event in due {
            let body = event.body.as_bytes();
            let header = self.sandbox_signature(body).await?;
            match self.hear(body, &header).await {
                Ok(_) => provider.delivered(&event.id).await?,
                Err(NotHeard::Later(error)) => tracing::warn!(%error, "an event will be told again"),
                Err(NotHeard::Refused(error)) => {
                    tracing::error!(%error, "an event of the sandbox was refused");
                    provider.delivered(&event.id).await?;
                }
            }
        }
        Ok(told)
    }

    /// The tax of a country.
    #[must_use]
    pub fn tax_rule(&self, country: Country) -> TaxRule {
        (self.shared.tax)(country)
    }

    /// A name for a form that orders something: sent twice, it orders once.
    pub fn fresh_request(&self) -> Result<String, Error> {
        Ok(hex::encode(random::<16>()?))
    }

    /// The origin of the provider's hosted pages, where it is another one than ours: forms lead there.
    #[must_use]
    pub fn checkout_origin(&self) -> Option<&'static str> {
        self.gateway.checkout_origin()
    }

    /// Whether anything can be paid here: by Stripe, or by the sandbox's test cards.
    fn takes_payments(&self) -> bool {
        self.test_cards.is_some() || self.gateway.checkout_origin().is_some()
    }

    /// The header with which the sandbox's provider signs a body now; the other one, where that is set up.
    pub async fn sandbox_signature(&self, body: &[u8]) -> Result<String, Error> {
        let secrets = self.gateway.webhook_secrets().await?;
        let secret = secrets.first().map(String::as_str).unwrap_or_default();
        Ok(gateway::sign(secret, body, machine_micros() / 1_000_000))
    }
}
