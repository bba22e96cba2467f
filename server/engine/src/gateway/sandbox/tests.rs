//! The sandbox's provider by itself, where no page and no act of ours leads yet: refunds, disputes, a charge that takes its
//! time.

use super::{
    super::{ChargeRequest, Charged, Dispute, DisputeState, Gateway, Payment, Refunded},
    Sandbox, keep, text,
};
use crate::{Engine, Settings};
use billing::{
    id::CustomerId,
    money::{Currency, Money},
};
use serde_json::{Value, json};
use ulid::Ulid;

/// A card whose money takes some seconds.
const SLOW: &str = "4000 0000 0000 2003";

fn pounds(minor: i64) -> Money {
    Money::new(minor, Currency::Gbp)
}

/// A provider on a file of its own.
async fn provider() -> (Sandbox, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let database_url = format!("sqlite://{}/books.db?mode=rwc", folder.path().display());
    let engine = Engine::open(Settings { database_url, sandbox: true }).await.unwrap();
    (Sandbox::new(engine.shared.pools.clone()), folder)
}

async fn charge(provider: &Sandbox, key: &str, card: &str) -> Charged {
    let (method, _) = provider.keep_card(card).await.unwrap();
    let request = ChargeRequest {
        key: key.to_owned(),
        customer: CustomerId::new(Ulid::from_parts(1, 1)),
        provider_customer: "cus_1".to_owned(),
        method,
        amount: pounds(2_160),
    };
    provider.charge(&request).await.unwrap()
}

#[tokio::test]
async fn i36_refunds_add_up_once_a_key_and_never_beyond_the_payment() {
    let (provider, _folder) = provider().await;
    let Charged::Paid(payment) = charge(&provider, "one", "4242 4242 4242 4242").await else {
        panic!("paid")
    };
    let became = async || provider.payment(&payment).await.unwrap().unwrap();
    assert_eq!(became().await, Payment { amount: pounds(2_160), refunded: pounds(0), dispute: None });
    for (key, minor, together) in [("a", 100, 100), ("a", 100, 100), ("b", 60, 160), ("c", 2_000, 2_160)] {
        let refunded = provider.refund(key, &payment, pounds(minor)).await.unwrap();
        assert!(matches!(refunded, Refunded::Done(_)), "{refunded:?}");
        assert_eq!(became().await.refunded, pounds(together), "{key}");
    }
    let beyond = provider.refund("d", &payment, pounds(1)).await.unwrap();
    assert_eq!(beyond, Refunded::Refused("charge_already_refunded".to_owned()));
    let told: Vec<Value> = provider
        .due_events()
        .await
        .unwrap()
        .iter()
        .map(|event| serde_json::from_str(&event.body).unwrap())
        .collect();
    let mut sums: Vec<i64> =
        told.iter().map(|event| event["data"]["object"]["amount_refunded"].as_i64().unwrap()).collect();
    sums.sort_unstable();
    assert_eq!(sums, [100, 160, 2_160], "each told once, with all that was given back so far");
    assert_eq!(provider.payment("pi_none").await.unwrap(), None);
    for (won, state) in
        [(None, DisputeState::Open), (Some(true), DisputeState::Won), (Some(false), DisputeState::Lost)]
    {
        provider.dispute(&payment, won).await.unwrap();
        let Some(Dispute { amount, state: now, .. }) = became().await.dispute else { panic!("a dispute") };
        assert_eq!((amount, now), (pounds(2_160), state));
    }
    let declined = charge(&provider, "two", "4000 0000 0000 0341").await;
    assert_eq!(declined, Charged::Declined("generic_decline".to_owned()));
}

#[tokio::test]
async fn i35_a_slow_cards_charge_is_pending_until_the_bank_is_done() {
    let (provider, _folder) = provider().await;
    for _ in 0..2 {
        assert_eq!(charge(&provider, "one", SLOW).await, Charged::Pending);
    }
    let row = provider.once("charge one".to_owned(), |id| (id, Value::Null)).await.unwrap();
    let id = text(&row, "id");
    let mut done = row;
    done["arrives_at"] = json!(0);
    keep(&provider.pools.side, &id, &done).await.unwrap();
    assert_eq!(charge(&provider, "one", SLOW).await, Charged::Paid(id));
}
