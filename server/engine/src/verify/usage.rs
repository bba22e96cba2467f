//! Tokens by day, and what each billing cycle granted: computed again from the ledger and the calendar of lots.

use super::{Findings, each, number, sums::Kept, text};
use sea_orm::{DatabaseTransaction, DbErr};

/// Tokens of a day are those of the entries that were booked on it.
pub(super) async fn days(database: &DatabaseTransaction, findings: &mut Findings) -> Result<(), DbErr> {
    let days = Kept {
        table: "usage_day",
        keys: &["customer_id", "account_id", "posted_on"],
        figures: &["used_tokens"],
    };
    let entries = "SELECT customer_id, account_id, posted_on, tokens AS used_tokens FROM token_entry \
                   WHERE credit_pool = 'used' AND account_id IS NOT NULL";
    days.compare(database, entries, findings).await
}

/// A subscription has one lot for each cycle that it has granted; they follow each other without overlap, and without a gap
/// but for cycles in which nothing was paid.
pub(super) async fn cycles(database: &DatabaseTransaction, findings: &mut Findings) -> Result<(), DbErr> {
    let lots = "SELECT s.id, s.refreshed_cycles, g.cycle, g.effective_at, g.expires_at FROM subscription s \
                JOIN token_grant g ON g.customer_id = s.customer_id AND g.subscription_id = s.id ORDER BY s.id, g.cycle";
    let mut before: Option<(String, i64, i64)> = None;
    each(database, lots, |row| {
        let (id, cycle) = (text(&row, "id")?, number(&row, "cycle")?);
        let (starts_at, ends_at) = (number(&row, "effective_at")?, number(&row, "expires_at")?);
        let place = format!("cycle {cycle} of {id}");
        match before.take().filter(|(subscription, ..)| *subscription == id) {
            Some((_, last, end)) => {
                findings.expect(&place, "a later number", &(cycle > last), &true);
                findings.expect(&place, "start", &(starts_at > end), &(cycle > last + 1));
            }
            None => findings.expect(&place, "number", &cycle, &0),
        }
        before = Some((id, cycle, ends_at));
        Ok(())
    })
    .await?;
    let counted = "SELECT s.id, s.refreshed_cycles, max(g.cycle) + 1 AS granted FROM subscription s \
                   JOIN token_grant g ON g.customer_id = s.customer_id AND g.subscription_id = s.id \
                   GROUP BY s.id, s.refreshed_cycles ORDER BY s.id";
    each(database, counted, |row| {
        let place = format!("subscription {}", text(&row, "id")?);
        let (refreshed, granted) = (number(&row, "refreshed_cycles")?, number(&row, "granted")?);
        findings.expect(&place, "cycles granted", &refreshed, &granted);
        Ok(())
    })
    .await
}
