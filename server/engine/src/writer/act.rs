//! An act: what it touches, how it is decided, what it answers. Each room defines its own.

use super::{Books, Desk};
use crate::Error;
use billing::id::{
    AccountId, CallName, CustomerId, KeyId, OrderId, PersonId, ProductionName, QuoteId, StepName,
};
use tokio::sync::oneshot;

/// What has to be loaded before an act can be decided.
#[derive(Clone, Debug)]
pub(crate) struct Touch {
    /// Whose books.
    pub(crate) customer: CustomerId,
    /// An account that is named.
    pub(crate) account: Option<AccountId>,
    /// A key whose limit may bind, or whose spending grows.
    pub(crate) key: Option<KeyId>,
    /// A member whose cap may bind.
    pub(crate) member: Option<PersonId>,
    /// A quote that is used.
    pub(crate) quote: Option<QuoteId>,
    /// A call outside productions that is named.
    pub(crate) call: Option<CallName>,
    /// Whether the gate is asked, so that it matters how many productions the account runs.
    pub(crate) asks_gate: bool,
    /// A production that is named, or about to be.
    pub(crate) production: Option<ProductionName>,
    /// A step of it.
    pub(crate) step: Option<StepName>,
    /// What it is about, where it is about money coming in.
    pub(crate) paying: Option<Paying>,
}

/// What an act about money coming in names. Whatever it is, the customer's open orders, its outstanding invoices, the
/// charges that wait, and what it has in use are loaded too.
#[derive(Clone, Debug, Default)]
pub(crate) struct Paying {
    /// An order.
    pub(crate) order: Option<OrderId>,
    /// The name that a caller has given to an order.
    pub(crate) request: Option<String>,
    /// An event of the payment provider.
    pub(crate) event: Option<String>,
    /// The provider's name of a payment that is to be taken.
    pub(crate) payment: Option<String>,
    /// An invoice that was paid, and of which money goes back.
    pub(crate) paid: Option<i64>,
}

impl Touch {
    /// Only the customer's wallet.
    pub(crate) const fn wallet(customer: CustomerId) -> Self {
        Self {
            customer,
            account: None,
            key: None,
            member: None,
            quote: None,
            call: None,
            asks_gate: false,
            production: None,
            step: None,
            paying: None,
        }
    }

    /// Something about money coming in.
    pub(crate) fn paying(customer: CustomerId, paying: Paying) -> Self {
        Self { paying: Some(paying), ..Self::wallet(customer) }
    }

    /// One production of the customer.
    pub(crate) fn production(customer: CustomerId, production: &ProductionName) -> Self {
        Self { production: Some(production.clone()), ..Self::wallet(customer) }
    }
}

/// Something that is done to a customer's books.
pub(crate) trait Act: Send + 'static {
    /// What its caller is told.
    type Answer: Send + 'static;

    /// What has to be loaded.
    fn touches(&self) -> Touch;

    /// Decides on loaded books and changes them. It may be called again on fresh books where a group had to be repeated.
    /// A business *no* is returned before anything was changed.
    fn decide(&self, books: &mut Books, desk: &Desk) -> Result<Self::Answer, Error>;
}

/// An act with somebody waiting for its answer, whatever its type.
pub(super) trait Pending: Send {
    fn touches(&self) -> Touch;
    /// Keeps the answer for later; passes on only what makes the group worthless.
    fn decide(&mut self, books: &mut Books, desk: &Desk) -> Result<(), Error>;
    /// Sets the answer to this error.
    fn fail(&mut self, error: Error);
    /// Tells the caller, once the group is committed.
    fn answer(&mut self);
}

/// An act and the way back to its caller.
pub(super) struct Asked<A: Act> {
    act: A,
    decided: Option<Result<A::Answer, Error>>,
    reply: Option<oneshot::Sender<Result<A::Answer, Error>>>,
}

impl<A: Act> Asked<A> {
    pub(super) const fn new(act: A, reply: oneshot::Sender<Result<A::Answer, Error>>) -> Self {
        Self { act, decided: None, reply: Some(reply) }
    }
}

impl<A: Act> Pending for Asked<A> {
    fn touches(&self) -> Touch {
        self.act.touches()
    }

    fn decide(&mut self, books: &mut Books, desk: &Desk) -> Result<(), Error> {
        match self.act.decide(books, desk) {
            Err(error) if error.is_fatal() => Err(error),
            decided => {
                self.decided = Some(decided);
                Ok(())
            }
        }
    }

    fn fail(&mut self, error: Error) {
        self.decided = Some(Err(error));
    }

    fn answer(&mut self) {
        if let (Some(reply), Some(decided)) = (self.reply.take(), self.decided.take()) {
            let _ = reply.send(decided); // a caller that has hung up is not told
        }
    }
}
