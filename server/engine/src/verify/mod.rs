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
mod usage;

use sea_orm::{
    AccessMode, ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction,
    DbBackend, DbErr, IsolationLevel, QueryResult, Statement, TransactionOptions, TransactionTrait,
};
use std::{collections::BTreeMap, fmt};

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

/// Tokens by owner and pool.
type Pools = BTreeMap<(String, String), i64>;

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
    let mut options = ConnectOptions::new(database_url);
    options
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(|sqlite| sqlite.create_if_missing(false).read_only(true));
    let database = Database::connect(options).await?;
    let found = check(&database).await;
    database.close().await?;
    found
}

/// The same over a connection that somebody has.
async fn check(database: &DatabaseConnection) -> Result<Vec<Violation>, DbErr> {
    let snapshot = snapshot(database).await?;
    let mut findings = Findings::default();
    let (pools, lots) = ledger::entries(&snapshot, &mut findings).await?;
    wallets(&snapshot, &pools, &mut findings).await?;
    grants(&snapshot, &lots, &mut findings).await?;
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

/// One instant of the books: SQLite's readers have that by themselves, PostgreSQL's by asking.
#[expect(clippy::disallowed_methods, reason = "this transaction only reads")]
async fn snapshot(database: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let postgres = database.get_database_backend() == DbBackend::Postgres;
    let isolation_level = postgres.then_some(IsolationLevel::RepeatableRead);
    let access_mode = postgres.then_some(AccessMode::ReadOnly);
    database
        .begin_with_options(TransactionOptions {
            isolation_level,
            access_mode,
            ..TransactionOptions::default()
        })
        .await
}

async fn all(database: &DatabaseTransaction, sql: &str) -> Result<Vec<QueryResult>, DbErr> {
    database.query_all_raw(Statement::from_string(database.get_database_backend(), sql)).await
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

fn number_or_nothing(row: &QueryResult, column: &str) -> Result<String, DbErr> {
    Ok(row.try_get::<Option<i64>>("", column)?.map(|number| number.to_string()).unwrap_or_default())
}

fn in_pool(pools: &Pools, owner: &str, pool: &str) -> i64 {
    pools.get(&(owner.to_owned(), pool.to_owned())).copied().unwrap_or_default()
}

/// Stored balances are the sums of the ledger, what left one pool has entered another, and the ledger ends where the
/// wallet says: nobody has cut off its last entries.
async fn wallets(
    database: &DatabaseTransaction,
    pools: &Pools,
    findings: &mut Findings,
) -> Result<(), DbErr> {
    let ends = "SELECT w.*, e.seq AS last_seq, e.hash AS last_hash FROM wallet w LEFT JOIN token_entry e \
                ON e.customer_id = w.customer_id \
                AND e.seq = (SELECT max(l.seq) FROM token_entry l WHERE l.customer_id = w.customer_id) ORDER BY w.customer_id";
    for row in all(database, ends).await? {
        let customer = text(&row, "customer_id")?;
        let place = format!("wallet of {customer}");
        let last = row.try_get::<Option<i64>>("", "last_seq")?.unwrap_or_default();
        findings.expect(&place, "last entry", &number(&row, "seq")?, &last);
        findings.expect(
            &place,
            "hash of the last entry",
            &text(&row, "hash")?,
            &text_or_nothing(&row, "last_hash")?,
        );
        let stored = |column: &str| number(&row, column);
        let sum = |pool: &str| in_pool(pools, &customer, pool);
        findings.expect(&place, "tokens left", &stored("left_tokens")?, &sum("available"));
        findings.expect(&place, "tokens held", &stored("held_tokens")?, &sum("held"));
        findings.expect(&place, "tokens overdrawn", &stored("overdrawn_tokens")?, &-sum("overdrawn"));
        let all: i64 = pools.iter().filter(|((owner, _), _)| *owner == customer).map(|(_, sum)| sum).sum();
        findings.expect(&place, "credits less debits", &all, &0);
    }
    Ok(())
}

/// Every token of a lot is somewhere.
async fn grants(database: &DatabaseTransaction, lots: &Pools, findings: &mut Findings) -> Result<(), DbErr> {
    for row in all(database, "SELECT * FROM token_grant ORDER BY customer_id, id").await? {
        let id = text(&row, "id")?;
        let place = format!("grant {id}");
        let clawed = row.try_get::<Option<i64>>("", "clawed_tokens")?.unwrap_or_default();
        let amount = number(&row, "amount_tokens")?;
        findings.expect(
            &place,
            "amount, less what was taken back",
            &(amount - clawed),
            &-in_pool(lots, &id, "issued"),
        );
        findings.expect(
            &place,
            "remaining",
            &number(&row, "remaining_tokens")?,
            &in_pool(lots, &id, "available"),
        );
        findings.expect(&place, "held", &number(&row, "held_tokens")?, &in_pool(lots, &id, "held"));
    }
    Ok(())
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
        for row in all(database, &sql).await? {
            findings.expect(&format!("production {}", text(&row, "production")?), figure, &0, &1);
        }
    }
    let twice = "SELECT production, count(*) AS successes FROM step_attempt WHERE verdict = 'succeeded' \
                 GROUP BY customer_id, production, step HAVING count(*) > 1";
    for row in all(database, twice).await? {
        let place = format!("production {}", text(&row, "production")?);
        findings.expect(&place, "successes of a step", &number(&row, "successes")?, &1);
    }
    Ok(())
}
