//! "Your tier sets a monthly token allowance (Creator / Pro / Atelier)." "Your monthly allowance refreshes each billing
//! cycle."
//!
//! What a tier includes and costs, when its allowance is granted anew, and what a change of plan comes to. Rules T1–T12,
//! A4–A8, readings 5.4–5.6, 5.22–5.26; laws I-38, I-39, I-42, I-43.

pub mod advisor;
pub mod change;
pub mod cycle;
pub mod plan;
pub mod price_book;
pub mod subscription;
pub mod term;
pub mod terms;

pub use change::{Change, ChangeError, InUse};
pub use cycle::{BillingPeriod, Cycle, Cycles};
pub use plan::{Effect, Next, Plan};
pub use price_book::{Offer, PlanError, PriceBook, PriceBookError};
pub use subscription::{Renewal, Status, Subscription, Turn};
pub use term::Term;
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

impl Tier {
    /// Smallest first.
    pub const ALL: [Self; 5] = [Self::Evaluation, Self::Creator, Self::Pro, Self::Atelier, Self::Enterprise];
}
