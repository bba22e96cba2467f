//! The books check: reads the journals by SQL of its own, believes no balance, and computes each of them again.
//!
//! It shares no code with what writes the books, so that a mistake there cannot hide here. What it finds wrong is named with the figure that is stored and the figure that it should be. I-1, I-3, I-6.

mod daily;
mod holds;
mod ledger;
mod payments;
mod purchases;
mod reversals;
mod rollups;
mod spending;
mod sums;
mod usage;

use crate::db::{begin_read, checker};
use futures::TryStreamExt;
use sea_orm::{
    Database, DatabaseConnection, DatabaseTransaction, DbErr, QueryResult, Statement, StreamTrait,
};
use std::fmt;

/// Something in the books that is not as the journals say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Where: a wallet, a lot, a hold, an entry by its number.
    pub place: String,
    /// Which figure.
    pub figure: String,
    /// What is stored.
    pub found: String,
    /// What it should be.
    pub expected: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} is {} and should be {}", self.place, self.figure, self.found, self.expected)
    }
}

/// What was found so far.
#[derive(Default)]
struct Findings(Vec<Violation>);

impl Findings {
    fn expect<T: PartialEq + fmt::Debug>(&mut self, place: &str, figure: &str, found: &T, expected: &T) {
        if found != expected {
            self.0.push(Violation {
                place: place.to_owned(),
                figure: figure.to_owned(),
                found: format!("{found:?}"),
                expected: format!("{expected:?}"),
            });
        }
    }
}

/// Checks the books at this address and lists everything that is wrong, in a fixed order; an empty list is what a sound
/// installation answers. It only reads, all of it as of one instant, so it can run beside a server that is at work.
pub async fn verify(database_url: &str) -> Result<Vec<Violation>, DbErr> {
    let database = Database::connect(checker(database_url)).await?;
    let found = check(&database).await;
    database.close().await?;
    found
}

/// The same over a connection that somebody has.
async fn check(database: &DatabaseConnection) -> Result<Vec<Violation>, DbErr> {
    let snapshot = begin_read(database).await?;
    let mut findings = Findings::default();
    ledger::entries(&snapshot, &mut findings).await?;
    ledger::wallets(&snapshot, &mut findings).await?;
    ledger::lots(&snapshot, &mut findings).await?;
    holds::figures(&snapshot, &mut findings).await?;
    holds::draws(&snapshot, &mut findings).await?;
    spending::budgets(&snapshot, &mut findings).await?;
    usage::days(&snapshot, &mut findings).await?;
    usage::cycles(&snapshot, &mut findings).await?;
    spending::seats(&snapshot, &mut findings).await?;
    attempts(&snapshot, &mut findings).await?;
    payments::invoices(&snapshot, &mut findings).await?;
    payments::orders(&snapshot, &mut findings).await?;
    payments::revenue(&snapshot, &mut findings).await?;
    purchases::automatic(&snapshot, &mut findings).await?;
    reversals::credit_notes(&snapshot, &mut findings).await?;
    reversals::clawed(&snapshot, &mut findings).await?;
    reversals::debts(&snapshot, &mut findings).await?;
    rollups::sums(&snapshot, &mut findings).await?;
    snapshot.rollback().await?;
    Ok(findings.0)
}

/// Visits each row as it comes, so that books of any size are checked in the memory that one row takes.
async fn each(
    database: &DatabaseTransaction,
    sql: &str,
    mut visit: impl FnMut(QueryResult) -> Result<(), DbErr>,
) -> Result<(), DbErr> {
    let backend = StreamTrait::get_database_backend(database);
    let mut rows = database.stream_raw(Statement::from_string(backend, sql)).await?;
    while let Some(row) = rows.try_next().await? {
        visit(row)?;
    }
    Ok(())
}

fn text(row: &QueryResult, column: &str) -> Result<String, DbErr> {
    row.try_get("", column)
}

fn number(row: &QueryResult, column: &str) -> Result<i64, DbErr> {
    row.try_get("", column)
}

fn text_or_nothing(row: &QueryResult, column: &str) -> Result<String, DbErr> {
    Ok(row.try_get::<Option<String>>("", column)?.unwrap_or_default())
}

fn number_or_zero(row: &QueryResult, column: &str) -> Result<i64, DbErr> {
    Ok(row.try_get::<Option<i64>>("", column)?.unwrap_or_default())
}

fn number_or_nothing(row: &QueryResult, column: &str) -> Result<String, DbErr> {
    Ok(row.try_get::<Option<i64>>("", column)?.map(|number| number.to_string()).unwrap_or_default())
}

/// Every attempt has a cost or says why not, and the other way round; a step succeeds once.
async fn attempts(database: &DatabaseTransaction, findings: &mut Findings) -> Result<(), DbErr> {
    let pairs = "a.customer_id = c.customer_id AND a.production = c.production AND a.step = c.step \
                 AND a.attempt = c.attempt";
    let queries = [
        (
            "cost entries of an attempt",
            format!(
                "SELECT a.production FROM step_attempt a LEFT JOIN cost_entry c ON {pairs} WHERE c.step IS NULL"
            ),
        ),
        (
            "attempts of a cost entry",
            format!(
                "SELECT c.production FROM cost_entry c LEFT JOIN step_attempt a ON {pairs} \
                 WHERE a.step IS NULL AND c.production <> ''"
            ),
        ),
        (
            "cost entries of a call outside productions",
            "SELECT o.name AS production FROM outside_call o LEFT JOIN cost_entry c \
             ON c.customer_id = o.customer_id AND c.production = '' AND c.step = o.name WHERE c.step IS NULL"
                .to_owned(),
        ),
        (
            "calls of a cost entry outside productions",
            "SELECT c.step AS production FROM cost_entry c LEFT JOIN outside_call o \
             ON o.customer_id = c.customer_id AND o.name = c.step WHERE c.production = '' AND o.name IS NULL"
                .to_owned(),
        ),
    ];
    for (figure, sql) in queries {
        each(database, &sql, |row| {
            findings.expect(&format!("production {}", text(&row, "production")?), figure, &0, &1);
            Ok(())
        })
        .await?;
    }
    let twice = "SELECT production, count(*) AS successes FROM step_attempt WHERE verdict = 'succeeded' \
                 GROUP BY customer_id, production, step HAVING count(*) > 1";
    each(database, twice, |row| {
        let place = format!("production {}", text(&row, "production")?);
        findings.expect(&place, "successes of a step", &number(&row, "successes")?, &1);
        Ok(())
    })
    .await
}
