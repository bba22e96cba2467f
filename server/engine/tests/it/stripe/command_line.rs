//! Stripe's own command line (npm `@stripe/cli`) makes things happen at our Stripe, and what is told of them is heard as in
//! earnest: the eight kinds of events that we look into end as they should, and all that Stripe knows beside them changes
//! nothing. Whoever triggers an event decides what it says; what is given is decided by the order's own page. T6, I-32.

use super::{Fake, Heard, KEY, Order, PACK, PAID, Settled, Shop, run};
use crate::support::On;
use anyhow::{Context, Result, ensure};
use billing::payment::OrderState;
use serde_json::{Value, json};
use std::{collections::BTreeSet, path::PathBuf, process::Command};

/// What we look into.
const OURS: [&str; 8] = [
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "payment_intent.succeeded",
    "payment_intent.payment_failed",
    "charge.refunded",
    "charge.dispute.created",
    "charge.dispute.closed",
];
/// What is triggered beside them, as far as our Stripe goes.
const OTHERS: [&str; 5] = [
    "charge.succeeded",
    "customer.created",
    "payment_intent.requires_action",
    "price.created",
    "product.created",
];

fn stripe() -> Command {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let installed = || here.join("../../end2end/node_modules/.bin/stripe");
    let mut command = Command::new(std::env::var_os("STRIPE_CLI").map_or_else(installed, PathBuf::from));
    // It asks for newer versions of itself where it gets out of this machine.
    command.env("STRIPE_CLI_TELEMETRY_OPTOUT", "1").env("HTTPS_PROXY", "http://127.0.0.1:9");
    command
}

/// Runs it in a folder of its own, and answers what it says.
async fn said(mut command: Command) -> Result<String> {
    tokio::task::spawn_blocking(move || {
        let home = tempfile::tempdir()?;
        let output = command.env("HOME", home.path()).env("XDG_CONFIG_HOME", home.path()).output();
        let output =
            output.context("Stripe's command line is not there: `cargo xtask test` installs it (end2end)")?;
        ensure!(output.status.success(), "{output:?}");
        Ok(String::from_utf8(output.stdout)?)
    })
    .await?
}

/// Has an event happen, with these parameters of its own steps.
async fn trigger(fake: &Fake, event: &str, with: &[String]) -> Result<Vec<Value>> {
    let mut command = stripe();
    command.args(["trigger", event, "--api-base", &fake.base, "--api-key", KEY]);
    for parameter in with {
        command.args(["--override", parameter]);
    }
    fake.take_events();
    let said = said(command).await?;
    let events = fake.take_events();
    ensure!(events.iter().any(|told| told["type"] == event), "{event}: {said}\n{events:#?}");
    Ok(events)
}

/// The parameters by which what is triggered names an order of ours.
fn naming(order: &Order) -> Vec<String> {
    let id = order.id;
    [
        "checkout_session:metadata.order",
        "checkout_session:payment_intent_data.metadata.order",
        "payment_intent:metadata.order",
    ]
    .map(|parameter| format!("{parameter}={id}"))
    .to_vec()
}

impl Shop<'_> {
    /// Hears an event of this kind out of several, and all that was told with it.
    async fn hear_all(&self, kind: &str, events: &[Value]) -> Result<Heard> {
        let mut answer = None;
        for event in events {
            let heard = self.hear(event).await?;
            if event["type"] == kind {
                answer = Some(heard);
            }
        }
        answer.with_context(|| format!("{kind} was not told"))
    }

    /// Everything that is in the books and about the people, but for the journal of what was told.
    async fn rows(&self) -> Result<Vec<(&'static str, i64)>> {
        let mut rows = Vec::new();
        for table in [
            "\"order\"",
            "token_grant",
            "token_entry",
            "invoice",
            "payment",
            "revenue_entry",
            "outbox",
            "payment_account",
            "audit_entry",
        ] {
            rows.push((table, self.world.count(table).await?));
        }
        Ok(rows)
    }
}

async fn eight_kinds_end_as_they_should(shop: &Shop<'_>) -> Result<()> {
    let (fake, waits, paid) = (shop.fake, shop.pack("waits").await?, shop.pack("paid").await?);
    shop.page(&waits).await?;
    let page = shop.page(&paid).await?;
    let before = shop.rows().await?;
    // Money that was taken elsewhere, told with the name of an order of ours: its own page is not paid, and nothing is given.
    for (kind, told) in OURS.into_iter().zip([true, true, true, true, true, false, false, false]) {
        let events = trigger(fake, kind, &naming(&waits)).await?;
        let heard = shop.hear_all(kind, &events).await?;
        // Refunds and disputes are of a payment, which is not one of ours.
        assert_eq!(heard, if told { Heard::Order(Settled::Waiting) } else { Heard::Nothing }, "{kind}");
    }
    assert_eq!((shop.rows().await?, shop.state(waits.id).await?), (before.clone(), OrderState::Open));

    // Once the page of an order is paid, whichever is told first gives it, and the others change nothing.
    fake.pay(&page, PAID).ok();
    fake.take_events();
    for (place, kind) in OURS.into_iter().take(5).enumerate() {
        let events = trigger(fake, kind, &naming(&paid)).await?;
        let heard: Vec<Heard> = {
            let mut all = Vec::new();
            for event in &events {
                all.push(shop.hear(event).await?);
            }
            all
        };
        let applied = heard.iter().filter(|heard| **heard == Heard::Order(Settled::Applied)).count();
        assert_eq!(applied, usize::from(place == 0), "{kind}: {heard:?}");
    }
    assert_eq!((shop.bought().await?, shop.state(paid.id).await?), (PACK, OrderState::Paid));

    // A payment of ours that is given back, and one that is disputed and lost: Stripe is asked what became of it.
    let contested = shop.pack("contested").await?;
    let page = shop.page(&contested).await?;
    fake.pay(&page, PAID).ok();
    shop.world.engine.come_back(&shop.buyer, contested.id).await?;
    let payments = fake.all("payment_intent");
    let payment_of = |order: &Order| {
        let ours = |intent: &&Value| {
            intent["metadata"]["order"] == json!(order.id)
                && intent["metadata"]["customer"] == json!(order.customer)
        };
        payments.iter().find(ours).and_then(|intent| intent["id"].as_str()).context("our payment")
    };
    let (paid, contested) = (payment_of(&paid)?, payment_of(&contested)?);
    fake.dispute(contested);
    for (kind, with, payment) in [
        ("charge.refunded", format!("refund:payment_intent={paid}"), paid),
        ("charge.dispute.closed", format!("disputes_list:payment_intent={contested}"), contested),
    ] {
        let looked = format!("/v1/payment_intents/{payment}");
        let before = fake.times("GET", &looked);
        let events = trigger(fake, kind, &[with]).await?;
        assert_eq!(shop.hear_all(kind, &events).await?, Heard::Payment(Settled::Applied), "{kind}");
        assert_eq!(fake.times("GET", &looked) - before, 1, "{kind}");
    }
    assert_eq!(shop.world.count("credit_note WHERE reason = 'refund'").await?, 1);
    assert_eq!(shop.world.count("dispute WHERE state <> 'open'").await?, 1);
    assert_eq!(shop.noted("quarantined").await?, 0);
    Ok(())
}

async fn every_other_kind_changes_nothing(shop: &Shop<'_>) -> Result<()> {
    let order = shop.pack("one").await?;
    let page = shop.page(&order).await?;
    shop.fake.pay(&page, PAID).ok();
    let [intent] = shop.fake.all("payment_intent").try_into().ok().context("one payment")?;
    let before = shop.rows().await?;
    for kind in OTHERS {
        let events = trigger(shop.fake, kind, &[]).await?;
        assert_eq!(shop.hear_all(kind, &events).await?, Heard::Nothing, "{kind}");
    }
    // All that Stripe's command line knows of, each told of this very order and its payment, which is paid.
    let mut command = stripe();
    command.args(["trigger", "--help"]);
    let help = said(command).await?;
    let names = help.lines().skip_while(|line| !line.starts_with("Supported events")).skip(1);
    let names: BTreeSet<&str> = names.map(str::trim).take_while(|line| !line.is_empty()).collect();
    ensure!(names.len() > 80 && OURS.iter().all(|ours| names.contains(ours)), "{names:?}");
    for name in names.iter().filter(|name| !OURS.contains(name)) {
        let object = json!({
            "id": page, "object": "checkout.session", "metadata": {"order": order.id, "customer": order.customer},
            "payment_intent": intent["id"], "payment_status": "paid", "status": "complete",
        });
        let event =
            json!({"id": format!("evt_{name}"), "object": "event", "type": name, "data": {"object": object}});
        assert_eq!(shop.hear(&event).await?, Heard::Nothing, "{name}");
    }
    assert_eq!((shop.rows().await?, shop.state(order.id).await?), (before, OrderState::Open));
    Ok(())
}

mod i32_stripes_own_command_line_is_heard {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn sqlite() -> Result<()> {
        run(On::Sqlite, eight_kinds_end_as_they_should).await
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn postgres() -> Result<()> {
        run(On::Postgres, eight_kinds_end_as_they_should).await
    }
}

mod i32_all_else_that_stripe_tells_changes_nothing {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn sqlite() -> Result<()> {
        run(On::Sqlite, every_other_kind_changes_nothing).await
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn postgres() -> Result<()> {
        run(On::Postgres, every_other_kind_changes_nothing).await
    }
}
