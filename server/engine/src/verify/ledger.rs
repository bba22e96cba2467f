//! The chain of entries: each follows from the one before.

use super::{Findings, Pools, all, number, number_or_nothing, text, text_or_nothing};
use sea_orm::{DatabaseTransaction, DbErr, QueryResult};
use sha2::{Digest, Sha256};

/// The end of one customer's chain while it is read.
#[derive(Default)]
struct Chain {
    customer: String,
    seq: i64,
    left: i64,
    held: i64,
    hash: String,
}

/// Numbers without gaps, balances and hashes that follow from each other; answers what is in each pool by customer, and
/// by lot. Where an entry is wrong the next is held against what is stored, so that one forgery is one finding.
pub(super) async fn entries(
    database: &DatabaseTransaction,
    findings: &mut Findings,
) -> Result<(Pools, Pools), DbErr> {
    let (mut pools, mut lots, mut chain) = (Pools::new(), Pools::new(), Chain::default());
    for row in all(database, "SELECT * FROM token_entry ORDER BY customer_id, seq").await? {
        let customer = text(&row, "customer_id")?;
        if customer != chain.customer {
            chain = Chain { customer: customer.clone(), ..Chain::default() };
        }
        let seq = number(&row, "seq")?;
        let place = format!("entry {seq} of {customer}");
        findings.expect(&place, "its number", &seq, &(chain.seq + 1));
        let (debit, credit) = (text(&row, "debit_pool")?, text(&row, "credit_pool")?);
        let tokens = number(&row, "tokens")?;
        findings.expect(&place, "tokens above zero", &(tokens > 0), &true);
        findings.expect(&place, "two different pools", &(debit != credit), &true);
        findings.expect(&place, "left before", &number(&row, "left_before")?, &chain.left);
        let moved = |pool: &str| i64::from(credit == pool) * tokens - i64::from(debit == pool) * tokens;
        let (left, held) = (chain.left + moved("available"), chain.held + moved("held"));
        findings.expect(&place, "left after", &number(&row, "left_after")?, &left);
        findings.expect(&place, "held after", &number(&row, "held_after")?, &held);
        findings.expect(&place, "hash", &text(&row, "hash")?, &chained(&chain.hash, &row)?);
        chain.seq = seq;
        (chain.left, chain.held) = (number(&row, "left_after")?, number(&row, "held_after")?);
        chain.hash = text(&row, "hash")?;
        let grant = text_or_nothing(&row, "grant_id")?;
        for (pool, sign) in [(debit, -1), (credit, 1)] {
            *pools.entry((customer.clone(), pool.clone())).or_default() += sign * tokens;
            *lots.entry((grant.clone(), pool)).or_default() += sign * tokens;
        }
    }
    Ok((pools, lots))
}

/// SHA-256 over the hash before and every field, joined by `|`.
fn chained(previous: &str, row: &QueryResult) -> Result<String, DbErr> {
    let mut fields = vec![
        previous.to_owned(),
        text(row, "customer_id")?,
        number(row, "seq")?.to_string(),
        text(row, "id")?,
        text(row, "debit_pool")?,
        text(row, "credit_pool")?,
        text_or_nothing(row, "grant_id")?,
        number(row, "tokens")?.to_string(),
        text_or_nothing(row, "account_id")?,
        text_or_nothing(row, "production")?,
        text_or_nothing(row, "step")?,
        number_or_nothing(row, "attempt")?,
        number_or_nothing(row, "tariff_version")?,
        number(row, "left_before")?.to_string(),
        number(row, "left_after")?.to_string(),
        number(row, "held_after")?.to_string(),
        number(row, "occurred_at")?.to_string(),
        text(row, "posted_on")?,
    ];
    let member = text_or_nothing(row, "member_id")?;
    if !member.is_empty() {
        fields.push(member);
    }
    let hash: Vec<String> =
        Sha256::digest(fields.join("|")).iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(hash.concat())
}
