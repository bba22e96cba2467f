//! The adapter against a Stripe that is not ours: `localstripe`, of `PyPI`. It charges with nobody present and gives back; hosted
//! pages it has none, and keys it does not regard, so that what is made once is so by looking first.

use super::{customer, pounds, stripe_at};
use crate::gateway::{ChargeRequest, Charged, Gateway, Payment, Refunded, Stripe};
use serde_json::Value;
use std::{
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

/// A process of it, which ends with the test.
struct Localstripe(Child);

impl Drop for Localstripe {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts it on a free port of this machine.
fn start() -> (Localstripe, String) {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let python =
        std::env::var_os("JARAI_JUDGES").map_or_else(|| here.join("../../target/judges"), PathBuf::from);
    let mut command = Command::new(python.join("bin/python"));
    command.arg(here.join("tests/it/stripe/serve_localstripe.py")).stdout(Stdio::piped());
    let started = command.env("PYTHONDONTWRITEBYTECODE", "1").spawn();
    let mut process =
        started.expect("localstripe is not there: `cargo xtask test` installs it, or see JARAI_JUDGES");
    let mut port = String::new();
    BufReader::new(process.stdout.take().unwrap()).read_line(&mut port).unwrap();
    (Localstripe(process), format!("http://127.0.0.1:{}", port.trim()))
}

/// A card as a way to pay, attached to a customer.
async fn card(stripe: &Stripe, payer: &str, number: &str) -> String {
    let form = [
        ("type", "card"),
        ("card[number]", number),
        ("card[exp_month]", "12"),
        ("card[exp_year]", "2030"),
        ("card[cvc]", "123"),
    ];
    let form = form.map(|(name, value)| (name, value.to_owned())).to_vec();
    let method: Value = stripe.api.post("/v1/payment_methods", &form, None).await.unwrap();
    let id = method["id"].as_str().unwrap().to_owned();
    let form = vec![("customer", payer.to_owned())];
    stripe.api.post::<Value>(&format!("/v1/payment_methods/{id}/attach"), &form, None).await.unwrap();
    id
}

#[tokio::test]
async fn a_stripe_that_is_not_ours_is_charged_once_and_gives_back() {
    let (_localstripe, base) = start();
    let stripe = stripe_at(&base, "sk_test_other");
    let payer = stripe.open_customer(customer(), "Northlight Films").await.unwrap();
    let charge = async |key: &str, method: &str| {
        let request = ChargeRequest {
            key: key.to_owned(),
            customer: customer(),
            provider_customer: payer.clone(),
            method: method.to_owned(),
            amount: pounds(5_880),
        };
        stripe.charge(&request).await.unwrap()
    };
    let good = card(&stripe, &payer, "4242424242424242").await;
    let Charged::Paid(payment) = charge("obx_1-0", &good).await else { panic!("paid") };
    assert_eq!(charge("obx_1-0", &good).await, Charged::Paid(payment.clone()), "found, not made again");
    let declined = card(&stripe, &payer, "4000000000000341").await;
    for _ in 0..2 {
        assert_eq!(charge("obx_2-0", &declined).await, Charged::Declined("card_declined".to_owned()));
        assert_eq!(
            charge("obx_3-0", &card(&stripe, &payer, "4000002500003155").await).await,
            Charged::NeedsAction
        );
    }
    let Charged::Paid(other) = charge("obx_2-1", &good).await else { panic!("the next try") };
    assert_ne!(other, payment);

    let became = async || stripe.payment(&payment).await.unwrap().unwrap();
    assert_eq!(became().await, Payment { amount: pounds(5_880), refunded: pounds(0), dispute: None });
    for (key, minor, together) in [("one", 100, 100), ("two", 80, 180), ("three", 5_700, 5_880)] {
        assert!(matches!(stripe.refund(key, &payment, pounds(minor)).await.unwrap(), Refunded::Done(_)));
        assert_eq!(became().await.refunded, pounds(together), "{key}");
    }
    assert_eq!(stripe.payment("pi_none").await.unwrap(), None);
}
