//! Money that goes back in the sandbox: refunds and disputes. A payment's charge is written down with the first of either.

use super::{Sandbox, keep, locked, tell::tell, text};
use crate::{
    Error,
    clock::machine_micros,
    db::{begin_write, entity::sandbox_object},
    gateway::{
        Cancelled, Payment, Refunded,
        objects::{Charge, Disputed, Intent},
    },
    ids::random,
};
use billing::money::Money;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::{Value, json};

/// What goes with a payment, by its id: its charge (`ch_…`), its dispute (`dp_…`).
fn beside(intent: &str, kind: &str) -> String {
    format!("{kind}_{}", intent.split_once('_').map_or(intent, |(_, rest)| rest))
}

/// The charge of a payment, of which nothing has gone back.
pub(super) fn charge_of(intent: &Value) -> Value {
    json!({
        "id": beside(&text(intent, "id"), "ch"), "object": "charge", "amount": intent["amount"], "amount_refunded": 0,
        "currency": intent["currency"], "customer": intent["customer"], "disputed": false,
        "metadata": intent["metadata"], "payment_intent": intent["id"], "paid": true, "refunded": false,
    })
}

impl Sandbox {
    /// What became of a payment.
    pub(super) async fn became(&self, reference: &str) -> Result<Option<Payment>, Error> {
        let read = &self.pools.read;
        let Some(intent) = self.object::<Intent>(read, reference).await? else { return Ok(None) };
        let charge = self.object::<Charge>(read, &beside(reference, "ch")).await?;
        let dispute = self.object::<Disputed>(read, &beside(reference, "dp")).await?;
        intent.payment(charge.as_ref(), dispute).map(Some)
    }

    /// Cancels the charge that was made under a key, unless it is paid.
    pub(super) async fn cancel(&self, key: &str) -> Result<Cancelled, Error> {
        let known = sandbox_object::Entity::find().filter(sandbox_object::Column::Key.eq(key));
        let Some(known) = known.one(&self.pools.read).await? else { return Ok(Cancelled::Unknown) };
        let transaction = begin_write(&self.pools.side).await?;
        let Some(mut intent) = locked(&transaction, &known.id).await? else { return Ok(Cancelled::Unknown) };
        if intent["status"] == "succeeded" {
            return Ok(Cancelled::Paid);
        }
        intent["status"] = json!("canceled");
        keep(&transaction, &known.id, &intent).await?;
        transaction.commit().await?;
        Ok(Cancelled::Done)
    }

    /// Gives back some of a payment, once a key, and never more than was paid.
    pub(super) async fn give_back(&self, key: &str, payment: &str, amount: Money) -> Result<Refunded, Error> {
        let transaction = begin_write(&self.pools.side).await?;
        let mut charge = charge_to_change(&transaction, payment).await?;
        let key = format!("refund {key}");
        let known = sandbox_object::Entity::find().filter(sandbox_object::Column::Key.eq(&key));
        if let Some(known) = known.one(&transaction).await? {
            return Ok(Refunded::Done(known.id));
        }
        let number = |field: &str| charge[field].as_i64().unwrap_or_default();
        let refunded = number("amount_refunded").saturating_add(amount.minor());
        if amount.minor() <= 0 || refunded > number("amount") {
            return Ok(Refunded::Refused("charge_already_refunded".to_owned()));
        }
        charge["refunded"] = json!(refunded == number("amount"));
        charge["amount_refunded"] = json!(refunded);
        let id = format!("re_{}", hex::encode(random::<12>()?));
        let body = json!({
            "id": id, "object": "refund", "amount": amount.minor(), "currency": charge["currency"],
            "charge": charge["id"], "payment_intent": payment, "status": "succeeded", "created": seconds(),
        });
        let row = sandbox_object::Model { id: id.clone(), key: Some(key), body: body.to_string() };
        sandbox_object::Entity::insert(row.into_active_model()).exec_without_returning(&transaction).await?;
        keep(&transaction, &text(&charge, "id"), &charge).await?;
        tell("charge.refunded", &charge, 0, &transaction).await?;
        transaction.commit().await?;
        Ok(Refunded::Done(id))
    }

    /// The bank of whoever has paid asks for all of a payment back (no verdict yet), or has decided it: won by us or lost.
    /// `NotFound("payment")` where there is no such one.
    pub(crate) async fn dispute(&self, payment: &str, won: Option<bool>) -> Result<(), Error> {
        let transaction = begin_write(&self.pools.side).await?;
        let mut charge = charge_to_change(&transaction, payment).await?;
        charge["disputed"] = json!(true);
        let (name, status) = match won {
            None => ("charge.dispute.created", "needs_response"),
            Some(true) => ("charge.dispute.closed", "won"),
            Some(false) => ("charge.dispute.closed", "lost"),
        };
        let id = beside(payment, "dp");
        let dispute = json!({
            "id": id, "object": "dispute", "amount": charge["amount"], "currency": charge["currency"],
            "charge": charge["id"], "payment_intent": payment, "reason": "fraudulent", "status": status,
            "created": seconds(), "metadata": {},
        });
        keep(&transaction, &text(&charge, "id"), &charge).await?;
        keep(&transaction, &id, &dispute).await?;
        tell(name, &dispute, 0, &transaction).await?;
        transaction.commit().await?;
        Ok(())
    }
}

/// The charge of a payment, while nobody else changes what goes back of it.
async fn charge_to_change(transaction: &DatabaseTransaction, payment: &str) -> Result<Value, Error> {
    let intent = locked(transaction, payment).await?.filter(|intent| intent["status"] == "succeeded");
    let intent = intent.ok_or(Error::NotFound("payment"))?;
    let known = locked(transaction, &beside(payment, "ch")).await?;
    Ok(known.unwrap_or_else(|| charge_of(&intent)))
}

fn seconds() -> i64 {
    machine_micros() / 1_000_000
}
