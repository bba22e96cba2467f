//! A year of a customer with failures of every kind, held against the provider's own objects at every date: what was charged
//! is what was invoiced and received, what went back is what was credited or is contested, and tokens are those paid for.

use crate::{
    shop::{PACK, PAID, PRO, Shop, YEAR},
    support::{World, both, speech},
    team::{add, member},
};
use anyhow::{Context, Result, ensure};
use billing::{
    id::InvoiceId,
    money::{Currency, Money},
    payment::OrderState,
    production::{End, Outcome},
    team::Role,
    tokens::Tokens,
};
use engine::{
    payment::{RefundOutcome, Wanted},
    team::Member,
};
use sea_orm::{ConnectionTrait, Statement};
use serde_json::Value;

/// Pays on the page, and is declined whenever nobody is present.
const DECLINED_LATER: &str = "4000 0000 0000 0341";
const DECLINED: &str = "4000 0000 0000 0002";

/// What the provider has, in minor units: received, and gone back.
#[derive(Debug, Default, PartialEq, Eq)]
struct Moved {
    received: i64,
    gone: i64,
}

async fn bodies(world: &World, kind: &str) -> Result<Vec<Value>> {
    let database = world.database().await?;
    let sql = format!("SELECT body FROM sandbox_object WHERE id LIKE '{kind}_%' ORDER BY id");
    let rows = database.query_all_raw(Statement::from_string(database.get_database_backend(), sql)).await?;
    rows.iter().map(|row| Ok(serde_json::from_str(&row.try_get_by_index::<String>(0)?)?)).collect()
}

async fn sum(world: &World, sql: &str) -> Result<i64> {
    let database = world.database().await?;
    let sql = format!("SELECT CAST(COALESCE(({sql}), 0) AS BIGINT)");
    let row = database.query_one_raw(Statement::from_string(database.get_database_backend(), sql)).await?;
    Ok(row.context("a sum")?.try_get_by_index(0)?)
}

/// The provider's side and ours are the same, and ours agrees with itself.
async fn agree(world: &World, on: &str) -> Result<()> {
    let number = |value: &Value, field: &str| value[field].as_i64().unwrap_or_default();
    let paid = bodies(world, "pi")
        .await?
        .iter()
        .filter(|one| one["status"] == "succeeded")
        .map(|one| number(one, "amount"))
        .sum();
    let refunded: i64 = bodies(world, "ch").await?.iter().map(|one| number(one, "amount_refunded")).sum();
    let lost = bodies(world, "dp")
        .await?
        .iter()
        .filter(|one| one["status"] != "won")
        .map(|one| number(one, "amount"))
        .sum::<i64>();
    let theirs = Moved { received: paid, gone: refunded + lost };
    let ours = Moved {
        received: sum(world, "SELECT sum(amount_minor) FROM payment").await?,
        gone: sum(world, "SELECT sum(total_minor) FROM credit_note WHERE reason = 'refund'").await?
            + sum(world, "SELECT sum(disputed_minor) FROM dispute WHERE state <> 'won'").await?,
    };
    ensure!(theirs == ours, "{on}: the provider has {theirs:?}, the books {ours:?}");
    let invoiced = sum(world, "SELECT sum(total_minor) FROM invoice").await?;
    let outstanding = sum(world, "SELECT sum(total_minor) FROM invoice i WHERE NOT EXISTS (SELECT 1 FROM payment p WHERE p.customer_id = i.customer_id AND p.number = i.number)").await?;
    ensure!(
        invoiced == ours.received + outstanding,
        "{on}: {invoiced} invoiced, {} received, {outstanding} outstanding",
        ours.received
    );
    let packs = sum(world, "SELECT count(*) FROM \"order\" WHERE state = 'paid' AND kind = 'pack'").await?;
    let lots =
        sum(world, "SELECT sum(amount_tokens) FROM token_grant WHERE source IN ('topUp', 'autoTopUp')")
            .await?;
    ensure!(lots == packs * PACK, "{on}: {lots} tokens of {packs} packs");
    let violations = engine::verify::verify(&world.url).await?;
    ensure!(violations.is_empty(), "{on}: {violations:?}");
    Ok(())
}

/// Everything that goes on by itself, until nothing is left to do.
async fn settle(world: &World) -> Result<()> {
    for _ in 0..3 {
        world.engine.refresh_due().await?;
        world.engine.take_payments().await?;
        world.engine.refund_due().await?;
    }
    Ok(())
}

async fn produce(world: &World, name: &str, seconds: i64) -> Result<()> {
    let step = speech("one", seconds);
    world.admit(name, vec![step.clone()]).await?;
    world.report(name, &step, 1, Outcome::Succeeded).await?;
    world.finish(name, End::Published).await?;
    Ok(())
}

/// A pack, its invoice and the provider's name of its payment.
async fn pack(shop: &Shop<'_>, request: &str, card: &str) -> Result<(InvoiceId, String)> {
    let order = shop.order(request, Wanted::Pack(Tokens::new(PACK)?, None)).await?;
    shop.pay(&order, DECLINED).await?;
    shop.pay(&order, card).await?;
    shop.world.engine.come_back(&shop.buyer, order.id).await?;
    ensure!(shop.state(order.id).await? == OrderState::Paid, "{request} is paid after a card was declined");
    let line = shop.world.engine.order_of(&shop.buyer, order.id).await?;
    Ok((line.invoice.context("an invoice")?, shop.payment_of(&order).await?))
}

async fn staff(world: &World) -> Result<Member> {
    let paula = member(world, add(world, "Paula", Role::PlatformAdministrator).await?).await?;
    world.engine.member(paula.person, Some(world.customer)).await?.context("she reaches every customer")
}

both! {
    async fn i37_a_year_with_failures_of_every_kind(world: &World) -> Result<()> {
        let (shop, paula) = (Shop::open(world).await?, staff(world).await?);
        let engine = &world.engine;
        let pounds = |minor| Money::new(minor, Currency::Gbp);
        let at = async |day: &str| {
            world.clock(&format!("{day}T09:00:00Z")).await?;
            settle(world).await?;
            agree(world, day).await
        };
        shop.buy("plan", Wanted::Plan(PRO)).await?;
        agree(world, "the first day").await?;
        let (first, _) = pack(&shop, "november", PAID).await?;
        produce(world, "film-1", 2_000).await?;
        at("2026-11-22").await?;

        // Some of a pack is given back, twice.
        for (request, minor) in [("a", 500), ("b", 700)] {
            ensure!(engine.refund(&paula, first, pounds(minor), (request, "A fault of ours")).await? == RefundOutcome::Made, "{request}");
            agree(world, request).await?;
        }
        at("2026-12-22").await?;

        // A payer contests a pack that is spent, and loses; contests another, and wins.
        let (_, spent) = pack(&shop, "december", PAID).await?;
        for name in ["film-2", "film-3", "film-4"] {
            produce(world, name, 12_000).await?; // 96,000 tokens each: the allowance, and some of what was bought
        }
        engine.sandbox_dispute(&spent, None).await?;
        settle(world).await?;
        agree(world, "contested").await?;
        engine.sandbox_dispute(&spent, Some(true)).await?;
        at("2027-01-22").await?;
        let (lost, payment) = pack(&shop, "january", PAID).await?;
        for name in ["film-5", "film-6", "film-7"] {
            produce(world, name, 12_000).await?;
        }
        engine.sandbox_dispute(&payment, None).await?;
        settle(world).await?;
        engine.sandbox_dispute(&payment, Some(false)).await?;
        at("2027-02-22").await?;
        assert!(produce(world, "film-8", 10).await.is_err(), "a debt stands against it");
        for dispute in engine.invoice_of(&shop.buyer, lost).await?.disputes {
            assert!(dispute.owed.minor() > 0, "{dispute:?}");
            engine.settle_debt(&paula, world.customer, &dispute.id, "Paid by bank transfer").await?;
        }

        // A card that declines whenever nobody is there: grace, tries, past grace; then it is paid by hand.
        pack(&shop, "march", DECLINED_LATER).await?;
        at("2027-03-22").await?;
        for day in ["2027-03-23", "2027-03-25", "2027-03-28", "2027-03-30"] {
            at(day).await?;
        }
        let outstanding = sum(world, "SELECT max(number) FROM invoice").await?;
        let order = shop.order("by hand", Wanted::Invoice(outstanding)).await?;
        shop.pay(&order, PAID).await?;
        engine.come_back(&shop.buyer, order.id).await?;
        at("2027-04-22").await?;

        // Another plan for a year, and the rest of the year.
        shop.buy("year", Wanted::Plan(YEAR)).await?;
        for month in ["2027-05-22", "2027-06-22", "2027-07-22", "2027-08-22", "2027-09-22", "2027-10-22", "2027-11-22"] {
            at(month).await?;
        }
        assert!(sum(world, "SELECT count(*) FROM invoice").await? >= 10);
        Ok(())
    }
}
