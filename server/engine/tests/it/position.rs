//! The statement's position, held against invoices, credit notes and lots by arithmetic of its own: recognised + deferred +
//! breakage = invoiced − credited, net of tax, at every date, whatever goes back. 5.26, I-36, I-37.

use crate::{
    shop::{PACK, PRO, Shop},
    support::{World, both, speech},
    team::{add, member},
};
use anyhow::{Context, Result, ensure};
use billing::{
    money::{Currency, Money},
    production::{End, Outcome},
    team::Role,
    time::Span,
    tokens::Tokens,
};
use chrono::{Datelike, Days, NaiveDate};
use engine::{
    Error,
    payment::{DisputeOutcome, Invoiced, RefundOutcome, Wanted},
    pnl::{PnlBy, PnlQuery},
    team::Member,
};
use sea_orm::{ConnectionTrait, Statement};
use std::collections::BTreeMap;

/// Micro-units of a penny.
const PENNY: i128 = 10_000;

/// A small generator: the same numbers for the same seed, everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: i64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(self.0 >> 33).expect("a number") % sides
    }
}

/// What of the lots that were bought is still to be earned, in micro-units: what nobody has used of them, and what an open
/// dispute has taken back.
async fn unused(world: &World) -> Result<i128> {
    let database = world.database().await?;
    let sql = "SELECT CAST(g.price_paid_minor AS BIGINT), CAST(g.amount_tokens AS BIGINT), CAST(g.remaining_tokens + g.held_tokens \
        + COALESCE((SELECT sum(d.clawed_tokens) FROM dispute d JOIN invoice i ON i.customer_id = d.customer_id AND i.number = d.invoice \
        WHERE d.state = 'open' AND d.customer_id = g.customer_id AND i.order_id = g.payment_id), 0) AS BIGINT) \
        FROM token_grant g WHERE g.price_paid_minor IS NOT NULL";
    let rows = database.query_all_raw(Statement::from_string(database.get_database_backend(), sql)).await?;
    let mut sum = 0;
    for row in rows {
        let number = |place| row.try_get_by_index::<i64>(place).map(i128::from);
        sum += number(0)? * PENNY * number(2)? / number(1)?;
    }
    Ok(sum)
}

fn day_of(at: billing::time::Timestamp) -> NaiveDate {
    at.day()
}

/// What of plans belongs to days after this one.
fn days_to_come(invoices: &[Invoiced], after: NaiveDate) -> i128 {
    let lines =
        invoices.iter().filter(|invoice| day_of(invoice.issued_at) <= after).flat_map(|one| &one.lines);
    let of_days = lines.filter(|line| line.from < line.until);
    of_days
        .map(|line| {
            let (whole, rest) = (line.until - line.from, line.until - line.from.max(after + Days::new(1)));
            let rest = rest.num_days().clamp(0, whole.num_days());
            i128::from(line.amount.minor()) * PENNY * i128::from(rest) / i128::from(whole.num_days())
        })
        .sum()
}

/// A customer, who buys for it, and who gives back.
struct Scene<'a> {
    shop: Shop<'a>,
    paula: Member,
    dice: Dice,
    /// What was unused of what was bought, at the end of each day on which something went on.
    unused: BTreeMap<NaiveDate, i128>,
}

impl Scene<'_> {
    async fn spend(&mut self, name: &str) -> Result<()> {
        let world = self.shop.world;
        let step = speech("one", self.dice.roll(9_000) + 1);
        match world.admit(name, vec![step.clone()]).await {
            Err(Error::Refused(_)) => return Ok(()),
            admitted => drop(admitted?),
        }
        if self.dice.roll(4) == 0 {
            return Ok(()); // it holds what it has planned until its lease is over
        }
        world.report(name, &step, 1, Outcome::Succeeded).await?;
        world.finish(name, End::Published).await?;
        Ok(())
    }

    /// Gives some of a payment back, as far as there is something left of it.
    async fn give_back(&mut self, request: &str, invoice: &Invoiced) -> Result<()> {
        let withheld: i64 = invoice.disputes.iter().map(|one| one.withheld.minor()).sum();
        let credited: i64 = invoice.credited.iter().map(|note| note.totals.total.minor()).sum();
        let left = invoice.totals.total.minor() - credited - withheld;
        if left <= 0 {
            return Ok(());
        }
        let part = if self.dice.roll(3) == 0 { left } else { self.dice.roll(left) + 1 };
        let amount = Money::new(part, Currency::Gbp);
        let given =
            self.shop.world.engine.refund(&self.paula, invoice.id, amount, (request, "For a reason")).await?;
        ensure!(given == RefundOutcome::Made, "{given:?}");
        Ok(())
    }

    /// A payment is contested, or what was contested is decided, or settled.
    async fn contest(&mut self, invoice: &Invoiced) -> Result<()> {
        let engine = &self.shop.world.engine;
        let Some(dispute) = invoice.disputes.first() else {
            return Ok(engine.sandbox_dispute_of(&self.paula, invoice.id, None).await?);
        };
        if dispute.outcome == DisputeOutcome::Open {
            let won = self.dice.roll(2) == 0;
            return Ok(engine.sandbox_dispute_of(&self.paula, invoice.id, Some(won)).await?);
        }
        if dispute.owed.minor() > 0 {
            engine.settle_debt(&self.paula, self.paula.customer, &dispute.id, "Paid otherwise").await?;
        }
        Ok(())
    }

    async fn turn(&mut self, turn: i64) -> Result<()> {
        let (world, name) = (self.shop.world, format!("turn-{turn}"));
        let later = Span::hours(i32::try_from(self.dice.roll(50) + 1)?);
        world.engine.set_sandbox_clock(world.engine.now().after(later)).await?;
        world.engine.expire_lapsed().await?;
        world.engine.refresh_due().await?;
        world.engine.take_payments().await?;
        let invoices = world.engine.invoices_of(&self.shop.buyer).await?;
        let invoice = &invoices[usize::try_from(self.dice.roll(i64::try_from(invoices.len())?))?];
        match self.dice.roll(9) {
            0 | 1 => drop(self.shop.buy(&name, Wanted::Pack(Tokens::new(PACK)?, None)).await?),
            2 => self.give_back(&name, invoice).await?,
            3 | 4 => self.contest(invoice).await?,
            _ => self.spend(&name).await?,
        }
        let today = world.engine.now().day();
        let unused = unused(world).await?;
        self.unused.insert(today, unused);
        self.agrees(today, &[today]).await
    }

    /// Whether the page's figures at the end of these days are those that invoices, credit notes and lots come to.
    async fn agrees(&self, today: NaiveDate, days: &[NaiveDate]) -> Result<()> {
        let engine = &self.shop.world.engine;
        let invoices = engine.invoices_of(&self.shop.buyer).await?;
        let reader =
            engine.member(self.paula.person, Some(self.paula.customer)).await?.context("a reader")?;
        for day in days.iter().copied() {
            let (account, production, step, currency) = (None, None, None, None);
            let first = day.with_day(1).context("a day")?;
            let query =
                PnlQuery { days: first..=day, account, production, step, by: PnlBy::Account, currency };
            let position = engine.pnl(&reader, &query).await?.position.context("a position")?;
            let [sold, recognised, breakage, deferred] =
                [position.invoiced, position.recognised, position.breakage, position.deferred]
                    .map(|cost| i128::from(cost.micros()));
            let issued = invoices.iter().filter(|one| day_of(one.issued_at) <= day);
            let issued: i64 = issued.map(|one| one.totals.net.minor()).sum();
            let notes =
                invoices.iter().flat_map(|one| &one.credited).filter(|note| day_of(note.issued_at) <= day);
            let credited: i64 = notes.map(|note| note.totals.net.minor()).sum();
            ensure!(
                sold == i128::from(issued - credited) * PENNY,
                "{day}: {sold} and not {issued} − {credited}"
            );
            ensure!(recognised + breakage + deferred == sold, "{day} of {today}: {position:?}");
            let (_, unused) = self.unused.range(..=day).next_back().context("a day before")?;
            let expected = unused + days_to_come(&invoices, day);
            // Each line and each lot is rounded by itself.
            let off = i128::try_from(invoices.len() * 4)?;
            ensure!(
                (deferred - expected).abs() <= off,
                "{day} of {today}: {deferred} is deferred, {expected} is to come: {position:?}"
            );
        }
        Ok(())
    }
}

async fn history(world: &World, seed: u64) -> Result<()> {
    let shop = Shop::open(world).await?;
    let paula = member(world, add(world, "Paula", Role::PlatformAdministrator).await?).await?;
    let paula = world
        .engine
        .member(paula.person, Some(world.customer))
        .await?
        .context("she reaches every customer")?;
    shop.buy("plan", Wanted::Plan(PRO)).await?;
    shop.buy("pack", Wanted::Pack(Tokens::new(PACK)?, None)).await?;
    let start = world.engine.now().day();
    let unused = BTreeMap::from([(start, unused(world).await?)]);
    let mut scene = Scene { shop, paula, dice: Dice(seed), unused };
    for turn in 0..70 {
        scene.turn(turn).await?;
    }
    for (what, least) in [
        ("credit_note WHERE reason = 'refund'", 3),
        ("dispute", 3),
        ("credit_note WHERE reason = 'dispute'", 1),
        ("invoice", 8),
    ] {
        ensure!(world.count(what).await? >= least, "{what}: this history says little");
    }
    let today = world.engine.now().day();
    let days: Vec<NaiveDate> = start.iter_days().take_while(|day| *day <= today).collect();
    scene.agrees(today, &days).await
}

both! {
    /// 5.26: at every date, while it goes on and looked at afterwards, under refunds and disputes in any order.
    async fn reading_5_26_the_position_adds_up_under_refunds_and_disputes(world: &World) -> Result<()> {
        history(world, 3).await
    }
}

both! {
    /// The same with other numbers.
    async fn reading_5_26_the_position_adds_up_in_another_history(world: &World) -> Result<()> {
        history(world, 20_261_126).await
    }
}
