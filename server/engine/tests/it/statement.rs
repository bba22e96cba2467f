//! P&L on real rows: every level sums to the one above, whatever is going on; what is unknown is said; and a closed month
//! stays what it is. I-42, I-49, I-50, P1, P6, P8, 5.9, 5.10, 5.26.

use crate::support::{PNL_FIGURES, World, both, production, speech};
use anyhow::{Context, Result, ensure};
use billing::{
    allowance::Source,
    customer::AccountStatus,
    id::{AccountId, CustomerId},
    money::{Cost, Currency, Money},
    payment::BillingDetails,
    pnl::{Basis, Margin, Pnl, PriceUnit, UnitPrices},
    production::{Attempt, End, Kind, Outcome, Plan, Step},
    team::Role,
    tier::{self, BillingPeriod, Tier},
    time::{Month, Span},
    tokens::Tokens,
};
use chrono::NaiveDate;
use engine::{
    Engine, Error,
    allowance::{UsageBy, UsageRange},
    payment::{Ordered, Wanted},
    pnl::{PnlBy, PnlLine, PnlQuery, PnlReport, PnlStep, PricedModel},
    production::{AdmitRequest, CallReport},
    team::{Member, NewMember},
    tier::{Contract, NewSubscription},
};
use std::ops::RangeInclusive;

const PAID: &str = "4242 4242 4242 4242";

/// A small generator: the same numbers for the same seed, everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("a number") % sides
    }
}

fn days(from: &str, to: &str) -> RangeInclusive<NaiveDate> {
    from.parse().expect("a day")..=to.parse().expect("a day")
}

fn query(days: RangeInclusive<NaiveDate>, by: PnlBy) -> PnlQuery {
    PnlQuery { days, account: None, production: None, step: None, by, currency: None }
}

/// Everything of it that can be summed: micro-units, tokens and calls.
fn figures(pnl: &Pnl) -> [i64; 12] {
    [
        pnl.subscription.micros(),
        pnl.top_ups.micros(),
        pnl.invoiced.micros(),
        pnl.charged.micros(),
        pnl.raw.map_or(0, Cost::micros),
        pnl.tokens.get(),
        pnl.calls,
        pnl.unknown,
        pnl.failed.calls,
        pnl.failed.unknown,
        pnl.failed.charged.micros(),
        pnl.failed.raw.map_or(0, Cost::micros),
    ]
}

fn sum<'a>(all: impl IntoIterator<Item = &'a Pnl>) -> [i64; 12] {
    let mut sums = [0; 12];
    for pnl in all {
        sums.iter_mut().zip(figures(pnl)).for_each(|(sum, figure)| *sum += figure);
    }
    sums
}

/// The lines and the days of a statement sum to its total. In another currency than the customer's own each day is rounded
/// by itself, and may be half a micro-unit off.
fn check(report: &PnlReport, own: Option<Currency>) -> Result<()> {
    let total = figures(&report.total);
    ensure!(sum(report.lines.iter().map(|line| &line.pnl)) == total, "lines: {report:#?}");
    let off = if own == Some(report.currency) {
        0
    } else {
        i64::try_from(report.series.len() * report.lines.len())?
    };
    let days = sum(report.series.iter().map(|(_, pnl)| pnl));
    let near = days.iter().zip(total).all(|(days, total)| (days - total).abs() <= off);
    ensure!(near, "days {days:?} are no {total:?}");
    if let Some(position) = report.position {
        let parts = [position.recognised, position.breakage, position.deferred].map(Cost::micros);
        ensure!(parts.iter().sum::<i64>() == position.invoiced.micros(), "5.26: {position:?}");
        ensure!(parts[2] >= 0, "more was earned than invoiced: {position:?}");
    }
    Ok(())
}

/// Two customers in two currencies, with three accounts each, and who reads their figures.
struct Studios<'a> {
    world: &'a World,
    all: Vec<(CustomerId, Vec<AccountId>)>,
    buyer: Member,
    platform: Member,
}

impl<'a> Studios<'a> {
    async fn open(world: &'a World) -> Result<Self> {
        let engine = &world.engine;
        let buyer = world.administrator().await?;
        let other = engine.open_customer("Kyoto Reels", Currency::Jpy).await?;
        let mut all = vec![(world.customer, vec![world.account]), (other, Vec::new())];
        for (customer, accounts) in &mut all {
            while accounts.len() < 3 {
                accounts.push(engine.open_account(*customer, "Channel", AccountStatus::Active).await?);
            }
        }
        let details = BillingDetails {
            name: "Kyoto Reels".to_owned(),
            address: vec!["1 Sanjo".to_owned()],
            country: "JP".parse()?,
            email: "billing@kyoto.example".to_owned(),
            tax_id: None,
        };
        engine.set_billing_details(other, details).await?;
        let contract =
            Contract { allowance: Tokens::new(400_000)?, price: Money::new(99_001, Currency::Jpy) };
        let plan = tier::Plan { tier: Tier::Enterprise, billing: BillingPeriod::Monthly, seats: 1 };
        let new = NewSubscription { plan, anchor_on: "2026-10-22".parse()?, contract: Some(contract) };
        engine.subscribe(other, new).await?;
        let staff = NewMember {
            name: "Paula",
            email: "paula@jarai.example",
            password: "a long password",
            role: Role::PlatformAdministrator,
        };
        let platform = engine.add_staff(staff).await?;
        let platform = engine.member(platform, None).await?.context("a member")?;
        let studios = Self { world, all, buyer, platform };
        studios.plan("first", Tier::Pro, BillingPeriod::Monthly).await?;
        Ok(studios)
    }

    /// Orders a plan and pays it.
    async fn plan(&self, request: &str, tier: Tier, billing: BillingPeriod) -> Result<()> {
        let seats = if tier == Tier::Atelier { 3 } else { 1 };
        self.pay(request, Wanted::Plan(tier::Plan { tier, billing, seats })).await
    }

    async fn pay(&self, request: &str, wanted: Wanted) -> Result<()> {
        let engine = &self.world.engine;
        let Ordered::Order(order) = engine.order(&self.buyer, request, wanted).await? else { return Ok(()) };
        let page = engine.checkout(&self.buyer, order.id, String::new()).await?;
        engine.sandbox_pay(page.rsplit('/').next().context("a page")?, PAID).await?;
        Ok(engine.come_back(&self.buyer, order.id).await?)
    }

    /// A production of some steps, of which one may fail first and one may be of a model that nobody has a price of.
    async fn produce(&self, name: &str, dice: &mut Dice) -> Result<()> {
        let (customer, accounts) = &self.all[dice.roll(self.all.len())];
        let account = accounts[dice.roll(accounts.len())];
        let steps: Vec<Step> = (0..=dice.roll(4))
            .map(|step| Step {
                stage: (dice.roll(3) > 0).then(|| format!("{}", dice.roll(3))),
                model: (dice.roll(12) == 0).then(|| "unheard-of".to_owned()),
                ..speech(&format!("s{step}"), i64::try_from(dice.roll(400)).expect("seconds") + 1)
            })
            .collect();
        let engine = &self.world.engine;
        let plan = Plan::new(steps.clone())?;
        let request = AdmitRequest {
            production: production(name),
            account,
            title: format!("Production {name}"),
            project_type: None,
            member: None,
            quote: None,
            plan,
        };
        match engine.admit(*customer, None, request).await {
            Err(Error::Refused(_)) => return Ok(()),
            admitted => drop(admitted?),
        }
        for step in &steps {
            for (number, outcome) in (1..).zip([Outcome::Failed, Outcome::Succeeded]) {
                if outcome == Outcome::Failed && dice.roll(3) > 0 {
                    continue;
                }
                let attempt = Attempt { outcome, quantity: step.quantity, model: None, occurred_at: None };
                engine
                    .report_attempt(*customer, production(name), step.name.clone(), number, attempt)
                    .await?;
            }
        }
        engine.finish(*customer, production(name), End::Published).await?;
        if dice.roll(6) == 0 {
            let call = CallReport {
                account,
                r#loop: 2,
                quantity: steps[0].quantity,
                model: None,
                occurred_at: None,
            };
            engine.record_call(*customer, None, format!("call-{name}").parse()?, call).await?;
        }
        Ok(())
    }

    /// Half a year of work, purchases and changes of plan.
    async fn half_a_year(&self, seed: u64) -> Result<()> {
        let (engine, mut dice) = (&self.world.engine, Dice(seed));
        for turn in 0..110 {
            let later = Span::hours(i64::try_from(dice.roll(60) + 1).expect("hours").try_into()?);
            engine.set_sandbox_clock(engine.now().after(later)).await?;
            engine.take_payments().await?;
            engine.refresh_due().await?;
            match dice.roll(14) {
                0 => self.pay(&format!("pack-{turn}"), Wanted::Pack(Tokens::new(20_000)?, None)).await?,
                1 => {
                    let tier = [Tier::Pro, Tier::Atelier][dice.roll(2)];
                    let billing = [BillingPeriod::Monthly, BillingPeriod::Annual][dice.roll(2)];
                    match self.plan(&format!("plan-{turn}"), tier, billing).await {
                        Err(error) if error.downcast_ref::<Error>().is_none() => return Err(error),
                        _ => {} // the plan that they have, or one that sales set up
                    }
                }
                _ => self.produce(&format!("p{seed}-{turn}"), &mut dice).await?,
            }
        }
        Ok(())
    }

    async fn report(&self, of: usize, query: &PnlQuery) -> Result<PnlReport> {
        let member = self.world.engine.member(self.platform.person, Some(self.all[of].0)).await?;
        let report = self.world.engine.pnl(&member.context("a member")?, query).await?;
        check(&report, Some([Currency::Gbp, Currency::Jpy][of]))?;
        Ok(report)
    }

    /// From the platform down to the steps of every production.
    async fn drill(&self, days: &RangeInclusive<NaiveDate>) -> Result<()> {
        let customers = PnlQuery { currency: Some(Currency::Gbp), ..query(days.clone(), PnlBy::Customer) };
        let platform = self.world.engine.platform_pnl(&self.platform, &customers).await?;
        check(&platform, None)?;
        for (place, (customer, _)) in self.all.iter().enumerate() {
            let whole = self.report(place, &query(days.clone(), PnlBy::Account)).await?;
            let in_pounds = self.report(place, &PnlQuery { by: PnlBy::Model, ..customers.clone() }).await?;
            let line = |line: &&PnlLine| line.key == customer.to_string();
            let known = platform.lines.iter().find(line).map(|line| line.pnl);
            let both = figures(&known.unwrap_or(in_pounds.total)).into_iter().zip(figures(&in_pounds.total));
            // In another currency each line is rounded by itself.
            ensure!(
                both.into_iter().all(|(one, two)| (one - two).abs() <= 64),
                "{known:?} {:?}",
                in_pounds.total
            );
            for by in [PnlBy::Step, PnlBy::Model, PnlBy::Production, PnlBy::ProductionStep] {
                let other = self.report(place, &query(days.clone(), by)).await?;
                ensure!(figures(&other.total) == figures(&whole.total), "{by:?}");
            }
            for account in &whole.lines {
                self.drill_account(place, days, account).await?;
            }
        }
        Ok(())
    }

    async fn drill_account(&self, of: usize, days: &RangeInclusive<NaiveDate>, line: &PnlLine) -> Result<()> {
        let Ok(account) = line.key.parse() else { return Ok(()) };
        let of_account = |by| PnlQuery { account: Some(account), ..query(days.clone(), by) };
        for by in [PnlBy::Account, PnlBy::Step, PnlBy::Model, PnlBy::Production] {
            let report = self.report(of, &of_account(by)).await?;
            ensure!(figures(&report.total) == figures(&line.pnl), "{by:?} of {line:?}: {:?}", report.total);
        }
        for step in self.report(of, &of_account(PnlBy::Step)).await?.lines {
            self.drill_step(of, &of_account(PnlBy::Production), &step).await?;
        }
        let both = self.report(of, &of_account(PnlBy::ProductionStep)).await?;
        ensure!(figures(&both.total) == figures(&line.pnl), "{:?} of {line:?}", both.total);
        ensure!(both.lines.iter().all(|line| figures(&line.pnl) != [0; 12]), "lines of nothing: {both:?}");
        for production in self.report(of, &of_account(PnlBy::Production)).await?.lines {
            let steps = PnlQuery { production: Some(production.key.clone()), ..of_account(PnlBy::Step) };
            let steps = self.report(of, &steps).await?;
            ensure!(figures(&steps.total) == figures(&production.pnl), "{production:?}: {:?}", steps.total);
            for step in steps.lines.iter().filter(|step| figures(&step.pnl) != [0; 12]) {
                let same = |line: &&PnlLine| {
                    (&line.key, line.stage.as_ref(), line.kind)
                        == (&production.key, Some(&step.key), step.kind)
                };
                let known = both.lines.iter().find(same).map(|line| figures(&line.pnl));
                ensure!(known == Some(figures(&step.pnl)), "{known:?} of {production:?}: {step:?}");
            }
        }
        Ok(())
    }

    /// What a step cost and earned is the sum of the productions and models that it did so in, each the same as the step of
    /// that production.
    async fn drill_step(&self, of: usize, query: &PnlQuery, line: &PnlLine) -> Result<()> {
        let Some(kind) = line.kind else { return Ok(()) };
        let step = Some(PnlStep { stage: line.key.clone(), kind: Some(kind) });
        for by in [PnlBy::Production, PnlBy::Model, PnlBy::Account] {
            let report = self.report(of, &PnlQuery { step: step.clone(), by, ..query.clone() }).await?;
            ensure!(figures(&report.total) == figures(&line.pnl), "{by:?} of {line:?}: {:?}", report.total);
            ensure!(report.position.is_none(), "a step has no position");
        }
        Ok(())
    }
}

both! {
    /// I-50: Σ steps = Σ productions = account, Σ accounts = customer, Σ customers = platform, to the micro-unit; also while
    /// captures go on.
    async fn i50_every_level_sums_to_the_one_above(world: &World) -> Result<()> {
        let studios = Studios::open(world).await?;
        studios.half_a_year(7).await?;
        let today = world.engine.now().day();
        for range in ["2026-10-22", "2026-11-03", "2026-12-01"] {
            studios.drill(&(range.parse()?..=today)).await?;
        }
        studios.drill(&days("2026-11-10", "2026-12-09")).await?;
        studios.drill(&days("2026-11-01", "2026-11-30")).await?;

        let going_on = async {
            let mut dice = Dice(11);
            for turn in 0..25 {
                studios.produce(&format!("meanwhile-{turn}"), &mut dice).await?;
            }
            anyhow::Ok(())
        };
        let reading = async {
            for _ in 0..25 {
                for by in [PnlBy::Account, PnlBy::Step, PnlBy::Production] {
                    studios.report(0, &query("2026-11-15".parse()?..=today, by)).await?;
                }
            }
            anyhow::Ok(())
        };
        let (done, read) = tokio::join!(going_on, reading);
        done?;
        read
    }
}

both! {
    /// P8: what is made anew from the journals is what was summed on the way; nothing is ever behind.
    async fn p8_sums_made_anew_are_the_same_bytes(world: &World) -> Result<()> {
        let studios = Studios::open(world).await?;
        studios.half_a_year(3).await?;
        let before = tables(world).await?;
        assert_eq!(world.engine.rollup_lag().await?, 0);
        world.engine.rebuild_rollups().await?;
        assert_eq!(tables(world).await?, before);
        assert!(before.len() > 100, "{} rows", before.len());
        Ok(())
    }
}

both! {
    /// P6, P8: Usage says of any days what the P&L says of them, whatever it is added up by.
    async fn p6_usage_and_the_p_and_l_say_the_same(world: &World) -> Result<()> {
        let studios = Studios::open(world).await?;
        studios.half_a_year(7).await?;
        for range in [("2026-11-03", "2026-11-20"), ("2026-10-25", "2027-01-12"), ("2026-09-01", "2027-12-31")] {
            studios.usage_agrees(days(range.0, range.1)).await?;
        }
        Ok(())
    }
}

impl Studios<'_> {
    async fn usage_agrees(&self, days: RangeInclusive<NaiveDate>) -> Result<()> {
        let total = self.report(0, &query(days.clone(), PnlBy::Account)).await?.total;
        ensure!(total.calls > 0, "nothing was called from {days:?}");
        let range = UsageRange { days: days.clone(), account: None };
        for by in [
            UsageBy::Step,
            UsageBy::Kind,
            UsageBy::Production,
            UsageBy::Account,
            UsageBy::Person,
            UsageBy::Key,
        ] {
            let usage = self.world.engine.usage_report(&self.buyer, &range, by).await?;
            let cost = usage.cost.context("an administrator sees cost")?;
            let calls: u64 = usage.lines.iter().map(|line| line.calls).sum();
            let said = [usage.total.get(), i64::try_from(calls)?, cost.known.micros(), cost.unknown];
            ensure!(
                said == [total.tokens.get(), total.calls, total.charged.micros(), total.unknown],
                "{by:?}: {said:?}"
            );
            ensure!(
                usage
                    .lines
                    .iter()
                    .all(|line| by != UsageBy::Production || line.key.is_empty() || line.name.is_some())
            );
        }
        let daily = self.world.engine.cost_by_day(&self.buyer, days).await?;
        ensure!(daily.iter().map(|day| day.cost.micros()).sum::<i64>() == total.charged.micros());
        ensure!(daily.iter().map(|day| day.unknown).sum::<i64>() == total.unknown);
        Ok(())
    }
}

/// Every row of the three tables.
async fn tables(world: &World) -> Result<Vec<String>> {
    use sea_orm::{ConnectionTrait, Statement};
    let database = world.database().await?;
    let mut rows = Vec::new();
    for (table, key) in [
        ("pnl_production", "customer_id, account_id, posted_on, production, stage, kind, model"),
        ("pnl_day", "customer_id, account_id, posted_on, stage, kind, model"),
        ("pnl_month", "customer_id, account_id, month, stage, kind, model"),
    ] {
        let text = format!("SELECT * FROM {table} ORDER BY {key}");
        for row in
            database.query_all_raw(Statement::from_string(database.get_database_backend(), text)).await?
        {
            let texts = key.split(", ").map(|column| row.try_get::<String>("", column));
            let texts = texts.collect::<Result<Vec<_>, _>>()?.join(" ");
            let figures = PNL_FIGURES
                .map(|column| row.try_get::<i64>("", column))
                .into_iter()
                .collect::<Result<Vec<_>, _>>()?;
            rows.push(format!("{table} {texts} {figures:?}"));
        }
    }
    Ok(rows)
}

both! {
    /// 5.9, worked example 7: a fee is split by the tokens of the month, and evenly where nothing was produced.
    async fn reading_5_9_a_fee_is_split_over_the_accounts(world: &World) -> Result<()> {
        let studios = Studios::open(world).await?;
        world.clock("2026-11-30T10:00:00Z").await?;
        world.engine.refresh_due().await?;
        let november = query(days("2026-11-01", "2026-11-30"), PnlBy::Account);
        let fees = |report: &PnlReport| -> Vec<i64> {
            let mut lines: Vec<_> = report.lines.iter().map(|line| (line.key.clone(), line.pnl.subscription.micros())).collect();
            lines.sort();
            lines.into_iter().map(|(_, fee)| fee).collect()
        };
        // Twenty-one of 31 days of 49.00, and nine of the next thirty: 33.193548 and 14.70.
        let even = studios.report(0, &november).await?;
        assert_eq!(even.total.subscription.micros(), 33_193_548 + 14_700_000);
        assert_eq!(fees(&even), [15_964_516, 15_964_516, 15_964_516]);
        let accounts = &studios.all[0].1;
        for (name, account, seconds) in [("a", accounts[0], 100), ("b", accounts[1], 300)] {
            let step = speech("one", seconds);
            let request = AdmitRequest { account, ..world.request(name, vec![step.clone()]) };
            world.engine.admit(world.customer, None, request).await?;
            world.report(name, &step, 1, Outcome::Succeeded).await?;
        }
        let by_use = studios.report(0, &november).await?;
        let mut expected = [(accounts[0], 11_973_387), (accounts[1], 35_920_161)].map(|(id, fee)| (id.to_string(), fee));
        expected.sort();
        assert_eq!(fees(&by_use), expected.map(|(_, fee)| fee));
        assert_eq!(by_use.total.revenue(Basis::Invoiced)?.micros(), 49_000_000, "the renewal of the 22nd");
        assert_eq!(by_use.position.context("a position")?.deferred.micros(), 98_000_000 - 15_806_452 - 33_193_548 - 14_700_000);
        Ok(())
    }
}

both! {
    /// P6: without its price a call's cost is unknown, and there is no margin; with the price it is completed, in the month
    /// while that is open, and afterwards on the day it becomes known.
    async fn p6_what_is_unknown_is_completed_and_a_closed_month_never_changes(world: &World) -> Result<()> {
        let studios = Studios::open(world).await?;
        world.clock("2026-10-25T10:00:00Z").await?;
        for (name, model) in [("a", "scribe"), ("b", "poet")] {
            let step = Step { model: Some(model.to_owned()), ..speech("one", 10) };
            world.admit(name, vec![step.clone()]).await?;
            world.report(name, &step, 1, Outcome::Succeeded).await?;
        }
        let october = query(days("2026-10-01", "2026-10-31"), PnlBy::Model);
        let before = studios.report(0, &october).await?;
        assert_eq!((before.total.margin(Basis::Recognised)?, before.total.coverage()), (Margin::Incomplete(2), Some(0)));
        assert_eq!(before.unpriced.iter().map(|(_, calls)| *calls).sum::<i64>(), 2);

        world.clock("2026-11-02T10:00:00Z").await?;
        price(&world.engine, "scribe").await?;
        assert_eq!(world.engine.complete_costs().await?, 1);
        assert_eq!(world.engine.complete_costs().await?, 0, "once");
        let open = studios.report(0, &october).await?;
        assert_eq!((open.total.unknown, open.total.charged.micros() > 0), (1, true), "it is booked to October");

        world.clock("2026-11-06T00:00:00Z").await?;
        assert_eq!(world.engine.close_months().await?, 1);
        let month: Month = "2026-10".parse()?;
        let closed = world.engine.month(month).await?;
        assert!(closed.closed_at.is_some() && closed.is_unchanged);
        world.clock("2026-11-07T10:00:00Z").await?;
        price(&world.engine, "poet").await?;
        assert_eq!(world.engine.complete_costs().await?, 1);
        let after = studios.report(0, &october).await?;
        assert_eq!(figures(&after.total), figures(&open.total));
        assert_eq!(world.engine.month(month).await?, closed, "the same bytes");
        assert_eq!(world.engine.close_months().await?, 0);
        let both = studios.report(0, &query(days("2026-10-01", "2026-11-07"), PnlBy::Model)).await?;
        assert!(matches!(both.total.margin(Basis::Recognised)?, Margin::Known { .. }), "{:?}", both.total);
        assert_eq!(both.unpriced, []);
        Ok(())
    }
}

async fn price(engine: &Engine, model: &str) -> Result<()> {
    let prices = UnitPrices(vec![(PriceUnit::Second, 3_000_000_000)]);
    let model =
        PricedModel { name: model.to_owned(), provider: "writer".to_owned(), kind: Kind::Speech, prices };
    engine.import_prices(&[model], Currency::Usd, "2026-10-01T00:00:00Z".parse()?).await?;
    Ok(())
}

both! {
    /// 5.18: a failed attempt costs money and takes no tokens; what it cost stands apart, also where it becomes known later,
    /// and in books whose sums are made anew.
    async fn reading_5_18_what_failed_attempts_cost_stands_apart(world: &World) -> Result<()> {
        let studios = Studios::open(world).await?;
        world.clock("2026-10-25T10:00:00Z").await?;
        let plain = speech("one", 10);
        let unheard = Step { model: Some("scribe".to_owned()), ..speech("two", 10) };
        world.admit("a", vec![plain.clone(), unheard.clone()]).await?;
        for step in [&plain, &unheard] {
            for (number, outcome) in (1..).zip([Outcome::Failed, Outcome::Failed, Outcome::Succeeded]) {
                world.report("a", step, number, outcome).await?;
            }
        }
        let october = query(days("2026-10-01", "2026-10-31"), PnlBy::Step);
        let failed = async || anyhow::Ok(studios.report(0, &october).await?.total.failed);
        let before = failed().await?;
        assert_eq!((before.calls, before.unknown), (4, 2));
        let known = before.cost().context("two are known")?.micros();
        let total = studios.report(0, &october).await?.total;
        assert_eq!((total.calls, total.raw.map(Cost::micros)), (6, Some(known / 2 * 3)), "two of three equal calls");

        price(&world.engine, "scribe").await?;
        assert_eq!(world.engine.complete_costs().await?, 3);
        let after = failed().await?;
        assert_eq!((after.calls, after.unknown), (4, 0));
        assert!(after.charged.micros() > before.charged.micros(), "{after:?}");
        world.engine.rebuild_rollups().await?;
        assert_eq!(failed().await?, after);
        studios.usage_agrees(october.days).await?;
        Ok(())
    }
}

both! {
    /// C2: a month without a rate is a gap, and whatever is in it is unknown; never zero.
    async fn c2_a_month_without_a_rate_is_a_gap(world: &World) -> Result<()> {
        let studios = Studios::open(world).await?;
        world.grant(Source::Allowance, 100_000, None).await?;
        studios.produce("a", &mut Dice(5)).await?;
        let today = world.engine.now().day();
        let yen = PnlQuery { currency: Some(Currency::Jpy), ..query(today..=today, PnlBy::Account) };
        let in_yen = studios.report(0, &yen).await?;
        assert_eq!((in_yen.currency, in_yen.gaps), (Currency::Jpy, Vec::new()));
        let position = in_yen.position.context("a balance is said as it is billed")?;
        assert_eq!(position.invoiced, Money::new(4_900, Currency::Gbp).to_cost()?);
        // The sample rates end in January 2029.
        world.clock("2029-06-20T10:00:00Z").await?;
        let today = world.engine.now().day();
        world.engine.refresh_due().await?;
        let late = PnlQuery { days: today..=today, ..yen };
        let report = studios.report(0, &late).await?;
        assert_eq!(report.gaps.len(), 2, "{:?}", report.gaps);
        assert!(matches!(report.total.margin(Basis::Recognised)?, Margin::NoRate), "{:?}", report.total);
        Ok(())
    }
}

both! {
    /// 5.10, 5.11, worked example 10: an operator of one account has its P&L and no other; raw cost is for finance and the
    /// platform; the platform's figures are its administrators'.
    async fn reading_5_10_who_sees_which_figures(world: &World) -> Result<()> {
        let studios = Studios::open(world).await?;
        let (engine, accounts) = (&world.engine, &studios.all[0].1);
        let new = NewMember {
            name: "Tunde",
            email: "tunde@northlight.example",
            password: "a long password",
            role: Role::AccountOperator,
        };
        let operator = engine.add_member(world.customer, new).await?;
        engine.assign_accounts(world.customer, operator, &[accounts[0]]).await?;
        let operator = engine.member(operator, None).await?.context("a member")?;
        let asked = query(days("2026-10-01", "2026-10-31"), PnlBy::Account);
        let own = engine.pnl(&operator, &asked).await?;
        assert!(own.lines.iter().all(|line| line.key == accounts[0].to_string()) && own.position.is_none());
        assert_eq!(own.total.raw, None, "5.11");
        let other = PnlQuery { account: Some(accounts[1]), ..asked.clone() };
        assert!(matches!(engine.pnl(&operator, &other).await, Err(Error::NotFound(_))));
        assert_eq!(engine.pnl(&studios.buyer, &asked).await?.total.raw, None, "an administrator of the customer");
        assert!(studios.report(0, &asked).await?.total.raw.is_some());
        for member in [&operator, &studios.buyer] {
            assert!(matches!(engine.platform_pnl(member, &asked).await, Err(Error::Forbidden)));
        }
        Ok(())
    }
}
