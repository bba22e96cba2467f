//! What is left, in one value: the banner, the page and `GET /capacity` all show it. B5: allowance and bought capacity
//! stand apart.

use super::grant::Grant;
use crate::{time::Timestamp, tokens::Tokens};
use serde::{Deserialize, Serialize};

/// The allowance of the cycle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Allowance {
    /// Tokens granted.
    pub granted: Tokens,
    /// Tokens charged for steps that succeeded.
    pub used: Tokens,
    /// Tokens that running productions hold.
    pub held: Tokens,
    /// Tokens free.
    pub left: Tokens,
    /// When the allowance ends and the next begins; none without an allowance.
    pub refreshes_at: Option<Timestamp>,
}

/// What was bought, or given on top of the allowance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Extra {
    /// Tokens free.
    pub left: Tokens,
    /// Tokens that running productions hold.
    pub held: Tokens,
}

/// A customer's capacity at one instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Capacity {
    /// This cycle's allowance.
    pub allowance: Allowance,
    /// Capacity beyond the allowance, used after it.
    pub extra: Extra,
    /// Tokens owed: taken first from the next grant.
    pub overdrawn: Tokens,
    /// The instant that all of this is true of.
    pub as_of: Timestamp,
}

impl Capacity {
    /// The capacity that these lots are at this instant.
    #[must_use]
    pub fn of(grants: &[Grant], overdrawn: Tokens, as_of: Timestamp) -> Self {
        let (mut allowance, mut extra) = (Allowance::default(), Extra::default());
        for grant in grants.iter().filter(|grant| grant.is_open(as_of)) {
            if grant.source.is_allowance() {
                allowance.granted = [allowance.granted, grant.amount].into_iter().sum();
                allowance.used = [allowance.used, grant.used()].into_iter().sum();
                allowance.held = [allowance.held, grant.held].into_iter().sum();
                allowance.left = [allowance.left, grant.remaining].into_iter().sum();
                allowance.refreshes_at = allowance.refreshes_at.max(grant.expires_at);
            } else {
                extra.left = [extra.left, grant.remaining].into_iter().sum();
                extra.held = [extra.held, grant.held].into_iter().sum();
            }
        }
        Self { allowance, extra, overdrawn, as_of }
    }

    /// All tokens that a new production could draw.
    #[must_use]
    pub fn left(&self) -> Tokens {
        [self.allowance.left, self.extra.left].into_iter().sum()
    }

    /// All tokens that running productions hold.
    #[must_use]
    pub fn held(&self) -> Tokens {
        [self.allowance.held, self.extra.held].into_iter().sum()
    }
}
