//! Tokens by day, and what each billing cycle granted: computed again from the ledger and the calendar of lots.

use super::{Findings, all, number, text};
use sea_orm::{DatabaseTransaction, DbErr};
use std::collections::{BTreeMap, BTreeSet};

/// Tokens of a day are those of the entries that were booked on it.
pub(super) async fn days(database: &DatabaseTransaction, findings: &mut Findings) -> Result<(), DbErr> {
    let entries = "SELECT account_id, posted_on, CAST(sum(tokens) AS BIGINT) AS used_tokens FROM token_entry \
                   WHERE credit_pool = 'used' AND account_id IS NOT NULL GROUP BY customer_id, account_id, posted_on";
    let (mut expected, mut stored) = (BTreeMap::new(), BTreeMap::new());
    for (sql, days) in [(entries, &mut expected), ("SELECT * FROM usage_day", &mut stored)] {
        for row in all(database, sql).await? {
            days.insert((text(&row, "account_id")?, text(&row, "posted_on")?), number(&row, "used_tokens")?);
        }
    }
    for key in expected.keys().chain(stored.keys()).collect::<BTreeSet<_>>() {
        let tokens = |map: &BTreeMap<_, i64>| map.get(key).copied().unwrap_or_default();
        let place = format!("usage of {} on {}", key.0, key.1);
        findings.expect(&place, "tokens", &tokens(&stored), &tokens(&expected));
    }
    Ok(())
}

/// A subscription has one lot for each cycle that it has granted; they follow each other without overlap, and without a gap
/// but for cycles in which nothing was paid.
pub(super) async fn cycles(database: &DatabaseTransaction, findings: &mut Findings) -> Result<(), DbErr> {
    let lots = "SELECT s.id, s.refreshed_cycles, g.cycle, g.effective_at, g.expires_at FROM subscription s \
                JOIN token_grant g ON g.customer_id = s.customer_id AND g.subscription_id = s.id ORDER BY s.id, g.cycle";
    let mut before: Option<(String, i64, i64)> = None;
    let mut counted: BTreeMap<String, (i64, i64)> = BTreeMap::new();
    for row in all(database, lots).await? {
        let (id, cycle) = (text(&row, "id")?, number(&row, "cycle")?);
        let (starts_at, ends_at) = (number(&row, "effective_at")?, number(&row, "expires_at")?);
        let place = format!("cycle {cycle} of {id}");
        match before.filter(|(subscription, ..)| *subscription == id) {
            Some((_, last, end)) => {
                findings.expect(&place, "a later number", &(cycle > last), &true);
                findings.expect(&place, "start", &(starts_at > end), &(cycle > last + 1));
            }
            None => findings.expect(&place, "number", &cycle, &0),
        }
        counted.insert(id.clone(), (number(&row, "refreshed_cycles")?, cycle + 1));
        before = Some((id, cycle, ends_at));
    }
    for (id, (refreshed, granted)) in counted {
        findings.expect(&format!("subscription {id}"), "cycles granted", &refreshed, &granted);
    }
    Ok(())
}
