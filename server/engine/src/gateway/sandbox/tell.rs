//! What the sandbox tells of payments: events that wait for their time, each as often as a card says.

use crate::{Error, clock::machine_micros, db::entity::sandbox_event, ids::random};
use sea_orm::{DatabaseTransaction, EntityTrait, IntoActiveModel};
use serde_json::{Value, json};

/// Tells of something, `later` micro-seconds from now. Answers the event's id.
pub(super) async fn tell(
    name: &str,
    object: &Value,
    later: i64,
    transaction: &DatabaseTransaction,
) -> Result<String, Error> {
    let id = format!("evt_{}", hex::encode(random::<12>()?));
    tell_as(&id, 0, name, object, later, transaction).await?;
    Ok(id)
}

/// Tells an event once more under its own id: the row's id has the number of the telling behind it.
pub(super) async fn tell_as(
    id: &str,
    again: u32,
    name: &str,
    object: &Value,
    later: i64,
    transaction: &DatabaseTransaction,
) -> Result<(), Error> {
    let now = machine_micros();
    let body = json!({
        "id": id, "object": "event", "api_version": "2025-03-31.basil", "created": now / 1_000_000,
        "type": name, "livemode": false, "pending_webhooks": 1, "data": {"object": object},
    });
    let row = sandbox_event::Model {
        id: format!("{id}.{again}"),
        body: body.to_string(),
        deliver_at: now + later,
        delivered_at: None,
    };
    sandbox_event::Entity::insert(row.into_active_model()).exec_without_returning(transaction).await?;
    Ok(())
}
