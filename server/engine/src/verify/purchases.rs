//! What is bought without asking: a month's sum is that of its purchases and within what was agreed, each paid purchase is a
//! paid order that gave one lot, and whoever is on has an agreement that has not ended. I-35.

use super::{Findings, each, number, text};
use chrono::DateTime;
use sea_orm::{DatabaseTransaction, DbErr};
use std::collections::BTreeMap;

/// A calendar month, UTC: `2026-10`.
fn month(micros: i64) -> String {
    DateTime::from_timestamp_micros(micros).map_or_else(String::new, |at| at.format("%Y-%m").to_string())
}

/// All of it.
pub(super) async fn automatic(database: &DatabaseTransaction, findings: &mut Findings) -> Result<(), DbErr> {
    let sums = purchases(database, findings).await?;
    let sql = "SELECT s.customer_id, s.state, s.month, s.spent_minor, \
               CAST((SELECT count(*) FROM top_up_agreement_end e WHERE e.customer_id = s.customer_id \
               AND e.agreement_id = s.agreement_id) AS BIGINT) AS ends, \
               CAST((SELECT count(*) FROM top_up_agreement o WHERE o.customer_id = s.customer_id AND o.id <> s.agreement_id \
               AND NOT EXISTS (SELECT 1 FROM top_up_agreement_end e WHERE e.customer_id = o.customer_id \
               AND e.agreement_id = o.id)) AS BIGINT) AS others FROM auto_top_up s JOIN top_up_agreement a \
               ON a.customer_id = s.customer_id AND a.id = s.agreement_id ORDER BY s.customer_id";
    each(database, sql, |row| {
        let customer = text(&row, "customer_id")?;
        let place = format!("auto-top-up of {customer}");
        let key = (customer, text(&row, "month")?);
        let spent = sums.get(&key).copied().unwrap_or_default();
        findings.expect(&place, "spent in its month", &number(&row, "spent_minor")?, &spent);
        let is_over = !["on", "paused"].contains(&text(&row, "state")?.as_str());
        findings.expect(&place, "ends of its agreement", &number(&row, "ends")?, &i64::from(is_over));
        findings.expect(&place, "earlier agreements that have not ended", &number(&row, "others")?, &0);
        Ok(())
    })
    .await
}

/// Purchases against their orders; what each month of each customer came to.
async fn purchases(
    database: &DatabaseTransaction,
    findings: &mut Findings,
) -> Result<BTreeMap<(String, String), i64>, DbErr> {
    let sql = "SELECT p.customer_id, p.id, p.state, p.total_minor, COALESCE(p.ended_at, 0) AS ended_at, o.state AS ordered, \
               o.total_minor AS asked_minor, a.once_minor, \
               CAST((SELECT count(*) FROM token_grant g WHERE g.customer_id = p.customer_id AND g.payment_id = p.order_id \
               AND g.source = 'autoTopUp') AS BIGINT) AS lots, \
               CAST((SELECT max(b.cap_minor) FROM top_up_agreement b WHERE b.customer_id = p.customer_id \
               AND b.agreed_at <= p.made_at) AS BIGINT) AS most_minor \
               FROM top_up_purchase p JOIN \"order\" o ON o.customer_id = p.customer_id AND o.id = p.order_id \
               JOIN top_up_agreement a ON a.customer_id = p.customer_id AND a.id = p.agreement_id ORDER BY p.customer_id, p.id";
    let mut sums: BTreeMap<(String, String), i64> = BTreeMap::new();
    each(database, sql, |row| {
        let place = format!("automatic purchase {}", text(&row, "id")?);
        let paid = text(&row, "state")? == "paid";
        let total = number(&row, "total_minor")?;
        findings.expect(&place, "total", &total, &number(&row, "asked_minor")?);
        findings.expect(&place, "its order is paid", &(text(&row, "ordered")? == "paid"), &paid);
        findings.expect(&place, "lots given", &number(&row, "lots")?, &i64::from(paid));
        findings.expect(&place, "costs no more than agreed", &(total <= number(&row, "once_minor")?), &true);
        if paid {
            let key = (text(&row, "customer_id")?, month(number(&row, "ended_at")?));
            let sum = sums.entry(key).or_default();
            *sum += total;
            let most = number(&row, "most_minor")?;
            findings.expect(&place, "its month is within the cap", &(*sum <= most), &true);
        }
        Ok(())
    })
    .await?;
    Ok(sums)
}
