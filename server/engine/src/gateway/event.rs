//! What a provider tells: which of it concerns us, and about which order.

use super::objects::Expandable;
use serde::Deserialize;
use serde_json::Value;
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

/// Whether what has fields is written with their names: a list would be read for it, field by field.
fn is_of_objects(body: &Value) -> bool {
    let (data, object) = (&body["data"], &body["data"]["object"]);
    [body, data, object].iter().all(|part| part.is_object()) && !object["payment_intent"].is_array()
}

impl Event {
    /// The event in a body; none where it is no event.
    pub(crate) fn read(body: &[u8]) -> Option<Self> {
        let Body { id, r#type: name, data, created: made_at } = serde_json::from_slice(body).ok()?;
        if !is_of_objects(&serde_json::from_slice(body).ok()?) {
            return None;
        }
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
    use proptest::{
        collection::vec,
        option,
        prelude::*,
        sample::{Index, select},
    };
    use serde_json::json;

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
        let listed = r#"["evt_1","checkout.session.completed",[["x",{"order":"ord_1"},null]],1]"#;
        for bad in ["", "{", "[]", "{}", listed, r#"{"id":1,"type":"a","data":{"object":{}}}"#] {
            assert_eq!(Event::read(bad.as_bytes()), None, "{bad}");
        }
    }

    /// JSON as a provider may send it, three levels deep.
    fn json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            "(evt|pi|ord)_[0-9A-Za-z]{0,30}".prop_map(Value::from),
            ".{0,12}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            let known = ["id", "type", "data", "object", "metadata", "order", "payment_intent", "created"];
            let name = prop_oneof![4 => select(known.map(str::to_owned).to_vec()), 1 => ".{0,6}"];
            let object = vec((name, inner.clone()), 0..5).prop_map(Value::from_iter);
            prop_oneof![vec(inner, 0..4).prop_map(Value::from), object]
        })
    }

    fn name() -> impl Strategy<Value = String> {
        let all = OF_AN_ORDER.iter().chain(&OF_A_PAYMENT).map(|name| (*name).to_owned()).collect::<Vec<_>>();
        prop_oneof![4 => select(all), 1 => "[a-z.]{0,30}"]
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// An event reads back as it was made, and concerns what it names, by its type alone.
        #[test]
        fn i32_any_input_of_an_event_is_read_as_it_was_made(
            id in ".{0,40}", name in name(), object in option::of(".{0,20}"), order in option::of(".{0,20}"),
            payment in option::of(".{0,20}"), whole in any::<bool>(), created in option::of(any::<i64>()), more in json(),
        ) {
            let intent = payment.as_ref().map(|id| if whole { json!({"id": id, "more": more}) } else { json!(id) });
            let metadata = order.as_ref().map(|order| json!({"order": order}));
            let body = json!({"id": id, "type": name, "created": created, "more": more,
                              "data": {"object": {"id": object, "metadata": metadata, "payment_intent": intent, "more": more}}});
            let event = Event::read(body.to_string().as_bytes()).expect("an event");
            let kind = match (order, payment) {
                (Some(order), _) if OF_AN_ORDER.contains(&name.as_str()) => EventKind::Order(order),
                (_, Some(payment)) if OF_A_PAYMENT.contains(&name.as_str()) => EventKind::Payment(payment),
                _ => EventKind::Other,
            };
            prop_assert_eq!(event, Event { id, name, object, kind, made_at: created });
        }

        /// What is taken for an event names nothing that does not stand in it, and half of one is none.
        #[test]
        fn i32_any_input_of_json_is_an_event_or_none(body in json(), cut in any::<Index>(), flipped in any::<u8>()) {
            let text = body.to_string();
            if let Some(event) = Event::read(text.as_bytes()) {
                prop_assert_eq!(&body["id"], &json!(event.id));
                prop_assert_eq!(&body["type"], &json!(event.name));
                let object = &body["data"]["object"];
                match event.kind {
                    EventKind::Order(order) => prop_assert_eq!(&object["metadata"]["order"], &json!(order)),
                    EventKind::Payment(payment) => {
                        let intent = &object["payment_intent"];
                        prop_assert!(*intent == json!(payment) || intent["id"] == json!(payment));
                    }
                    EventKind::Other => {}
                }
                let half = text.char_indices().map(|(at, _)| at).nth(cut.index(text.chars().count())).unwrap_or(0);
                prop_assert_eq!(Event::read(&text.as_bytes()[..half]), None);
            }
            let mut bytes = text.into_bytes();
            let at = cut.index(bytes.len());
            bytes[at] = flipped;
            if Event::read(&bytes).is_some() {
                prop_assert!(serde_json::from_slice::<Value>(&bytes).is_ok(), "what is no JSON is no event");
            }
        }

        #[test]
        fn i32_any_input_of_bytes_is_an_event_only_as_json(bytes in vec(any::<u8>(), 0..300)) {
            prop_assert!(Event::read(&bytes).is_none() || serde_json::from_slice::<Value>(&bytes).is_ok());
        }
    }
}
