//! Letters on real rows: written by the act that they tell of, once, to whom it concerns; sent once, whoever sends; switched off
//! by whoever gets them. N3, I5, I6, B2, 5.13, 5.14; and what follows a payment that fails, 5.33.

use crate::{
    support::{World, both, speech},
    team::{add, member},
    top_up::Owner,
};
use anyhow::{Context, Result, bail};
use async_trait::async_trait;
use billing::{
    allowance::Source,
    money::{Currency, Money},
    production::{End, Outcome},
    refusal::Reason,
    team::Role,
    tier::{BillingPeriod, Plan, Tier},
    tokens::Tokens,
};
use engine::{
    Engine, Error, Settings,
    mail::{Carried, Carrier, MailKind, NotCarried, Posted},
    payment::{Ordered, SandboxPaid, Wanted},
    team::Member,
    tier::{Contract, NewSubscription},
};
use futures::future::join_all;
use sea_orm::{ConnectionTrait, Statement};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

const MARA: &str = "mara@northlight.example";
const BILLING: &str = "billing@northlight.example";
const PAID: &str = "4242 4242 4242 4242";
const DECLINED_LATER: &str = "4000 0000 0000 0341";

/// Letters to an address about something, oldest first.
async fn letters(world: &World, to: &str, kind: MailKind) -> Result<Vec<Posted>> {
    let mut found = world.engine.mailbox(Some(to)).await?;
    found.retain(|posted| posted.letter.kind == kind);
    found.reverse();
    Ok(found)
}

fn subjects(found: &[Posted]) -> Vec<&str> {
    found.iter().map(|posted| posted.letter.subject.as_str()).collect()
}

fn text(posted: &Posted) -> String {
    posted.letter.paragraphs.join(" ")
}

async fn told(world: &World, kind: &str) -> Result<i64> {
    world.count(&format!("mail WHERE kind = '{kind}'")).await
}

async fn set(world: &World, sql: &str) -> Result<()> {
    let database = world.database().await?;
    database.execute_raw(Statement::from_string(database.get_database_backend(), sql)).await?;
    Ok(())
}

/// Uses up tokens: eight for a second of speech.
async fn spend(world: &World, name: &str, seconds: i64) -> Result<()> {
    let step = speech("voice", seconds);
    world.admit(name, vec![step.clone()]).await?;
    world.report(name, &step, 1, Outcome::Succeeded).await?;
    world.finish(name, End::Published).await?;
    Ok(())
}

/// Waits until so many rows are so: the sweep of a process may be under way with some of them.
async fn becomes(world: &World, rows: &str, many: i64) -> Result<()> {
    for _ in 0..100 {
        if world.count(rows).await? == many {
            return Ok(());
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    bail!("{rows}: {} and not {many}", world.count(rows).await?)
}

async fn other_process(world: &World) -> Result<Engine> {
    Ok(Engine::open(Settings { database_url: world.url.clone(), sandbox: true }).await?)
}

/// Orders something, pays it and comes back.
async fn buy(world: &World, buyer: &Member, request: &str, wanted: Wanted, card: &str) -> Result<()> {
    let engine = &world.engine;
    let Ordered::Order(order) = engine.order(buyer, request, wanted).await? else { bail!("an order") };
    let url = engine.checkout(buyer, order.id, "words".to_owned()).await?;
    let SandboxPaid::Done(_) = engine.sandbox_pay(url.rsplit('/').next().context("a name")?, card).await?
    else {
        bail!("paid")
    };
    engine.come_back(buyer, order.id).await?;
    Ok(())
}

/// Pro from this day on, with 1,000 tokens a cycle.
async fn subscribe(world: &World, anchor: &str) -> Result<()> {
    let new = NewSubscription {
        plan: Plan { tier: Tier::Pro, billing: BillingPeriod::Monthly, seats: 1 },
        anchor_on: anchor.parse()?,
        contract: Some(Contract { allowance: Tokens::new(1_000)?, price: Money::zero(Currency::Gbp) }),
    };
    world.engine.subscribe(world.customer, new).await?;
    Ok(())
}

const PRO: Plan = Plan { tier: Tier::Pro, billing: BillingPeriod::Monthly, seats: 1 };

both! {
    /// B2, 5.13, 5.14: at 75 % of what was captured, not held; once a cycle; to the administrators; with what is left, the
    /// bought capacity, and a link to buying.
    async fn b2_the_allowance_is_told_of_at_75_percent_once_a_cycle(world: &World) -> Result<()> {
        world.administrator().await?;
        add(world, "Olga", Role::AccountOperator).await?;
        subscribe(world, "2026-10-01").await?;
        spend(world, "a", 93).await?; // 744
        world.admit("held", vec![speech("voice", 20)]).await?;
        assert_eq!(told(world, "allowanceUsed").await?, 0, "744 used, 160 held");
        world.finish("held", End::Cancelled).await?;
        spend(world, "b", 1).await?;
        let found = letters(world, MARA, MailKind::AllowanceUsed).await?;
        assert_eq!(subjects(&found), ["75% of this month’s allowance is used"]);
        let said = text(&found[0]);
        assert!(said.contains("248 of its 1000 tokens are left, and no extra capacity."), "{said}");
        assert!(said.contains("It refreshes on 2026-11-01. Buy extra capacity so that productions don’t stall"), "{said}");
        assert_eq!(found[0].letter.link, Some(("Buy capacity".to_owned(), "/buy".to_owned())));
        spend(world, "c", 10).await?;
        world.grant(Source::TopUp, 50_000, None).await?;
        spend(world, "d", 20).await?;
        assert_eq!(told(world, "allowanceUsed").await?, 1, "once, and to nobody but the administrator");
        world.clock("2026-11-02T00:00:00Z").await?;
        spend(world, "e", 100).await?;
        assert_eq!(letters(world, MARA, MailKind::AllowanceUsed).await?.len(), 2, "the next cycle’s");
        Ok(())
    }
}

both! {
    /// B2, I-1: captures that come at once, in two processes, write it exactly once.
    async fn b2_captures_at_once_write_one_letter(world: &World) -> Result<()> {
        world.administrator().await?;
        subscribe(world, "2026-10-01").await?;
        let other = other_process(world).await?;
        let steps: Vec<_> = (0..20).map(|n| speech(&format!("voice-{n}"), 5)).collect();
        world.admit("p", steps.clone()).await?;
        let captures = steps.iter().enumerate().map(|(n, step)| {
            let engine = if n % 2 == 0 { &world.engine } else { &other };
            let attempt = billing::production::Attempt {
                outcome: Outcome::Succeeded,
                quantity: step.quantity,
                model: None,
                occurred_at: None,
            };
            engine.report_attempt(world.customer, "p".parse().expect("a name"), step.name.clone(), 1, attempt)
        });
        join_all(captures).await.into_iter().collect::<Result<Vec<_>, _>>()?;
        assert_eq!(world.balance().await?.0, 200);
        assert_eq!(told(world, "allowanceUsed").await?, 1);
        other.close().await;
        Ok(())
    }
}

both! {
    /// B2: with auto-top-up on nothing is said of it; once it is off, it is.
    async fn b2_nothing_is_said_while_auto_top_up_is_on(world: &World) -> Result<()> {
        let owner = Owner::with_card(world, PAID).await?;
        owner.agree(1_000, 5_000).await?;
        subscribe(world, "2026-10-01").await?;
        spend(world, "a", 120).await?;
        assert_eq!(told(world, "allowanceUsed").await?, 0);
        world.engine.turn_top_up_off(&owner.member).await?;
        assert_eq!(told(world, "allowanceUsed").await?, 1, "96 % are used, and nobody buys");
        Ok(())
    }
}

both! {
    /// I1, I6, U1: what was bought is told to the administrators, its invoice to where invoices are sent; an order that is not
    /// paid says nothing.
    async fn i6_a_purchase_and_its_invoice_go_where_they_belong(world: &World) -> Result<()> {
        let mara = world.administrator().await?;
        let wanted = Wanted::Pack(Tokens::new(50_000)?, None);
        world.engine.order(&mara, "unpaid", wanted).await?;
        assert_eq!(world.count("mail").await?, 0);
        buy(world, &mara, "pack", wanted, PAID).await?;
        let bought = letters(world, MARA, MailKind::Bought).await?;
        assert_eq!(subjects(&bought), ["50000 tokens were bought"]);
        assert!(text(&bought[0]).starts_with("GBP 21.60 was paid, tax included."), "{}", text(&bought[0]));
        let link = bought[0].letter.link.clone().context("a link")?.1;
        assert!(link.starts_with("/orders/ord_"), "{link}");
        let invoices = letters(world, BILLING, MailKind::Invoice).await?;
        assert!(invoices[0].letter.subject.starts_with("Invoice JAR-"), "{}", invoices[0].letter.subject);
        assert!(text(&invoices[0]).contains("It is paid"), "{}", text(&invoices[0]));
        let link = invoices[0].letter.link.clone().context("a link")?.1;
        assert!(link.starts_with("/invoices/inv_"), "{link}");
        assert_eq!(world.count("mail").await?, 2, "and nothing else, to nobody else");
        Ok(())
    }
}

both! {
    /// 5.33: a renewal that cannot be charged is told of with the day of the next try and the end of the grace; it is tried on
    /// days 1, 3 and 6, while everything works and what falls due is granted; then, once, that the grace is over.
    async fn reading_5_33_a_failed_payment_is_dunned_and_told_of(world: &World) -> Result<()> {
        let mara = world.administrator().await?;
        buy(world, &mara, "pro", Wanted::Plan(PRO), DECLINED_LATER).await?;
        world.clock("2026-11-22T00:00:01Z").await?;
        world.engine.refresh_due().await?;
        let other = other_process(world).await?;
        let moments = ["22T00:00:05", "22T01:00:00", "23T00:00:05", "24T00:00:05", "25T00:00:05", "27T00:00:05", "28T00:00:05"];
        for at in moments {
            world.clock(&format!("2026-11-{at}Z")).await?;
            let made = join_all([world.engine.charge_due(), other.charge_due()]).await;
            made.into_iter().collect::<Result<Vec<_>, _>>()?;
            let works = format!("on-{}", at.replace([':', 'T'], "-"));
            world.admit(&works, vec![speech("voice", 1)]).await?;
            world.finish(&works, End::Cancelled).await?;
        }
        let found = letters(world, MARA, MailKind::Payment).await?;
        let said: Vec<String> = found.iter().map(text).collect();
        let next = ["2026-11-23", "2026-11-25", "2026-11-28"].map(|day| format!("It is tried again on {day}."));
        assert_eq!(said.len(), 4, "one a try: {said:#?}");
        assert!(said.iter().zip(&next).all(|(said, next)| said.contains(next)), "{said:#?}");
        assert!(said[3].contains("It is not tried again."), "{}", said[3]);
        assert!(said.iter().all(|said| said.contains("Everything works until 2026-11-29. Settle it before then.")), "{said:#?}");
        assert!(found[0].letter.link.as_ref().is_some_and(|(_, path)| path.starts_with("/invoices/inv_")));
        assert_eq!(letters(world, BILLING, MailKind::Payment).await?.len(), 4, "where invoices are sent, too");

        world.clock("2026-11-28T20:00:00Z").await?;
        world.admit("runs", vec![speech("one", 1), speech("voice", 10)]).await?;
        world.report("runs", &speech("one", 1), 1, Outcome::Succeeded).await?;
        world.clock("2026-11-29T00:00:05Z").await?;
        let swept = (0..6).map(|n| if n % 2 == 0 { world.engine.refresh_due() } else { other.refresh_due() });
        join_all(swept).await.into_iter().collect::<Result<Vec<_>, _>>()?;
        let found = letters(world, MARA, MailKind::Payment).await?;
        assert_eq!(subjects(&found[4..]), ["A payment is overdue"], "once");
        assert!(text(&found[4]).starts_with("New productions are refused. What runs finishes."), "{}", text(&found[4]));
        let Err(Error::Refused(refusal)) = world.admit("late", vec![speech("voice", 1)]).await else { bail!("past grace") };
        assert_eq!(refusal.reason, Reason::PaymentRequired);
        world.report("runs", &speech("voice", 10), 1, Outcome::Succeeded).await?;
        world.finish("runs", End::Published).await?;
        world.engine.charge_due().await?;
        assert_eq!(letters(world, MARA, MailKind::Payment).await?.len(), 5, "nothing is tried any more");
        other.close().await;
        Ok(())
    }
}

both! {
    /// 5.33: past the grace a cycle that falls due grants and invoices nothing; once it is paid, the one that runs is granted,
    /// productions start, and that is told.
    async fn reading_5_33_once_it_is_paid_everything_goes_on_and_is_told(world: &World) -> Result<()> {
        let mara = world.administrator().await?;
        buy(world, &mara, "pro", Wanted::Plan(PRO), DECLINED_LATER).await?;
        world.clock("2026-11-22T00:00:01Z").await?;
        world.engine.refresh_due().await?;
        world.engine.charge_due().await?;
        world.clock("2026-12-25T00:00:00Z").await?;
        world.engine.refresh_due().await?;
        assert_eq!((world.count("invoice").await?, world.balance().await?), (2, (0, 0)), "nothing new");
        buy(world, &mara, "settle", Wanted::Invoice(2), PAID).await?;
        let found = letters(world, MARA, MailKind::Payment).await?;
        assert_eq!(subjects(&found).last(), Some(&"Paid: nothing is outstanding any more"));
        assert!(found.last().is_some_and(|last| text(last).contains("New productions start again")));
        assert_eq!(world.balance().await?, (250_000, 0), "the cycle that runs");
        world.admit("again", vec![speech("voice", 1)]).await?;
        Ok(())
    }
}

both! {
    /// 5.33: within the grace a cycle that falls due is granted; settled within it, everything goes on as before.
    async fn reading_5_33_within_the_grace_a_new_cycle_is_granted(world: &World) -> Result<()> {
        subscribe(world, "2026-09-25").await?;
        world.engine.set_grace(world.customer, Some("2026-10-26T00:00:00Z".parse()?)).await?;
        world.clock("2026-10-25T00:00:01Z").await?;
        assert_eq!(world.engine.refresh_due().await?, 1);
        assert_eq!(world.balance().await?, (1_000, 0));
        world.admit("in-grace", vec![speech("voice", 1)]).await?;
        world.clock("2026-11-25T00:00:01Z").await?;
        world.engine.refresh_due().await?;
        assert_eq!(world.balance().await?.0, 0, "past it, none");
        Ok(())
    }
}

both! {
    /// A refresh is told of where productions were turned away for want of capacity since the one before, and not elsewhere.
    async fn i5_a_refresh_is_told_of_where_work_was_waiting(world: &World) -> Result<()> {
        world.administrator().await?;
        subscribe(world, "2026-09-25").await?;
        world.clock("2026-10-25T00:00:01Z").await?;
        world.engine.refresh_due().await?;
        assert_eq!(told(world, "refreshed").await?, 0, "nobody was turned away");
        let Err(Error::Refused(refusal)) = world.admit("large", vec![speech("voice", 200)]).await else { bail!("refused") };
        assert_eq!(refusal.reason, Reason::NotEnoughCapacity);
        assert_eq!(told(world, "refreshed").await?, 0);
        world.clock("2026-11-25T00:00:01Z").await?;
        let other = other_process(world).await?;
        let swept = join_all([world.engine.refresh_due(), other.refresh_due()]).await;
        swept.into_iter().collect::<Result<Vec<_>, _>>()?;
        let found = letters(world, MARA, MailKind::Refreshed).await?;
        assert_eq!(subjects(&found), ["Your monthly allowance has refreshed"]);
        assert!(text(&found[0]).starts_with("1000 tokens are there, until 2026-12-25."), "{}", text(&found[0]));
        world.clock("2026-12-25T00:00:01Z").await?;
        world.engine.refresh_due().await?;
        assert_eq!(told(world, "refreshed").await?, 1, "of the cycle before");
        other.close().await;
        Ok(())
    }
}

both! {
    /// N3: what somebody has switched off is not written to them, and to everybody else it is; the log says so; what has to
    /// reach them cannot be switched off.
    async fn n3_a_kind_is_switched_off_by_whoever_gets_it(world: &World) -> Result<()> {
        let mara = world.administrator().await?;
        let zoe = add(world, "Zoe", Role::CustomerAdministrator).await?;
        let zoe = member(world, zoe).await?;
        let wanted = [MailKind::Refreshed, MailKind::AutoTopUp, MailKind::Payment];
        world.engine.choose_letters(&mara, &wanted).await?;
        let off: Vec<_> = world.engine.letter_choices(&mara).await?.iter().filter(|one| !one.wanted).map(|one| one.kind).collect();
        assert_eq!(off, [MailKind::AllowanceUsed, MailKind::Bought]);
        world.engine.choose_letters(&mara, &wanted).await?;
        assert_eq!(
            world.count("audit_entry WHERE act = 'lettersChosen'").await?,
            1,
            "what is so already leaves no entry"
        );
        subscribe(world, "2026-10-01").await?;
        spend(world, "a", 100).await?;
        buy(world, &mara, "pack", Wanted::Pack(Tokens::new(50_000)?, None), PAID).await?;
        for kind in [MailKind::AllowanceUsed, MailKind::Bought] {
            assert_eq!(letters(world, MARA, kind).await?.len(), 0, "{kind:?}");
            assert_eq!(letters(world, &zoe.email, kind).await?.len(), 1, "{kind:?}");
        }
        assert_eq!(letters(world, BILLING, MailKind::Invoice).await?.len(), 1);
        world.engine.choose_letters(&mara, &MailKind::CHOICES).await?;
        assert!(world.engine.letter_choices(&mara).await?.iter().all(|one| one.wanted));
        Ok(())
    }
}

/// A carrier that notes what it was handed, and says what it was told to say.
#[derive(Debug, Default)]
struct Noted {
    carried: Mutex<BTreeMap<String, usize>>,
    stops: Mutex<Vec<(MailKind, Option<String>)>>,
    says: Mutex<Option<NotCarried>>,
}

#[async_trait]
impl Carrier for Noted {
    async fn carry(&self, letter: &Carried) -> Result<(), NotCarried> {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        *self.carried.lock().unwrap().entry(letter.posted.id.to_string()).or_default() += 1;
        self.stops.lock().unwrap().push((letter.posted.letter.kind, letter.stop.clone()));
        self.says.lock().unwrap().clone().map_or(Ok(()), Err)
    }
}

both! {
    /// N3: several processes that send at once send each letter once; what is sent keeps no token, and one of a kind that can be
    /// switched off carries a token that does that, once and only that; a forged one does nothing.
    async fn n3_each_letter_is_sent_once_whoever_sends(world: &World) -> Result<()> {
        let mara = world.administrator().await?;
        subscribe(world, "2026-10-01").await?;
        spend(world, "a", 100).await?;
        buy(world, &mara, "pack", Wanted::Pack(Tokens::new(50_000)?, None), PAID).await?;
        let carrier = Arc::new(Noted::default());
        let other = other_process(world).await?;
        for engine in [&world.engine, &other] {
            engine.send_letters_by(carrier.clone());
        }
        let sends = (0..6).map(|n| if n % 2 == 0 { world.engine.send_letters() } else { other.send_letters() });
        join_all(sends).await.into_iter().collect::<Result<Vec<_>, _>>()?;
        becomes(world, "mail WHERE sent_at IS NULL OR leased_until IS NOT NULL", 0).await?;
        let handed = carrier.carried.lock().unwrap().clone();
        assert_eq!(handed.len(), 3);
        assert!(handed.values().all(|times| *times == 1), "{handed:?}");

        let stops = carrier.stops.lock().unwrap().clone();
        let stop = |kind| stops.iter().find(|(known, _)| *known == kind).and_then(|(_, stop)| stop.clone());
        assert_eq!(stop(MailKind::Invoice), None, "it cannot be switched off");
        let token = stop(MailKind::Bought).context("a token")?;
        assert!(!world.engine.letters_of(&token).await?.is_off, "looking switches nothing off");
        assert!(other.stop_letters(&token).await?.is_off);
        assert!(other.stop_letters(&token).await?.is_off, "twice is once");
        let off: Vec<_> = world.engine.letter_choices(&mara).await?.iter().filter(|one| !one.wanted).map(|one| one.kind).collect();
        assert_eq!(off, [MailKind::Bought]);
        let forged = token.replace("bought", "refreshed");
        for bad in [forged.as_str(), &token[..token.len() - 1], "", "a.b", "a.b.c"] {
            let error = world.engine.stop_letters(bad).await.expect_err("forged");
            assert!(matches!(error, Error::NotFound(_)), "{bad}: {error}");
        }
        assert_eq!(world.count("letter_choice").await?, 1);
        other.close().await;
        Ok(())
    }
}

both! {
    /// N3: what cannot be delivered now is tried later and later, then given up, and staff see it; what never can, at once.
    async fn n3_a_letter_that_does_not_leave_is_tried_again_and_given_up(world: &World) -> Result<()> {
        let mara = world.administrator().await?;
        let paula = add(world, "Paula", Role::PlatformAdministrator).await?;
        let paula = member(world, paula).await?;
        buy(world, &mara, "pack", Wanted::Pack(Tokens::new(50_000)?, None), PAID).await?;
        let carrier = Arc::new(Noted::default());
        *carrier.says.lock().unwrap() = Some(NotCarried::Later("421 come back later".to_owned()));
        assert_eq!(world.engine.send_letters().await?, 0, "nobody carries them");
        world.engine.send_letters_by(carrier.clone());
        world.engine.send_letters().await?;
        becomes(world, "mail WHERE tries = 1 AND next_try_at > 0 AND leased_until IS NULL", 2).await?;
        assert_eq!(world.engine.send_letters().await?, 0, "not before their next try");
        for tries in 2..=8 {
            set(world, "UPDATE mail SET next_try_at = 0 WHERE next_try_at IS NOT NULL").await?;
            world.engine.send_letters().await?;
            becomes(world, &format!("mail WHERE tries = {tries} AND leased_until IS NULL"), 2).await?;
        }
        let report = world.engine.jobs(&paula).await?;
        assert_eq!((report.letters.count, report.unsent.len()), (0, 2));
        assert_eq!((report.unsent[0].tries, report.unsent[0].why.as_str()), (8, "421 come back later"));
        set(world, "UPDATE mail SET next_try_at = 0").await?;
        assert_eq!(world.engine.send_letters().await?, 0, "given up");

        *carrier.says.lock().unwrap() = Some(NotCarried::Never("550 no such mailbox".to_owned()));
        buy(world, &mara, "another", Wanted::Pack(Tokens::new(20_000)?, None), PAID).await?;
        world.engine.send_letters().await?;
        becomes(world, "mail WHERE given_up_at IS NOT NULL", 4).await?;
        Ok(())
    }
}

both! {
    /// N3, S4: a letter that was given up is sent again by the hand of the platform's administrators alone, as often as a new
    /// one, once however often it is pressed, with its entry; one whose link works no more is not.
    async fn n3_a_letter_that_was_given_up_is_sent_again_by_hand(world: &World) -> Result<()> {
        let mara = world.administrator().await?;
        let paula = member(world, add(world, "Paula", Role::PlatformAdministrator).await?).await?;
        let engine = &world.engine;
        buy(world, &mara, "pack", Wanted::Pack(Tokens::new(50_000)?, None), PAID).await?;
        engine.send_link(engine::team::LinkKind::SignIn, MARA, [127, 0, 0, 1].into()).await?;
        let carrier = Arc::new(Noted::default());
        *carrier.says.lock().unwrap() = Some(NotCarried::Never("550 no such mailbox".to_owned()));
        engine.send_letters_by(carrier.clone());
        engine.send_letters().await?;
        becomes(world, "mail WHERE given_up_at IS NOT NULL AND leased_until IS NULL", 3).await?;
        set(world, "UPDATE mail SET link_token = NULL").await?;

        let unsent = engine.jobs(&paula).await?.unsent;
        let (over, whole): (Vec<_>, Vec<_>) = unsent.iter().partition(|letter| letter.link_is_over);
        assert_eq!((over.len(), whole.len()), (1, 2));
        let Err(Error::Invalid { message, .. }) = engine.send_letter_again(&paula, over[0].id).await else { bail!("no link") };
        assert!(message.contains("Nothing was sent"), "{message}");
        let letter = whole[0].id;
        assert!(matches!(engine.send_letter_again(&mara, letter).await, Err(Error::Forbidden)), "not hers");
        let nobodys = "mai_01K8Z0000000000000000000AA".parse()?;
        assert!(matches!(engine.send_letter_again(&paula, nobodys).await, Err(Error::NotFound("letter"))));

        *carrier.says.lock().unwrap() = None;
        engine.send_letter_again(&paula, letter).await?;
        engine.send_letter_again(&paula, letter).await?;
        engine.send_letters().await?;
        becomes(world, &format!("mail WHERE id = '{letter}' AND sent_at IS NOT NULL AND tries = 1 AND given_up_at IS NULL"), 1).await?;
        engine.send_letter_again(&paula, letter).await?;
        assert_eq!(carrier.carried.lock().unwrap()[&letter.to_string()], 2, "refused once, taken once");
        assert_eq!(world.count("audit_entry WHERE act = 'jobResubmitted'").await?, 1);
        assert_eq!(engine.jobs(&paula).await?.unsent.len(), 2);
        Ok(())
    }
}

both! {
    /// Y3: whoever is forgotten is forgotten also where a letter to them was given up; it is not sent again.
    async fn y3_letters_that_were_given_up_are_blanked_too(world: &World) -> Result<()> {
        world.administrator().await?;
        let olga = member(world, add(world, "Olga", Role::CustomerViewer).await?).await?;
        let engine = &world.engine;
        engine.send_link(engine::team::LinkKind::SignIn, &olga.email, [127, 0, 0, 1].into()).await?;
        set(world, "UPDATE mail SET given_up_at = 1, failed_with = '550 no such mailbox'").await?;
        engine.request_erasure(&olga, &olga.email).await?;
        world.clock("2026-12-01T00:00:00Z").await?;
        engine.erase_due().await?;
        becomes(world, "person WHERE erased_at IS NOT NULL", 1).await?;
        assert_eq!(world.count(&format!("mail WHERE recipient = '{}'", olga.email)).await?, 0);
        assert_eq!(world.count("mail WHERE given_up_at IS NOT NULL").await?, 0, "nobody is led to send them");
        Ok(())
    }
}
