//! Money coming in, on real rows: bought once for each payment, whoever tells of it and however often; charged as shown;
//! renewed once. I-1, I-31 to I-34, I-39, I-42, I-43, U1, 5.7, 5.21, 5.22, 5.33.

use crate::{
    shop::{CREATOR, PACK, PAID, PRO, Shop, UNTOLD, YEAR},
    support::{World, both, speech},
    team::{add, member},
};
use anyhow::{Context, Result, bail};
use billing::{
    allowance::Source,
    customer::AccountStatus,
    money::{Currency, Money},
    payment::{Mismatch, Order, OrderState},
    production::{End, Outcome},
    refusal::Reason,
    team::Role,
    tier::{Next, Status},
    time::Timestamp,
    tokens::Tokens,
};
use engine::{
    Engine, Error, Settings,
    payment::{Heard, InvoiceState, Ordered, SandboxPaid, Settled, Wanted},
};
use futures::future::join_all;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};

const DECLINED_LATER: &str = "4000 0000 0000 0341";

both! {
    /// U1, U7, 5.26: paid, granted, invoiced; used after the allowance; revenue as the tokens are captured.
    async fn u1_a_pack_is_granted_for_its_payment_and_earned_as_it_is_used(world: &World) -> Result<()> {
        let shop = Shop::open(world).await?;
        let order = shop.buy("one", Wanted::Pack(Tokens::new(PACK)?, None)).await?;
        assert_eq!((order.totals.total.to_string(), order.state), ("21.60".into(), OrderState::Paid));
        assert_eq!(shop.bought().await?, PACK);
        let invoices = world.engine.invoices_of(&shop.buyer).await?;
        let [invoice] = invoices.as_slice() else { bail!("one invoice: {invoices:?}") };
        assert!(invoice.number.to_string().ends_with("-0001"));
        let InvoiceState::Paid(_, Some(method)) = &invoice.state else { bail!("paid: {invoice:?}") };
        assert_eq!(method, "card ending 4242");
        world.grant(Source::Allowance, 800, Some("2026-11-22T00:00:00Z")).await?;
        let step = speech("one", 1_100);
        world.admit("a", vec![step.clone()]).await?;
        world.report("a", &step, 1, Outcome::Succeeded).await?;
        world.finish("a", End::Published).await?;
        assert_eq!(shop.bought().await?, PACK - 8_000);
        // 8,000 of 50,000 tokens at 18.00
        assert_eq!(world.count("revenue_entry WHERE kind = 'topUp' AND micros = 2880000").await?, 1);
        Ok(())
    }
}

both! {
    /// I-31, I-32: five tellings of one purchase in all their 120 orders, each told 50 times: one grant, one invoice.
    async fn i32_every_order_of_events_gives_what_was_paid_for_once(world: &World) -> Result<()> {
        let shop = Shop::open(world).await?;
        let orders = permutations(5);
        assert_eq!(orders.len(), 120);
        let mut events_of = Vec::new();
        for place in 0..orders.len() {
            unhurried(world).await?;
            let order = shop.pack(&format!("order-{place}")).await?;
            shop.pay(&order, UNTOLD).await?;
            events_of.push(order);
        }
        for (order, tellings) in events_of.iter().zip(&orders) {
            let events = tellings_of(order);
            for which in tellings {
                match events.get(*which) {
                    Some(event) => drop(shop.hear(event).await?),
                    None => world.engine.come_back(&shop.buyer, order.id).await?,
                }
            }
            let at_once = events.iter().flat_map(|event| std::iter::repeat_n(event, 50));
            for heard in join_all(at_once.map(|event| shop.hear(event))).await {
                heard?;
            }
        }
        assert_eq!(shop.bought().await?, PACK * 120, "0 missing, 0 double");
        for table in ["token_grant", "invoice", "payment"] {
            assert_eq!(world.count(table).await?, 120, "{table}");
        }
        assert_eq!(world.count("\"order\" WHERE state = 'paid'").await?, 120);
        assert_eq!(world.count("payment_event WHERE outcome = 'quarantined'").await?, 0);
        // I-31: 40 days later, and in another process.
        world.clock("2026-12-02T12:00:00Z").await?;
        let other = Engine::open(Settings { database_url: world.url.clone(), sandbox: true }).await?;
        for event in tellings_of(&events_of[0]) {
            let body = event.to_string();
            let header = other.sandbox_signature(body.as_bytes()).await?;
            assert_ne!(other.hear(body.as_bytes(), &header).await?, Heard::Order(Settled::Applied));
        }
        other.close().await;
        assert_eq!(shop.bought().await?, PACK * 120);
        Ok(())
    }
}

/// T5: this many packs would take days.
async fn unhurried(world: &World) -> Result<()> {
    let database = world.database().await?;
    let sql = "DELETE FROM try_limit";
    database.execute_raw(Statement::from_string(database.get_database_backend(), sql)).await?;
    Ok(())
}

/// What a provider tells of an order: the landing page is the fifth telling.
fn tellings_of(order: &Order) -> Vec<Value> {
    [
        "checkout.session.completed",
        "payment_intent.succeeded",
        "charge.succeeded",
        "checkout.session.async_payment_succeeded",
    ]
    .map(|name| {
        json!({
            "id": format!("evt_{name}_{}", order.id), "type": name,
            "data": {"object": {"id": "obj", "metadata": {"order": order.id, "customer": order.customer}}},
        })
    })
    .to_vec()
}

fn permutations(count: usize) -> Vec<Vec<usize>> {
    if count == 0 {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for shorter in permutations(count - 1) {
        for place in 0..=shorter.len() {
            let mut longer = shorter.clone();
            longer.insert(place, count - 1);
            all.push(longer);
        }
    }
    all
}

both! {
    /// I-33: unpaid, failed, of another amount or for another customer: no tokens; and what does not fit is kept apart.
    async fn i33_what_is_not_paid_or_does_not_fit_buys_nothing(world: &World) -> Result<()> {
        let shop = Shop::open(world).await?;
        let open = shop.pack("open").await?;
        shop.checkout(&open).await?;
        let told = tellings_of(&open);
        assert_eq!(shop.hear(&told[0]).await?, Heard::Order(Settled::Waiting), "completed, and not paid");
        let declined = shop.pack("declined").await?;
        let SandboxPaid::Declined(_) = shop.pay(&declined, "4000 0000 0000 0002").await? else { bail!("declined") };
        assert_eq!(shop.hear(&tellings_of(&declined)[1]).await?, Heard::Order(Settled::Waiting));
        assert_eq!(shop.bought().await?, 0);
        let SandboxPaid::Done(_) = shop.pay(&declined, PAID).await? else { bail!("another card") };
        assert_eq!(shop.hear(&tellings_of(&declined)[0]).await?, Heard::Order(Settled::Applied), "recovered");

        for (name, field, value, mismatch) in [
            ("amount", "amount_total", json!(2_159), Mismatch::Amount),
            ("currency", "currency", json!("usd"), Mismatch::Amount),
            ("customer", "metadata", json!({"customer": "cus_other"}), Mismatch::Order),
        ] {
            let order = shop.pack(name).await?;
            let reference = shop.checkout(&order).await?;
            shop.pay(&order, UNTOLD).await?;
            tamper(world, &reference, field, &value).await?;
            let heard = shop.hear(&tellings_of(&order)[0]).await?;
            assert_eq!(heard, Heard::Order(Settled::Quarantined(mismatch)), "{name}");
            assert_eq!(shop.state(order.id).await?, OrderState::Open);
        }
        assert_eq!(shop.bought().await?, PACK, "of the one that was paid");
        assert_eq!(world.count("payment_event WHERE outcome = 'quarantined'").await?, 3);
        let nobodys = json!({"id": "evt_x", "type": "payment_intent.succeeded", "data": {"object": {"metadata": {"order": "ord_x"}}}});
        assert_eq!(shop.hear(&nobodys).await?, Heard::Nothing);
        assert_eq!(world.count("payment_event WHERE outcome = 'quarantined'").await?, 4);
        Ok(())
    }
}

both! {
    /// I-33: the provider names one payment for two orders: the second is given nothing, whoever asks; it is kept apart where
    /// staff see it, once, and never fails.
    async fn i33_a_payment_that_has_paid_for_something_pays_for_nothing_else(world: &World) -> Result<()> {
        let shop = Shop::open(world).await?;
        let first = shop.buy("one", Wanted::Pack(Tokens::new(PACK)?, None)).await?;
        let payment = shop.payment_of(&first).await?;
        let second = shop.pack("two").await?;
        let page = shop.checkout(&second).await?;
        world.engine.sandbox_pay(&page, UNTOLD).await?;
        tamper(world, &page, "payment_intent", &json!(payment)).await?;
        for _ in 0..2 {
            world.engine.come_back(&shop.buyer, second.id).await?;
        }
        assert_eq!((shop.state(second.id).await?, shop.bought().await?), (OrderState::Open, PACK));
        let kept = "payment_event WHERE outcome = 'quarantined' AND why = 'taken'";
        assert_eq!(world.count(kept).await?, 1, "nobody has told of it, and it is seen");
        let told = &tellings_of(&second)[0];
        assert_eq!(shop.hear(told).await?, Heard::Order(Settled::Quarantined(Mismatch::Taken)));
        assert_eq!(shop.hear(told).await?, Heard::Nothing);
        assert_eq!((world.count(kept).await?, world.count("payment").await?), (2, 1));
        let paula = member(world, add(world, "Paula", Role::PlatformAdministrator).await?).await?;
        let paula = world.engine.member(paula.person, Some(world.customer)).await?.context("a member")?;
        let jobs = world.engine.jobs(&paula).await?;
        assert!(jobs.events.iter().any(|event| event.why == "taken" && event.order == Some(second.id)), "{jobs:?}");
        Ok(())
    }
}

both! {
    /// I-34: an order that waits is asked for less often the older it is, by all processes together; what nobody told of is
    /// found all the same, and one that could not be looked at is due as before.
    async fn i34_an_order_is_looked_at_less_often_as_it_grows_older(world: &World) -> Result<()> {
        let shop = Shop::open(world).await?;
        let order = shop.pack("one").await?;
        let page = shop.checkout(&order).await?;
        world.clock("2026-10-22T16:44:00Z").await?;
        world.engine.reconcile().await?;
        let next = async || {
            let database = world.database().await?;
            let sql = "SELECT next_look_at - made_at FROM \"order\"";
            let row = database.query_one_raw(Statement::from_string(database.get_database_backend(), sql)).await?;
            anyhow::Ok(row.context("an order")?.try_get_by_index::<i64>(0)? / 1_000_000)
        };
        let after = next().await?;
        assert!((290..=310).contains(&after), "looked at after four minutes, again after five: {after}");
        world.engine.sandbox_pay(&page, UNTOLD).await?;
        assert_eq!(world.engine.reconcile().await?, 0, "not yet");
        world.clock("2026-10-22T16:46:00Z").await?;
        let other = Engine::open(Settings { database_url: world.url.clone(), sandbox: true }).await?;
        let (one, two) = tokio::join!(world.engine.reconcile(), other.reconcile());
        assert!(one? + two? <= 1, "found once, by these or by a sweep");
        other.close().await;
        assert_eq!((shop.state(order.id).await?, shop.bought().await?), (OrderState::Paid, PACK));
        Ok(())
    }
}

/// Changes what the provider says of a checkout.
async fn tamper(world: &World, reference: &str, field: &str, value: &Value) -> Result<()> {
    let database = world.database().await?;
    let backend = database.get_database_backend();
    let sql = format!("SELECT body FROM sandbox_object WHERE id = '{reference}'");
    let row = database.query_one_raw(Statement::from_string(backend, sql)).await?.context("a checkout")?;
    let mut body: Value = serde_json::from_str(&row.try_get_by_index::<String>(0)?)?;
    body[field] = value.clone();
    let text = body.to_string().replace('\'', "''");
    let sql = format!("UPDATE sandbox_object SET body = '{text}' WHERE id = '{reference}'");
    database.execute_raw(Statement::from_string(backend, sql)).await?;
    Ok(())
}

both! {
    /// S4, I-33: an event that nothing could be done with is looked at again, once it fits; or set aside, with a reason. Both
    /// are in the log, and neither grants twice.
    async fn s4_an_unused_event_is_looked_at_again_or_set_aside(world: &World) -> Result<()> {
        let shop = Shop::open(world).await?;
        let engine = &world.engine;
        let paula = member(world, add(world, "Paula", Role::PlatformAdministrator).await?).await?;
        let order = shop.pack("wrong").await?;
        let reference = shop.checkout(&order).await?;
        shop.pay(&order, UNTOLD).await?;
        tamper(world, &reference, "currency", &json!("usd")).await?;
        let told = tellings_of(&order)[0].clone();
        shop.hear(&told).await?;
        let nobodys = json!({"id": "evt_x", "type": "payment_intent.succeeded", "data": {"object": {"metadata": {"order": "ord_x"}}}});
        shop.hear(&nobodys).await?;
        let events = engine.jobs(&paula).await?.events;
        let of = |id: &str| events.iter().find(|event| event.id == id).cloned();
        let event = told["id"].as_str().context("an id")?;
        let unused = of(event).context("the first")?;
        assert_eq!((unused.order, unused.why.as_str(), unused.is_open()), (Some(order.id), "amount", true));
        assert_eq!(unused.customer.map(|(id, _)| id), Some(world.customer));
        assert_eq!(of("evt_x").map(|event| (event.order, event.why)), Some((None, "order".to_owned())));

        let still = engine.try_event_again(&paula, event).await?;
        assert_eq!((still.outcome.as_str(), still.why.as_deref(), still.is_done()), ("quarantined", Some("amount"), false));
        assert_eq!(shop.bought().await?, 0);
        tamper(world, &reference, "currency", &json!("gbp")).await?;
        let done = engine.try_event_again(&paula, event).await?;
        assert_eq!((done.outcome.as_str(), done.is_done()), ("applied", true));
        assert_eq!(engine.try_event_again(&paula, event).await?, done, "once");
        assert_eq!((shop.bought().await?, shop.state(order.id).await?), (PACK, OrderState::Paid));
        assert_eq!(world.count("audit_entry WHERE act = 'jobResubmitted'").await?, 2);

        assert!(matches!(engine.set_event_aside(&paula, "evt_x", " ").await, Err(Error::Invalid { .. })));
        for _ in 0..2 {
            engine.set_event_aside(&paula, "evt_x", "A test of the provider’s").await?;
        }
        assert_eq!(world.count("audit_entry WHERE act = 'jobSetAside'").await?, 1);
        assert!(engine.jobs(&paula).await?.events.iter().all(|event| !event.is_open()));
        let mara = member(world, add(world, "Ada", Role::CustomerAdministrator).await?).await?;
        assert!(matches!(engine.try_event_again(&mara, event).await, Err(Error::Forbidden)));
        assert!(matches!(engine.try_event_again(&paula, "evt_none").await, Err(Error::NotFound("event"))));
        Ok(())
    }
}

both! {
    /// I-34: nobody has told: looking finds it within one sweep, and what is told afterwards changes nothing.
    async fn i34_a_payment_that_nobody_told_of_is_found(world: &World) -> Result<()> {
        let shop = Shop::open(world).await?;
        let order = shop.pack("untold").await?;
        shop.pay(&order, UNTOLD).await?;
        world.clock("2026-10-22T16:41:00Z").await?;
        assert_eq!(world.engine.reconcile().await?, 0, "it is left alone at first");
        world.clock("2026-10-23T16:40:00Z").await?;
        world.engine.take_payments().await?;
        assert_eq!((shop.bought().await?, shop.state(order.id).await?), (PACK, OrderState::Paid));
        for event in tellings_of(&order) {
            assert_ne!(shop.hear(&event).await?, Heard::Order(Settled::Applied));
        }
        let unpaid = shop.pack("unpaid").await?;
        let page = shop.checkout(&unpaid).await?;
        world.clock("2026-10-23T17:11:00Z").await?;
        world.engine.take_payments().await?;
        assert_eq!(shop.state(unpaid.id).await?, OrderState::Expired, "its half hour is over");
        let SandboxPaid::Declined(_) = world.engine.sandbox_pay(&page, PAID).await? else { bail!("expired") };
        assert!(shop.checkout(&unpaid).await.is_err(), "nobody is sent there again");
        assert_eq!(shop.bought().await?, PACK);
        Ok(())
    }
}

both! {
    /// The sandbox tells once, three times, out of order, late or never; a double press charges once. I-20.
    async fn every_named_card_ends_as_it_says(world: &World) -> Result<()> {
        let shop = Shop::open(world).await?;
        for (place, card) in engine::payment::CARDS.iter().enumerate() {
            let order = shop.pack(&format!("card-{place}")).await?;
            let reference = shop.checkout(&order).await?;
            let pays = (0..2).map(|_| world.engine.sandbox_pay(&reference, card.number));
            let paid: Vec<SandboxPaid> = join_all(pays).await.into_iter().collect::<Result<_, _>>()?;
            let declined = card.words.starts_with("Declined");
            let asks = card.words.starts_with("Asks");
            assert!(paid.iter().all(|paid| matches!(paid, SandboxPaid::Declined(_)) == declined), "{}", card.words);
            assert!(paid.iter().all(|paid| (*paid == SandboxPaid::Asks) == asks), "{}", card.words);
            if asks {
                let no = world.engine.sandbox_confirm(&reference, false).await?;
                assert!(matches!(no, SandboxPaid::Declined(_)));
                world.engine.sandbox_pay(&reference, card.number).await?;
                assert!(matches!(world.engine.sandbox_confirm(&reference, true).await?, SandboxPaid::Done(_)));
            }
        }
        assert!(matches!(world.engine.sandbox_pay("cs_test_none", PAID).await, Err(Error::NotFound(_))));
        let order = shop.pack("nobodys").await?;
        let reference = shop.checkout(&order).await?;
        assert!(matches!(world.engine.sandbox_pay(&reference, "5555").await, Err(Error::Invalid { .. })));
        // Whatever is late comes as the machine's clock goes on.
        let all = i64::try_from(engine::payment::CARDS.iter().filter(|card| !card.words.starts_with("Declined")).count())?;
        for _ in 0..200 {
            world.engine.hear_sandbox().await?;
            if world.count("\"order\" WHERE state = 'paid'").await? == all - 1 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        world.clock("2026-10-22T17:00:00Z").await?;
        world.engine.reconcile().await?;
        assert_eq!(shop.bought().await?, PACK * all, "each once, also the one that nobody told of");
        assert!(shop.events().await?.len() > 20);
        let kept = world.count("sandbox_object WHERE body LIKE '%4242 4242%' OR body LIKE '%4242424242424242%'").await?;
        assert_eq!(kept, 0, "no card number is kept");
        Ok(())
    }
}

both! {
    /// T8, 5.22: what is shown is what is charged; the difference in allowance is granted at once.
    async fn reading_5_22_an_upgrade_is_charged_as_shown_and_granted_at_once(world: &World) -> Result<()> {
        let shop = Shop::open(world).await?;
        world.engine.grant(world.customer, Source::Evaluation, Tokens::new(5_000)?, Some("2026-11-05T00:00:00Z".parse()?), None).await?;
        let Ordered::Changed(_) = world.engine.order(&shop.buyer, "free", Wanted::Plan(CREATOR)).await? else {
            bail!("Creator is free")
        };
        assert_eq!(world.balance().await?.0, 20_000, "5.5: what was left of the evaluation is dropped");
        world.clock("2026-11-01T09:00:00Z").await?;
        let shown = world.engine.plan_of(&shop.buyer).await?.change(PRO, world.engine.now())?;
        let order = shop.buy("pro", Wanted::Plan(PRO)).await?;
        assert_eq!(order.totals.net, shown.net()?);
        // Twenty-one of thirty-one days of 49.00.
        assert_eq!((order.totals.net.to_string(), order.totals.total.to_string()), ("33.19".into(), "39.83".into()));
        let now = shop.plan().await?;
        assert_eq!((now.plan, now.term().until.to_string()), (PRO, "2026-11-22".into()));
        let capacity = world.engine.usage(world.customer).await?.capacity;
        assert_eq!((capacity.allowance.granted.get(), capacity.extra.left.get()), (250_000, 0));
        assert_eq!(capacity.allowance.refreshes_at.map(|at| at.to_string()).as_deref(), Some("2026-11-22T00:00:00Z"));
        Ok(())
    }
}

both! {
    /// I-43: two administrators, two clicks, one change and one charge: a newer order takes the place of the one that waits,
    /// also where its hosted page is open already.
    async fn i43_two_orders_of_a_plan_are_one_change(world: &World) -> Result<()> {
        let shop = Shop::open(world).await?;
        shop.buy("pro", Wanted::Plan(PRO)).await?;
        world.clock("2026-11-01T09:00:00Z").await?;
        let first = shop.order("first", Wanted::Plan(YEAR)).await?;
        let page_of_first = shop.checkout(&first).await?;
        let second = shop.order("second", Wanted::Plan(YEAR)).await?;
        assert_eq!(shop.order("second", Wanted::Plan(YEAR)).await?.id, second.id, "asked twice, ordered once");
        let late = world.engine.sandbox_pay(&page_of_first, PAID).await?;
        assert!(matches!(late, SandboxPaid::Declined(_)), "{late:?}");
        let asked_again = world.engine.checkout(&shop.buyer, first.id, String::new()).await;
        assert!(matches!(asked_again, Err(Error::Invalid { .. })), "{asked_again:?}");
        shop.pay(&second, PAID).await?;
        world.engine.come_back(&shop.buyer, second.id).await?;
        let year = shop.plan().await?;
        assert_eq!((year.plan, year.term().from.to_string()), (YEAR, "2026-10-22".into()));
        assert_eq!(world.count("payment").await?, 2, "Pro, then the year");
        let granted = world.engine.usage(world.customer).await?.capacity.allowance.granted;
        assert_eq!(granted.get(), 250_000, "granted already");

        // Sixteen clicks at once on an order for the same plan: nothing more is charged.
        let clicks = (0..16).map(|n| {
            let (engine, buyer) = (&world.engine, &shop.buyer);
            async move { engine.order(buyer, &format!("click-{n}"), Wanted::Plan(YEAR)).await }
        });
        for clicked in join_all(clicks).await {
            assert!(matches!(clicked, Err(Error::Invalid { .. })), "they have this plan: {clicked:?}");
        }
        Ok(())
    }
}

both! {
    /// 5.22: less waits for the end of the term, can be undone until then, and a customer with two accounts keeps them.
    async fn reading_5_22_less_waits_and_can_be_undone(world: &World) -> Result<()> {
        let shop = Shop::open(world).await?;
        shop.buy("pro", Wanted::Plan(PRO)).await?;
        let second = world.engine.open_account_of(&shop.buyer, "Second").await?;
        let refused = world.engine.order(&shop.buyer, "less", Wanted::Plan(CREATOR)).await;
        assert!(matches!(refused, Err(Error::Invalid { .. })), "two accounts: {refused:?}");
        assert_eq!(second.status, AccountStatus::Active);
        let subscription = shop.plan().await?;
        world.engine.decide_next(&shop.buyer, subscription.id, Next::Cancel, None).await?;
        world.engine.decide_next(&shop.buyer, subscription.id, Next::Renew, None).await?;
        world.clock("2026-11-22T00:00:01Z").await?;
        world.engine.take_payments().await?;
        world.engine.refresh_due().await?;
        world.engine.take_payments().await?;
        assert_eq!(world.count("invoice").await?, 2, "it went on");
        assert_eq!(world.count("payment").await?, 2, "and was charged to the card");
        shop.buy("pack", Wanted::Pack(Tokens::new(PACK)?, None)).await?;
        world.engine.decide_next(&shop.buyer, subscription.id, Next::Cancel, None).await?;
        world.clock("2026-12-22T00:00:01Z").await?;
        world.engine.refresh_due().await?;
        assert_eq!(shop.plan().await?.status, Status::Ended);
        let Err(Error::Refused(refusal)) = world.admit("late", vec![speech("one", 10)]).await else { bail!("no plan") };
        assert_eq!(refusal.reason, Reason::NotEnoughCapacity, "5.21: what was bought is kept and rests");
        shop.buy("again", Wanted::Plan(PRO)).await?;
        assert_eq!(world.balance().await?.0, 250_000 + PACK);
        Ok(())
    }
}

both! {
    /// T2: one account on Creator, whoever asks at once.
    async fn t2_creator_has_one_account(world: &World) -> Result<()> {
        let shop = Shop::open(world).await?;
        world.engine.order(&shop.buyer, "free", Wanted::Plan(CREATOR)).await?;
        let asks = (0..8).map(|_| world.engine.open_account_of(&shop.buyer, "More"));
        for asked in join_all(asks).await {
            assert!(matches!(asked, Err(Error::TooManyAccounts { most: 1 })), "{asked:?}");
        }
        assert_eq!(world.count("account").await?, 1);
        assert!(matches!(world.engine.open_account_of(&shop.buyer, " ").await, Err(Error::Invalid { .. })));
        Ok(())
    }
}

both! {
    /// 5.33, I-39: a renewal is invoiced and charged once, however many processes come by; where its charge fails, everything
    /// works through the days of grace, then stops; once it is paid, it goes on.
    async fn i39_a_renewal_is_charged_once_and_dunned(world: &World) -> Result<()> {
        let shop = Shop::open(world).await?;
        let order = shop.order("pro", Wanted::Plan(PRO)).await?;
        shop.pay(&order, DECLINED_LATER).await?;
        world.engine.come_back(&shop.buyer, order.id).await?;
        world.clock("2026-11-22T00:00:01Z").await?;
        let other = Engine::open(Settings { database_url: world.url.clone(), sandbox: true }).await?;
        let sweeps = (0..8).map(|n| if n % 2 == 0 { world.engine.refresh_due() } else { other.refresh_due() });
        join_all(sweeps).await.into_iter().collect::<Result<Vec<_>, _>>()?;
        let charges = (0..8).map(|n| if n % 2 == 0 { world.engine.charge_due() } else { other.charge_due() });
        join_all(charges).await.into_iter().collect::<Result<Vec<_>, _>>()?;
        assert_eq!((world.count("invoice").await?, world.count("outbox").await?), (2, 1));
        assert_eq!(world.count("outbox WHERE tries = 1").await?, 1);
        world.admit("in-grace", vec![speech("one", 10)]).await?;
        world.finish("in-grace", End::Published).await?;
        for (day, tries) in [("2026-11-23", 2), ("2026-11-25", 3), ("2026-11-28", 4), ("2026-11-29", 4)] {
            world.clock(&format!("{day}T00:00:02Z")).await?;
            world.engine.charge_due().await?;
            assert_eq!(world.count(&format!("outbox WHERE tries = {tries}")).await?, 1, "{day}");
        }
        let Err(Error::Refused(refusal)) = world.admit("late", vec![speech("one", 10)]).await else { bail!("past grace") };
        assert_eq!(refusal.reason, Reason::PaymentRequired);
        world.clock("2027-02-01T00:00:00Z").await?;
        world.engine.refresh_due().await?;
        assert_eq!(world.count("invoice").await?, 2, "nothing more is granted or invoiced until it is settled");
        let settled = shop.buy("settle", Wanted::Invoice(2)).await?;
        assert_eq!((settled.state, world.count("invoice").await?), (OrderState::Paid, 3), "the month that runs");
        world.engine.charge_due().await?;
        assert_eq!(world.count("payment").await?, 3, "charged to the card that has just paid");
        world.admit("again", vec![speech("one", 10)]).await?;
        other.close().await;
        Ok(())
    }
}

both! {
    /// I-42: ten years from 31 January, paid yearly: 120 refreshes on the days of an independent calendar, ten invoices.
    async fn i42_ten_years_from_31_january(world: &World) -> Result<()> {
        let shop = Shop::open(world).await?;
        world.clock("2027-01-31T08:00:00Z").await?;
        shop.buy("year", Wanted::Plan(YEAR)).await?;
        for year in 2027..2037 {
            for month in 1..=12 {
                world.clock(&next_month(year, month)).await?;
                world.engine.refresh_due().await?;
                world.engine.charge_due().await?;
            }
        }
        let lots = world.count("token_grant WHERE cycle IS NOT NULL AND cycle < 120").await?;
        assert_eq!((lots, world.count("invoice").await?, world.count("payment").await?), (120, 10, 10));
        let database = world.database().await?;
        let sql = "SELECT effective_at FROM token_grant WHERE cycle IS NOT NULL AND cycle < 120 ORDER BY cycle";
        let rows = database.query_all_raw(Statement::from_string(database.get_database_backend(), sql)).await?;
        for (number, row) in rows.iter().enumerate() {
            let day = Timestamp::from_micros(row.try_get_by_index(0)?)?.day().to_string();
            assert_eq!(day, last_or_31st(number), "cycle {number}");
        }
        Ok(())
    }
}

/// The first instant of the month after this one.
fn next_month(year: i32, month: u32) -> String {
    let (year, month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    format!("{year}-{month:02}-01T00:00:00Z")
}

/// The last day of the month so many after January 2027, by a table of our own.
fn last_or_31st(number: usize) -> String {
    const DAYS: [u32; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let (year, month) = (2027 + number / 12, number % 12);
    let leap = month == 1 && year % 4 == 0;
    format!("{year}-{:02}-{:02}", month + 1, DAYS[month] + u32::from(leap))
}

both! {
    /// 5.7: bought from a refusal for budget, a pack lifts that account's limit for this month by what it costs.
    async fn reading_5_7_a_pack_lifts_the_limit_of_this_month(world: &World) -> Result<()> {
        let shop = Shop::open(world).await?;
        world.grant(Source::Promotion, 100_000, None).await?;
        world.limit(5).await?;
        let Err(Error::Refused(refusal)) = world.admit("a", vec![speech("one", 600)]).await else { bail!("over") };
        assert_eq!(refusal.reason, Reason::AccountBudget);
        let order = shop.buy("lift", Wanted::Pack(Tokens::new(PACK)?, Some(world.account))).await?;
        assert_eq!(order.state, OrderState::Paid);
        let line = world.engine.account(world.customer, world.account).await?;
        let month = world.engine.now().month();
        assert_eq!(line.limits.stop_at(month), Some(Money::new(1_805, Currency::Gbp)));
        assert_eq!(line.limits.stop_at, Some(Money::new(5, Currency::Gbp)), "from next month on it is what it was");
        world.admit("a", vec![speech("one", 600)]).await?;
        Ok(())
    }
}

/// U3: outside of sandboxes, and without an account of Stripe, nobody is sent to pay, and no test card buys anything.
#[tokio::test]
async fn u3_without_a_provider_nobody_is_sent_to_pay() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let database_url = format!("sqlite://{}/books.db?mode=rwc", folder.path().display());
    let engine = Engine::open(Settings { database_url, sandbox: false }).await?;
    engine.load_catalog_samples().await?;
    let customer = engine.open_customer("Northlight Films", Currency::Gbp).await?;
    let details = billing::payment::BillingDetails {
        name: "Northlight Films Ltd".to_owned(),
        address: vec!["14 Harbour Row".to_owned()],
        country: billing::payment::Country::GB,
        email: "billing@northlight.example".to_owned(),
        tax_id: None,
    };
    engine.set_billing_details(customer, details).await?;
    let (email, password) = ("mara@northlight.example", "a long password");
    let role = Role::CustomerAdministrator;
    let new = engine::team::NewMember { name: "Mara Lindqvist", email, password, role };
    let person = engine.add_member(customer, new).await?;
    let buyer = engine.member(person, None).await?.context("a member")?;
    let Ordered::Order(order) = engine.order(&buyer, "one", Wanted::Pack(Tokens::new(PACK)?, None)).await?
    else {
        bail!("an order")
    };
    let asked = engine.checkout(&buyer, order.id, "words".to_owned()).await;
    let Err(Error::Invalid { message, .. }) = asked else { bail!("nobody is sent: {asked:?}") };
    assert_eq!(message, "No payment provider is set up here. Nothing was charged.");
    assert_eq!(engine.checkout_origin(), None);
    assert_eq!(engine.sandbox_page("cs_test_1").await?, None);
    assert!(matches!(engine.sandbox_pay("cs_test_1", PAID).await, Err(Error::NotFound("checkout"))));
    assert!(matches!(engine.sandbox_dispute("pi_1", None).await, Err(Error::NotFound("checkout"))));
    assert_eq!(
        (engine.hear_sandbox().await?, engine.reconcile().await?, engine.charge_due().await?),
        (0, 0, 0)
    );
    engine.close().await;
    Ok(())
}
