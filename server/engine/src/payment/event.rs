//! Hearing the provider's events: the signature first, over the bytes as they came; then the order is looked at. T6, I-30,
//! I-31.

use super::{Settled, settle::Told};
use crate::{
    Engine, Error,
    clock::machine_micros,
    db::entity::{order, payment_event},
    gateway::{self, BadSignature, Event, EventKind},
    vitals::note_event,
};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, sea_query::OnConflict};

/// What came of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// It was about an order: what became of it.
    Order(Settled),
    /// Money of ours went back, or is disputed: what was booked.
    Payment(Settled),
    /// It concerns nobody here, or was heard before.
    Nothing,
}

/// Why an event was not heard.
#[derive(Debug, thiserror::Error)]
pub enum NotHeard {
    /// It is not the provider's, or no event.
    #[error("{0}")]
    Refused(String),
    /// Something of ours failed; the provider shall tell it again.
    #[error(transparent)]
    Later(#[from] Error),
}

impl From<BadSignature> for NotHeard {
    fn from(bad: BadSignature) -> Self {
        Self::Refused(bad.to_string())
    }
}

impl Engine {
    /// Hears an event, as it came: its bytes, and the header that signs them.
    pub async fn hear(&self, body: &[u8], header: &str) -> Result<Heard, NotHeard> {
        let secrets = self.gateway.webhook_secrets().await?;
        gateway::verify(&secrets, header, body, machine_micros() / 1_000_000)?;
        let event = Event::read(body).ok_or_else(|| NotHeard::Refused("the body is no event".to_owned()))?;
        note_event(event.made_at);
        if self.has_heard(&event.id).await? {
            return Ok(Heard::Nothing);
        }
        let told = Told { id: event.id, name: event.name, object: event.object };
        match &event.kind {
            EventKind::Order(id) => Ok(self.hear_of_order(id, told).await?),
            EventKind::Payment(payment) => Ok(self.hear_of_payment(payment, told).await?),
            EventKind::Other => Ok(self.pass_over(told, "ignored", None).await?),
        }
    }

    async fn hear_of_order(&self, id: &str, told: Told) -> Result<Heard, Error> {
        let row = order::Entity::find().filter(order::Column::Id.eq(id)).one(&self.shared.pools.read).await?;
        let Some(row) = row else {
            tracing::error!(event = told.id, order = id, "an event names an order that we do not have");
            return self.pass_over(told, "quarantined", Some("order")).await;
        };
        if row.checkout.is_none() {
            return self.pass_over(told, "quarantined", Some("order")).await;
        }
        Ok(Heard::Order(self.look_at(&row, Some(told)).await?))
    }

    /// I-36, I-37: money of ours went back, or is disputed. The event names the payment and no order, and is believed no
    /// further than to ask the provider what became of it.
    async fn hear_of_payment(&self, reference: &str, told: Told) -> Result<Heard, Error> {
        let Some(paid) = self.payment_named(reference).await? else {
            return self.pass_over(told, "ignored", None).await; // nobody's here: what else the account is used for
        };
        Ok(Heard::Payment(self.see_payment(&paid, Some(told)).await?))
    }

    /// Whether an event was heard.
    pub async fn has_heard(&self, event: &str) -> Result<bool, Error> {
        Ok(payment_event::Entity::find_by_id(event).one(&self.shared.pools.read).await?.is_some())
    }

    /// Notes an event that changes nothing.
    pub(super) async fn pass_over(
        &self,
        told: Told,
        outcome: &str,
        why: Option<&str>,
    ) -> Result<Heard, Error> {
        let row = payment_event::Model {
            id: told.id,
            kind: told.name,
            object: told.object,
            order_id: None,
            outcome: outcome.to_owned(),
            why: why.map(ToOwned::to_owned),
            received_at: self.now().micros(),
        };
        let known = OnConflict::column(payment_event::Column::Id).do_nothing().to_owned();
        payment_event::Entity::insert(row.into_active_model())
            .on_conflict(known)
            .exec_without_returning(&self.shared.pools.side)
            .await?;
        Ok(Heard::Nothing)
    }
}
