//! Stripe's own example of every object that we read, as Stripe ships it, is read; what is not what we read is told.

use crate::gateway::{
    Charged, Event, EventKind,
    objects::{Charge, Disputed, Expandable, Intent, Method, Payer, Refund, Session},
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

fn example(kind: &str) -> Value {
    let all: Value = serde_json::from_str(include_str!("../../../../tests/it/stripe/objects.json")).unwrap();
    all["resources"][kind].clone()
}

fn read<T: DeserializeOwned>(kind: &str) -> T {
    serde_json::from_value(example(kind)).unwrap_or_else(|error| panic!("{kind}: {error}"))
}

#[test]
fn stripes_own_examples_are_read() {
    let session: Session = read("checkout.session");
    assert!(session.id.starts_with("cs_test_") && session.amount_total.is_none());
    assert!(session.found(None, None).is_err(), "an example without an amount is of no order of ours");
    let intent: Intent = read("payment_intent");
    assert_eq!((intent.amount, intent.currency.as_str()), (1_099, "usd"));
    assert_eq!(intent.charged(), Charged::Declined("card_declined".to_owned()), "it requires a way to pay");
    let charge: Charge = read("charge");
    assert_eq!((charge.amount, charge.amount_refunded, charge.disputed), (100, 0, false));
    let method: Method = read("payment_method");
    assert_eq!(method.card.unwrap().last4, "4242");
    let dispute: Disputed = read("dispute");
    assert_eq!(
        crate::gateway::Dispute::try_from(dispute).unwrap().state,
        crate::gateway::DisputeState::Inquiry
    );
    assert_eq!(read::<Refund>("refund").status.as_deref(), Some("succeeded"));
    assert!(read::<Payer>("customer").id.starts_with("cus_"));
    let event = Event::read(example("event").to_string().as_bytes()).unwrap();
    assert_eq!((event.name.as_str(), event.kind), ("plan.created", EventKind::Other));
}

/// As they come within each other, and within events.
#[test]
fn stripes_own_examples_are_read_where_they_are_expanded() {
    let mut intent = example("payment_intent");
    intent["latest_charge"] = example("charge");
    intent["payment_method"] = example("payment_method");
    let mut session = example("checkout.session");
    (session["amount_total"], session["currency"]) = (json!(1_099), json!("usd"));
    (session["payment_intent"], session["payment_status"]) = (intent, json!("paid"));
    session["metadata"] = json!({"order": "ord_1"});
    let read: Session = serde_json::from_value(session.clone()).unwrap();
    let intent = read.payment_intent.as_ref().and_then(Expandable::object).unwrap().clone();
    assert!(intent.latest_charge.as_ref().and_then(Expandable::object).is_some());
    let method = intent.payment_method.as_ref().and_then(Expandable::object).cloned();
    let found = read.found(Some(&intent), method).unwrap();
    assert_eq!(
        (found.seen.order.as_str(), found.seen.method.as_deref()),
        ("ord_1", Some("card ending 4242"))
    );
    for (name, object, kind) in [
        ("checkout.session.completed", session, EventKind::Order("ord_1".to_owned())),
        ("charge.refunded", example("charge"), EventKind::Other), // of no payment of ours: it has none
        ("charge.dispute.created", example("dispute"), EventKind::Other),
    ] {
        let mut event = example("event");
        (event["type"], event["data"]["object"]) = (json!(name), object);
        assert_eq!(Event::read(event.to_string().as_bytes()).unwrap().kind, kind, "{name}");
    }
}
