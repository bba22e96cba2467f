//! What the calls of a range cost: every call, also those that failed and those outside productions. P6, 5.11: at
//! customer-facing rates.

use crate::{
    Error,
    db::reach::narrow,
    pnl::{Figures, sums::Whose},
};
use billing::money::{Cost, Currency, MoneyError};
use chrono::NaiveDate;
use sea_orm::{ConnectionTrait, DatabaseTransaction, Statement, Value};
use std::ops::RangeInclusive;

/// The key of the line of calls outside productions, where lines are of steps.
pub const OUTSIDE: &str = "outside";

/// What calls cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallCosts {
    /// Of the calls whose cost is known.
    pub known: Cost,
    /// How many those are.
    pub priced: i64,
    /// How many calls have no known cost, less those of earlier days whose cost was booked in the range; unknown is never zero.
    pub unknown: i64,
}

impl CallCosts {
    /// Of no call.
    #[must_use]
    pub const fn none(currency: Currency) -> Self {
        Self { known: Cost::zero(currency), priced: 0, unknown: 0 }
    }

    pub(super) const fn of(figures: &Figures, currency: Currency) -> Self {
        let priced = figures.calls - figures.unknown;
        Self { known: Cost::new(figures.charged, currency), priced, unknown: figures.unknown }
    }

    /// Of these calls and of those.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        Ok(Self {
            known: self.known.plus(other.known)?,
            priced: self.priced.saturating_add(other.priced),
            unknown: self.unknown.saturating_add(other.unknown),
        })
    }
}

/// Calls outside productions by the key that reported them, where one did: the sums do not know it.
pub(super) async fn outside_by_key(
    read: &DatabaseTransaction,
    whose: Whose<'_>,
    days: &RangeInclusive<NaiveDate>,
) -> Result<Vec<(String, Figures)>, Error> {
    let (from, to) = (days.start().to_string(), days.end().to_string());
    let mut values: Vec<Value> = vec![whose.customer.into(), from.into(), to.into()];
    let mut accounts = String::new();
    narrow(&mut accounts, &mut values, "o.account_id", whose.accounts);
    let booked = |figures: &str, journal: &str| {
        format!(
            "SELECT o.key_id AS key, {figures} FROM {journal} c JOIN outside_call o ON o.customer_id = c.customer_id \
             AND o.name = c.step WHERE c.customer_id = $1 AND c.production = '' AND c.posted_on >= $2 AND c.posted_on <= $3 \
             AND o.key_id IS NOT NULL{accounts} GROUP BY o.key_id"
        )
    };
    let charged = "CAST(COALESCE(sum(c.charged_micros), 0) AS BIGINT) AS charged";
    let calls = format!(
        "CAST(count(*) AS BIGINT) AS calls, CAST(count(*) - count(c.charged_micros) AS BIGINT) AS unknown, {charged}"
    );
    let completed = format!("CAST(0 AS BIGINT), CAST(-count(*) AS BIGINT), {charged}");
    let text =
        format!("{} UNION ALL {}", booked(&calls, "cost_entry"), booked(&completed, "cost_completion"));
    let rows = Statement::from_sql_and_values(read.get_database_backend(), text, values);
    let mut found = Vec::new();
    for row in read.query_all_raw(rows).await? {
        let number = |column: &str| row.try_get::<i64>("", column);
        let (calls, unknown, charged) = (number("calls")?, number("unknown")?, number("charged")?);
        found.push((row.try_get("", "key")?, Figures { calls, unknown, charged, ..Figures::default() }));
    }
    Ok(found)
}
