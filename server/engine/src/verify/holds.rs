//! What productions hold, and what they took from which lot, as their entries say.

use super::{Findings, all, number, text};
use sea_orm::{DatabaseTransaction, DbErr};

/// The sum of entries `e` from some pools into others, as far as `whose` holds of them.
fn moved(whose: &str, debit: &str, credit: &str) -> String {
    format!(
        "(SELECT CAST(coalesce(sum(e.tokens), 0) AS BIGINT) FROM token_entry e WHERE {whose} \
         AND e.debit_pool IN ({debit}) AND e.credit_pool IN ({credit}))"
    )
}

/// A hold's figures are the sums of its production's entries, and it took what it drew.
pub(super) async fn figures(database: &DatabaseTransaction, findings: &mut Findings) -> Result<(), DbErr> {
    let moved =
        |debit, credit| moved("e.customer_id = h.customer_id AND e.production = h.production", debit, credit);
    let sql = format!(
        "SELECT h.*, {taken} AS taken, {} AS charged, {} AS back, {taken} - {} AS outstanding, \
         (SELECT CAST(coalesce(sum(d.drawn_tokens), 0) AS BIGINT) FROM hold_draw d \
         WHERE d.customer_id = h.customer_id AND d.production = h.production) AS drawn \
         FROM token_hold h ORDER BY h.customer_id, h.production",
        moved("'held', 'available', 'overdrawn'", "'used'"),
        moved("'held'", "'available', 'lapsed'"),
        moved("'held'", "'used', 'available', 'lapsed'"),
        taken = moved("'available'", "'held'"),
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

/// Each lot gave a hold what it drew, and was charged in draw order: what the hold's figures say of it is what was booked.
pub(super) async fn draws(database: &DatabaseTransaction, findings: &mut Findings) -> Result<(), DbErr> {
    let moved = |debit, credit| {
        let whose =
            "e.customer_id = d.customer_id AND e.production = d.production AND e.grant_id = d.grant_id";
        moved(whose, debit, credit)
    };
    let sql = format!(
        "SELECT d.*, {} AS taken, {} AS charged, \
         CASE WHEN d.left_over < 0 THEN 0 WHEN d.left_over > d.drawn_tokens THEN d.drawn_tokens ELSE d.left_over END AS due \
         FROM (SELECT w.*, CAST(h.captured_tokens - h.overrun_tokens + w.drawn_tokens \
         - sum(w.drawn_tokens) OVER (PARTITION BY w.customer_id, w.production ORDER BY w.position) AS BIGINT) AS left_over \
         FROM hold_draw w JOIN token_hold h ON h.customer_id = w.customer_id AND h.production = w.production) d \
         ORDER BY d.customer_id, d.production, d.position",
        moved("'available'", "'held'"),
        moved("'held'", "'used'"),
    );
    for row in all(database, &sql).await? {
        let (production, grant) = (text(&row, "production")?, text(&row, "grant_id")?);
        let place = format!("what {production} of {} drew from {grant}", text(&row, "customer_id")?);
        findings.expect(&place, "drawn", &number(&row, "drawn_tokens")?, &number(&row, "taken")?);
        findings.expect(&place, "charged", &number(&row, "due")?, &number(&row, "charged")?);
    }
    Ok(())
}
