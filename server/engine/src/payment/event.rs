//! Hearing the provider's events: the signature first, over the bytes as they came; then the order is looked at. T6, I-30,
//! I-31.

use super::{Settled, settle::Told};
use crate::{
    Engine, Error,
    clock::machine_micros,
    db::entity::{order, payment_event},
    gateway::{self, BadSignature, Event, EventKind, Gateway},
};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, sea_query::OnConflict};

/// What came of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// It was about an order: what became of it.
    Order(Settled),
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
        let read = &self.shared.pools.read;
        if self.has_heard(&event.id).await? {
            return Ok(Heard::Nothing);
        }
        let EventKind::Order(id) = &event.kind else {
            return Ok(self.pass_over(&event, "ignored", None).await?);
        };
        let row = order::Entity::find().filter(order::Column::Id.eq(id)).one(read).await;
        let Some(row) = row.map_err(Error::from)? else {
            tracing::error!(event = event.id, order = id, "an event names an order that we do not have");
            return Ok(self.pass_over(&event, "quarantined", Some("order")).await?);
        };
        if row.checkout.is_none() {
            return Ok(self.pass_over(&event, "quarantined", Some("order")).await?);
        }
        let told = Told { id: event.id, name: event.name, object: event.object };
        Ok(Heard::Order(self.look_at(&row, Some(told)).await?))
    }

    /// Whether an event was heard.
    pub async fn has_heard(&self, event: &str) -> Result<bool, Error> {
        Ok(payment_event::Entity::find_by_id(event).one(&self.shared.pools.read).await?.is_some())
    }

    /// Notes an event that changes nothing.
    async fn pass_over(&self, event: &Event, outcome: &str, why: Option<&str>) -> Result<Heard, Error> {
        let row = payment_event::Model {
            id: event.id.clone(),
            kind: event.name.clone(),
            object: event.object.clone(),
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
