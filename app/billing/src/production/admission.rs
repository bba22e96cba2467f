//! What an admitted production is told, and what its acts are answered. The first answer to an act is kept with it, so
//! that the same act asked again hears the same.

use super::hold::Stage;
use crate::{
    allowance::Draw,
    id::{EntryId, ProductionId, ProductionName},
    money::Cost,
    pnl::Unpriced,
    time::Timestamp,
    tokens::Tokens,
};
use serde::{Deserialize, Serialize};

/// T3: the class in which a production is queued; its tier decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Priority {
    /// Creator.
    Standard,
    /// Pro and above.
    Priority,
}

/// An admitted production: what is set aside for it, and until when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Admission {
    /// The pipeline's name of it.
    pub production: ProductionName,
    /// Ours.
    pub id: ProductionId,
    /// How it is queued.
    pub priority: Priority,
    /// Tokens set aside.
    pub tokens: Tokens,
    /// Money set aside, in the customer's currency.
    pub money: Cost,
    /// When the hold lapses unless the production is heard of.
    pub expires_at: Timestamp,
    /// From which lots the tokens come.
    pub draws: Vec<Draw>,
}

/// What an attempt took.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Capture {
    /// Tokens charged: once for the attempt that succeeds, else 0.
    pub tokens: Tokens,
    /// What the call cost the customer; none where it is not known.
    pub cost: Option<Cost>,
    /// Why the cost is not known, where it is not.
    pub unpriced: Option<Unpriced>,
    /// The first ledger entry of the charge; none where no token moved.
    pub entry: Option<EntryId>,
    /// Tokens that the production still holds.
    pub hold_left: Tokens,
}

/// How a production's hold was settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Settlement {
    /// Tokens charged in all.
    pub captured: Tokens,
    /// Tokens that were set aside and not needed.
    pub released: Tokens,
}

/// The answer to a heartbeat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease {
    /// Where the production stands.
    pub stage: Stage,
    /// When the hold lapses unless the production is heard of again.
    pub expires_at: Timestamp,
}
