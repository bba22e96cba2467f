//! Orders, charges and events through Stripe's adapter, against a Stripe of our own with a memory: the same laws as with the
//! sandbox's provider. I-30, I-31, I-33 to I-35, T6, U3.

mod command_line;
#[expect(dead_code, reason = "it serves the adapter's own tests as well")]
mod fake;

use crate::support::{On, World};
use anyhow::{Context, Result, bail, ensure};
use billing::{
    id::OrderId,
    payment::{Mismatch, Order, OrderState},
    tier::{BillingPeriod, Plan, Tier},
    tokens::Tokens,
};
use engine::{
    Error,
    payment::{Heard, NotHeard, Ordered, Settled, StripeSettings, Wanted, sign},
    team::Member,
};
use fake::{Fake, Fault, KEY, SECRET};
use futures::future::join_all;
use serde_json::{Value, json};
use std::time::{Duration, SystemTime};

const PACK: i64 = 50_000;
const PAID: &str = "pm_card_visa";
const PRO: Plan = Plan { tier: Tier::Pro, billing: BillingPeriod::Monthly, seats: 1 };

/// A world, who may buy in it, and the Stripe that its payments are taken by.
struct Shop<'a> {
    world: &'a World,
    fake: &'a Fake,
    buyer: Member,
}

/// Runs a test where this Stripe takes the payments; the secret that was replaced is still good.
async fn run(on: On, test: impl AsyncFnOnce(&Shop<'_>) -> Result<()>) -> Result<()> {
    let fake = Fake::start().await;
    let secrets = ["whsec_new".parse()?, SECRET.parse()?];
    let origin = "https://console.example.com".to_owned();
    let settings = StripeSettings::of(Some(&KEY.parse()?), &secrets, Some(&fake.base), origin, true)?;
    World::run_with(on, settings, async |world| {
        let shop = Shop { world, fake: &fake, buyer: world.administrator().await? };
        test(&shop).await
    })
    .await
}

/// Defines a test that runs on both databases.
macro_rules! paid_by_stripe {
    ($(#[$meta:meta])* async fn $name:ident($shop:ident: &Shop) -> Result<()> $body:block) => {
        mod $name {
            use super::*;

            $(#[$meta])*
            async fn body($shop: &Shop<'_>) -> Result<()> $body

            #[tokio::test(flavor = "multi_thread")]
            async fn sqlite() -> Result<()> {
                run(On::Sqlite, body).await
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn postgres() -> Result<()> {
                run(On::Postgres, body).await
            }
        }
    };
}

impl Shop<'_> {
    async fn order(&self, request: &str, wanted: Wanted) -> Result<Order> {
        match self.world.engine.order(&self.buyer, request, wanted).await? {
            Ordered::Order(order) => Ok(*order),
            Ordered::Changed(change) => bail!("nothing to pay: {change:?}"),
        }
    }

    async fn pack(&self, request: &str) -> Result<Order> {
        self.order(request, Wanted::Pack(Tokens::new(PACK)?, None)).await
    }

    async fn checkout(&self, order: &Order, words: &str) -> Result<String, Error> {
        self.world.engine.checkout(&self.buyer, order.id, words.to_owned()).await
    }

    /// The provider's name of the order's hosted page.
    async fn page(&self, order: &Order) -> Result<String> {
        let url = self.checkout(order, "50,000 tokens").await?;
        let page = url.strip_prefix("https://checkout.stripe.com/c/pay/").context("Stripe's page")?;
        Ok(page.to_owned())
    }

    async fn hear(&self, event: &Value) -> Result<Heard, NotHeard> {
        let body = event.to_string();
        self.world.engine.hear(body.as_bytes(), &sign(SECRET, body.as_bytes(), seconds())).await
    }

    async fn state(&self, order: OrderId) -> Result<OrderState> {
        Ok(self.world.engine.order_of(&self.buyer, order).await?.order.state)
    }

    async fn bought(&self) -> Result<i64> {
        Ok(self.world.engine.usage(self.world.customer).await?.capacity.extra.left.get())
    }

    async fn noted(&self, outcome: &str) -> Result<i64> {
        self.world.count(&format!("payment_event WHERE outcome = '{outcome}'")).await
    }

    /// A plan that is paid, and the first instant of its second month.
    async fn renewal(&self, card: &str) -> Result<()> {
        let order = self.order("pro", Wanted::Plan(PRO)).await?;
        let page = self.page(&order).await?;
        self.fake.pay(&page, PAID).ok();
        self.world.engine.come_back(&self.buyer, order.id).await?;
        self.fake.cards_become(card);
        self.world.clock("2026-11-22T00:00:00Z").await?;
        self.world.engine.refresh_due().await?;
        Ok(())
    }

    /// Payments of the pipeline's own: charged with nobody present.
    fn charges(&self) -> Vec<Value> {
        let intents = self.fake.all("payment_intent");
        intents.into_iter().filter(|intent| !intent["metadata"]["charge"].is_null()).collect()
    }

    /// Waits until a count is what it has to be; the sweep may be at it.
    async fn becomes(&self, table: &str, count: i64) -> Result<()> {
        for _ in 0..300 {
            if self.world.count(table).await? == count {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        bail!("{table} is {}, not {count}", self.world.count(table).await?)
    }
}

#[expect(clippy::disallowed_methods, reason = "a provider signs by its own clock")]
fn seconds() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970");
    i64::try_from(since.as_secs()).expect("seconds")
}

#[expect(clippy::disallowed_methods, reason = "how long somebody waits is measured")]
async fn timed<T>(waiting: impl Future<Output = T>) -> (T, Duration) {
    let since = std::time::Instant::now();
    (waiting.await, since.elapsed())
}

paid_by_stripe! {
    /// U3, I-31: paid on Stripe's page; everything that is told, each 50 times at once: one grant, one invoice.
    async fn i31_an_order_is_paid_on_stripes_page_and_granted_once(shop: &Shop) -> Result<()> {
        let order = shop.pack("one").await?;
        let page = shop.page(&order).await?;
        assert_eq!(shop.page(&order).await?, page, "the page of an order is one");
        shop.fake.take_events();
        shop.fake.pay(&page, PAID).ok().context("paid")?;
        let events = shop.fake.take_events();
        let names: Vec<&str> = events.iter().filter_map(|event| event["type"].as_str()).collect();
        assert_eq!(names, ["payment_intent.succeeded", "charge.succeeded", "checkout.session.completed"]);
        for event in &events {
            assert_eq!(event["data"]["object"]["metadata"]["order"], json!(order.id), "each names its order");
            assert_eq!(event["data"]["object"]["metadata"]["customer"], json!(order.customer));
        }
        let at_once = events.iter().rev().flat_map(|event| std::iter::repeat_n(event, 50));
        for heard in join_all(at_once.map(|event| shop.hear(event))).await {
            heard?;
        }
        shop.world.engine.come_back(&shop.buyer, order.id).await?;
        assert_eq!((shop.bought().await?, shop.state(order.id).await?), (PACK, OrderState::Paid));
        let line = shop.world.engine.order_of(&shop.buyer, order.id).await?;
        assert_eq!(line.method.as_deref(), Some("card ending 4242"));
        for table in ["token_grant", "invoice", "payment"] {
            assert_eq!(shop.world.count(table).await?, 1, "{table}");
        }
        assert_eq!((shop.noted("quarantined").await?, shop.noted("ignored").await?), (0, 1), "charge.succeeded");
        assert_eq!(shop.fake.all("customer").len(), 1);
        // Whoever has paid once is known at the second order.
        let second = shop.pack("two").await?;
        shop.page(&second).await?;
        assert_eq!((shop.fake.all("customer").len(), shop.fake.all("checkout.session").len()), (1, 2));
        Ok(())
    }
}

paid_by_stripe! {
    /// I-30: only what Stripe has signed is heard, by either secret while one is replaced; nothing of the rest is noted.
    async fn i30_only_what_stripe_has_signed_is_heard(shop: &Shop) -> Result<()> {
        let order = shop.pack("one").await?;
        let page = shop.page(&order).await?;
        shop.fake.pay(&page, PAID).ok();
        let event = shop.fake.take_events().pop().context("an event")?;
        let body = event.to_string().into_bytes();
        let now = seconds();
        let good = sign("whsec_new", &body, now);
        let v1 = good.split(',').nth(1).context("a signature")?;
        let mut tampered = body.clone();
        tampered[8] ^= 1;
        for (name, body, header) in [
            ("another secret", body.clone(), sign("whsec_sandbox", &body, now)),
            ("a tampered byte", tampered, good.clone()),
            ("too old", body.clone(), sign(SECRET, &body, now - 302)),
            ("from the future", body.clone(), sign(SECRET, &body, now + 302)),
            ("only v0", body.clone(), good.replace("v1=", "v0=")),
            ("no header", body.clone(), String::new()),
            ("no event", Vec::new(), sign(SECRET, &[], now)),
            ("no text", vec![0xff, 0xfe], sign(SECRET, &[0xff, 0xfe], now)),
        ] {
            let heard = shop.world.engine.hear(&body, &header).await;
            assert!(matches!(heard, Err(NotHeard::Refused(_))), "{name}: {heard:?}");
        }
        assert_eq!((shop.world.count("payment_event").await?, shop.bought().await?), (0, 0));
        let two = format!("t={now},v1={},{v1}", "0".repeat(64));
        assert_eq!(shop.world.engine.hear(&body, &two).await?, Heard::Order(Settled::Applied), "two signatures");
        let old = sign(SECRET, &body, now);
        assert_eq!(shop.world.engine.hear(&body, &old).await?, Heard::Nothing, "the replaced secret; heard before");
        Ok(())
    }
}

paid_by_stripe! {
    /// I-33: unpaid, failed, of another amount, currency, order or customer: nothing is given, and what does not fit is kept
    /// apart. What an event says of itself is believed by nobody.
    async fn i33_what_is_not_paid_or_does_not_fit_buys_nothing(shop: &Shop) -> Result<()> {
        let late = shop.pack("late").await?;
        let page = shop.page(&late).await?;
        shop.fake.take_events();
        shop.fake.pay(&page, "later").ok();
        let [completed] = shop.fake.take_events().try_into().ok().context("one event")?;
        assert_eq!(completed["data"]["object"]["payment_status"], "unpaid");
        assert_eq!(shop.hear(&completed).await?, Heard::Order(Settled::Waiting));
        let mut forged = completed.clone();
        (forged["id"], forged["data"]["object"]["payment_status"]) = (json!("evt_forged"), json!("paid"));
        assert_eq!(shop.hear(&forged).await?, Heard::Order(Settled::Waiting), "Stripe itself says that it is unpaid");
        shop.fake.arrive(&page, false);
        for event in shop.fake.take_events() {
            assert_eq!(shop.hear(&event).await?, Heard::Order(Settled::Waiting), "{event}");
        }
        assert_eq!((shop.bought().await?, shop.state(late.id).await?), (0, OrderState::Open));

        let declined = shop.pack("declined").await?;
        let page = shop.page(&declined).await?;
        assert!(shop.fake.pay(&page, "pm_card_chargeDeclined").is_err());
        for event in shop.fake.take_events() {
            assert_eq!(shop.hear(&event).await?, Heard::Order(Settled::Waiting));
        }
        shop.fake.pay(&page, PAID).ok().context("another card")?;
        for event in shop.fake.take_events() {
            shop.hear(&event).await?;
        }
        assert_eq!((shop.bought().await?, shop.state(declined.id).await?), (PACK, OrderState::Paid));

        let slow = shop.pack("slow").await?;
        let page = shop.page(&slow).await?;
        shop.fake.pay(&page, "later").ok();
        shop.fake.arrive(&page, true);
        let events = shop.fake.take_events();
        assert!(events.iter().any(|event| event["type"] == "checkout.session.async_payment_succeeded"));
        for event in events {
            shop.hear(&event).await?;
        }
        assert_eq!((shop.bought().await?, shop.state(slow.id).await?), (2 * PACK, OrderState::Paid));

        for (name, field, value, mismatch) in [
            ("amount", "amount_total", json!(2_159), Mismatch::Amount),
            ("currency", "currency", json!("usd"), Mismatch::Amount),
            ("order", "metadata", json!({"order": late.id, "customer": late.customer}), Mismatch::Order),
            ("customer", "metadata", Value::Null, Mismatch::Customer),
        ] {
            let order = shop.pack(name).await?;
            let page = shop.page(&order).await?;
            shop.fake.pay(&page, PAID).ok();
            let value = if value.is_null() { json!({"order": order.id, "customer": "cus_other"}) } else { value };
            shop.fake.tamper(&page, field, &value);
            let event = shop.fake.take_events().remove(0);
            assert_eq!(shop.hear(&event).await?, Heard::Order(Settled::Quarantined(mismatch)), "{name}");
            assert_eq!(shop.state(order.id).await?, OrderState::Open);
        }
        assert_eq!((shop.bought().await?, shop.noted("quarantined").await?), (2 * PACK, 4));
        Ok(())
    }
}

paid_by_stripe! {
    /// I-34: nobody has told, and Stripe was away for a while: looking finds it, and what is told afterwards changes nothing.
    /// Pages of orders that can no longer be paid are closed.
    async fn i34_a_payment_that_nobody_told_of_is_found(shop: &Shop) -> Result<()> {
        let engine = &shop.world.engine;
        let (paid, unpaid) = (shop.pack("paid").await?, shop.pack("unpaid").await?);
        let (page, closed) = (shop.page(&paid).await?, shop.page(&unpaid).await?);
        shop.fake.pay(&page, PAID).ok();
        shop.fake.go_wrong("/v1/checkout/sessions/", Fault::Fail(503), u32::MAX);
        shop.world.clock("2026-10-23T16:40:00Z").await?;
        assert!(matches!(engine.reconcile().await, Err(Error::ProviderAway(_))));
        engine.come_back(&shop.buyer, paid.id).await?;
        assert_eq!((shop.bought().await?, shop.state(unpaid.id).await?), (0, OrderState::Open), "the page is still shown");
        shop.fake.recover();
        shop.becomes("\"order\" WHERE state = 'open'", 2).await?;
        engine.reconcile().await?;
        shop.becomes("\"order\" WHERE state = 'open'", 0).await?;
        assert_eq!((shop.bought().await?, shop.state(paid.id).await?), (PACK, OrderState::Paid));
        assert_eq!(shop.state(unpaid.id).await?, OrderState::Expired);
        assert!(shop.fake.pay(&closed, PAID).is_err(), "nobody can pay on it any more");
        for event in shop.fake.take_events() {
            assert_ne!(shop.hear(&event).await?, Heard::Order(Settled::Applied));
        }
        assert_eq!((shop.bought().await?, shop.world.count("invoice").await?), (PACK, 1));
        Ok(())
    }
}

paid_by_stripe! {
    /// I-15, I-35: an answer that is lost opens no second page; a Stripe that hangs is given up within ten seconds, nothing is
    /// lost by it, and the same order is paid afterwards, whoever asks in which words.
    async fn i35_a_hanging_stripe_is_told_from_one_that_refuses(shop: &Shop) -> Result<()> {
        let order = shop.pack("one").await?;
        shop.fake.go_wrong("/v1/checkout/sessions", Fault::Hang, u32::MAX);
        let (asked, took) = timed(shop.checkout(&order, "50,000 tokens")).await;
        assert!(matches!(asked, Err(Error::ProviderAway(_))), "{asked:?}");
        assert!(took < Duration::from_secs(10), "{took:?}");
        shop.fake.recover();
        shop.fake.go_wrong("/v1/checkout/sessions", Fault::Lose, 3);
        let asked = shop.checkout(&order, "50,000 tokens").await;
        assert!(matches!(asked, Err(Error::ProviderAway(_))), "{asked:?}");
        let [session] = shop.fake.all("checkout.session").try_into().ok().context("one page")?;
        let page = shop.checkout(&order, "50.000 Token").await?;
        assert_eq!(Some(page.as_str()), session["url"].as_str(), "in other words, the same page");
        assert_eq!(shop.fake.all("checkout.session").len(), 1);

        let other = shop.pack("two").await?;
        shop.fake.go_wrong("/v1/checkout/sessions", Fault::Fail(400), 1);
        let asked = shop.checkout(&other, "50,000 tokens").await;
        let Err(Error::ProviderRefused(why)) = asked else { bail!("refused: {asked:?}") };
        assert_eq!(why, "api_error", "and nothing of what it said in words");
        assert!(!format!("{:?}", shop.world.engine).contains(KEY), "T20");
        Ok(())
    }
}

paid_by_stripe! {
    /// 5.33, I-35: a renewal is charged to the card that was kept, once, also where the answer was lost or the bank takes its
    /// time: what is not known is pending, and neither paid nor declined.
    async fn i35_a_charge_whose_end_is_unknown_is_pending_and_made_once(shop: &Shop) -> Result<()> {
        let engine = &shop.world.engine;
        shop.renewal("later").await?;
        engine.charge_due().await?;
        for _ in 0..100 {
            if !shop.charges().is_empty() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let [charge] = shop.charges().try_into().ok().context("one charge")?;
        assert_eq!(charge["status"], "processing");
        assert_eq!(shop.world.count("payment").await?, 1, "of the first month");
        let row = "outbox WHERE done_at IS NULL AND tries = 0 AND leased_until > 0";
        shop.becomes(row, 1).await?;
        assert_eq!(shop.world.count("customer WHERE grace_until IS NOT NULL").await?, 0, "it has not failed");
        let id = charge["id"].as_str().context("an id")?.to_owned();
        shop.fake.succeed(&id);
        free_charges(shop.world).await?;
        engine.charge_due().await?;
        shop.becomes("payment", 2).await?;
        assert_eq!((shop.charges().len(), shop.fake.times("POST", "/v1/payment_intents")), (1, 1));
        Ok(())
    }
}

/// Ends this process's turn at the charges, as a minute would.
async fn free_charges(world: &World) -> Result<()> {
    use sea_orm::{ConnectionTrait, Statement};
    let database = world.database().await?;
    let sql = "UPDATE outbox SET leased_until = 0 WHERE done_at IS NULL";
    database.execute_raw(Statement::from_string(database.get_database_backend(), sql)).await?;
    Ok(())
}

paid_by_stripe! {
    /// 5.33: a bank's no, a bank that asks for its owner, and a card that is gone begin the days of grace; another one ends them.
    async fn reading_5_33_a_declined_renewal_is_settled_with_another_card(shop: &Shop) -> Result<()> {
        let engine = &shop.world.engine;
        shop.renewal("pm_card_chargeDeclinedInsufficientFunds").await?;
        engine.charge_due().await?;
        shop.becomes("customer WHERE grace_until IS NOT NULL", 1).await?;
        shop.becomes("outbox WHERE tries = 1 AND done_at IS NULL", 1).await?;
        shop.fake.cards_become("pm_card_authenticationRequired");
        shop.world.clock("2026-11-23T01:00:00Z").await?;
        engine.charge_due().await?;
        shop.becomes("outbox WHERE tries = 2 AND done_at IS NULL", 1).await?;
        ensure!(shop.world.count("payment").await? == 1, "neither was paid");
        let order = shop.order("settle", Wanted::Invoice(2)).await?;
        let page = shop.page(&order).await?;
        shop.fake.pay(&page, PAID).ok();
        engine.come_back(&shop.buyer, order.id).await?;
        assert_eq!((shop.state(order.id).await?, shop.world.count("payment").await?), (OrderState::Paid, 2));
        assert_eq!(shop.world.count("customer WHERE grace_until IS NOT NULL").await?, 0);
        assert_eq!(shop.world.count("outbox WHERE done_at IS NULL").await?, 0);
        Ok(())
    }
}

paid_by_stripe! {
    /// I-36, I-37: refunds and disputes name no order: their payment is found, and Stripe asked what became of it, whatever the
    /// event says: a dispute that is closed before it is opened is won. What is nobody's here is not even asked about.
    async fn i36_money_that_goes_back_is_found_by_its_payment(shop: &Shop) -> Result<()> {
        let order = shop.pack("one").await?;
        let page = shop.page(&order).await?;
        shop.fake.pay(&page, PAID).ok();
        shop.world.engine.come_back(&shop.buyer, order.id).await?;
        shop.fake.take_events();
        let [intent] = shop.fake.all("payment_intent").try_into().ok().context("one payment")?;
        let id = intent["id"].as_str().context("an id")?;
        let dispute = shop.fake.dispute(id);
        shop.fake.decide(dispute["id"].as_str().context("an id")?, "won");
        let looked = format!("/v1/payment_intents/{id}");
        let before = shop.fake.times("GET", &looked);
        let [created, closed] = shop.fake.take_events().try_into().ok().context("two events")?;
        for (event, heard) in [
            (&closed, Heard::Payment(Settled::Applied)),
            (&created, Heard::Payment(Settled::Known)),
            (&closed, Heard::Nothing),
        ] {
            assert!(event["data"]["object"]["metadata"]["order"].is_null());
            assert_eq!(shop.hear(event).await?, heard);
        }
        assert_eq!(shop.world.count("dispute WHERE state = 'won' AND owed_minor = 0").await?, 1);
        assert_eq!(shop.fake.times("GET", &looked) - before, 2, "Stripe is asked for each, once");
        let mut others = created.clone();
        (others["id"], others["data"]["object"]["payment_intent"]) = (json!("evt_x"), json!("pi_nobodys"));
        assert_eq!(shop.hear(&others).await?, Heard::Nothing);
        assert_eq!(shop.fake.times("GET", "/v1/payment_intents/pi_nobodys"), 0);
        assert_eq!((shop.noted("ignored").await?, shop.bought().await?), (1, PACK));

        shop.fake.go_wrong("/v1/payment_intents/", Fault::Fail(503), u32::MAX);
        let mut again = created.clone();
        again["id"] = json!("evt_again");
        assert!(matches!(shop.hear(&again).await, Err(NotHeard::Later(Error::ProviderAway(_)))), "told again later");
        assert_eq!(shop.noted("ignored").await?, 1);
        Ok(())
    }
}

paid_by_stripe! {
    /// Another account of Stripe than before: customers are opened anew, and orders that wait on its pages end.
    async fn u4_another_account_of_stripe_opens_customers_anew(shop: &Shop) -> Result<()> {
        let waits = shop.pack("waits").await?;
        shop.page(&waits).await?;
        shop.fake.forget();
        let order = shop.pack("one").await?;
        let page = shop.page(&order).await?;
        assert_eq!(shop.fake.all("customer").len(), 1, "of the new account");
        shop.fake.pay(&page, PAID).ok();
        let event = shop.fake.take_events().pop().context("an event")?;
        assert_eq!(shop.hear(&event).await?, Heard::Order(Settled::Applied));
        shop.world.clock("2026-10-22T17:30:00Z").await?;
        shop.world.engine.reconcile().await?;
        shop.becomes("\"order\" WHERE state = 'expired'", 1).await?;
        assert_eq!((shop.state(waits.id).await?, shop.bought().await?), (OrderState::Expired, PACK));
        Ok(())
    }
}
