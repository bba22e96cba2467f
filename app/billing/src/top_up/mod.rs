//! "When you need more than your tier includes, buy extra capacity on top of the subscription."
//!
//! The packs that are sold; and capacity that is bought without asking: what was agreed, and how its last purchase went.
//! U1, U5, readings 5.14 and 5.33.

mod packs;

pub use packs::{Pack, PricedPack, cover};

use crate::{money::Money, tokens::Tokens};
use serde::{Deserialize, Serialize};

/// Whether capacity is bought without asking.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AutoTopUpState {
    /// It is not.
    #[default]
    Off,
    /// It is.
    On,
    /// The card was declined: off until it changes.
    Declined,
    /// The bank asks the owner to confirm: paused until they do.
    Paused,
}

impl AutoTopUpState {
    /// Whether the last purchase did not go through, so that nothing more is bought.
    #[must_use]
    pub const fn has_failed(self) -> bool {
        matches!(self, Self::Declined | Self::Paused)
    }
}

/// What was agreed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AutoTopUp {
    /// Whether it is at work.
    pub state: AutoTopUpState,
    /// It buys once fewer tokens than this are left.
    pub below: Tokens,
    /// How many it buys.
    pub buys: Tokens,
    /// The most that it may spend in a calendar month, tax included.
    pub cap: Money,
    /// What it has spent this month, tax included.
    pub spent: Money,
}
