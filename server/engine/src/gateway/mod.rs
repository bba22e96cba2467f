//! The port to whoever moves money: a hosted page to pay on, a charge without anybody present, and what a payment is asked
//! about. U3, U4: card numbers never come here; what is kept is the provider's name of a customer and of a way to pay.
//!
//! Nothing is given for what a provider *tells*: it is asked for the payment itself before anything is granted. T6.

mod event;
mod objects;
mod sandbox;
mod signature;
mod stripe;

pub use sandbox::{CARDS, Card, SandboxPage, SandboxPaid};
pub use signature::sign;
pub use stripe::{BadStripeSettings, CHECKOUT_ORIGIN, Secret, StripeSettings};

pub(crate) use event::{Event, EventKind};
pub(crate) use sandbox::Sandbox;
pub(crate) use signature::{BadSignature, verify};
pub(crate) use stripe::Stripe;

use crate::Error;
use async_trait::async_trait;
use billing::{
    id::{CustomerId, OrderId},
    money::Money,
    payment::Seen,
    time::Timestamp,
};

/// What a hosted page is opened for. The order's id is the idempotency key: the same order opens the same page.
#[derive(Clone, Debug)]
pub(crate) struct CheckoutRequest {
    pub(crate) order: OrderId,
    pub(crate) customer: CustomerId,
    /// The provider's name of the customer.
    pub(crate) provider_customer: String,
    pub(crate) amount: Money,
    /// What is bought, in a few words.
    pub(crate) words: String,
    /// Where the browser goes on to once it is paid, and where it goes back to: addresses of ours, without an origin.
    pub(crate) paid_url: String,
    pub(crate) back_url: String,
    pub(crate) expires_at: Timestamp,
}

/// A hosted page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Checkout {
    /// The provider's name of it.
    pub(crate) reference: String,
    /// Where the browser is sent.
    pub(crate) url: String,
}

/// A payment as the provider has it, and with what it was paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) seen: Seen,
    /// The provider's name of the way to pay, to be used again where nobody is present.
    pub(crate) method: Option<String>,
    /// The provider's name of the card itself, whoever uses it; that of the way to pay where it gives none. T5.
    pub(crate) card: Option<String>,
    /// The last try that a bank has declined, where it was not paid since.
    pub(crate) declined: Option<Declined>,
    /// Whether it can still be paid.
    pub(crate) open: bool,
}

/// A try to pay that a bank has declined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Declined {
    /// The provider's name of the try: each is counted once.
    pub(crate) id: String,
    /// As [`Found::card`].
    pub(crate) card: Option<String>,
}

/// A charge that nobody is present for.
#[derive(Clone, Debug)]
pub(crate) struct ChargeRequest {
    /// The idempotency key: the outbox row and the number of the try.
    pub(crate) key: String,
    pub(crate) customer: CustomerId,
    pub(crate) provider_customer: String,
    pub(crate) method: String,
    pub(crate) amount: Money,
}

/// How a charge went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Charged {
    /// The money is there: the provider's name of the payment.
    Paid(String),
    /// The bank has said no; why, in a word that programs know: `insufficient_funds`.
    Declined(String),
    /// The bank wants its owner to confirm.
    NeedsAction,
    /// Nobody knows yet: the bank is still at it, or the provider has not answered in time. Asked again under the same key, it
    /// is the same charge.
    Pending,
}

/// What became of a charge that was not to be made any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cancelled {
    /// Nobody can pay it any more.
    Done,
    /// The provider knows of no such charge.
    Unknown,
    /// It was paid before.
    Paid,
}

/// What became of a payment after the money was there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Payment {
    /// What was paid.
    pub(crate) amount: Money,
    /// All that was given back of it so far.
    pub(crate) refunded: Money,
    /// The newest dispute about it.
    pub(crate) dispute: Option<Dispute>,
}

/// A dispute: whoever has paid asks their bank for the money back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Dispute {
    /// The provider's name of it.
    pub(crate) id: String,
    /// How much is disputed.
    pub(crate) amount: Money,
    pub(crate) state: DisputeState,
}

/// Where a dispute has got to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DisputeState {
    /// The bank only asks: the money has not gone.
    Inquiry,
    /// The money has gone until it is decided.
    Open,
    /// It was decided for us, or withdrawn: the money is back.
    Won,
    /// The money is gone for good.
    Lost,
}

/// How a refund went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refunded {
    /// It is on its way: the provider's name of it.
    Done(String),
    /// The provider has still to do it: its name.
    Pending(String),
    /// It will not be made; why, in a word that programs know.
    Refused(String),
}

/// Whoever moves money. Whatever fails for now is [`Error::ProviderAway`]: the same may be asked again, and happens once.
#[async_trait]
pub(crate) trait Gateway: std::fmt::Debug + Send + Sync {
    /// The origin of the hosted pages, where it is another one than ours.
    fn checkout_origin(&self) -> Option<&'static str>;

    /// Makes the provider's record of a customer, once.
    async fn open_customer(&self, customer: CustomerId, name: &str) -> Result<String, Error>;

    /// Opens the hosted page of an order, once. `NotFound("payer")` where the provider has forgotten the customer.
    async fn open_checkout(&self, request: &CheckoutRequest) -> Result<Checkout, Error>;

    /// Asks how a hosted page stands; none where the provider knows of no such page.
    async fn checkout(&self, reference: &str) -> Result<Option<Found>, Error>;

    /// Closes a hosted page that nobody shall pay on any more; one that is paid stays paid.
    async fn close_checkout(&self, reference: &str) -> Result<(), Error>;

    /// Charges a known way to pay, once. A provider that does not answer makes it [`Charged::Pending`].
    async fn charge(&self, request: &ChargeRequest) -> Result<Charged, Error>;

    /// Cancels the charge of this key, of this customer of the provider's: it waits for its owner, and is paid otherwise.
    async fn cancel_charge(&self, provider_customer: &str, key: &str) -> Result<Cancelled, Error>;

    /// Asks what became of a payment; none where the provider knows of no such one.
    async fn payment(&self, reference: &str) -> Result<Option<Payment>, Error>;

    /// Gives back some of a payment, once a key.
    async fn refund(&self, key: &str, payment: &str, amount: Money) -> Result<Refunded, Error>;

    /// What webhooks are signed with: the newest secret first, older ones while they are replaced.
    async fn webhook_secrets(&self) -> Result<Vec<String>, Error>;
}
