//! The books check: reads the journals by SQL of its own, believes no balance, and computes each of them again.
//!
//! It uses nothing else of this crate and none of the code that writes the books, so that a mistake there cannot hide
//! here. What it finds wrong is named with the figure that is stored and the figure that it should be. I-1, I-3, I-6.

mod ledger;

use sea_orm::{
    AccessMode, ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction,
    DbBackend, DbErr, IsolationLevel, QueryResult, Statement, TransactionOptions, TransactionTrait,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

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
    let snapshot = snapshot(&database).await?;
    let mut findings = Findings::default();
    let (pools, lots) = ledger::entries(&snapshot, &mut findings).await?;
    wallets(&snapshot, &pools, &mut findings).await?;
    grants(&snapshot, &lots, &mut findings).await?;
    holds(&snapshot, &mut findings).await?;
    budgets(&snapshot, &mut findings).await?;
    seats(&snapshot, &mut findings).await?;
    attempts(&snapshot, &mut findings).await?;
    snapshot.rollback().await?;
    database.close().await?;
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

/// Stored balances are the sums of the ledger, and what left one pool has entered another.
async fn wallets(
    database: &DatabaseTransaction,
    pools: &Pools,
    findings: &mut Findings,
) -> Result<(), DbErr> {
    for row in all(database, "SELECT * FROM wallet ORDER BY customer_id").await? {
        let customer = text(&row, "customer_id")?;
        let place = format!("wallet of {customer}");
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
        findings.expect(&place, "amount", &number(&row, "amount_tokens")?, &-in_pool(lots, &id, "issued"));
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

/// A hold's figures are the sums of its production's entries, and of what it drew.
async fn holds(database: &DatabaseTransaction, findings: &mut Findings) -> Result<(), DbErr> {
    let moved = |debit: &str, credit: &str| {
        format!(
            "(SELECT CAST(coalesce(sum(e.tokens), 0) AS BIGINT) FROM token_entry e WHERE e.customer_id = h.customer_id \
             AND e.production = h.production AND e.debit_pool IN ({debit}) AND e.credit_pool IN ({credit}))"
        )
    };
    let drawn = |figure: &str| {
        format!(
            "(SELECT CAST(coalesce(sum({figure}), 0) AS BIGINT) FROM hold_draw d WHERE d.customer_id = h.customer_id \
             AND d.production = h.production)"
        )
    };
    let sql = format!(
        "SELECT h.*, {} AS taken, {} AS charged, {} AS back, {} AS drawn, {} AS outstanding FROM token_hold h \
         ORDER BY h.customer_id, h.production",
        moved("'available'", "'held'"),
        moved("'held', 'available', 'overdrawn'", "'used'"),
        moved("'held'", "'available', 'lapsed'"),
        drawn("d.drawn_tokens"),
        drawn("d.drawn_tokens - d.captured_tokens - d.returned_tokens")
    );
    for row in all(database, &sql).await? {
        let place = format!("hold of {} of {}", text(&row, "production")?, text(&row, "customer_id")?);
        let pairs = [
            ("tokens", "taken"),
            ("tokens", "drawn"),
            ("captured_tokens", "charged"),
            ("returned_tokens", "back"),
            ("held_tokens", "outstanding"),
        ];
        for (stored, computed) in pairs {
            findings.expect(&place, stored, &number(&row, stored)?, &number(&row, computed)?);
        }
        if row.try_get::<Option<i64>>("", "ended_at")?.is_some() {
            findings.expect(&place, "tokens held after its end", &number(&row, "held_tokens")?, &0);
        }
    }
    Ok(())
}

/// Money spent is the cost of what was called, or its estimate where that is not known; money held is what open holds
/// hold. Both count in the month of the admission (5.20), against the account, the customer and the key that asked; a call
/// outside productions counts in the month of its booking.
async fn budgets(database: &DatabaseTransaction, findings: &mut Findings) -> Result<(), DbErr> {
    let held = "SELECT h.customer_id, h.account_id, p.key_id, h.month, CAST(0 AS BIGINT) AS spent, \
                h.held_micros AS held FROM token_hold h \
                JOIN production p ON p.customer_id = h.customer_id AND p.name = h.production";
    let spent = "SELECT c.customer_id, c.account_id, p.key_id, h.month, \
                 CAST(coalesce(c.charged_micros, s.money_micros, 0) AS BIGINT) AS spent, CAST(0 AS BIGINT) AS held \
                 FROM cost_entry c JOIN token_hold h ON h.customer_id = c.customer_id AND h.production = c.production \
                 JOIN production p ON p.customer_id = c.customer_id AND p.name = c.production \
                 JOIN production_step s \
                 ON s.customer_id = c.customer_id AND s.production = c.production AND s.step = c.step";
    let outside = "SELECT c.customer_id, c.account_id, o.key_id, o.month, \
                   CAST(coalesce(c.charged_micros, 0) AS BIGINT) AS spent, CAST(0 AS BIGINT) AS held \
                   FROM cost_entry c JOIN outside_call o ON o.customer_id = c.customer_id AND o.name = c.step \
                   WHERE c.production = ''";
    let mut expected: BTreeMap<(String, String), (i64, i64)> = BTreeMap::new();
    for sql in [held, spent, outside] {
        for row in all(database, sql).await? {
            let month = text(&row, "month")?;
            for scope in ["customer_id", "account_id", "key_id"] {
                let id = text_or_nothing(&row, scope)?;
                if !id.is_empty() {
                    let figures = expected.entry((id, month.clone())).or_default();
                    figures.0 += number(&row, "spent")?;
                    figures.1 += number(&row, "held")?;
                }
            }
        }
    }
    let mut stored = BTreeMap::new();
    for row in all(database, "SELECT * FROM budget_month").await? {
        let figures = (number(&row, "spent_micros")?, number(&row, "held_micros")?);
        stored.insert((text(&row, "scope_id")?, text(&row, "month")?), figures);
    }
    for key in expected.keys().chain(stored.keys()).collect::<BTreeSet<_>>() {
        let figures = |map: &BTreeMap<_, _>| map.get(key).copied().unwrap_or_default();
        let place = format!("spending of {} in {}", key.0, key.1);
        findings.expect(&place, "spent and held, in micro-units", &figures(&stored), &figures(&expected));
    }
    Ok(())
}

/// Tokens of a member in a cycle are those of the productions that were made in their name and count in it.
async fn seats(database: &DatabaseTransaction, findings: &mut Findings) -> Result<(), DbErr> {
    let taken = "SELECT p.member_id, p.cycle_starts_at, CAST(sum(h.captured_tokens) AS BIGINT) AS used, \
                 CAST(sum(h.held_tokens) AS BIGINT) AS held FROM production p \
                 JOIN token_hold h ON h.customer_id = p.customer_id AND h.production = p.name \
                 WHERE p.member_id IS NOT NULL GROUP BY p.customer_id, p.member_id, p.cycle_starts_at";
    let (mut expected, mut stored) = (BTreeMap::new(), BTreeMap::new());
    for row in all(database, taken).await? {
        let key = (text(&row, "member_id")?, number(&row, "cycle_starts_at")?);
        expected.insert(key, (number(&row, "used")?, number(&row, "held")?));
    }
    for row in all(database, "SELECT * FROM seat_cycle").await? {
        let key = (text(&row, "person_id")?, number(&row, "starts_at")?);
        stored.insert(key, (number(&row, "spent_tokens")?, number(&row, "held_tokens")?));
    }
    for key in expected.keys().chain(stored.keys()).collect::<BTreeSet<_>>() {
        let figures = |map: &BTreeMap<_, _>| map.get(key).copied().unwrap_or_default();
        let place = format!("seat of {} in the cycle from {}", key.0, key.1);
        findings.expect(&place, "tokens spent and held", &figures(&stored), &figures(&expected));
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
