//! By how much a production was refused.

use crate::{
    allowance::Grant,
    budget::{Budget, SeatUse},
    money::{Cost, MoneyError},
    tokens::Tokens,
};
use serde::{Deserialize, Serialize};

/// What stood against the production; `available = limit − used − held`, `short_by = needed − available`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "unit", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Figures {
    /// In allowance tokens.
    Tokens {
        /// All that is granted.
        limit: Tokens,
        /// Charged already.
        used: Tokens,
        /// Held by running productions.
        held: Tokens,
        /// What this production needs.
        needed: Tokens,
        /// What is left.
        available: Tokens,
        /// What is missing.
        short_by: Tokens,
    },
    /// In customer-facing AI cost.
    Money {
        /// The month's limit.
        limit: Cost,
        /// Spent already.
        used: Cost,
        /// Held by running productions.
        held: Cost,
        /// What this production may cost.
        needed: Cost,
        /// What is left; negative once a limit was lowered below what is used.
        available: Cost,
        /// What is missing.
        short_by: Cost,
    },
    /// In productions that run at once.
    Count {
        /// How many may run.
        limit: i64,
        /// Always 0: a production that has ended no longer counts.
        used: i64,
        /// How many run.
        held: i64,
        /// Always 1: this one.
        needed: i64,
        /// How many more may start.
        available: i64,
        /// How many have to end first.
        short_by: i64,
    },
}

impl Figures {
    /// The figures of a budget that binds.
    pub fn of_budget(budget: &Budget, needed: Cost) -> Result<Self, MoneyError> {
        let available = budget.available()?;
        Ok(Self::Money {
            limit: budget.limit,
            used: budget.spent,
            held: budget.held,
            needed,
            available,
            short_by: needed.minus(available)?,
        })
    }

    /// The figures of lots that are not enough.
    #[must_use]
    pub fn of_grants(grants: &[Grant], needed: Tokens) -> Self {
        let total = |part: fn(&Grant) -> Tokens| grants.iter().map(part).sum();
        let available = total(|grant| grant.remaining);
        Self::Tokens {
            limit: total(|grant| grant.amount),
            used: total(Grant::used),
            held: total(|grant| grant.held),
            needed,
            available,
            short_by: needed.beyond(available),
        }
    }

    /// The figures of a member's cap that binds.
    #[must_use]
    pub fn of_seat(seat: &SeatUse, cap: Tokens, needed: Tokens) -> Self {
        let SeatUse { used, held } = *seat;
        let available = cap.beyond(used).beyond(held);
        Self::Tokens { limit: cap, used, held, needed, available, short_by: needed.beyond(available) }
    }

    /// The figures of a tier's largest production, which this one exceeds.
    #[must_use]
    pub const fn of_size(limit: Tokens, needed: Tokens) -> Self {
        let (used, held) = (Tokens::ZERO, Tokens::ZERO);
        Self::Tokens { limit, used, held, needed, available: limit, short_by: needed.beyond(limit) }
    }

    /// The figures of an account that runs as many productions as it may.
    #[must_use]
    pub const fn of_running(limit: i64, running: i64) -> Self {
        let available = limit.saturating_sub(running);
        let short_by = 1_i64.saturating_sub(available);
        Self::Count { limit, used: 0, held: running, needed: 1, available, short_by }
    }
}
