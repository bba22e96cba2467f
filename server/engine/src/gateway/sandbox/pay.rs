//! Paying on the sandbox's hosted page, and what is told of it.

use super::{
    Card, Sandbox,
    cards::Behaviour,
    give_back::charge_of,
    keep, locked,
    tell::{tell, tell_as},
    text,
};
use crate::{Error, clock::machine_micros, db::begin_write, ids::random};
use billing::money::{Currency, Money};
use sea_orm::DatabaseTransaction;
use serde_json::{Value, json};

/// How long the money of a slow card takes.
pub(super) const SLOW_MICROS: i64 = 8_000_000;
/// How far apart events are told that come out of order.
const APART_MICROS: i64 = 1_500_000;

/// The hosted page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SandboxPage {
    /// What is bought.
    pub words: String,
    /// What it costs.
    pub amount: Money,
    /// Whether it can still be paid.
    pub open: bool,
    /// Whether the bank asks for a second step now.
    pub asks: bool,
    /// Where the browser goes back to.
    pub back_url: String,
    /// Where it goes on to once it is paid.
    pub paid_url: String,
}

/// How paying went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SandboxPaid {
    /// It is paid, or on its way: where the browser goes on to.
    Done(String),
    /// The bank asks for a second step.
    Asks,
    /// It was not paid, and why.
    Declined(String),
}

impl Sandbox {
    /// Keeps a test card as a way to pay: its name and what people call it.
    pub(crate) async fn keep_card(&self, number: &str) -> Result<(String, String), Error> {
        let card = Card::of_number(number).ok_or(Error::NotFound("card"))?;
        let method = method_of(card, "sample")?;
        keep(&self.pools.side, &text(&method, "id"), &method).await?;
        Ok((text(&method, "id"), format!("card ending {}", card.last4())))
    }

    /// The hosted page of a checkout; none where there is no such one.
    pub(crate) async fn page(&self, reference: &str) -> Result<Option<SandboxPage>, Error> {
        let Some(session) = self.object::<Value>(&self.pools.read, reference).await? else { return Ok(None) };
        let intent = match session["payment_intent"].as_str() {
            Some(id) => self.object::<Value>(&self.pools.read, id).await?,
            None => None,
        };
        let currency: Currency = text(&session, "currency").to_uppercase().parse().unwrap_or(Currency::Gbp);
        Ok(Some(SandboxPage {
            words: text(&session, "words"),
            amount: Money::new(session["amount_total"].as_i64().unwrap_or_default(), currency),
            open: session["status"] == "open",
            asks: intent.is_some_and(|intent| intent["status"] == "requires_action"),
            back_url: text(&session, "cancel_url"),
            paid_url: text(&session, "success_url"),
        }))
    }

    /// Pays with a card. Of its number, only the last four digits are kept. Paying twice pays once.
    pub(crate) async fn pay(&self, reference: &str, number: &str) -> Result<SandboxPaid, Error> {
        let not_a_test_card = || Error::Invalid {
            field: "card".to_owned(),
            message: "This is none of the test cards, and no other card works here. Nothing was charged."
                .to_owned(),
        };
        let card = Card::of_number(number).ok_or_else(not_a_test_card)?;
        let transaction = begin_write(&self.pools.side).await?;
        let mut paying = Paying::of(self, &transaction, reference).await?;
        if let Some(done) = paying.done() {
            return done;
        }
        let method = method_of(card, &text(&paying.session, "customer"))?;
        keep(&transaction, &text(&method, "id"), &method).await?;
        paying.intent["payment_method"] = method["id"].clone();
        paying.method = method;
        let paid = paying.settle(card, &transaction).await?;
        paying.save(&transaction).await?;
        transaction.commit().await?;
        Ok(paid)
    }

    /// Answers the bank's second step.
    pub(crate) async fn confirm(&self, reference: &str, agreed: bool) -> Result<SandboxPaid, Error> {
        let transaction = begin_write(&self.pools.side).await?;
        let mut paying = Paying::of(self, &transaction, reference).await?;
        if let Some(done) = paying.done() {
            return done;
        }
        let paid = if paying.intent["status"] != "requires_action" {
            SandboxPaid::Declined("There is nothing to confirm. Enter a card.".to_owned())
        } else if agreed {
            paying.take(Behaviour::Paid, &transaction).await?
        } else {
            paying
                .decline("The bank was not given the confirmation. Nothing was charged.", &transaction)
                .await?
        };
        paying.save(&transaction).await?;
        transaction.commit().await?;
        Ok(paid)
    }

    /// Money that was on its way and has arrived.
    pub(super) async fn settle_slow(&self, reference: &str) -> Result<(), Error> {
        let Some(session) = self.object::<Value>(&self.pools.read, reference).await? else { return Ok(()) };
        if session["arrives_at"].as_i64().is_none_or(|at| at > machine_micros())
            || session["payment_status"] == "paid"
        {
            return Ok(());
        }
        let transaction = begin_write(&self.pools.side).await?;
        let mut paying = Paying::of(self, &transaction, reference).await?;
        paying.session["payment_status"] = json!("paid");
        paying.intent["status"] = json!("succeeded");
        paying.save(&transaction).await?;
        transaction.commit().await?;
        Ok(())
    }
}

/// A way to pay: of the card's number, the last four digits. Test cards are everybody's: each of the provider's customers has
/// a card of its own of them.
fn method_of(card: Card, customer: &str) -> Result<Value, Error> {
    Ok(json!({
        "id": format!("pm_{}", hex::encode(random::<12>()?)), "object": "payment_method", "type": "card",
        "card": {"brand": "visa", "last4": card.last4(), "fingerprint": format!("{} of {customer}", card.last4())},
    }))
}

/// A checkout and its payment, while they change.
struct Paying {
    session: Value,
    intent: Value,
    /// With what it is paid now, where that was said.
    method: Value,
}

impl Paying {
    async fn of(
        sandbox: &Sandbox,
        transaction: &DatabaseTransaction,
        reference: &str,
    ) -> Result<Self, Error> {
        let session = locked(transaction, reference).await?.ok_or(Error::NotFound("checkout"))?;
        let known = match session["payment_intent"].as_str() {
            Some(id) => sandbox.object::<Value>(transaction, id).await?,
            None => None,
        };
        let intent = match known {
            Some(intent) => intent,
            None => json!({
                "id": format!("pi_{}", hex::encode(random::<12>()?)), "object": "payment_intent",
                "amount": session["amount_total"], "currency": session["currency"], "customer": session["customer"],
                "metadata": session["metadata"], "status": "requires_payment_method",
            }),
        };
        Ok(Self { session, intent, method: Value::Null })
    }

    /// The answer to whoever pays what is paid, or can no longer be paid.
    fn done(&self) -> Option<Result<SandboxPaid, Error>> {
        match self.session["status"].as_str() {
            Some("open") => None,
            Some("complete") => Some(Ok(SandboxPaid::Done(text(&self.session, "success_url")))),
            _ => Some(Ok(SandboxPaid::Declined(
                "This page has expired. Nothing was charged. Go back and start again.".to_owned(),
            ))),
        }
    }

    async fn settle(&mut self, card: Card, transaction: &DatabaseTransaction) -> Result<SandboxPaid, Error> {
        match card.behaviour {
            Behaviour::Declined(words) => self.decline(words, transaction).await,
            Behaviour::NeedsAction => {
                self.intent["status"] = json!("requires_action");
                self.session["payment_intent"] = self.intent["id"].clone();
                Ok(SandboxPaid::Asks)
            }
            behaviour => self.take(behaviour, transaction).await,
        }
    }

    async fn decline(
        &mut self,
        words: &str,
        transaction: &DatabaseTransaction,
    ) -> Result<SandboxPaid, Error> {
        self.intent["status"] = json!("requires_payment_method");
        let charge = format!("ch_{}", hex::encode(random::<12>()?));
        self.intent["last_payment_error"] = json!({
            "code": "card_declined", "message": words, "charge": charge, "payment_method": self.method,
        });
        self.session["payment_intent"] = self.intent["id"].clone();
        tell("payment_intent.payment_failed", &self.intent, 0, transaction).await?;
        Ok(SandboxPaid::Declined(words.to_owned()))
    }

    /// The money is there or on its way; and it is told as the card says.
    async fn take(
        &mut self,
        behaviour: Behaviour,
        transaction: &DatabaseTransaction,
    ) -> Result<SandboxPaid, Error> {
        let slow = behaviour == Behaviour::Slow;
        self.session["status"] = json!("complete");
        self.session["payment_intent"] = self.intent["id"].clone();
        self.session["payment_status"] = json!(if slow { "unpaid" } else { "paid" });
        self.intent["status"] = json!(if slow { "processing" } else { "succeeded" });
        let charge = charge_of(&self.intent);
        let (session, intent) = (self.session.clone(), self.intent.clone());
        let mut events = vec![
            ("payment_intent.succeeded", intent, 0),
            ("charge.succeeded", charge, 0),
            ("checkout.session.completed", session.clone(), 0),
        ];
        match behaviour {
            Behaviour::Untold => events.clear(),
            Behaviour::OutOfOrder => {
                events.reverse();
                (0..).zip(&mut events).for_each(|(place, event)| event.2 = place * APART_MICROS);
            }
            Behaviour::Slow => {
                let arrives_at = machine_micros() + SLOW_MICROS;
                self.session["arrives_at"] = json!(arrives_at);
                let mut paid = session;
                paid["payment_status"] = json!("paid");
                events = vec![
                    ("checkout.session.completed", self.session.clone(), 0),
                    ("checkout.session.async_payment_succeeded", paid, SLOW_MICROS),
                ];
            }
            _ => {}
        }
        let times = if behaviour == Behaviour::ToldTwice { 3 } else { 1 };
        for (name, object, later) in events {
            let id = tell(name, &object, later, transaction).await?;
            for again in 1..times {
                tell_as(&id, again, name, &object, later, transaction).await?;
            }
        }
        Ok(SandboxPaid::Done(text(&self.session, "success_url")))
    }

    async fn save(&self, transaction: &DatabaseTransaction) -> Result<(), Error> {
        keep(transaction, &text(&self.session, "id"), &self.session).await?;
        keep(transaction, &text(&self.intent, "id"), &self.intent).await
    }
}
