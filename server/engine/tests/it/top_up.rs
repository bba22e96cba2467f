//! Capacity that is bought without asking, on real rows: once for each crossing, within what was agreed, whatever dies and
//! whatever the provider does. I-35, U5, T5.

use crate::{
    support::{World, both, speech},
    team::{add, member},
};
use anyhow::{Context, Result, bail};
use billing::{
    allowance::{Banner, Source},
    money::{Currency, Money},
    payment::OrderState,
    production::Outcome,
    team::Role,
    tier::{BillingPeriod, Plan, PriceBook, Tier},
    time::Timestamp,
    tokens::Tokens,
    top_up::{AutoTopUpState, EndReason, PurchaseState, Terms},
};
use engine::{
    Engine, Error, Settings,
    payment::{Ordered, SandboxPaid, Unheard, Wanted},
    team::Member,
    top_up::{AutoTopUpReport, ShownAmounts},
};
use futures::future::join_all;
use sea_orm::{ConnectionTrait, Statement};
use std::time::{Duration, Instant};

const PAYS: &str = "4242 4242 4242 4242";
const DECLINED: &str = "4000 0000 0000 0341";
const ASKS: &str = "4000 0027 6000 3184";
const FAILS_TWICE: &str = "4000 0000 0000 2045";
const UNHEARD: &str = "4000 0000 0000 2052";
const HANGS: &str = "4000 0000 0000 2060";
/// A pack, and what it comes to with tax.
const PACK: i64 = 50_000;
const ONCE: i64 = 2_160;

fn gbp(minor: i64) -> Money {
    Money::new(minor, Currency::Gbp)
}

/// A customer that has bought a pack with a card, which is kept.
pub struct Owner<'a> {
    world: &'a World,
    pub member: Member,
}

impl<'a> Owner<'a> {
    pub async fn with_card(world: &'a World, card: &str) -> Result<Self> {
        let owner = Self { world, member: world.administrator().await? };
        owner.buy("first", card).await?;
        Ok(owner)
    }

    /// Buys a pack by hand; the card that it is paid with is kept.
    async fn buy(&self, request: &str, card: &str) -> Result<()> {
        let engine = &self.world.engine;
        let wanted = Wanted::Pack(Tokens::new(PACK)?, None);
        let Ordered::Order(order) = engine.order(&self.member, request, wanted).await? else {
            bail!("an order")
        };
        let url = engine.checkout(&self.member, order.id, "words".to_owned()).await?;
        let reference = url.rsplit('/').next().context("a reference")?;
        let SandboxPaid::Done(_) = engine.sandbox_pay(reference, card).await? else { bail!("paid") };
        engine.come_back(&self.member, order.id).await?;
        Ok(())
    }

    async fn report(&self) -> Result<AutoTopUpReport> {
        Ok(self.world.engine.auto_top_up_report(&self.member).await?)
    }

    fn terms(below: i64, cap: i64) -> Result<Terms> {
        Ok(Terms { below: Tokens::new(below)?, buys: Tokens::new(PACK)?, cap: gbp(cap) })
    }

    /// Agrees, on what is shown.
    pub async fn agree(&self, below: i64, cap: i64) -> Result<(), Error> {
        let terms = Self::terms(below, cap).expect("terms");
        let report = self.world.engine.auto_top_up_report(&self.member).await?;
        let worst = terms.worst_case(gbp(ONCE), report.spent).expect("a worst case");
        self.world.engine.agree_to_top_up(&self.member, terms, ShownAmounts { once: gbp(ONCE), worst }).await
    }

    async fn state(&self) -> Result<AutoTopUpState> {
        Ok(self.report().await?.agreed.context("an agreement")?.0.state)
    }

    async fn why(&self) -> Result<EndReason> {
        Ok(self.report().await?.ended.context("an end")?.why)
    }

    /// Charges what is due.
    async fn charge(&self) -> Result<usize> {
        Ok(self.world.engine.buy_due().await?)
    }

    async fn bought(&self) -> Result<i64> {
        Ok(self.world.engine.usage(self.world.customer).await?.capacity.extra.left.get())
    }

    /// How often the provider was charged without anybody present.
    async fn charges(&self) -> Result<i64> {
        self.world.count("sandbox_object WHERE key LIKE 'charge pur_%' AND body LIKE '%succeeded%'").await
    }

    async fn automatic_lots(&self) -> Result<i64> {
        self.world.count("token_grant WHERE source = 'autoTopUp'").await
    }

    async fn letters(&self, subject: &str) -> Result<i64> {
        self.world.count(&format!("mail WHERE subject LIKE '{subject}%'")).await
    }

    /// Spends tokens of a production that planned fewer: each call of eight tokens for a second of speech.
    async fn spend(&self, name: &str, seconds: i64) -> Result<()> {
        let step = speech("voice", seconds);
        self.world.admit(name, vec![step.clone()]).await?;
        self.world.report(name, &step, 1, Outcome::Succeeded).await?;
        Ok(())
    }
}

#[expect(clippy::disallowed_methods, reason = "how long somebody waits is measured by the machine’s clock")]
fn now() -> Instant {
    Instant::now()
}

async fn set(world: &World, sql: &str) -> Result<()> {
    let database = world.database().await?;
    database.execute_raw(Statement::from_string(database.get_database_backend(), sql)).await?;
    Ok(())
}

/// So many productions, each of which has planned a second of speech, report ten at once: what is left falls below the
/// agreed number somewhere among them.
async fn cross(world: &World, many: usize) -> Result<()> {
    let owner = Owner::with_card(world, PAYS).await?;
    world.grant(Source::Allowance, 12_000, Some("2026-11-22T00:00:00Z")).await?;
    let planned = speech("voice", 1);
    for number in 0..many {
        world.admit(&format!("p-{number}"), vec![planned.clone()]).await?;
    }
    let left = world.balance().await?.0;
    // Half of them take it below.
    let below = left - i64::try_from(many)? * 36;
    owner.agree(below, 10_000).await?;
    assert_eq!(world.count("top_up_purchase").await?, 0, "nothing is due yet");
    let ten = speech("voice", 10);
    let reports = (0..many).map(|number| {
        let (name, ten) = (format!("p-{number}"), ten.clone());
        async move { world.report(&name, &ten, 1, Outcome::Succeeded).await }
    });
    let other = Engine::open(Settings { database_url: world.url.clone(), sandbox: true }).await?;
    let charging = async {
        for _ in 0..5 {
            world.engine.buy_due().await?;
            other.buy_due().await?;
        }
        Ok::<_, Error>(())
    };
    let (reported, charged) = tokio::join!(join_all(reports), charging);
    charged?;
    for reported in reported {
        reported?;
    }
    for charge in
        join_all((0..8).map(|n| if n % 2 == 0 { world.engine.buy_due() } else { other.buy_due() })).await
    {
        charge?;
    }
    for _ in 0..200 {
        if owner.automatic_lots().await? > 0 {
            break; // a sweep may have taken the purchase, and be at it still
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    other.close().await;
    assert_eq!(
        (owner.charges().await?, owner.automatic_lots().await?),
        (1, 1),
        "exactly one charge, one grant"
    );
    assert_eq!(world.count("top_up_purchase").await?, 1);
    assert_eq!(world.count("invoice").await?, 2, "of the pack that was bought by hand, and of this one");
    assert_eq!(world.balance().await?.0, left - i64::try_from(many)? * 72 + PACK);
    assert_eq!(owner.report().await?.spent, gbp(ONCE));
    assert_eq!(
        owner.letters("Auto-top-up has bought").await?,
        2,
        "to whoever has agreed, and to where invoices go"
    );
    Ok(())
}

both! {
    /// I-35: 200 captures at once cross what was agreed: one charge, one grant, one invoice.
    async fn i35_two_hundred_captures_that_cross_charge_once(world: &World) -> Result<()> {
        cross(world, 200).await
    }
}

both! {
    /// I-35: the same with 500, while two processes charge.
    async fn i35_five_hundred_captures_that_cross_charge_once(world: &World) -> Result<()> {
        cross(world, 500).await
    }
}

both! {
    /// I-35: 200 productions at once are admitted across it: what they hold is not left, and the gate waits for nobody.
    async fn i35_the_gate_does_not_wait_for_a_purchase(world: &World) -> Result<()> {
        let owner = Owner::with_card(world, HANGS).await?;
        owner.agree(PACK - 800, 10_000).await?;
        let started = now();
        let plan = vec![speech("voice", 1)];
        let admitted = join_all((0..200).map(|number| {
            let (name, plan) = (format!("p-{number}"), plan.clone());
            async move { world.admit(&name, plan).await }
        }));
        for admitted in admitted.await {
            admitted?;
        }
        let charging = owner.charge();
        let producing = async {
            for number in 0..20 {
                world.report(&format!("p-{number}"), &speech("voice", 1), 1, Outcome::Succeeded).await?;
            }
            Ok::<_, Error>(started.elapsed())
        };
        let (charged, produced) = tokio::join!(charging, producing);
        assert_eq!(charged?, 1);
        assert!(produced? < Duration::from_secs(6), "the provider hangs, the gate does not");
        assert!(started.elapsed() < Duration::from_secs(12), "and the provider is waited for no longer than some seconds");
        assert_eq!(world.count("top_up_purchase WHERE state = 'waiting' AND tries = 1").await?, 1, "it is pending");
        assert_eq!(owner.automatic_lots().await?, 0);
        Ok(())
    }
}

both! {
    /// I-35: a provider that takes a minute: the one who asks is answered within ten seconds, and the purchase is pending; it
    /// is asked again later under the same key, and turned off meanwhile it may still come to be paid, once.
    async fn i35_a_provider_that_hangs_leaves_it_pending(world: &World) -> Result<()> {
        let owner = Owner::with_card(world, HANGS).await?;
        let started = now();
        owner.agree(PACK + 1, 5_000).await?;
        assert!(started.elapsed() < Duration::from_secs(10));
        assert_eq!(owner.charge().await?, 1);
        assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
        let report = owner.report().await?;
        let pending = report.in_flight.context("a purchase in flight")?;
        assert_eq!((pending.state, pending.tries), (PurchaseState::Waiting, 1));
        let due: Timestamp = "2026-10-22T16:50:00Z".parse()?;
        assert!(pending.due_at >= due && pending.due_at < due.after(billing::time::Span::minutes(1)), "{pending:?}");
        let order = pending.order;
        let by_hand = world.engine.checkout(&owner.member, order, String::new()).await;
        assert!(matches!(by_hand, Err(Error::Invalid { .. })), "nobody pays twice: {by_hand:?}");
        world.engine.give_up(&owner.member, order).await?;
        assert_eq!(world.engine.order_of(&owner.member, order).await?.order.state, OrderState::Open);
        assert!(matches!(owner.agree(PACK + 2, 5_000).await, Err(Error::Invalid { .. })), "first the answer");
        world.engine.turn_top_up_off(&owner.member).await?;
        owner.buy("second", PAYS).await?;
        world.clock("2026-10-22T17:00:00Z").await?;
        assert_eq!(owner.charge().await?, 1, "what was asked is brought to its end");
        assert_eq!((owner.charges().await?, owner.automatic_lots().await?), (1, 1));
        assert_eq!((owner.state().await?, owner.report().await?.spent), (AutoTopUpState::Off, gbp(ONCE)));
        Ok(())
    }
}

both! {
    /// I-35: the charge is made and its answer is lost, as where a process dies in between: it is asked again under the same
    /// key; one charge, one grant, one invoice.
    async fn i35_a_crash_between_charge_and_grant_charges_once(world: &World) -> Result<()> {
        let owner = Owner::with_card(world, UNHEARD).await?;
        owner.agree(PACK + 1, 5_000).await?;
        owner.charge().await?;
        assert_eq!((owner.charges().await?, owner.automatic_lots().await?), (1, 0), "charged, and nobody has heard");
        assert_eq!(owner.charge().await?, 0, "not before its time");
        let other = Engine::open(Settings { database_url: world.url.clone(), sandbox: true }).await?;
        world.clock("2026-10-22T16:51:00Z").await?;
        other.buy_due().await?;
        owner.charge().await?;
        other.close().await;
        assert_eq!((owner.charges().await?, owner.automatic_lots().await?), (1, 1));
        assert_eq!(world.count("payment").await?, 2);
        assert_eq!(owner.report().await?.purchases.len(), 1);
        Ok(())
    }
}

both! {
    /// I-35: a second process whose clock is behind does not buy again what the first has just granted.
    async fn i35_a_process_whose_clock_is_behind_does_not_buy_again(world: &World) -> Result<()> {
        let owner = Owner::with_card(world, PAYS).await?;
        let other = Engine::attach(&world.url).await?;
        world.clock("2026-10-22T18:40:00Z").await?;
        owner.agree(PACK + 1, 50_000).await?;
        owner.charge().await?;
        assert_eq!(owner.automatic_lots().await?, 1);
        for _ in 0..3 {
            other.grant(world.customer, Source::Promotion, Tokens::new(1)?, None, None).await?;
        }
        other.close().await;
        assert_eq!(owner.report().await?.purchases.len(), 1);
        Ok(())
    }
}

both! {
    /// I-35: declined: it is off, says so and tells so; it stays off until the card changes, and even then until somebody
    /// agrees again.
    async fn i35_declined_is_off_until_the_card_changes(world: &World) -> Result<()> {
        let owner = Owner::with_card(world, DECLINED).await?;
        owner.agree(PACK + 1, 5_000).await?;
        owner.charge().await?;
        assert_eq!((owner.state().await?, owner.why().await?), (AutoTopUpState::Declined, EndReason::Declined));
        let usage = world.engine.usage(world.customer).await?;
        assert!(usage.settings.auto_top_up.has_failed(), "the banner says so");
        assert_eq!(owner.letters("Auto-top-up has stopped: the card was declined").await?, 2);
        let report = owner.report().await?;
        assert!(report.card_was_declined && report.in_flight.is_none() && report.spent == gbp(0));
        assert_eq!(report.purchases.iter().map(|one| one.state).collect::<Vec<_>>(), [PurchaseState::Declined]);
        owner.spend("more", 10).await?;
        assert_eq!(owner.charge().await?, 0, "nothing more is bought");
        let again = owner.agree(PACK + 1, 5_000).await;
        assert!(matches!(&again, Err(Error::Invalid { field, .. }) if field == "card"), "{again:?}");
        owner.buy("second", PAYS).await?;
        assert_eq!(owner.state().await?, AutoTopUpState::Declined, "never by itself");
        owner.agree(2 * PACK + 1, 5_000).await?;
        owner.charge().await?;
        assert_eq!((owner.state().await?, owner.automatic_lots().await?), (AutoTopUpState::On, 1));
        assert_eq!(world.count("audit_entry WHERE act = 'autoTopUpStopped'").await?, 1);
        assert_eq!(world.count("audit_entry WHERE act = 'autoTopUpTurnedOn' AND actor_kind = 'person'").await?, 2);
        Ok(())
    }
}

both! {
    /// I-35: the bank asks the owner: it is paused, and they are told, with a link by which they pay; it stays paused until
    /// they turn it on again.
    async fn i35_what_needs_its_owner_is_paused_and_paid_by_the_link(world: &World) -> Result<()> {
        let owner = Owner::with_card(world, ASKS).await?;
        owner.agree(PACK + 1, 5_000).await?;
        owner.charge().await?;
        assert_eq!(owner.state().await?, AutoTopUpState::Paused);
        let letters = world.engine.mailbox(Some("mara@northlight.example")).await?;
        let letter = letters.iter().find(|posted| posted.letter.subject.contains("paused")).context("a letter")?;
        let waiting = owner.report().await?.in_flight.context("a purchase")?;
        assert_eq!(waiting.state, PurchaseState::NeedsOwner);
        assert_eq!(letter.letter.link.as_ref().map(|(_, path)| path.clone()), Some(format!("/orders/{}", waiting.order)));
        assert_eq!(owner.charge().await?, 0);
        let url = world.engine.checkout(&owner.member, waiting.order, "words".to_owned()).await?;
        let reference = url.rsplit('/').next().context("a reference")?;
        world.engine.sandbox_pay(reference, PAYS).await?;
        world.engine.come_back(&owner.member, waiting.order).await?;
        assert_eq!((owner.automatic_lots().await?, owner.report().await?.spent), (1, gbp(ONCE)));
        assert_eq!(owner.state().await?, AutoTopUpState::Paused, "only the form turns it on");
        owner.agree(10_000, 5_000).await?;
        assert_eq!(owner.state().await?, AutoTopUpState::On);
        Ok(())
    }
}

both! {
    /// I-35: once it is paid by the link, the charge that waited for its owner is cancelled at the provider: nobody pays twice.
    async fn i35_a_charge_that_waited_is_cancelled_once_it_is_paid_by_the_link(world: &World) -> Result<()> {
        let owner = Owner::with_card(world, ASKS).await?;
        let engine = &world.engine;
        owner.agree(PACK + 1, 5_000).await?;
        owner.charge().await?;
        let waits = "sandbox_object WHERE key IS NULL AND body LIKE '%requires_action%'";
        let cancelled = "sandbox_object WHERE id LIKE 'pi_%' AND body LIKE '%canceled%'";
        assert_eq!(world.count("waiting_charge WHERE ended_at IS NULL AND order_id IS NOT NULL").await?, 1);
        assert_eq!(engine.cancel_paid_charges().await?, 0, "its owner may still confirm it");
        assert_eq!(world.count(cancelled).await?, 0);
        let waiting = owner.report().await?.in_flight.context("a purchase")?;
        let url = engine.checkout(&owner.member, waiting.order, "words".to_owned()).await?;
        engine.sandbox_pay(url.rsplit('/').next().context("a reference")?, PAYS).await?;
        engine.come_back(&owner.member, waiting.order).await?;
        engine.cancel_paid_charges().await?;
        assert_eq!((world.count(cancelled).await?, world.count(waits).await?), (1, 0));
        assert_eq!(world.count("waiting_charge WHERE outcome = 'cancelled'").await?, 1);
        assert_eq!(engine.cancel_paid_charges().await?, 0, "once");
        assert_eq!(owner.automatic_lots().await?, 1);
        Ok(())
    }
}

both! {
    /// 5.33, I-35: a renewal whose bank asks for its owner is paid by hand: its charge is cancelled too.
    async fn i35_a_renewal_that_waited_is_cancelled_once_its_invoice_is_paid(world: &World) -> Result<()> {
        let owner = Owner { world, member: world.administrator().await? };
        let engine = &world.engine;
        let pay = async |request: &str, wanted, card| {
            let Ordered::Order(order) = engine.order(&owner.member, request, wanted).await? else { bail!("an order") };
            let url = engine.checkout(&owner.member, order.id, "words".to_owned()).await?;
            engine.sandbox_pay(url.rsplit('/').next().context("a reference")?, card).await?;
            Ok(engine.come_back(&owner.member, order.id).await?)
        };
        let plan = Plan { tier: Tier::Pro, billing: BillingPeriod::Monthly, seats: 1 };
        pay("plan", Wanted::Plan(plan), ASKS).await?;
        world.clock("2026-11-22T00:00:01Z").await?;
        engine.refresh_due().await?;
        for day in ["2026-11-22T00:00:02Z", "2026-11-23T00:00:03Z"] {
            world.clock(day).await?;
            engine.charge_due().await?;
        }
        assert_eq!(world.count("waiting_charge WHERE ended_at IS NULL AND invoice = 2").await?, 2, "two tries");
        assert_eq!(engine.cancel_paid_charges().await?, 0);
        pay("by hand", Wanted::Invoice(2), PAYS).await?;
        engine.cancel_paid_charges().await?;
        assert_eq!(world.count("waiting_charge WHERE outcome = 'cancelled'").await?, 2);
        Ok(())
    }
}

both! {
    /// B2, 5.14: on, and its month's cap reached: nothing is bought without asking, so the banner prompts and the letter is
    /// written; next month it is silent again.
    async fn b2_it_prompts_again_once_the_cap_of_the_month_is_reached(world: &World) -> Result<()> {
        let owner = Owner::with_card(world, PAYS).await?;
        world.grant(Source::Allowance, 10_000, Some("2026-11-22T00:00:00Z")).await?;
        owner.agree(PACK + 10_000 + 1, ONCE + 100).await?;
        owner.spend("most", 1_000).await?; // 8,000 of the allowance
        let banner = async || {
            let usage = world.engine.usage(world.customer).await?;
            anyhow::Ok(billing::allowance::banner(&usage.capacity, &usage.settings))
        };
        // The purchase in flight takes the rest of the cap: nothing more is bought this month.
        assert_eq!(banner().await?, Banner::Prompt);
        owner.charge().await?;
        assert_eq!((owner.automatic_lots().await?, owner.state().await?), (1, AutoTopUpState::On));
        assert_eq!(banner().await?, Banner::Prompt, "on, and it cannot buy");
        owner.spend("more", 1).await?;
        assert_eq!(owner.letters("80% of this month").await?, 1, "once, to whoever buys");
        world.clock("2026-11-01T00:00:01Z").await?;
        assert_eq!(banner().await?, Banner::AutoTopUp, "another month");
        Ok(())
    }
}

both! {
    /// I-35: paused, and turned on again without paying: what waited can no longer be paid, also on its open page.
    async fn i35_what_was_not_confirmed_is_given_up_by_agreeing_again(world: &World) -> Result<()> {
        let owner = Owner::with_card(world, ASKS).await?;
        owner.agree(PACK + 1, 5_000).await?;
        owner.charge().await?;
        let waiting = owner.report().await?.in_flight.context("a purchase")?;
        let url = world.engine.checkout(&owner.member, waiting.order, "words".to_owned()).await?;
        owner.agree(10_000, 5_000).await?;
        let late = world.engine.sandbox_pay(url.rsplit('/').next().context("a reference")?, PAYS).await?;
        assert!(matches!(late, SandboxPaid::Declined(_)), "{late:?}");
        let report = owner.report().await?;
        assert_eq!((report.in_flight, report.spent), (None, gbp(0)));
        assert_eq!(report.purchases[0].state, PurchaseState::Expired);
        Ok(())
    }
}

both! {
    /// I-35: a provider that fails is asked again, later and later, under the same key, three times a day at most; then it
    /// charges once. One that never answers is given up after three days, and nobody is charged again by itself.
    async fn i35_a_provider_that_fails_is_asked_three_times_a_day(world: &World) -> Result<()> {
        let owner = Owner::with_card(world, FAILS_TWICE).await?;
        owner.agree(PACK + 1, 5_000).await?;
        assert_eq!(owner.charge().await?, 1);
        world.clock("2026-10-22T16:49:00Z").await?;
        assert_eq!(owner.charge().await?, 0);
        world.clock("2026-10-22T16:52:00Z").await?;
        assert_eq!(owner.charge().await?, 1);
        assert_eq!((owner.charges().await?, owner.state().await?), (0, AutoTopUpState::On));
        world.clock("2026-10-22T17:51:00Z").await?;
        assert_eq!(owner.charge().await?, 0);
        world.clock("2026-10-22T17:53:00Z").await?;
        assert_eq!(owner.charge().await?, 1);
        assert_eq!((owner.charges().await?, owner.automatic_lots().await?), (1, 1));
        Ok(())
    }
}

both! {
    /// I-35: one that never answers is asked three times in 24 hours, given up after three days, and stops.
    async fn i35_a_purchase_that_nobody_answers_is_given_up(world: &World) -> Result<()> {
        let owner = Owner::with_card(world, PAYS).await?;
        owner.agree(PACK + 1, 5_000).await?;
        set(world, "UPDATE top_up_purchase SET tries = 3, due_at = due_at + 86400000000").await?;
        world.clock("2026-10-22T20:00:00Z").await?;
        assert_eq!(owner.charge().await?, 0, "three tries a day");
        world.engine.reconcile().await?;
        world.clock("2026-10-25T16:41:00Z").await?;
        world.engine.reconcile().await?;
        assert_eq!(world.count("top_up_purchase WHERE state = 'waiting'").await?, 1, "only this job gives it up");
        owner.charge().await?;
        assert_eq!((owner.charges().await?, owner.automatic_lots().await?), (0, 0));
        assert_eq!((owner.state().await?, owner.why().await?), (AutoTopUpState::Off, EndReason::Unanswered));

        // S4: people look into it, and put it away once, with what they have found.
        let paula = member(world, add(world, "Paula", Role::PlatformAdministrator).await?).await?;
        let engine = &world.engine;
        let unanswered = engine.jobs(&paula).await?.unanswered;
        let [one] = unanswered.as_slice() else { bail!("one: {unanswered:?}") };
        let Unheard::Purchase(purchase) = one.what else { bail!("{one:?}") };
        assert_eq!((one.key.clone(), one.amount, one.customer.0), (purchase.to_string(), gbp(ONCE), world.customer));
        assert!(matches!(engine.look_into_purchase(&owner.member, purchase, "Why").await, Err(Error::Forbidden)));
        let said = engine.look_into_purchase(&paula, purchase, " ").await;
        assert!(matches!(said, Err(Error::Invalid { field, .. }) if field == "reason"));
        engine.look_into_purchase(&paula, purchase, "Never charged").await?;
        engine.look_into_purchase(&paula, purchase, "Again").await?;
        assert!(engine.jobs(&paula).await?.unanswered.is_empty());
        assert_eq!(world.count("audit_entry WHERE act = 'jobSetAside' AND reason = 'Never charged'").await?, 1);
        assert_eq!(world.count("audit_entry WHERE act = 'jobSetAside'").await?, 1);
        Ok(())
    }
}

both! {
    /// I-35: however much is spent, a month never comes to more than its cap; it is told once, and the next month buys again.
    async fn i35_the_cap_of_a_month_is_never_exceeded(world: &World) -> Result<()> {
        let owner = Owner::with_card(world, PAYS).await?;
        owner.agree(PACK + 1, 2 * ONCE + 100).await?;
        assert_eq!(owner.report().await?.agreed.context("agreed")?.1.worst, gbp(2 * ONCE));
        for round in 0..6 {
            owner.charge().await?;
            let most = owner.bought().await? / 8;
            let seconds = most.min(6_250);
            owner.spend(&format!("round-{round}"), seconds - 1).await?;
        }
        owner.charge().await?;
        assert_eq!((owner.charges().await?, owner.report().await?.spent), (2, gbp(2 * ONCE)));
        assert_eq!(owner.letters("Auto-top-up has reached").await?, 2, "once to each");
        world.clock("2026-11-01T00:00:01Z").await?;
        owner.world.engine.grant(world.customer, Source::Promotion, Tokens::new(1)?, None, None).await?;
        owner.charge().await?;
        assert_eq!((owner.charges().await?, owner.report().await?.spent), (3, gbp(ONCE)));
        Ok(())
    }
}

both! {
    /// 5.33, 5.21, I4: whoever owes, disputes or has no plan any more buys nothing by itself, and has to agree again.
    async fn i35_dunning_disputes_and_the_end_of_a_plan_stop_it(world: &World) -> Result<()> {
        let owner = Owner::with_card(world, PAYS).await?;
        let engine = &world.engine;
        owner.agree(10_000, 5_000).await?;
        engine.set_grace(world.customer, Some("2026-10-29T00:00:00Z".parse()?)).await?;
        assert_eq!((owner.state().await?, owner.why().await?), (AutoTopUpState::Off, EndReason::Overdue));
        let refused = owner.agree(10_000, 5_000).await;
        assert!(matches!(&refused, Err(Error::Invalid { field, .. }) if field == "state"), "{refused:?}");
        engine.set_grace(world.customer, None).await?;
        assert_eq!(owner.state().await?, AutoTopUpState::Off, "never by itself");
        owner.agree(10_000, 5_000).await?;
        engine.raise_risk(world.customer, "The payment was disputed").await?;
        assert_eq!(owner.why().await?, EndReason::Disputed);

        let plan = Plan { tier: Tier::Pro, billing: BillingPeriod::Monthly, seats: 1 };
        let new = engine::tier::NewSubscription { plan, anchor_on: "2026-10-22".parse()?, contract: None };
        let subscription = engine.subscribe(world.customer, new).await?;
        engine.take_payments().await?;
        owner.agree(10_000, 5_000).await?;
        engine.decide_next(&owner.member, subscription, billing::tier::Next::Cancel, None).await?;
        assert_eq!(owner.state().await?, AutoTopUpState::On, "until the term ends");
        world.clock("2026-11-22T00:00:01Z").await?;
        engine.refresh_due().await?;
        assert_eq!((owner.state().await?, owner.why().await?), (AutoTopUpState::Off, EndReason::PlanEnded));
        assert_eq!(owner.letters("Auto-top-up has stopped").await?, 6);
        Ok(())
    }
}

both! {
    /// U5: the agreement is kept with who, when and the figures that were shown; on other figures nobody agrees; it is
    /// replaced and ended by somebody, and each is in the log. Only who manages the billing does any of it.
    async fn u5_nobody_agrees_to_what_they_were_not_shown(world: &World) -> Result<()> {
        let owner = Owner { world, member: world.administrator().await? };
        let engine = &world.engine;
        let no_card = owner.agree(10_000, 5_000).await;
        assert!(matches!(&no_card, Err(Error::Invalid { field, .. }) if field == "card"), "{no_card:?}");
        owner.buy("first", PAYS).await?;
        let terms = Owner::terms(10_000, 5_000)?;
        for (once, worst) in [(ONCE - 1, 2 * ONCE), (ONCE, 2 * ONCE - 1), (ONCE, 5_000)] {
            let shown = ShownAmounts { once: gbp(once), worst: gbp(worst) };
            let refused = engine.agree_to_top_up(&owner.member, terms, shown).await;
            assert!(matches!(refused, Err(Error::Changed { .. })), "{refused:?}");
        }
        for (below, cap, field) in [(0, 5_000, "below"), (10_000, ONCE - 1, "cap")] {
            let refused = owner.agree(below, cap).await;
            assert!(matches!(&refused, Err(Error::Invalid { field: at, .. }) if at == field), "{refused:?}");
        }
        assert_eq!(world.count("top_up_agreement").await?, 0);
        owner.agree(10_000, 5_000).await?;
        owner.agree(10_000, 5_000).await?;
        let row = "top_up_agreement WHERE below_tokens = 10000 AND buys_tokens = 50000 AND cap_minor = 5000 AND once_minor = 2160 \
                   AND worst_minor = 4320 AND price_version = 1 AND card = 'card ending 4242' AND currency = 'GBP'";
        assert_eq!((world.count(row).await?, world.count("top_up_agreement").await?), (1, 1), "sent twice, agreed once");
        owner.agree(20_000, 5_000).await?;
        engine.turn_top_up_off(&owner.member).await?;
        engine.turn_top_up_off(&owner.member).await?;
        assert_eq!(world.count("top_up_agreement_end WHERE ended_by IS NOT NULL").await?, 2);
        assert_eq!(world.count("audit_entry WHERE act = 'autoTopUpTurnedOn'").await?, 2);
        assert_eq!(world.count("audit_entry WHERE act = 'autoTopUpTurnedOff'").await?, 2, "replaced, and turned off");
        for role in [Role::CustomerViewer, Role::AccountOperator, Role::FinanceViewer] {
            let other = member(world, add(world, &format!("{role:?}"), role).await?).await?;
            let shown = ShownAmounts { once: gbp(ONCE), worst: gbp(2 * ONCE) };
            assert!(matches!(engine.agree_to_top_up(&other, terms, shown).await, Err(Error::Forbidden)));
            assert!(matches!(engine.turn_top_up_off(&other).await, Err(Error::Forbidden)));
            let seen = engine.auto_top_up_report(&other).await?;
            assert_eq!(seen.card.is_some(), role == Role::FinanceViewer, "{role:?}");
        }
        Ok(())
    }
}

both! {
    /// U5: what has become dearer than was agreed is not bought.
    async fn u5_a_dearer_pack_stops_it(world: &World) -> Result<()> {
        let owner = Owner::with_card(world, PAYS).await?;
        owner.agree(PACK - 100, 5_000).await?;
        let mut book: PriceBook = world.engine.price_book().await?;
        for pack in &mut book.packs {
            pack.prices.0.values_mut().for_each(|minor| *minor += 100);
        }
        world.engine.import_price_book(&book, "2026-10-23T00:00:00Z".parse()?).await?;
        world.clock("2026-10-23T00:00:01Z").await?;
        owner.spend("one", 20).await?;
        assert_eq!((owner.state().await?, owner.why().await?), (AutoTopUpState::Off, EndReason::DearerThanAgreed));
        assert_eq!(world.count("top_up_purchase").await?, 0);
        Ok(())
    }
}

both! {
    /// I-35: one purchase is in flight at a time: the database refuses a second, whoever writes it.
    async fn i35_the_database_refuses_a_second_purchase_in_flight(world: &World) -> Result<()> {
        let owner = Owner::with_card(world, HANGS).await?;
        owner.agree(PACK + 1, 5_000).await?;
        let second = "INSERT INTO top_up_purchase SELECT customer_id, 'pur_2', agreement_id, order_id || 'x', total_minor, state, made_at, \
                      due_at, tries, ended_at FROM top_up_purchase";
        assert!(set(world, second).await.is_err());
        let ends = "UPDATE top_up_agreement SET cap_minor = 1";
        assert!(set(world, ends).await.is_err(), "what was agreed stays as it was");
        assert_eq!(world.count("top_up_purchase").await?, 1);
        world.engine.turn_top_up_off(&owner.member).await?;
        assert_eq!(world.count("top_up_purchase WHERE state = 'expired'").await?, 1, "nobody had begun to charge it");
        Ok(())
    }
}
