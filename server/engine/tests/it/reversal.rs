//! Money that goes back: refunds and disputes, in every order, and what follows in tokens, on credit notes, in the P&L and
//! in what is owed. P7, I4, 5.26; I-32, I-36, I-37.

use crate::{
    shop::{PACK, PRO, Shop, UNTOLD},
    support::{World, both, speech},
    team::{add, member},
};
use anyhow::{Context, Result, bail};
use billing::{
    allowance::Source,
    audit::AuditAct,
    customer::PaymentBlock,
    id::InvoiceId,
    money::{Currency, Money},
    payment::{Issuer, Order},
    production::{End, Outcome},
    refusal::Reason,
    sample::RISK_PER_DISPUTE,
    team::Role,
    tokens::Tokens,
};
use engine::{
    Error,
    payment::{CreditReason, Heard, RefundOutcome, Settled, Wanted},
    team::Member,
};
use serde_json::{Value, json};

fn pounds(minor: i64) -> Money {
    Money::new(minor, Currency::Gbp)
}

async fn paula(world: &World) -> Result<Member> {
    let paula = member(world, add(world, "Paula", Role::PlatformAdministrator).await?).await?;
    world.engine.member(paula.person, Some(world.customer)).await?.context("she reaches every customer")
}

/// A pack that was bought, its invoice, and the provider's name of its payment.
async fn bought(shop: &Shop<'_>, request: &str) -> Result<(Order, InvoiceId, String)> {
    let order = shop.buy(request, Wanted::Pack(Tokens::new(PACK)?, None)).await?;
    let line = shop.world.engine.order_of(&shop.buyer, order.id).await?;
    let payment = shop.payment_of(&order).await?;
    Ok((order, line.invoice.context("an invoice")?, payment))
}

/// Makes so many seconds of speech, at 8 tokens each.
async fn spend(world: &World, name: &str, seconds: i64) -> Result<()> {
    let step = speech("one", seconds);
    world.admit(name, vec![step.clone()]).await?;
    world.report(name, &step, 1, Outcome::Succeeded).await?;
    world.finish(name, End::Published).await?;
    Ok(())
}

/// What the provider tells of a payment whose money went back, under another id.
fn told(events: &[Value], kind: &str, payment: &str, id: &str) -> Result<Value> {
    let is_it =
        |event: &&Value| event["type"] == kind && event["data"]["object"]["payment_intent"] == payment;
    let mut event = events.iter().find(is_it).context("an event")?.clone();
    event["id"] = json!(id);
    Ok(event)
}

both! {
    /// I-36: three partial refunds, whose event says the total each time, told in every order and twice: taken back is what
    /// was refunded, to the token and the penny; all of it is all of it.
    async fn i36_partial_refunds_in_every_order_take_back_what_was_refunded(world: &World) -> Result<()> {
        let (shop, paula) = (Shop::open(world).await?, paula(world).await?);
        for (place, order) in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]].iter().enumerate() {
            let (_, invoice, payment) = bought(&shop, &format!("pack-{place}")).await?;
            let before = shop.bought().await?;
            let mut events = Vec::new();
            for (part, minor) in [500, 700, 960].into_iter().enumerate() {
                world.engine.sandbox_refund(&payment, pounds(minor)).await?;
                events.push(told(&shop.events().await?, "charge.refunded", &payment, &format!("evt_{place}_{part}"))?);
            }
            for which in order.iter().chain(order) {
                shop.hear(&events[*which]).await?;
            }
            assert_eq!(shop.bought().await?, before - PACK, "all of the money, all of the tokens");
            let shown = world.engine.invoice_of(&shop.buyer, invoice).await?;
            let total: i64 = shown.credited.iter().map(|note| note.totals.total.minor()).sum();
            let tokens: i64 = shown.credited.iter().map(|note| note.tokens.get()).sum();
            assert_eq!((total, tokens), (2_160, PACK));
            assert!(shown.credited.iter().all(|note| note.reason == CreditReason::Refund));
            assert!(matches!(world.engine.refund(&paula, invoice, pounds(1), (&format!("more-{place}"), "Why")).await, Err(Error::Invalid { field, .. }) if field == "amount"));
        }
        Ok(())
    }
}

both! {
    /// I-36, 5.26: a third is refunded after most was spent: what is free goes, and no more; the revenue that was earned and is
    /// given back stands on the day, and recognised, lapsed and deferred are what was invoiced less what was credited.
    async fn i36_a_refund_takes_no_more_than_is_free(world: &World) -> Result<()> {
        let (shop, paula) = (Shop::open(world).await?, paula(world).await?);
        let (_, invoice, _) = bought(&shop, "one").await?;
        spend(world, "film", 5_500).await?; // 44,000 tokens
        assert_eq!(shop.bought().await?, 6_000);
        let refund = async |request: &str, minor| world.engine.refund(&paula, invoice, pounds(minor), (request, "They were unhappy")).await;
        assert_eq!(refund("a", 720).await?, RefundOutcome::Made);
        assert_eq!(refund("a", 720).await?, RefundOutcome::Made, "sent twice");
        assert_eq!(shop.bought().await?, 0, "16,666 belong to a third; 6,000 were free");
        let shown = world.engine.invoice_of(&shop.buyer, invoice).await?;
        let [note] = shown.credited.as_slice() else { bail!("one credit note: {:?}", shown.credited) };
        assert_eq!((note.totals.net, note.totals.tax, note.tokens.get()), (pounds(600), pounds(120), 6_000));
        assert!(note.number.to_string().ends_with("-C0001"), "{}", note.number);
        // 44,000 of 50,000 at 18.00 were earned: 15.84; 6.00 go back, of which 2.16 were not earned yet
        assert_eq!(world.count("revenue_entry WHERE kind = 'refund' AND micros = -3840000 AND credit_note = 1").await?, 1);
        assert!(matches!(refund("b", 1_441).await, Err(Error::Invalid { .. })), "more than is left of it");
        assert_eq!(refund("c", 1_440).await?, RefundOutcome::Made);
        assert_eq!(world.count("revenue_entry WHERE kind = 'refund'").await?, 2);
        let mine = world.engine.refund(&shop.buyer, invoice, pounds(1), ("d", "Mine")).await;
        assert!(matches!(mine, Err(Error::Forbidden)));
        let silent = world.engine.refund(&paula, invoice, pounds(1), ("e", " ")).await;
        assert!(matches!(silent, Err(Error::Invalid { field, .. }) if field == "reason"));
        world.engine.rebuild_rollups().await?; // P8: what was given back is in the sums that are made anew, too
        Ok(())
    }
}

both! {
    /// I-32: the refund is told of before anybody has told that the money was there.
    async fn i32_a_refund_before_success_ends_in_the_same_books(world: &World) -> Result<()> {
        let shop = Shop::open(world).await?;
        let order = shop.pack("early").await?;
        shop.pay(&order, UNTOLD).await?;
        let payment = shop.payment_of(&order).await?;
        world.engine.sandbox_refund(&payment, pounds(2_160)).await?;
        assert!(matches!(world.engine.sandbox_dispute("pi_none", None).await, Err(Error::NotFound("payment"))));
        let event = told(&shop.events().await?, "charge.refunded", &payment, "evt_early")?;
        assert_eq!(shop.hear(&event).await?, Heard::Nothing, "no payment of that name is booked yet");
        world.engine.come_back(&shop.buyer, order.id).await?;
        assert_eq!(shop.bought().await?, 0);
        let line = world.engine.order_of(&shop.buyer, order.id).await?;
        let shown = world.engine.invoice_of(&shop.buyer, line.invoice.context("an invoice")?).await?;
        assert_eq!(shown.credited.len(), 1, "it was there, and went back");
        Ok(())
    }
}

/// A pack of which 6,000 tokens are left, and which is disputed; its invoice, and the provider's name of its payment.
async fn disputed(shop: &Shop<'_>, paula: &Member) -> Result<(InvoiceId, String)> {
    let world = shop.world;
    let (_, invoice, payment) = bought(shop, "one").await?;
    spend(world, "film", 5_500).await?; // 44,000 of 50,000
    world.engine.sandbox_dispute(&payment, None).await?;
    let opened = told(&shop.events().await?, "charge.dispute.created", &payment, "evt_opened")?;
    assert_eq!(shop.hear(&opened).await?, Heard::Payment(Settled::Applied));
    assert_eq!(shop.hear(&opened).await?, Heard::Nothing, "told twice");
    assert_eq!(shop.bought().await?, 0, "6,000 were free and are taken back");
    assert_eq!(world.engine.customer_file(paula, world.customer).await?.line.risk_score, RISK_PER_DISPUTE);
    let shown = world.engine.invoice_of(&shop.buyer, invoice).await?;
    let [dispute] = shown.disputes.as_slice() else { bail!("{:?}", shown.disputes) };
    assert_eq!((dispute.disputed, dispute.owed, dispute.tokens.get()), (pounds(2_160), pounds(1_901), 6_000));
    world.grant(Source::Promotion, 10_000, None).await?;
    let refused = world.admit("meanwhile", vec![speech("one", 100)]).await;
    let Err(Error::Refused(refusal)) = refused else { bail!("refused: {refused:?}") };
    assert_eq!((refusal.reason, refusal.owed), (Reason::PaymentRequired, Some(pounds(1_901))));
    assert!(refusal.detail().contains("owes GBP 19.01 for a disputed payment"), "{}", refusal.detail());
    let opened = letter(world, "A payment is disputed").await?;
    assert!(opened.contains("asks their bank for GBP 21.60 back"), "{opened}");
    assert!(opened.contains("6000 tokens") && opened.contains("GBP 19.01 is owed"), "{opened}");
    Ok((invoice, payment))
}

/// The one letter to the administrator about something.
async fn letter(world: &World, subject: &str) -> Result<String> {
    let letters = world.engine.mailbox(Some("mara@northlight.example")).await?;
    let mut found = letters.iter().filter(|posted| posted.letter.subject.starts_with(subject));
    let letter = found.next().with_context(|| format!("a letter: {subject}"))?;
    anyhow::ensure!(found.next().is_none(), "{subject}: once");
    anyhow::ensure!(
        letter.letter.link.as_ref().is_some_and(|(_, page)| page.starts_with("/invoices/inv_")),
        "{letter:?}"
    );
    Ok(letter.letter.paragraphs.join(" "))
}

async fn decided(shop: &Shop<'_>, payment: &str, won: bool) -> Result<()> {
    shop.world.engine.sandbox_dispute(payment, Some(won)).await?;
    let closed = told(&shop.events().await?, "charge.dispute.closed", payment, "evt_closed")?;
    assert_eq!(shop.hear(&closed).await?, Heard::Payment(Settled::Applied));
    assert_eq!(shop.world.count("audit_entry WHERE act = 'disputeClosed'").await?, 1);
    Ok(())
}

both! {
    /// I-37, I4: a chargeback after most was spent leaves a debt, raises the risk score, and starts nothing new for that
    /// reason; won, all of it is back.
    async fn i37_a_dispute_that_is_won_restores(world: &World) -> Result<()> {
        let (shop, paula) = (Shop::open(world).await?, paula(world).await?);
        let (invoice, payment) = disputed(&shop, &paula).await?;
        decided(&shop, &payment, true).await?;
        assert_eq!(shop.bought().await?, 6_000 + 10_000);
        let shown = world.engine.invoice_of(&shop.buyer, invoice).await?;
        assert_eq!((shown.disputes[0].owed, shown.credited.len()), (pounds(0), 0));
        assert_eq!(world.engine.usage(world.customer).await?.settings.payment.block(), None::<PaymentBlock>);
        spend(world, "after", 1_900).await?; // 15,200 of what is back
        let told = letter(world, "A disputed payment stands").await?;
        assert!(told.contains("6000 tokens are given back, and nothing is owed"), "{told}");
        Ok(())
    }
}

both! {
    /// I-37: lost, what was taken back is credited and the rest stays owed until staff settle it.
    async fn i37_a_dispute_that_is_lost_stays_owed(world: &World) -> Result<()> {
        let (shop, paula) = (Shop::open(world).await?, paula(world).await?);
        let (invoice, payment) = disputed(&shop, &paula).await?;
        decided(&shop, &payment, false).await?;
        let shown = world.engine.invoice_of(&shop.buyer, invoice).await?;
        assert_eq!(shown.credited.len(), 1);
        assert_eq!((shown.credited[0].reason, shown.credited[0].totals.total), (CreditReason::Dispute, pounds(259)));
        assert!(world.admit("still", vec![speech("one", 100)]).await.is_err());
        let told = letter(world, "A disputed payment is lost").await?;
        assert!(told.contains("GBP 19.01 is owed") && told.contains("Talk to JARAI to settle it."), "{told}");
        let settle = |who| world.engine.settle_debt(who, world.customer, &shown.disputes[0].id, "Paid by bank transfer");
        assert!(matches!(settle(&shop.buyer).await, Err(Error::Forbidden)));
        settle(&paula).await?;
        settle(&paula).await?; // twice
        assert_eq!(world.count("audit_entry WHERE act = 'debtSettled'").await?, 1);
        assert_eq!(world.engine.usage(world.customer).await?.settings.payment.block(), None::<PaymentBlock>);
        let after = world.engine.invoice_of(&shop.buyer, invoice).await?;
        let [one] = after.disputes.as_slice() else { bail!("{:?}", after.disputes) };
        assert_eq!((one.owed, one.withheld), (pounds(0), pounds(1_901)), "settled, and yet gone from this payment");
        let more = world.engine.refund(&paula, invoice, pounds(1), ("more", "Why")).await;
        assert!(matches!(more, Err(Error::Invalid { field, .. }) if field == "amount"), "nothing is left to give back");
        spend(world, "after", 1_000).await?;
        Ok(())
    }
}

both! {
    /// I-32: a dispute that is closed before anybody told that it was opened; opened again by a late telling, nothing changes.
    async fn i32_a_dispute_closed_before_it_is_opened(world: &World) -> Result<()> {
        let shop = Shop::open(world).await?;
        let (_, invoice, payment) = bought(&shop, "one").await?;
        world.engine.sandbox_dispute(&payment, None).await?;
        let opened = told(&shop.events().await?, "charge.dispute.created", &payment, "evt_opened")?;
        world.engine.sandbox_dispute(&payment, Some(false)).await?;
        let closed = told(&shop.events().await?, "charge.dispute.closed", &payment, "evt_closed")?;
        assert_eq!(shop.hear(&closed).await?, Heard::Payment(Settled::Applied));
        assert_eq!(shop.hear(&opened).await?, Heard::Payment(Settled::Known));
        let shown = world.engine.invoice_of(&shop.buyer, invoice).await?;
        assert_eq!((shown.disputes.len(), shown.disputes[0].owed, shown.credited.len()), (1, pounds(0), 1));
        assert_eq!(shown.credited[0].totals.total, pounds(2_160), "nothing was spent: all of it is credited");
        assert_eq!(shop.bought().await?, 0);
        Ok(())
    }
}

both! {
    /// A plan's payment that is refunded takes no allowance back: its days were had. What was earned is given back on the day.
    async fn p7_a_refund_of_a_plan_is_a_negative_on_its_day(world: &World) -> Result<()> {
        let (shop, paula) = (Shop::open(world).await?, paula(world).await?);
        let order = shop.buy("plan", Wanted::Plan(PRO)).await?;
        let line = world.engine.order_of(&shop.buyer, order.id).await?;
        let invoice = line.invoice.context("an invoice")?;
        let left = world.engine.usage(world.customer).await?.capacity.allowance.left;
        assert_eq!(world.engine.refund(&paula, invoice, pounds(1_200), ("a", "A week without service")).await?, RefundOutcome::Made);
        assert_eq!(world.engine.usage(world.customer).await?.capacity.allowance.left, left);
        assert_eq!(world.count("revenue_entry WHERE kind = 'refund' AND micros = -10000000 AND grant_id IS NULL").await?, 1);
        let newest = world.engine.audit_log(&shop.buyer, &engine::audit::AuditFilter { act: Some(AuditAct::RefundMade), ..Default::default() }, 1).await?;
        assert_eq!(newest[0].entry.reason.as_deref(), Some("A week without service"));
        Ok(())
    }
}

both! {
    /// 5.29: an invoice and a credit note keep the issuer of their day, whoever it is later; one of before it was known names
    /// today's. What it was changed from and to is in the log.
    async fn reading_5_29_what_was_issued_keeps_its_issuer(world: &World) -> Result<()> {
        let (shop, paula, engine) = (Shop::open(world).await?, paula(world).await?, &world.engine);
        assert_eq!(engine.issuer().await?, None);
        let (_, unnamed, _) = bought(&shop, "nobody").await?;
        assert_eq!(engine.invoice_of(&shop.buyer, unnamed).await?.issuer, None);
        let first = billing::sample::issuer();
        let second = Issuer { name: "Another Ltd".to_owned(), tax_id: None, ..first.clone() };
        engine.issue_invoices_as(&first).await?;
        engine.issue_invoices_as(&first).await?;
        let (_, invoice, _) = bought(&shop, "first").await?;
        assert_eq!(engine.refund(&paula, invoice, pounds(500), ("a", "Unhappy")).await?, RefundOutcome::Made);
        engine.issue_invoices_as(&second).await?;
        assert_eq!(engine.refund(&paula, invoice, pounds(500), ("b", "Unhappy")).await?, RefundOutcome::Made);
        let shown = engine.invoice_of(&shop.buyer, invoice).await?;
        assert_eq!(shown.issuer, Some(first.clone()));
        let of_notes: Vec<_> = shown.credited.iter().map(|note| note.issuer.clone()).collect();
        assert_eq!(of_notes, [Some(first), Some(second.clone())]);
        assert_eq!(engine.invoice_of(&shop.buyer, unnamed).await?.issuer, Some(second), "of before it was known");
        assert_eq!(world.count("audit_entry WHERE act = 'issuerChanged'").await?, 1);
        Ok(())
    }
}
