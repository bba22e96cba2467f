//! "Your tier sets a monthly token allowance (Creator / Pro / Atelier)." "Your monthly allowance refreshes each billing
//! cycle."
//!
//! What a tier allows, and when its allowance is granted anew. Rules T1–T12, A4–A6; law I-38.

pub mod cycle;
pub mod subscription;
pub mod terms;

pub use cycle::{BillingPeriod, Cycle, Cycles};
pub use subscription::Subscription;
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
