//! What the gate and the P&L compute in memory, without a database: `cargo bench -p billing --bench folds`. Each is shown at several sizes, so
//! that what grows faster than its input is seen.

use billing::{
    allowance::{Grant, Source, Wallet},
    budget::Budget,
    customer::AccountStatus,
    id::{AccountId, CustomerId, GrantId},
    money::{Cost, Currency},
    pnl::{Catalog, Lens, Pnl},
    production::{Estimate, Facts, Plan, Step, admit},
    sample,
    time::{Span, Timestamp},
    tokens::Tokens,
};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use std::{error::Error, hint::black_box};
use ulid::Ulid;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Lots of a wallet: a usual one, one of a customer who buys often, and more than anybody has.
const LOTS: [usize; 3] = [2, 20, 200];
/// Tokens of a lot: a standard short video takes many of the small lots.
const LOT: i64 = 3_000;

fn at() -> Outcome<Timestamp> {
    Ok("2026-10-22T16:40:00Z".parse()?)
}

fn wallet(lots: usize) -> Outcome<Wallet> {
    let lots = (0..lots).map(|number| {
        let id = GrantId::new(Ulid::from(u128::try_from(number)?));
        let expires_at = at()?.after(Span::days(30));
        Ok(Grant::new(id, Source::TopUp, Tokens::new(LOT)?, at()?, Some(expires_at)))
    });
    Ok(Wallet::new(lots.collect::<Outcome<_>>()?, Tokens::ZERO))
}

/// A plan of so many steps, all kinds of a standard short video in turn.
fn plan(steps: usize) -> Outcome<Plan> {
    let kinds = sample::short_video()?;
    let step = |(number, step): (usize, Step)| Ok(Step { name: format!("step-{number}").parse()?, ..step });
    let steps = kinds.into_iter().cycle().take(steps).enumerate().map(step);
    Ok(Plan::new(steps.collect::<Outcome<_>>()?)?)
}

fn lists() -> Outcome<Catalog> {
    Ok(sample::catalog("2026-10-01T00:00:00Z".parse()?, 31)?)
}

fn estimate(plan: &Plan, catalog: &Catalog, at: Timestamp) -> Outcome<Estimate> {
    let tariff = catalog.tariff(at).ok_or("no tariff")?;
    Ok(Estimate::of(plan, tariff, catalog, Currency::Eur, at)?)
}

/// A plan's tokens and money, step by step.
fn quote(criterion: &mut Criterion) -> Outcome<()> {
    let (catalog, at) = (lists()?, at()?);
    let mut group = criterion.benchmark_group("quote");
    for steps in [10, 60, 500] {
        let plan = plan(steps)?;
        estimate(&plan, &catalog, at)?;
        group.throughput(Throughput::Elements(u64::try_from(steps)?));
        let id = BenchmarkId::new("steps", steps);
        group.bench_function(id, |bench| bench.iter(|| estimate(black_box(&plan), &catalog, at).is_ok()));
    }
    group.finish();
    Ok(())
}

/// The whole decision: every scope, and the lots that the tokens come from.
fn admission(criterion: &mut Criterion) -> Outcome<()> {
    let (catalog, at) = (lists()?, at()?);
    let estimate = estimate(&Plan::new(sample::short_video()?)?, &catalog, at)?;
    let budget = Budget {
        limit: Cost::new(1_000_000_000_000, Currency::Eur),
        spent: Cost::zero(Currency::Eur),
        held: Cost::zero(Currency::Eur),
        resets_at: at.month().end(),
    };
    let mut group = criterion.benchmark_group("admission");
    for lots in LOTS {
        let wallet = wallet(lots)?;
        let facts = Facts {
            idle: false,
            customer: CustomerId::new(Ulid::nil()),
            customer_name: "Northwind",
            payment_block: None,
            owed: None,
            customer_budget: Some(budget),
            largest_production: Some(Tokens::new(100_000)?),
            account: AccountId::new(Ulid::nil()),
            account_name: "Travel",
            status: AccountStatus::Active,
            account_budget: Some(budget),
            running: 3,
            concurrency: Some(10),
            key: None,
            seat: None,
            wallet: &wallet,
            at,
        };
        if let Err(refusal) = admit(&facts, &estimate)? {
            return Err(format!("refused: {:?}", refusal.reason).into());
        }
        let id = BenchmarkId::new("lots", lots);
        group.bench_function(id, |bench| bench.iter(|| admit(black_box(&facts), &estimate).is_ok()));
    }
    group.finish();
    Ok(())
}

/// The lots alone: which of them give what, and what is booked for it.
fn draw(criterion: &mut Criterion) -> Outcome<()> {
    let at = at()?;
    let mut group = criterion.benchmark_group("draw");
    for lots in LOTS {
        let wallet = wallet(lots)?;
        // From half of the lots.
        let tokens = Tokens::new(LOT * i64::try_from(lots)? / 2)?;
        wallet.draw(tokens, at).map_err(|_| "too little")?;
        let id = BenchmarkId::new("lots", lots);
        group.bench_function(id, |bench| {
            bench.iter(|| {
                let mut wallet = wallet.clone();
                let draws = wallet.draw(black_box(tokens), at).unwrap_or_default();
                wallet.hold(&draws).map(|booked| booked.len())
            });
        });
    }
    group.finish();
    Ok(())
}

/// Lines of a statement added up, as a level of the P&L is from the one below.
fn rollup(criterion: &mut Criterion) -> Outcome<()> {
    let mut group = criterion.benchmark_group("rollup");
    for lines in [100_i64, 10_000] {
        let line = |number: i64| Pnl {
            tokens: Tokens::new(number).unwrap_or(Tokens::ZERO),
            charged: Cost::new(number, Currency::Eur),
            calls: 1,
            ..Pnl::nothing(Currency::Eur, Lens::Raw)
        };
        let all: Vec<Pnl> = (0..lines).map(line).collect();
        let nothing = Pnl::nothing(Currency::Eur, Lens::Raw);
        group.throughput(Throughput::Elements(u64::try_from(lines)?));
        group.bench_function(BenchmarkId::new("lines", lines), |bench| {
            bench.iter(|| black_box(&all).iter().try_fold(nothing, |sum, line| sum.plus(line)));
        });
    }
    group.finish();
    Ok(())
}

/// # Panics
/// Where a sample is not what it should be: then nothing would have been measured.
fn folds(criterion: &mut Criterion) {
    for fold in [quote, admission, draw, rollup] {
        if let Err(error) = fold(criterion) {
            panic!("nothing was measured: {error}");
        }
    }
}

criterion_group!(benches, folds);
criterion_main!(benches);
