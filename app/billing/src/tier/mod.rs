//! "Your tier sets a monthly token allowance (Creator / Pro / Atelier)." T1–T12.

pub mod terms;

pub use terms::Terms;

use serde::{Deserialize, Serialize};

/// What a customer has subscribed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Tier {
    /// Before a plan is chosen: a small grant, once.
    Evaluation,
    /// Individuals getting started.
    Creator,
    /// Regular producers.
    Pro,
    /// Teams, with one pool over all seats.
    Atelier,
    /// By contract.
    Enterprise,
}
