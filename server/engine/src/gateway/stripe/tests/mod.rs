//! The adapter by itself: what it makes of every answer, what it asks, and whether Stripe's own document allows it.

mod document;
mod examples;
#[path = "../../../../tests/it/stripe/fake/mod.rs"]
#[expect(dead_code, reason = "it serves the tests through the engine as well")]
mod fake;
mod localstripe;

use super::{Stripe, StripeSettings, api::VERSION};
use crate::{
    Error,
    gateway::{
        Cancelled, ChargeRequest, Charged, CheckoutRequest, Dispute, DisputeState, Gateway, Payment, Refunded,
    },
};
use billing::{
    id::{CustomerId, OrderId},
    money::{Currency, Money},
    payment::PaidState,
    time::Timestamp,
};
use fake::{Fake, Fault, KEY, SECRET};
use std::{future::Future, time::Duration};
use ulid::Ulid;

const ORIGIN: &str = "https://console.example.com";

fn stripe_at(base: &str, key: &str) -> Stripe {
    let (key, secrets) = (key.parse().unwrap(), [SECRET.parse().unwrap()]);
    let settings = StripeSettings::of(Some(&key), &secrets, Some(base), ORIGIN.to_owned(), true);
    Stripe::new(settings.unwrap().unwrap()).unwrap()
}

fn customer() -> CustomerId {
    CustomerId::new(Ulid::from_parts(1, 1))
}

/// An order of so much, by this customer of Stripe's.
fn order(number: u128, amount: Money, payer: &str) -> CheckoutRequest {
    CheckoutRequest {
        order: OrderId::new(Ulid::from_parts(1, number)),
        customer: customer(),
        provider_customer: payer.to_owned(),
        amount,
        words: "50,000 tokens – extra capacity".to_owned(),
        paid_url: "/orders/ord_1".to_owned(),
        back_url: "/orders/ord_1?back=true".to_owned(),
        expires_at: Timestamp::from_micros(0).unwrap(),
    }
}

fn pounds(minor: i64) -> Money {
    Money::new(minor, Currency::Gbp)
}

/// A Stripe, an adapter, a customer of it and a way to pay that it has kept, with the payment that it was kept by.
struct Shop {
    fake: Fake,
    stripe: Stripe,
    payer: String,
    method: String,
    payment: String,
}

impl Shop {
    async fn open() -> Self {
        let fake = Fake::start().await;
        let stripe = stripe_at(&fake.base, KEY);
        let payer = stripe.open_customer(customer(), "Northlight Films").await.unwrap();
        let page = stripe.open_checkout(&order(1, pounds(2_160), &payer)).await.unwrap();
        fake.pay(&page.reference, "pm_card_visa").unwrap();
        let found = stripe.checkout(&page.reference).await.unwrap().unwrap();
        let (method, payment) = (found.method.unwrap(), found.seen.payment.unwrap());
        Self { fake, stripe, payer, method, payment }
    }

    async fn charge(&self, key: &str) -> Result<Charged, Error> {
        let request = ChargeRequest {
            key: key.to_owned(),
            customer: customer(),
            provider_customer: self.payer.clone(),
            method: self.method.clone(),
            amount: pounds(5_880),
        };
        self.stripe.charge(&request).await
    }

    /// Payments that were made under a key.
    fn made_for(&self, key: &str) -> usize {
        self.fake.all("payment_intent").iter().filter(|intent| intent["metadata"]["charge"] == key).count()
    }
}

#[expect(clippy::disallowed_methods, reason = "how long somebody waits is measured")]
async fn timed<T>(waiting: impl Future<Output = T>) -> (T, Duration) {
    let since = std::time::Instant::now();
    (waiting.await, since.elapsed())
}

#[tokio::test]
async fn i35_a_charge_is_paid_declined_or_pending_and_made_once_a_key() {
    let shop = Shop::open().await;
    let Charged::Paid(first) = shop.charge("obx_1-0").await.unwrap() else { panic!("paid") };
    assert_eq!(shop.charge("obx_1-0").await.unwrap(), Charged::Paid(first), "once");
    for (number, card, charged) in [
        (2, "pm_card_chargeDeclinedInsufficientFunds", Charged::Declined("insufficient_funds".to_owned())),
        (3, "pm_card_chargeDeclined", Charged::Declined("generic_decline".to_owned())),
        (4, "pm_card_authenticationRequired", Charged::NeedsAction),
        (5, "later", Charged::Pending),
    ] {
        shop.fake.cards_become(card);
        let key = format!("obx_{number}-0");
        assert_eq!(shop.charge(&key).await.unwrap(), charged);
        // The card is another one by now: what was asked for under this key has ended as it has.
        shop.fake.cards_become("pm_card_visa");
        assert_eq!(shop.charge(&key).await.unwrap(), charged, "{card}");
        assert_eq!(shop.made_for(&key), 1, "{card}");
    }
    let slow =
        shop.fake.all("payment_intent").into_iter().find(|intent| intent["metadata"]["charge"] == "obx_5-0");
    shop.fake.succeed(slow.unwrap()["id"].as_str().unwrap());
    assert!(matches!(shop.charge("obx_5-0").await.unwrap(), Charged::Paid(_)), "the bank was done");
    let gone = Shop { method: "pm_gone".to_owned(), ..shop };
    assert_eq!(gone.charge("obx_6-0").await.unwrap(), Charged::Declined("resource_missing".to_owned()));
}

#[tokio::test]
async fn i35_a_charge_that_waits_for_its_owner_is_cancelled_once_and_one_that_is_paid_stays() {
    let shop = Shop::open().await;
    shop.charge("obx_1-0").await.unwrap();
    shop.fake.cards_become("pm_card_authenticationRequired");
    assert_eq!(shop.charge("obx_2-0").await.unwrap(), Charged::NeedsAction);
    let cancel = async |key: &str| shop.stripe.cancel_charge(&shop.payer, key).await.unwrap();
    assert_eq!(cancel("obx_1-0").await, Cancelled::Paid);
    assert_eq!((cancel("obx_2-0").await, cancel("obx_2-0").await), (Cancelled::Done, Cancelled::Done));
    assert_eq!(cancel("obx_3-0").await, Cancelled::Unknown);
    let statuses: Vec<_> = shop.fake.all("payment_intent").iter().map(|one| one["status"].clone()).collect();
    assert_eq!(statuses, ["succeeded", "succeeded", "canceled"]);
    shop.fake.go_wrong("/v1/payment_intents", Fault::Fail(503), u32::MAX);
    let away = shop.stripe.cancel_charge(&shop.payer, "obx_2-0").await;
    assert!(matches!(away, Err(Error::ProviderAway(_))), "{away:?}");
}

#[tokio::test]
async fn i35_a_lost_answer_is_pending_and_the_same_charge_afterwards() {
    let shop = Shop::open().await;
    shop.fake.go_wrong("POST /v1/payment_intents", Fault::Lose, 3);
    assert_eq!(shop.charge("obx_1-0").await.unwrap(), Charged::Pending);
    // A day later, with another card, under a key that Stripe has forgotten.
    let other = "pm_other".to_owned();
    let shop = Shop { method: other, ..shop };
    assert!(matches!(shop.charge("obx_1-0").await.unwrap(), Charged::Paid(_)));
    assert_eq!(shop.made_for("obx_1-0"), 1);

    shop.fake.go_wrong("POST /v1/payment_intents", Fault::Hang, 9);
    let (charged, took) = timed(shop.charge("obx_2-0")).await;
    assert_eq!(charged.unwrap(), Charged::Pending, "not declined");
    assert!(took < Duration::from_secs(10), "{took:?}");
    assert_eq!(stripe_at("http://127.0.0.1:1", KEY).charge(&request(&shop)).await.unwrap(), Charged::Pending);
    let stranger = stripe_at(&shop.fake.base, "sk_test_other").charge(&request(&shop)).await;
    assert!(
        matches!(stranger, Err(Error::ProviderRefused(_))),
        "a key that is not let in is no decline: {stranger:?}"
    );
}

fn request(shop: &Shop) -> ChargeRequest {
    ChargeRequest {
        key: "obx_3-0".to_owned(),
        customer: customer(),
        provider_customer: shop.payer.clone(),
        method: shop.method.clone(),
        amount: pounds(1),
    }
}

#[tokio::test]
async fn i36_three_refunds_add_up_and_a_dispute_is_seen() {
    let shop = Shop::open().await;
    let payment = async || shop.stripe.payment(&shop.payment).await.unwrap().unwrap();
    assert_eq!(payment().await, Payment { amount: pounds(2_160), refunded: pounds(0), dispute: None });
    let refund =
        async |key: &str, minor| shop.stripe.refund(key, &shop.payment, pounds(minor)).await.unwrap();
    for (key, minor, together) in
        [("one", 100, 100), ("one", 100, 100), ("two", 60, 160), ("three", 2_000, 2_160)]
    {
        assert!(matches!(refund(key, minor).await, Refunded::Done(_)), "{key}");
        assert_eq!(payment().await.refunded, pounds(together), "{key}: once a key");
    }
    assert_eq!(refund("four", 1).await, Refunded::Refused("charge_already_refunded".to_owned()));
    assert_eq!(
        shop.stripe.refund("five", "pi_none", pounds(1)).await.unwrap(),
        Refunded::Refused("resource_missing".into())
    );
    shop.fake.go_wrong("/v1/refunds", Fault::Hang, 9);
    let (hung, took) = timed(shop.stripe.refund("six", &shop.payment, pounds(1))).await;
    assert!(
        matches!(hung, Err(Error::ProviderAway(_))) && took < Duration::from_secs(10),
        "{hung:?} {took:?}"
    );

    let dispute = shop.fake.dispute(&shop.payment);
    let id = dispute["id"].as_str().unwrap().to_owned();
    for (status, state) in [
        ("warning_needs_response", DisputeState::Inquiry),
        ("needs_response", DisputeState::Open),
        ("under_review", DisputeState::Open),
        ("won", DisputeState::Won),
        ("lost", DisputeState::Lost),
    ] {
        shop.fake.decide(&id, status);
        let seen = payment().await.dispute;
        assert_eq!(seen, Some(Dispute { id: id.clone(), amount: pounds(2_160), state }), "{status}");
    }
    assert_eq!(shop.stripe.payment("pi_none").await.unwrap(), None);
    let asked = shop.fake.asked().len();
    assert_eq!(shop.stripe.payment("../customers").await.unwrap(), None, "no name of Stripe's");
    assert_eq!(shop.fake.asked().len(), asked);
}

/// C1: yen have no minor unit; money is minor units everywhere, and goes over as it is.
#[tokio::test]
async fn c1_yen_are_paid_as_yen() {
    let shop = Shop::open().await;
    let yen = Money::new(1_500, Currency::Jpy);
    let page = shop.stripe.open_checkout(&order(2, yen, &shop.payer)).await.unwrap();
    let asked = shop.fake.asked().pop().unwrap();
    assert_eq!(asked.field("line_items[0][price_data][currency]"), Some("jpy"));
    assert_eq!(asked.field("line_items[0][price_data][unit_amount]"), Some("1500"));
    assert_eq!(asked.field("success_url"), Some("https://console.example.com/orders/ord_1"));
    assert_eq!(asked.version.as_deref(), Some(VERSION));
    shop.fake.pay(&page.reference, "pm_card_visa").unwrap();
    let found = shop.stripe.checkout(&page.reference).await.unwrap().unwrap();
    assert_eq!((found.seen.amount, found.seen.state, found.open), (yen, PaidState::Paid, false));
    let open = shop.stripe.open_checkout(&order(3, yen, &shop.payer)).await.unwrap();
    assert!(shop.stripe.checkout(&open.reference).await.unwrap().unwrap().open);
    for _ in 0..2 {
        shop.stripe.close_checkout(&open.reference).await.unwrap(); // closed twice, and closed after it was paid
        shop.stripe.close_checkout(&page.reference).await.unwrap();
    }
    let seen = async |page: &str| shop.stripe.checkout(page).await.unwrap().unwrap().seen.state;
    assert_eq!(
        (seen(&open.reference).await, seen(&page.reference).await),
        (PaidState::Failed, PaidState::Paid)
    );
    assert_eq!(shop.stripe.checkout("cs_test_none").await.unwrap(), None);
    let stranger = shop.stripe.open_checkout(&order(4, yen, "cus_none")).await;
    assert!(matches!(stranger, Err(Error::NotFound("payer"))), "{stranger:?}");
}
