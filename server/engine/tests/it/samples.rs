//! The sample data: a year of it, the same on every machine and on both databases, with every figure in the books.

use crate::support::postgres;
use anyhow::{Context, Result};
use billing::{production::Status, refusal::Reason, time::Month};
use engine::{
    Engine, Settings,
    allowance::{UsageBy, UsageRange},
    production::ProductionFilter,
    seed::Shown,
    team::Member,
};
use std::collections::BTreeSet;

/// Months that the sample data reach over.
const MONTHS: [&str; 13] = [
    "2025-10", "2025-11", "2025-12", "2026-01", "2026-02", "2026-03", "2026-04", "2026-05", "2026-06",
    "2026-07", "2026-08", "2026-09", "2026-10",
];

/// A database with the sample data, its books checked, and the first of each customer's people.
pub async fn load(database_url: &str) -> Result<(Engine, Vec<Member>)> {
    let engine = Engine::open(Settings { database_url: database_url.to_owned(), sandbox: true }).await?;
    engine.load_samples().await?.context("an empty sandbox")?;
    let violations = engine::verify::verify(database_url).await?;
    anyhow::ensure!(violations.is_empty(), "the books are not sound: {violations:#?}");
    let mut known = BTreeSet::new();
    let people = engine.sample_people().await?.into_iter().map(|(member, _)| member);
    let first = people.filter(|member| !member.role.is_staff() && known.insert(member.customer)).collect();
    Ok((engine, first))
}

/// Tokens, cost, refusals and productions of each customer, month by month, and what is left.
pub async fn figures((engine, people): &(Engine, Vec<Member>)) -> Result<Vec<String>> {
    let mut figures = Vec::new();
    for member in people {
        let mut say = |what: String| figures.push(format!("{}: {what}", member.customer_name));
        let capacity = engine.usage(member.customer).await?.capacity;
        say(format!("{} left, {} held, {:?}", capacity.left(), capacity.held(), capacity.allowance));
        for month in MONTHS {
            let month: Month = month.parse()?;
            let days = month.start().day()..=month.last_day();
            let range = UsageRange { days: days.clone(), account: None };
            let by_account = engine.usage_report(member, &range, UsageBy::Account).await?;
            let accounts = by_account.lines.iter().map(|line| (&line.name, line.calls, line.tokens));
            let cost: i64 = engine.cost_by_day(member, days).await?.iter().map(|day| day.cost.micros()).sum();
            say(format!("{month} {cost} {:?}", accounts.collect::<Vec<_>>()));
        }
        let refusals = engine.refusals(member, None, 100).await?;
        say(format!(
            "{:?}",
            refusals.iter().map(|line| (&line.title, &line.refusal.figures)).collect::<Vec<_>>()
        ));
        let productions = engine.productions_of(member, &ProductionFilter::default(), 1_000).await?;
        for line in productions {
            say(format!("{} {:?} {} {}", line.title, line.status, line.tokens, line.captured));
        }
        for line in engine.accounts(member.customer).await? {
            say(format!("{} {} {:?} {:?}", line.name, line.spent.micros(), line.budget, line.limits));
        }
    }
    Ok(figures)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_samples_are_the_same_on_both_databases() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = format!("sqlite://{}/books.db?mode=rwc", folder.path().display());
    let cluster = postgres::empty_database().await?;
    let (on_file, on_cluster) = tokio::try_join!(load(&file), load(&cluster))?;
    let (one, other) = (figures(&on_file).await?, figures(&on_cluster).await?);
    assert!(one.len() > 500, "{} figures", one.len());
    for (one, other) in one.iter().zip(&other) {
        assert_eq!(one, other);
    }
    assert_eq!(one.len(), other.len());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_samples_reach_a_year_back_and_show_every_state() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (engine, people) = load(&format!("sqlite://{}/books.db?mode=rwc", folder.path().display())).await?;
    let northlight = people.first().context("somebody")?;
    for month in MONTHS {
        let month: Month = month.parse()?;
        let range = UsageRange { days: month.start().day()..=month.last_day(), account: None };
        let report = engine.usage_report(northlight, &range, UsageBy::Account).await?;
        assert_eq!(report.lines.len(), 3, "each account of Northlight produces in {month}");
    }
    let all: Vec<Member> = engine.sample_people().await?.into_iter().map(|(member, _)| member).collect();
    let (mut reasons, mut states, mut budgets) = (Vec::new(), Vec::new(), 0);
    for sight in engine.sights(&all).await? {
        match sight.shows {
            Shown::Refusal(line) => reasons.push(line.refusal.reason),
            Shown::Budget(..) => budgets += 1,
            Shown::Production(line) => states.push((line.status, line.expired)),
        }
    }
    assert_eq!(
        reasons,
        [
            Reason::Maintenance,
            Reason::PaymentRequired,
            Reason::AccountNotActive,
            Reason::ProductionTooLarge,
            Reason::Concurrency,
            Reason::PriceUnknown,
            Reason::KeyBudget,
            Reason::AccountBudget,
            Reason::CustomerBudget,
            Reason::SeatCap,
            Reason::NotEnoughCapacity,
        ]
    );
    assert_eq!(budgets, 7);
    assert_eq!(
        states,
        [
            (Status::Admitted, false),
            (Status::Producing, false),
            (Status::AwaitingApproval, false),
            (Status::Published, false),
            (Status::Failed, false),
            (Status::Failed, true),
            (Status::Cancelled, false),
        ]
    );
    Ok(())
}
