//! What a provider tells: which of it concerns us, and about which order.

use super::objects::Expandable;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Events after which an order is looked at. Every other is acknowledged and changes nothing. I-32.
const OF_AN_ORDER: [&str; 5] = [
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "payment_intent.succeeded",
    "payment_intent.payment_failed",
];

/// Events after which it is asked what became of a payment. Their objects do not name our order: a dispute has no metadata of
/// ours. I-36, I-37.
const OF_A_PAYMENT: [&str; 3] = ["charge.refunded", "charge.dispute.created", "charge.dispute.closed"];

/// What an event is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum EventKind {
    /// An order of ours, by its id as the provider was told it.
    Order(String),
    /// Money that went back, or is disputed: the provider's name of the payment, ours or not.
    Payment(String),
    /// Nothing that concerns us.
    Other,
}

/// An event, once its signature has been checked. Its contents are believed no further than to look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Event {
    /// The provider's own id of it.
    pub(crate) id: String,
    /// Its type.
    pub(crate) name: String,
    /// The object that it is about.
    pub(crate) object: Option<String>,
    /// What it concerns.
    pub(crate) kind: EventKind,
    /// When the provider made it, in seconds since 1970, where it says so.
    pub(crate) made_at: Option<i64>,
}

#[derive(Deserialize)]
struct Body {
    id: String,
    r#type: String,
    data: Content,
    #[serde(default)]
    created: Option<i64>,
}

#[derive(Deserialize)]
struct Content {
    object: Object,
}

#[derive(Deserialize)]
struct Object {
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    metadata: Option<BTreeMap<String, String>>,
    #[serde(default)]
    payment_intent: Option<Expandable<Named>>,
}

/// An object that has an id.
#[derive(Clone, Debug, Deserialize)]
struct Named {
    id: String,
}

impl Event {
    /// The event in a body; none where it is no event.
    pub(crate) fn read(body: &[u8]) -> Option<Self> {
        let Body { id, r#type: name, data, created: made_at } = serde_json::from_slice(body).ok()?;
        let order = data.object.metadata.and_then(|metadata| metadata.get("order").cloned());
        let payment = data.object.payment_intent.map(|intent| match intent {
            Expandable::Id(id) => id,
            Expandable::Object(intent) => intent.id,
        });
        let is_of = |names: &[&str]| names.contains(&name.as_str());
        let kind = match (order, payment) {
            (Some(order), _) if is_of(&OF_AN_ORDER) => EventKind::Order(order),
            (_, Some(payment)) if is_of(&OF_A_PAYMENT) => EventKind::Payment(payment),
            _ => EventKind::Other,
        };
        Some(Self { id, name, object: data.object.id, kind, made_at })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(name: &str, metadata: &str) -> Option<EventKind> {
        let body = format!(
            r#"{{"id":"evt_1","type":"{name}","data":{{"object":{{"id":"x","metadata":{metadata}}}}}}}"#
        );
        Event::read(body.as_bytes()).map(|event| event.kind)
    }

    #[test]
    fn i32_only_events_of_an_order_are_looked_into() {
        let ours = r#"{"order":"ord_1"}"#;
        assert_eq!(kind("checkout.session.completed", ours), Some(EventKind::Order("ord_1".into())));
        assert_eq!(kind("payment_intent.succeeded", ours), Some(EventKind::Order("ord_1".into())));
        for (name, metadata) in [
            ("charge.succeeded", ours),
            ("customer.subscription.updated", ours),
            ("checkout.session.completed", "{}"),
            ("checkout.session.completed", "null"),
        ] {
            assert_eq!(kind(name, metadata), Some(EventKind::Other), "{name}");
        }
        let of_payment = |name: &str, intent: &str| {
            let object = format!(r#"{{"id":"x","metadata":{ours},"payment_intent":{intent}}}"#);
            let body = format!(r#"{{"id":"evt_1","type":"{name}","data":{{"object":{object}}}}}"#);
            Event::read(body.as_bytes()).map(|event| event.kind)
        };
        for name in OF_A_PAYMENT {
            for intent in [r#""pi_1""#, r#"{"id":"pi_1","object":"payment_intent"}"#] {
                assert_eq!(of_payment(name, intent), Some(EventKind::Payment("pi_1".into())), "{name}");
            }
            assert_eq!(of_payment(name, "null"), Some(EventKind::Other), "{name} of no payment of ours");
        }
        let session = of_payment("checkout.session.completed", r#""pi_1""#);
        assert_eq!(session, Some(EventKind::Order("ord_1".into())));
        assert_eq!(of_payment("charge.succeeded", r#""pi_1""#), Some(EventKind::Other));
        for bad in ["", "{", "[]", "{}", r#"{"id":1,"type":"a","data":{"object":{}}}"#] {
            assert_eq!(Event::read(bad.as_bytes()), None, "{bad}");
        }
    }
}
