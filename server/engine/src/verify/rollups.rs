//! The sums that the P&L reads: computed again from costs, ledger and revenue, and compared line by line. I-50.

use super::{Findings, all, number, text, text_or_nothing};
use sea_orm::{DatabaseTransaction, DbErr, QueryResult};
use std::collections::{BTreeMap, BTreeSet};

/// The figures of a line, in the order of [`FIGURES`].
type Line = [i64; 10];
/// Lines by what they are apart by.
type Lines = BTreeMap<Vec<String>, Line>;

const FIGURES: [&str; 10] = [
    "tokens",
    "attempts",
    "unknown",
    "charged_micros",
    "raw_micros",
    "top_up_micros",
    "failed",
    "failed_unknown",
    "failed_charged_micros",
    "failed_raw_micros",
];
const BY_PRODUCTION: [&str; 7] =
    ["customer_id", "account_id", "posted_on", "production", "stage", "kind", "model"];
const BY_DAY: [&str; 6] = ["customer_id", "account_id", "posted_on", "stage", "kind", "model"];
const BY_MONTH: [&str; 6] = ["customer_id", "account_id", "month", "stage", "kind", "model"];

/// What a step is sorted by stands with its cost.
const OF_ITS_COST: &str = "LEFT JOIN cost_entry c ON c.customer_id = e.customer_id AND c.production = e.production \
     AND c.step = e.step AND c.attempt = e.attempt";

/// How the attempt went that a cost is of; a call outside productions is no attempt.
const OF_ITS_ATTEMPT: &str = "LEFT JOIN step_attempt a ON a.customer_id = e.customer_id AND a.production = e.production \
     AND a.step = e.step AND a.attempt = e.attempt";

/// All three tables.
pub(super) async fn sums(database: &DatabaseTransaction, findings: &mut Findings) -> Result<(), DbErr> {
    let expected = expected(database).await?;
    let by = |keep: &dyn Fn(&[String]) -> Vec<String>| {
        let mut lines = Lines::new();
        for (key, line) in &expected {
            add(&mut lines, keep(key), line);
        }
        lines
    };
    let days = by(&|key| [&key[..3], &key[4..]].concat());
    let months = by(&|key| {
        let month = key[2].chars().take(7).collect();
        [&key[..2], &[month], &key[4..]].concat()
    });
    compare(database, "pnl_production", &BY_PRODUCTION, &expected, findings).await?;
    compare(database, "pnl_day", &BY_DAY, &days, findings).await?;
    compare(database, "pnl_month", &BY_MONTH, &months, findings).await
}

async fn expected(database: &DatabaseTransaction) -> Result<Lines, DbErr> {
    let mut lines = Lines::new();
    let key = |row: &QueryResult| -> Result<Vec<String>, DbErr> {
        BY_PRODUCTION.iter().map(|column| text_or_nothing(row, column)).collect()
    };
    let costs = format!("SELECT e.*, a.verdict FROM cost_entry e {OF_ITS_ATTEMPT}");
    for row in all(database, &costs).await? {
        let unknown = i64::from(!text_or_nothing(&row, "unpriced")?.is_empty());
        let charged = row.try_get::<Option<i64>>("", "charged_micros")?.unwrap_or_default();
        add(&mut lines, key(&row)?, &cost(&row, [1, unknown, charged, raw(&row)?])?);
    }
    let completed = format!(
        "SELECT e.*, c.account_id, c.stage, c.kind, c.model, a.verdict FROM cost_completion e \
         JOIN cost_entry c ON c.customer_id = e.customer_id AND c.production = e.production \
         AND c.step = e.step AND c.attempt = e.attempt {OF_ITS_ATTEMPT}"
    );
    for row in all(database, &completed).await? {
        let charged = number(&row, "charged_micros")?;
        add(&mut lines, key(&row)?, &cost(&row, [0, -1, charged, raw(&row)?])?);
    }
    let tokens = format!(
        "SELECT e.customer_id, e.account_id, e.posted_on, e.production, c.stage, c.kind, c.model, e.tokens \
         FROM token_entry e {OF_ITS_COST} WHERE e.credit_pool = 'used' AND e.account_id IS NOT NULL"
    );
    for row in all(database, &tokens).await? {
        add(&mut lines, key(&row)?, &[number(&row, "tokens")?, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    }
    let earned = format!(
        "SELECT e.customer_id, e.account_id, e.posted_on, CASE WHEN e.step IS NULL THEN '' ELSE e.production END AS production, \
         c.stage, c.kind, c.model, e.micros FROM revenue_entry e {OF_ITS_COST} WHERE e.kind = 'topUp' OR (e.kind = 'refund' AND e.grant_id IS NOT NULL)"
    );
    for row in all(database, &earned).await? {
        add(&mut lines, key(&row)?, &[0, 0, 0, 0, 0, number(&row, "micros")?, 0, 0, 0, 0]);
    }
    Ok(lines)
}

/// Calls, those of unknown cost, and their cost with and without markup: once among all, and again where the call failed.
fn cost(row: &QueryResult, [calls, unknown, charged, raw]: [i64; 4]) -> Result<Line, DbErr> {
    let failed = i64::from(text_or_nothing(row, "verdict")? == "failed");
    let again = [calls, unknown, charged, raw].map(|figure| figure * failed);
    let [failed, failed_unknown, failed_charged, failed_raw] = again;
    Ok([0, calls, unknown, charged, raw, 0, failed, failed_unknown, failed_charged, failed_raw])
}

/// What the provider charges in the customer's currency: by the rates that stand beside it, halves to the even unit.
fn raw(row: &QueryResult) -> Result<i64, DbErr> {
    let Some(micros) = row.try_get::<Option<i64>>("", "raw_micros")? else { return Ok(0) };
    let rates =
        (row.try_get::<Option<i64>>("", "provider_rate")?, row.try_get::<Option<i64>>("", "customer_rate")?);
    let (Some(provider), Some(customer)) = rates else { return Ok(micros) };
    let (exact, by) = (i128::from(micros) * i128::from(customer), i128::from(provider));
    let (floor, twice) = (exact.div_euclid(by), exact.rem_euclid(by) * 2);
    let up = twice > by || (twice == by && floor % 2 != 0);
    Ok(i64::try_from(floor + i128::from(up)).unwrap_or(i64::MAX))
}

fn add(lines: &mut Lines, key: Vec<String>, more: &Line) {
    let line = lines.entry(key).or_default();
    line.iter_mut().zip(more).for_each(|(sum, figure)| *sum += figure);
}

async fn compare(
    database: &DatabaseTransaction,
    table: &str,
    columns: &[&str],
    expected: &Lines,
    findings: &mut Findings,
) -> Result<(), DbErr> {
    let mut stored = Lines::new();
    for row in all(database, &format!("SELECT * FROM {table}")).await? {
        let key = columns.iter().map(|column| text(&row, column)).collect::<Result<_, _>>()?;
        let mut line = Line::default();
        for (place, figure) in line.iter_mut().zip(FIGURES) {
            *place = number(&row, figure)?;
        }
        stored.insert(key, line);
    }
    for key in expected.keys().chain(stored.keys()).collect::<BTreeSet<_>>() {
        let of = |lines: &Lines| lines.get(key).copied().unwrap_or_default();
        for ((found, expected), figure) in of(&stored).iter().zip(of(expected)).zip(FIGURES) {
            findings.expect(&format!("{table} {}", key.join(" ")), figure, found, &expected);
        }
    }
    Ok(())
}
