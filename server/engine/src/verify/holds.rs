//! What productions hold, and what they took from which lot, as their entries say.

use super::{Findings, each, number, number_or_zero, text};
use sea_orm::{DatabaseTransaction, DbErr};

/// What entries took from some pools into others.
fn moved(debit: &str, credit: &str) -> String {
    format!(
        "CAST(sum(CASE WHEN debit_pool IN ({debit}) AND credit_pool IN ({credit}) THEN tokens ELSE 0 END) AS BIGINT)"
    )
}

/// A hold's figures are the sums of its production's entries, and it took what it drew.
pub(super) async fn figures(database: &DatabaseTransaction, findings: &mut Findings) -> Result<(), DbErr> {
    let sql = format!(
        "SELECT h.*, e.taken, e.charged, e.back, e.taken - e.gone AS outstanding, d.drawn FROM token_hold h \
         LEFT JOIN (SELECT customer_id, production, {} AS taken, {} AS charged, {} AS back, {} AS gone FROM token_entry \
         WHERE production IS NOT NULL GROUP BY customer_id, production) e \
         ON e.customer_id = h.customer_id AND e.production = h.production \
         LEFT JOIN (SELECT customer_id, production, CAST(sum(drawn_tokens) AS BIGINT) AS drawn FROM hold_draw \
         GROUP BY customer_id, production) d ON d.customer_id = h.customer_id AND d.production = h.production \
         ORDER BY h.customer_id, h.production",
        moved("'available'", "'held'"),
        moved("'held', 'available', 'overdrawn'", "'used'"),
        moved("'held'", "'available', 'lapsed'"),
        moved("'held'", "'used', 'available', 'lapsed'"),
    );
    each(database, &sql, |row| {
        let place = format!("hold of {} of {}", text(&row, "production")?, text(&row, "customer_id")?);
        let pairs = [
            ("tokens", "taken"),
            ("tokens", "drawn"),
            ("captured_tokens", "charged"),
            ("returned_tokens", "back"),
            ("held_tokens", "outstanding"),
        ];
        for (stored, computed) in pairs {
            findings.expect(&place, stored, &number(&row, stored)?, &number_or_zero(&row, computed)?);
        }
        if row.try_get::<Option<i64>>("", "ended_at")?.is_some() {
            findings.expect(&place, "tokens held after its end", &number(&row, "held_tokens")?, &0);
        }
        Ok(())
    })
    .await
}

/// Each lot gave a hold what it drew, and was charged in draw order: what the hold's figures say of it is what was booked.
pub(super) async fn draws(database: &DatabaseTransaction, findings: &mut Findings) -> Result<(), DbErr> {
    let sql = format!(
        "SELECT d.*, e.taken, e.charged, \
         CASE WHEN d.left_over < 0 THEN 0 WHEN d.left_over > d.drawn_tokens THEN d.drawn_tokens ELSE d.left_over END AS due \
         FROM (SELECT w.*, CAST(h.captured_tokens - h.overrun_tokens + w.drawn_tokens \
         - sum(w.drawn_tokens) OVER (PARTITION BY w.customer_id, w.production ORDER BY w.position) AS BIGINT) AS left_over \
         FROM hold_draw w JOIN token_hold h ON h.customer_id = w.customer_id AND h.production = w.production) d \
         LEFT JOIN (SELECT customer_id, production, grant_id, {} AS taken, {} AS charged FROM token_entry \
         WHERE production IS NOT NULL AND grant_id IS NOT NULL GROUP BY customer_id, production, grant_id) e \
         ON e.customer_id = d.customer_id AND e.production = d.production AND e.grant_id = d.grant_id \
         ORDER BY d.customer_id, d.production, d.position",
        moved("'available'", "'held'"),
        moved("'held'", "'used'"),
    );
    each(database, &sql, |row| {
        let (production, grant) = (text(&row, "production")?, text(&row, "grant_id")?);
        let place = format!("what {production} of {} drew from {grant}", text(&row, "customer_id")?);
        findings.expect(&place, "drawn", &number(&row, "drawn_tokens")?, &number_or_zero(&row, "taken")?);
        findings.expect(&place, "charged", &number(&row, "due")?, &number_or_zero(&row, "charged")?);
        Ok(())
    })
    .await
}
