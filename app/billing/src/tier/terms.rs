//! What a tier allows a production and an account. T3, T10, G5.

use crate::{production::Priority, tokens::Tokens};
use serde::{Deserialize, Serialize};

/// The limits of a tier. They are data: sample values until a price book says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Terms {
    /// The most tokens that one production may need; none where a contract sets no limit.
    pub largest_production: Option<Tokens>,
    /// How many productions an account may run at once unless it says otherwise; none where a contract sets no limit.
    pub concurrency: Option<i64>,
    /// How productions are queued.
    pub priority: Priority,
}

impl Terms {
    /// Without any limit: a customer to whom no tier applies.
    pub const UNLIMITED: Self =
        Self { largest_production: None, concurrency: None, priority: Priority::Standard };
}
