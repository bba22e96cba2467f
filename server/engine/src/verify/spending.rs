//! What stands against limits and caps: computed again from holds, costs and plans.

use super::{Findings, all, number, text, text_or_nothing};
use sea_orm::{DatabaseTransaction, DbErr};
use std::collections::{BTreeMap, BTreeSet};

/// Money spent is the cost of what was called, or its estimate where that is not known; money held is what open holds
/// hold. Both count in the month of the admission (5.20), against the account, the customer and the key that asked; a call
/// outside productions counts in the month of its booking.
pub(super) async fn budgets(database: &DatabaseTransaction, findings: &mut Findings) -> Result<(), DbErr> {
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
pub(super) async fn seats(database: &DatabaseTransaction, findings: &mut Findings) -> Result<(), DbErr> {
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
