//! What is counted and summed of calls.

use sea_orm::{DbErr, QueryResult};
use std::ops::Neg;

/// What was counted and summed; money in the customer's currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Figures {
    pub(crate) tokens: i64,
    pub(crate) calls: i64,
    pub(crate) unknown: i64,
    pub(crate) charged: i64,
    pub(crate) raw: i64,
    pub(crate) top_ups: i64,
    pub(crate) failed: Failed,
}

/// What of calls and cost was spent on attempts that failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Failed {
    pub(crate) calls: i64,
    pub(crate) unknown: i64,
    pub(crate) charged: i64,
    pub(crate) raw: i64,
}

impl Figures {
    /// What a row of sums says, by the names that its statement gave them.
    pub(super) fn of(row: &QueryResult) -> Result<Self, DbErr> {
        Ok(Self {
            tokens: row.try_get("", "tokens")?,
            calls: row.try_get("", "calls")?,
            unknown: row.try_get("", "unknown")?,
            charged: row.try_get("", "charged")?,
            raw: row.try_get("", "raw")?,
            top_ups: row.try_get("", "top_ups")?,
            failed: Failed {
                calls: row.try_get("", "failed")?,
                unknown: row.try_get("", "failed_unknown")?,
                charged: row.try_get("", "failed_charged")?,
                raw: row.try_get("", "failed_raw")?,
            },
        })
    }

    /// Whether a call was made, or the cost of one became known: what is left is what was earned without.
    pub(crate) const fn has_calls(&self) -> bool {
        self.calls != 0 || self.unknown != 0 || self.charged != 0
    }

    pub(crate) fn add(&mut self, more: &Self) {
        self.tokens += more.tokens;
        self.calls += more.calls;
        self.unknown += more.unknown;
        self.charged += more.charged;
        self.raw += more.raw;
        self.top_ups += more.top_ups;
        self.failed.calls += more.failed.calls;
        self.failed.unknown += more.failed.unknown;
        self.failed.charged += more.failed.charged;
        self.failed.raw += more.failed.raw;
    }
}

impl Neg for Figures {
    type Output = Self;

    fn neg(self) -> Self {
        Self {
            tokens: -self.tokens,
            calls: -self.calls,
            unknown: -self.unknown,
            charged: -self.charged,
            raw: -self.raw,
            top_ups: -self.top_ups,
            failed: Failed {
                calls: -self.failed.calls,
                unknown: -self.failed.unknown,
                charged: -self.failed.charged,
                raw: -self.failed.raw,
            },
        }
    }
}
