//! Customers and the accounts (brands, channels) that they produce for. H1, H10.

use serde::{Deserialize, Serialize};

/// Why a customer starts no new productions, whatever is left. 5.33, I-37.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PaymentBlock {
    /// A payment failed and its days of grace are over.
    PastGrace,
    /// A payment was disputed after its tokens were spent.
    DisputedDebt,
}

/// Whether an account may produce.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AccountStatus {
    /// Produces.
    Active,
    /// Produces, on trial.
    Pilot,
    /// Does not produce.
    Suspended,
    /// Does not produce and is kept for its history.
    Closed,
}

impl AccountStatus {
    /// H10: *Active* and *Pilot* are the only two that may produce.
    #[must_use]
    pub const fn may_produce(self) -> bool {
        matches!(self, Self::Active | Self::Pilot)
    }
}
