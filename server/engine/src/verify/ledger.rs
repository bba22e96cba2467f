//! The chain of entries, each of which follows from the one before; and what they come to in each wallet and each lot.

use super::{Findings, each, number, number_or_nothing, number_or_zero, text, text_or_nothing};
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

/// Numbers without gaps, balances and hashes that follow from each other. Where an entry is wrong the next is held against
/// what is stored, so that one forgery is one finding.
pub(super) async fn entries(database: &DatabaseTransaction, findings: &mut Findings) -> Result<(), DbErr> {
    let mut chain = Chain::default();
    each(database, "SELECT * FROM token_entry ORDER BY customer_id, seq", |row| {
        let customer = text(&row, "customer_id")?;
        if customer != chain.customer {
            chain = Chain { customer, ..Chain::default() };
        }
        let seq = number(&row, "seq")?;
        let place = format!("entry {seq} of {}", chain.customer);
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
        Ok(())
    })
    .await
}

/// What entries brought into a pool less what they took from it.
fn in_pool(pool: &str) -> String {
    format!(
        "CAST(sum(CASE '{pool}' WHEN credit_pool THEN tokens WHEN debit_pool THEN -tokens ELSE 0 END) AS BIGINT) AS in_{pool}"
    )
}

/// Stored balances are the sums of the ledger, and it ends where the wallet says: nobody has cut off its last entries.
pub(super) async fn wallets(database: &DatabaseTransaction, findings: &mut Findings) -> Result<(), DbErr> {
    let sql = format!(
        "SELECT w.*, l.seq AS last_seq, l.hash AS last_hash, e.in_available, e.in_held, e.in_overdrawn FROM wallet w \
         LEFT JOIN (SELECT customer_id, max(seq) AS last_seq, {}, {}, {} FROM token_entry GROUP BY customer_id) e \
         ON e.customer_id = w.customer_id \
         LEFT JOIN token_entry l ON l.customer_id = e.customer_id AND l.seq = e.last_seq ORDER BY w.customer_id",
        in_pool("available"),
        in_pool("held"),
        in_pool("overdrawn"),
    );
    each(database, &sql, |row| {
        let place = format!("wallet of {}", text(&row, "customer_id")?);
        findings.expect(&place, "last entry", &number(&row, "seq")?, &number_or_zero(&row, "last_seq")?);
        let (stored, last) = (text(&row, "hash")?, text_or_nothing(&row, "last_hash")?);
        findings.expect(&place, "hash of the last entry", &stored, &last);
        for (figure, stored, computed, sign) in [
            ("tokens left", "left_tokens", "in_available", 1),
            ("tokens held", "held_tokens", "in_held", 1),
            ("tokens overdrawn", "overdrawn_tokens", "in_overdrawn", -1),
        ] {
            let computed = sign * number_or_zero(&row, computed)?;
            findings.expect(&place, figure, &number(&row, stored)?, &computed);
        }
        Ok(())
    })
    .await
}

/// Every token of a lot is somewhere.
pub(super) async fn lots(database: &DatabaseTransaction, findings: &mut Findings) -> Result<(), DbErr> {
    let sql = format!(
        "SELECT g.*, e.in_issued, e.in_available, e.in_held FROM token_grant g \
         LEFT JOIN (SELECT customer_id, grant_id, {}, {}, {} FROM token_entry WHERE grant_id IS NOT NULL \
         GROUP BY customer_id, grant_id) e ON e.customer_id = g.customer_id AND e.grant_id = g.id ORDER BY g.customer_id, g.id",
        in_pool("issued"),
        in_pool("available"),
        in_pool("held"),
    );
    each(database, &sql, |row| {
        let place = format!("grant {}", text(&row, "id")?);
        let granted = number(&row, "amount_tokens")? - number_or_zero(&row, "clawed_tokens")?;
        let issued = -number_or_zero(&row, "in_issued")?;
        findings.expect(&place, "amount, less what was taken back", &granted, &issued);
        for (figure, stored, computed) in
            [("remaining", "remaining_tokens", "in_available"), ("held", "held_tokens", "in_held")]
        {
            findings.expect(&place, figure, &number(&row, stored)?, &number_or_zero(&row, computed)?);
        }
        Ok(())
    })
    .await
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
    Ok(hex::encode(Sha256::digest(fields.join("|"))))
}
