//! The sandbox's payment provider: it keeps Stripe-shaped objects in tables of its own, has a hosted page with named test
//! cards, and tells of what happened by signed events that can come late, twice, out of order, or never. No money moves.

mod cards;
mod give_back;
mod pay;
mod tell;
#[cfg(test)]
mod tests;

pub use cards::{CARDS, Card};
pub use pay::{SandboxPage, SandboxPaid};

use super::{
    Cancelled, ChargeRequest, Charged, Checkout, CheckoutRequest, Found, Gateway, Payment, Refunded,
    objects::{Expandable, Intent, Method, Session},
};
use crate::{
    Error,
    clock::machine_micros,
    db::{
        Pools, begin_write,
        entity::{sandbox_event, sandbox_object},
    },
    ids::random,
};
use async_trait::async_trait;
use billing::{id::CustomerId, money::Money};
use cards::Behaviour;
use pay::SLOW_MICROS;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, Set, sea_query::OnConflict,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::sync::OnceCell;

/// The row that holds what events are signed with.
const SECRET: &str = "whsec";
/// How often a card fails whose provider fails.
const FAILURES: u32 = 2;
/// How long a provider takes that hangs.
const HANGS_FOR: std::time::Duration = std::time::Duration::from_mins(1);
/// Events that are told at once.
const TOLD_AT_ONCE: u64 = 64;

/// The provider.
#[derive(Debug)]
pub(crate) struct Sandbox {
    pools: Pools,
    secret: OnceCell<String>,
}

/// An event that is due to be told: its id and its bytes.
pub(crate) struct DueEvent {
    pub(crate) id: String,
    pub(crate) body: String,
}

impl Sandbox {
    pub(crate) fn new(pools: Pools) -> Self {
        Self { pools, secret: OnceCell::new() }
    }

    /// Events whose time has come and that nobody has taken.
    pub(crate) async fn due_events(&self) -> Result<Vec<DueEvent>, Error> {
        let due = sandbox_event::Entity::find()
            .filter(sandbox_event::Column::DeliveredAt.is_null())
            .filter(sandbox_event::Column::DeliverAt.lte(machine_micros()))
            .order_by_asc(sandbox_event::Column::DeliverAt)
            .limit(TOLD_AT_ONCE)
            .all(&self.pools.read)
            .await?;
        Ok(due.into_iter().map(|row| DueEvent { id: row.id, body: row.body }).collect())
    }

    /// Takes note that an event was taken.
    pub(crate) async fn delivered(&self, id: &str) -> Result<(), Error> {
        sandbox_event::Entity::update_many()
            .set(sandbox_event::ActiveModel {
                delivered_at: Set(Some(machine_micros())),
                ..Default::default()
            })
            .filter(sandbox_event::Column::Id.eq(id))
            .exec(&self.pools.side)
            .await?;
        Ok(())
    }

    /// Fails the first time that it is asked for this.
    async fn not_yet(&self, key: &str) -> Result<(), Error> {
        let mine = hex::encode(random::<12>()?);
        let made = self.once(key.to_owned(), |_| (format!("err_{mine}"), json!({"id": mine})));
        if text(&made.await?, "id") == mine { Err(Error::ProviderAway("did not answer")) } else { Ok(()) }
    }

    async fn object<T: DeserializeOwned>(
        &self,
        connection: &impl ConnectionTrait,
        id: &str,
    ) -> Result<Option<T>, Error> {
        let row = sandbox_object::Entity::find_by_id(id).one(connection).await?;
        let read = |row: sandbox_object::Model| {
            serde_json::from_str(&row.body).map_err(|error| Error::corrupt("sandbox_object", id, error))
        };
        row.map(read).transpose()
    }

    /// The object that was made under a key; or makes it.
    async fn once(&self, key: String, make: impl FnOnce(String) -> (String, Value)) -> Result<Value, Error> {
        let (id, body) = make(hex::encode(random::<12>()?));
        let row = sandbox_object::Model { id, key: Some(key.clone()), body: body.to_string() };
        let known = OnConflict::column(sandbox_object::Column::Key).do_nothing().to_owned();
        let inserted = sandbox_object::Entity::insert(row.into_active_model())
            .on_conflict(known)
            .exec_without_returning(&self.pools.side)
            .await?;
        if inserted == 1 {
            return Ok(body);
        }
        let known = sandbox_object::Entity::find().filter(sandbox_object::Column::Key.eq(&key));
        let row = known
            .one(&self.pools.side)
            .await?
            .ok_or_else(|| Error::corrupt("sandbox_object", &key, "is gone"))?;
        serde_json::from_str(&row.body).map_err(|error| Error::corrupt("sandbox_object", key, error))
    }
}

/// Reads an object that nobody else changes until the transaction ends: PostgreSQL lets two presses in at once; SQLite has
/// one writer.
async fn locked(transaction: &DatabaseTransaction, id: &str) -> Result<Option<Value>, Error> {
    let row = sandbox_object::Entity::find_by_id(id).lock_exclusive().one(transaction).await?;
    let read = |row: sandbox_object::Model| {
        serde_json::from_str(&row.body).map_err(|error| Error::corrupt("sandbox_object", id, error))
    };
    row.map(read).transpose()
}

/// Puts an object into the state that it is in now.
async fn keep(connection: &impl ConnectionTrait, id: &str, body: &Value) -> Result<(), Error> {
    let row = sandbox_object::Model { id: id.to_owned(), key: None, body: body.to_string() };
    let known =
        OnConflict::column(sandbox_object::Column::Id).update_column(sandbox_object::Column::Body).to_owned();
    sandbox_object::Entity::insert(row.into_active_model())
        .on_conflict(known)
        .exec_without_returning(connection)
        .await?;
    Ok(())
}

fn text(body: &Value, field: &str) -> String {
    body[field].as_str().unwrap_or_default().to_owned()
}

#[async_trait]
impl Gateway for Sandbox {
    fn checkout_origin(&self) -> Option<&'static str> {
        None
    }

    async fn open_customer(&self, customer: CustomerId, name: &str) -> Result<String, Error> {
        let made = self.once(format!("customer {customer}"), |id| {
            let id = format!("cus_{id}");
            (id.clone(), json!({"id": id, "object": "customer", "name": name}))
        });
        Ok(text(&made.await?, "id"))
    }

    async fn open_checkout(&self, request: &CheckoutRequest) -> Result<Checkout, Error> {
        let made = self.once(format!("checkout {}", request.order), |id| {
            let id = format!("cs_test_{id}");
            let metadata = json!({"order": request.order, "customer": request.customer});
            let session = json!({
                "id": id, "object": "checkout.session", "mode": "payment", "livemode": false,
                "amount_total": request.amount.minor(), "currency": request.amount.currency().code().to_lowercase(),
                "client_reference_id": request.order, "metadata": metadata, "customer": request.provider_customer,
                "payment_intent": null, "payment_status": "unpaid", "status": "open", "words": request.words,
                "success_url": request.paid_url, "cancel_url": request.back_url,
                "expires_at": request.expires_at.micros() / 1_000_000, "url": format!("/sandbox/pay/{id}"),
            });
            (id, session)
        });
        let session = made.await?;
        Ok(Checkout { reference: text(&session, "id"), url: text(&session, "url") })
    }

    async fn checkout(&self, reference: &str) -> Result<Option<Found>, Error> {
        self.settle_slow(reference).await?;
        let Some(session) = self.object::<Session>(&self.pools.read, reference).await? else {
            return Ok(None);
        };
        let intent = match &session.payment_intent {
            Some(Expandable::Id(id)) => self.object::<Intent>(&self.pools.read, id).await?,
            _ => None,
        };
        let method = match intent.as_ref().and_then(|intent| intent.payment_method.clone()) {
            Some(Expandable::Id(id)) => self.object::<Method>(&self.pools.read, &id).await?,
            _ => None,
        };
        session.found(intent.as_ref(), method).map(Some)
    }

    async fn close_checkout(&self, reference: &str) -> Result<(), Error> {
        let transaction = begin_write(&self.pools.side).await?;
        if let Some(mut session) = locked(&transaction, reference).await?
            && session["status"] == "open"
        {
            session["status"] = json!("expired");
            keep(&transaction, reference, &session).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    async fn charge(&self, request: &ChargeRequest) -> Result<Charged, Error> {
        let method: Option<Value> = self.object(&self.pools.read, &request.method).await?;
        let card = method.as_ref().and_then(|method| Card::of_last4(&text(&method["card"], "last4")));
        let (now, behaviour) = (machine_micros(), card.map(|card| card.behaviour));
        let (status, error, arrives_at) = match behaviour {
            Some(Behaviour::DeclinedLater | Behaviour::Declined(_)) | None => (
                "requires_payment_method",
                json!({"code": "card_declined", "decline_code": "generic_decline"}),
                None,
            ),
            Some(Behaviour::NeedsAction | Behaviour::AsksLater) => ("requires_action", Value::Null, None),
            Some(Behaviour::Slow) => ("processing", Value::Null, Some(now + SLOW_MICROS)),
            Some(_) => ("succeeded", Value::Null, None),
        };
        match behaviour {
            Some(Behaviour::FailsLater) => {
                for time in 1..=FAILURES {
                    self.not_yet(&format!("failure {time} of {}", request.key)).await?;
                }
            }
            Some(Behaviour::HangsLater) => tokio::time::sleep(HANGS_FOR).await,
            _ => {}
        }
        let made = self.once(format!("charge {}", request.key), |id| {
            let id = format!("pi_{id}");
            let intent = json!({
                "id": id, "object": "payment_intent", "amount": request.amount.minor(),
                "currency": request.amount.currency().code().to_lowercase(), "customer": request.provider_customer,
                "metadata": {"customer": request.customer, "charge": request.key}, "payment_method": request.method,
                "status": status, "last_payment_error": error, "arrives_at": arrives_at,
            });
            (id, intent)
        });
        let mut intent = made.await?;
        if behaviour == Some(Behaviour::UnheardLater) {
            self.not_yet(&format!("answer to {}", request.key)).await?;
        }
        if intent["status"] == "processing" && intent["arrives_at"].as_i64().is_none_or(|at| at <= now) {
            intent["status"] = json!("succeeded");
            keep(&self.pools.side, &text(&intent, "id"), &intent).await?;
        }
        let read: Intent = serde_json::from_value(intent)
            .map_err(|error| Error::corrupt("sandbox_object", &request.key, error))?;
        Ok(read.charged())
    }

    async fn cancel_charge(&self, _: &str, key: &str) -> Result<Cancelled, Error> {
        self.cancel(&format!("charge {key}")).await
    }

    async fn payment(&self, reference: &str) -> Result<Option<Payment>, Error> {
        self.became(reference).await
    }

    async fn refund(&self, key: &str, payment: &str, amount: Money) -> Result<Refunded, Error> {
        self.give_back(key, payment, amount).await
    }

    async fn webhook_secrets(&self) -> Result<Vec<String>, Error> {
        let secret = self.secret.get_or_try_init(async || {
            let fresh = format!("whsec_{}", hex::encode(random::<32>()?));
            let made = self.once(SECRET.to_owned(), |_| (SECRET.to_owned(), json!({"secret": fresh})));
            Ok::<_, Error>(text(&made.await?, "secret"))
        });
        Ok(vec![secret.await?.clone()])
    }
}
