//! What stands against limits and caps: computed again from holds, costs and plans.

use super::{Findings, sums::Kept};
use sea_orm::{DatabaseTransaction, DbErr};

/// Money spent is the cost of what was called, or its estimate where that is not known; money held is what open holds
/// hold. Both count in the month of the admission (5.20), against the account, the customer and the key that asked; a call
/// outside productions counts in the month of its booking.
pub(super) async fn budgets(database: &DatabaseTransaction, findings: &mut Findings) -> Result<(), DbErr> {
    let months = Kept {
        table: "budget_month",
        keys: &["scope_id", "month"],
        figures: &["spent_micros", "held_micros"],
    };
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
    let of = |scope| {
        format!(
            "SELECT {scope} AS scope_id, month, spent AS spent_micros, held AS held_micros FROM month_sum \
             WHERE {scope} IS NOT NULL"
        )
    };
    let parts = format!(
        "WITH month_sum AS (SELECT customer_id, account_id, key_id, month, CAST(sum(spent) AS BIGINT) AS spent, \
         CAST(sum(held) AS BIGINT) AS held FROM ({held} UNION ALL {spent} UNION ALL {outside}) l \
         GROUP BY customer_id, account_id, key_id, month) {}",
        ["customer_id", "account_id", "key_id"].map(of).join(" UNION ALL "),
    );
    months.compare(database, &parts, findings).await
}

/// Tokens of a member in a cycle are those of the productions that were made in their name and count in it.
pub(super) async fn seats(database: &DatabaseTransaction, findings: &mut Findings) -> Result<(), DbErr> {
    let cycles = Kept {
        table: "seat_cycle",
        keys: &["customer_id", "person_id", "starts_at"],
        figures: &["spent_tokens", "held_tokens"],
    };
    let taken = "SELECT p.customer_id, p.member_id AS person_id, p.cycle_starts_at AS starts_at, \
                 h.captured_tokens AS spent_tokens, h.held_tokens FROM production p \
                 JOIN token_hold h ON h.customer_id = p.customer_id AND h.production = p.name \
                 WHERE p.member_id IS NOT NULL";
    cycles.compare(database, taken, findings).await
}
