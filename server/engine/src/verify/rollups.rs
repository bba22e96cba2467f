//! The sums that the P&L reads: computed again from costs, ledger and revenue, and compared line by line. I-50.
//!
//! The database puts what is summed and the sums in one order, by customer and day, so that no more than a day of one customer
//! and its month are in memory.

use super::{Findings, each, number, number_or_zero, text};
use sea_orm::{DatabaseTransaction, DbErr, QueryResult};
use std::{collections::BTreeMap, mem};

/// The figures of a line, in the order of [`FIGURES`].
type Line = [i64; 10];
/// What is stored and what should be, by what lines are apart by: account, production, stage, kind, model.
type Lines = BTreeMap<[String; 5], (Line, Line)>;

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

/// What a step is sorted by stands with its cost.
const OF_ITS_COST: &str = "LEFT JOIN cost_entry c ON c.customer_id = e.customer_id AND c.production = e.production \
     AND c.step = e.step AND c.attempt = e.attempt";

/// How the attempt went that a cost is of; a call outside productions is no attempt.
const OF_ITS_ATTEMPT: &str = "LEFT JOIN step_attempt a ON a.customer_id = e.customer_id AND a.production = e.production \
     AND a.step = e.step AND a.attempt = e.attempt";

/// All three tables.
pub(super) async fn sums(database: &DatabaseTransaction, findings: &mut Findings) -> Result<(), DbErr> {
    let mut page = Page::default();
    each(database, &in_order(), |row| {
        page.turn(text(&row, "customer_id")?, text(&row, "month")?, text(&row, "day")?, findings);
        page.put(&row)
    })
    .await?;
    page.turn(String::new(), String::new(), String::new(), findings);
    Ok(())
}

/// Everything that is summed, and the sums.
fn in_order() -> String {
    let [costs, completions, tokens, earned] = journals();
    let [productions, days, months] = [
        ("pnl_production", "substr(posted_on, 1, 7)", "posted_on", "production"),
        ("pnl_day", "substr(posted_on, 1, 7)", "posted_on", "''"),
        ("pnl_month", "month", "month", "''"),
    ]
    .map(|(table, month, day, production)| {
        format!(
            "SELECT '{table}', customer_id, {month}, {day}, account_id, {production}, stage, kind, model, {}, 0, 0 FROM {table}",
            FIGURES.join(", ")
        )
    });
    [costs, completions, tokens, earned, productions, days, months].join(" UNION ALL ")
        + " ORDER BY customer_id, month, day"
}

/// What is summed. Of a cost: what it is without markup, as the provider charges it, with the rates that make it the customer's
/// currency; and of a failed attempt 1 where its number is.
fn journals() -> [String; 4] {
    let labels =
        "COALESCE(c.stage, '') AS stage, COALESCE(c.kind, '') AS kind, COALESCE(c.model, '') AS model";
    let day = "e.customer_id, substr(e.posted_on, 1, 7) AS month, e.posted_on AS day";
    let cost = "0 AS top_up_micros, CASE WHEN a.verdict = 'failed' THEN 1 ELSE 0 END AS failed, 0 AS failed_unknown, \
                0 AS failed_charged_micros, 0 AS failed_raw_micros, e.provider_rate, e.customer_rate";
    let costs = format!(
        "SELECT 'journal' AS source, {day}, e.account_id, e.production, COALESCE(e.stage, '') AS stage, e.kind, \
         COALESCE(e.model, '') AS model, 0 AS tokens, 1 AS attempts, \
         CASE WHEN e.unpriced IS NULL THEN 0 ELSE 1 END AS unknown, COALESCE(e.charged_micros, 0) AS charged_micros, \
         COALESCE(e.raw_micros, 0) AS raw_micros, {cost} FROM cost_entry e {OF_ITS_ATTEMPT}"
    );
    let completions = format!(
        "SELECT 'journal', {day}, c.account_id, e.production, {labels}, 0, 0, -1, e.charged_micros, e.raw_micros, {cost} \
         FROM cost_completion e JOIN cost_entry c ON c.customer_id = e.customer_id AND c.production = e.production \
         AND c.step = e.step AND c.attempt = e.attempt {OF_ITS_ATTEMPT}"
    );
    let tokens = format!(
        "SELECT 'journal', {day}, e.account_id, COALESCE(e.production, ''), {labels}, e.tokens, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 \
         FROM token_entry e {OF_ITS_COST} WHERE e.credit_pool = 'used' AND e.account_id IS NOT NULL"
    );
    let earned = format!(
        "SELECT 'journal', {day}, COALESCE(e.account_id, ''), \
         CASE WHEN e.step IS NULL THEN '' ELSE COALESCE(e.production, '') END, {labels}, \
         0, 0, 0, 0, 0, e.micros, 0, 0, 0, 0, 0, 0 FROM revenue_entry e {OF_ITS_COST} \
         WHERE e.kind = 'topUp' OR (e.kind = 'refund' AND e.grant_id IS NOT NULL)"
    );
    [costs, completions, tokens, earned]
}

/// What was read of one customer's month, and of the day in it.
#[derive(Default)]
struct Page {
    customer: String,
    month: String,
    day: String,
    by_production: Lines,
    by_day: Lines,
    by_month: Lines,
}

impl Page {
    /// Compares what has been read, where what comes is of another day, month or customer.
    fn turn(&mut self, customer: String, month: String, day: String, findings: &mut Findings) {
        let same_month = customer == self.customer && month == self.month;
        if same_month && day == self.day {
            return;
        }
        for ([account, _, stage, kind, model], (_, expected)) in &self.by_production {
            let key = [account, "", stage, kind, model].map(ToString::to_string);
            add(&mut self.by_day.entry(key.clone()).or_default().1, expected);
            add(&mut self.by_month.entry(key).or_default().1, expected);
        }
        compare("pnl_production", [&self.customer, &self.day], mem::take(&mut self.by_production), findings);
        compare("pnl_day", [&self.customer, &self.day], mem::take(&mut self.by_day), findings);
        if !same_month {
            compare("pnl_month", [&self.customer, &self.month], mem::take(&mut self.by_month), findings);
        }
        (self.customer, self.month, self.day) = (customer, month, day);
    }

    fn put(&mut self, row: &QueryResult) -> Result<(), DbErr> {
        let mut key = <[String; 5]>::default();
        for (part, column) in key.iter_mut().zip(["account_id", "production", "stage", "kind", "model"]) {
            *part = text(row, column)?;
        }
        let mut line = Line::default();
        for (figure, column) in line.iter_mut().zip(FIGURES) {
            *figure = number(row, column)?;
        }
        let source = text(row, "source")?;
        let lines = match source.as_str() {
            "pnl_day" => &mut self.by_day,
            "pnl_month" => &mut self.by_month,
            _ => &mut self.by_production,
        };
        let (stored, expected) = lines.entry(key).or_default();
        if source == "journal" {
            add(expected, &summed(row, line)?);
        } else {
            *stored = line;
        }
        Ok(())
    }
}

/// A line as it is summed: in the customer's currency, and once more where the call has failed.
fn summed(row: &QueryResult, mut line: Line) -> Result<Line, DbErr> {
    line[4] = raw(line[4], number_or_zero(row, "provider_rate")?, number_or_zero(row, "customer_rate")?);
    if line[6] != 0 {
        line.copy_within(1..5, 6);
    }
    Ok(line)
}

/// What the provider charges in the customer's currency: by the rates that stand beside it, halves to the even unit.
fn raw(micros: i64, provider: i64, customer: i64) -> i64 {
    if provider == 0 {
        return micros;
    }
    let (exact, by) = (i128::from(micros) * i128::from(customer), i128::from(provider));
    let (floor, twice) = (exact.div_euclid(by), exact.rem_euclid(by) * 2);
    let up = twice > by || (twice == by && floor % 2 != 0);
    i64::try_from(floor + i128::from(up)).unwrap_or(i64::MAX)
}

fn add(sum: &mut Line, more: &Line) {
    sum.iter_mut().zip(more).for_each(|(sum, figure)| *sum += figure);
}

fn compare(table: &str, of: [&str; 2], lines: Lines, findings: &mut Findings) {
    for (key, (stored, expected)) in lines {
        if stored == expected {
            continue;
        }
        let place = format!("{table} {} {}", of.join(" "), key.join(" "));
        for ((found, expected), figure) in stored.iter().zip(&expected).zip(FIGURES) {
            findings.expect(&place, figure, found, expected);
        }
    }
}
