//! The books check of the tests: reads rows by SQL of its own, believes no balance, and computes each of them again.

use anyhow::{Context, Result, ensure};
use sea_orm::{ConnectionTrait, DatabaseConnection, QueryResult, Statement};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Tokens by owner and pool.
type Pools = BTreeMap<(String, String), i64>;

/// Fails with the first thing that is wrong.
pub async fn audit(database: &DatabaseConnection) -> Result<()> {
    let (pools, lots) = entries(database).await?;
    wallets(database, &pools).await?;
    grants(database, &lots).await?;
    holds(database).await?;
    draws(database).await?;
    budgets(database).await?;
    attempts(database).await
}

async fn all(database: &DatabaseConnection, sql: &str) -> Result<Vec<QueryResult>> {
    Ok(database.query_all_raw(Statement::from_string(database.get_database_backend(), sql)).await?)
}

fn text(row: &QueryResult, column: &str) -> Result<String> {
    row.try_get("", column).with_context(|| column.to_owned())
}

fn number(row: &QueryResult, column: &str) -> Result<i64> {
    row.try_get("", column).with_context(|| column.to_owned())
}

fn optional(row: &QueryResult, column: &str) -> Result<String> {
    Ok(row.try_get::<Option<String>>("", column)?.unwrap_or_default())
}

fn optional_number(row: &QueryResult, column: &str) -> Result<String> {
    Ok(row.try_get::<Option<i64>>("", column)?.map(|number| number.to_string()).unwrap_or_default())
}

/// Numbers without gaps, balances that follow from each other, hashes that follow from each other; what is in each pool.
async fn entries(database: &DatabaseConnection) -> Result<(Pools, Pools)> {
    let (mut pools, mut lots) = (Pools::new(), Pools::new());
    let (mut owner, mut seq, mut left, mut held, mut hash) = (String::new(), 0, 0, 0, String::new());
    for row in all(database, "SELECT * FROM token_entry ORDER BY customer_id, seq").await? {
        let customer = text(&row, "customer_id")?;
        if customer != owner {
            (owner, seq, left, held, hash) = (customer.clone(), 0, 0, 0, String::new());
        }
        seq += 1;
        let at = format!("entry {seq} of {customer}");
        ensure!(number(&row, "seq")? == seq, "{at}: the numbers have a gap");
        let (debit, credit, tokens) =
            (text(&row, "debit_pool")?, text(&row, "credit_pool")?, number(&row, "tokens")?);
        ensure!(tokens > 0 && debit != credit, "{at}: moves nothing");
        ensure!(number(&row, "left_before")? == left, "{at}: does not start where the one before ended");
        let moved = |pool: &str| i64::from(credit == pool) * tokens - i64::from(debit == pool) * tokens;
        left += moved("available");
        held += moved("held");
        ensure!(left >= 0 && held >= 0, "{at}: a balance is below zero");
        ensure!(
            (number(&row, "left_after")?, number(&row, "held_after")?) == (left, held),
            "{at}: wrong balances"
        );
        hash = chained(&hash, &row)?;
        ensure!(text(&row, "hash")? == hash, "{at}: the chain is broken");
        let grant = optional(&row, "grant_id")?;
        for (pool, sign) in [(debit, -1), (credit, 1)] {
            *pools.entry((customer.clone(), pool.clone())).or_default() += sign * tokens;
            *lots.entry((grant.clone(), pool)).or_default() += sign * tokens;
        }
    }
    Ok((pools, lots))
}

fn chained(previous: &str, row: &QueryResult) -> Result<String> {
    let fields = [
        previous.to_owned(),
        text(row, "customer_id")?,
        number(row, "seq")?.to_string(),
        text(row, "id")?,
        text(row, "debit_pool")?,
        text(row, "credit_pool")?,
        optional(row, "grant_id")?,
        number(row, "tokens")?.to_string(),
        optional(row, "account_id")?,
        optional(row, "production")?,
        optional(row, "step")?,
        optional_number(row, "attempt")?,
        optional_number(row, "tariff_version")?,
        number(row, "left_before")?.to_string(),
        number(row, "left_after")?.to_string(),
        number(row, "held_after")?.to_string(),
        number(row, "occurred_at")?.to_string(),
        text(row, "posted_on")?,
    ];
    let hash: Vec<String> =
        Sha256::digest(fields.join("|")).iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(hash.concat())
}

/// Stored balances are the sums of the ledger.
async fn wallets(database: &DatabaseConnection, pools: &Pools) -> Result<()> {
    for row in all(database, "SELECT * FROM wallet").await? {
        let customer = text(&row, "customer_id")?;
        let in_pool =
            |pool: &str| pools.get(&(customer.clone(), pool.to_owned())).copied().unwrap_or_default();
        ensure!(number(&row, "left_tokens")? == in_pool("available"), "{customer}: tokens left");
        ensure!(number(&row, "held_tokens")? == in_pool("held"), "{customer}: tokens held");
        ensure!(number(&row, "overdrawn_tokens")? == -in_pool("overdrawn"), "{customer}: tokens owed");
        let sum: i64 =
            pools.iter().filter(|((owner, _), _)| *owner == customer).map(|(_, tokens)| tokens).sum();
        ensure!(sum == 0, "{customer}: debits and credits differ by {sum}");
    }
    Ok(())
}

/// Every token of a lot is somewhere.
async fn grants(database: &DatabaseConnection, lots: &Pools) -> Result<()> {
    for row in all(database, "SELECT * FROM token_grant").await? {
        let id = text(&row, "id")?;
        let in_pool = |pool: &str| lots.get(&(id.clone(), pool.to_owned())).copied().unwrap_or_default();
        ensure!(number(&row, "amount_tokens")? == -in_pool("issued"), "{id}: issued");
        ensure!(number(&row, "remaining_tokens")? == in_pool("available"), "{id}: remaining");
        ensure!(number(&row, "held_tokens")? == in_pool("held"), "{id}: held");
    }
    Ok(())
}

/// A hold's figures are the sums of its production's entries.
async fn holds(database: &DatabaseConnection) -> Result<()> {
    let sum = |debit: &str, credit: &str| {
        format!(
            "(SELECT CAST(coalesce(sum(e.tokens), 0) AS BIGINT) FROM token_entry e WHERE e.customer_id = h.customer_id \
             AND e.production = h.production AND e.debit_pool IN ({debit}) AND e.credit_pool IN ({credit}))"
        )
    };
    let sql = format!(
        "SELECT h.production, h.tokens, h.held_tokens, h.captured_tokens, h.returned_tokens, h.ended_at, \
         {} AS taken, {} AS charged, {} AS back FROM token_hold h",
        sum("'available'", "'held'"),
        sum("'held', 'available', 'overdrawn'", "'used'"),
        sum("'held'", "'available', 'lapsed'")
    );
    for row in all(database, &sql).await? {
        let name = text(&row, "production")?;
        ensure!(number(&row, "tokens")? == number(&row, "taken")?, "{name}: held at admission");
        ensure!(number(&row, "captured_tokens")? == number(&row, "charged")?, "{name}: charged");
        ensure!(number(&row, "returned_tokens")? == number(&row, "back")?, "{name}: given back");
        let ended = row.try_get::<Option<i64>>("", "ended_at")?.is_some();
        ensure!(!ended || number(&row, "held_tokens")? == 0, "{name}: holds tokens after its end");
    }
    Ok(())
}

/// A hold is the sum of what it drew.
async fn draws(database: &DatabaseConnection) -> Result<()> {
    let sql = "SELECT h.production, h.tokens, h.held_tokens, \
               CAST(coalesce(sum(d.drawn_tokens), 0) AS BIGINT) AS drawn, \
               CAST(coalesce(sum(d.drawn_tokens - d.captured_tokens - d.returned_tokens), 0) AS BIGINT) AS outstanding \
               FROM token_hold h LEFT JOIN hold_draw d \
               ON d.customer_id = h.customer_id AND d.production = h.production \
               GROUP BY h.customer_id, h.production, h.tokens, h.held_tokens";
    for row in all(database, sql).await? {
        let name = text(&row, "production")?;
        ensure!(number(&row, "tokens")? == number(&row, "drawn")?, "{name}: drawn");
        ensure!(number(&row, "held_tokens")? == number(&row, "outstanding")?, "{name}: outstanding");
    }
    Ok(())
}

/// Money spent is the cost of what was called, or its estimate where that is not known; money held is what open holds
/// hold. Both count in the month of the admission.
async fn budgets(database: &DatabaseConnection) -> Result<()> {
    let mut found: BTreeMap<(String, String), (i64, i64)> = BTreeMap::new();
    for row in all(database, "SELECT account_id, month, held_micros FROM token_hold").await? {
        found.entry((text(&row, "account_id")?, text(&row, "month")?)).or_default().1 +=
            number(&row, "held_micros")?;
    }
    let spent = "SELECT c.account_id, h.month, CAST(coalesce(c.charged_micros, s.money_micros, 0) AS BIGINT) AS micros \
                 FROM cost_entry c JOIN token_hold h ON h.customer_id = c.customer_id AND h.production = c.production \
                 JOIN production_step s ON s.customer_id = c.customer_id AND s.production = c.production AND s.step = c.step";
    for row in all(database, spent).await? {
        found.entry((text(&row, "account_id")?, text(&row, "month")?)).or_default().0 +=
            number(&row, "micros")?;
    }
    let mut stored = BTreeMap::new();
    for row in all(database, "SELECT * FROM budget_month").await? {
        let figures = (number(&row, "spent_micros")?, number(&row, "held_micros")?);
        stored.insert((text(&row, "scope_id")?, text(&row, "month")?), figures);
    }
    for ((account, month), figures) in found {
        let kept = stored.remove(&(account.clone(), month.clone())).unwrap_or_default();
        ensure!(
            kept == figures,
            "{account} in {month}: spent and held are {kept:?} and should be {figures:?}"
        );
    }
    ensure!(stored.values().all(|figures| *figures == (0, 0)), "spending of nobody: {stored:?}");
    Ok(())
}

/// Every attempt has a cost or says why not, and the other way round; a step succeeds once.
async fn attempts(database: &DatabaseConnection) -> Result<()> {
    let odd = "SELECT a.production FROM step_attempt a LEFT JOIN cost_entry c ON c.customer_id = a.customer_id \
               AND c.production = a.production AND c.step = a.step AND c.attempt = a.attempt WHERE c.step IS NULL \
               UNION ALL SELECT c.production FROM cost_entry c LEFT JOIN step_attempt a ON a.customer_id = c.customer_id \
               AND a.production = c.production AND a.step = c.step AND a.attempt = c.attempt WHERE a.step IS NULL \
               UNION ALL SELECT production FROM step_attempt WHERE verdict = 'succeeded' \
               GROUP BY customer_id, production, step HAVING count(*) > 1";
    let odd = all(database, odd).await?;
    ensure!(
        odd.is_empty(),
        "{} attempts without their cost, costs without their attempt, or double successes",
        odd.len()
    );
    Ok(())
}
