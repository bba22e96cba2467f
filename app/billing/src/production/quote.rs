//! A quote: a price that holds until it expires, and through the settlement of the production that used it.

use super::estimate::{Estimate, EstimateLine};
use crate::{
    id::{AccountId, QuoteId},
    money::Cost,
    refusal::Refusal,
    time::{Span, Timestamp},
    tokens::Tokens,
};

/// How long a promised price holds before it is used.
pub const QUOTE_LIFE: Span = Span::minutes(15);

/// A price that was promised, and whether the plan would have been admitted when it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quote {
    /// Which quote.
    pub id: QuoteId,
    /// For which account.
    pub account: AccountId,
    /// Until when a production may be admitted at this price.
    pub expires_at: Timestamp,
    /// By which tariff.
    pub tariff_version: i64,
    /// All tokens.
    pub tokens: Tokens,
    /// All money that is known.
    pub money: Cost,
    /// Step by step, in the order of the plan.
    pub lines: Vec<EstimateLine>,
    /// Why the gate would have said no; none where the plan fitted.
    pub refusal: Option<Refusal>,
}

impl Quote {
    /// What was estimated, promised from `at` on.
    #[must_use]
    pub fn of(
        id: QuoteId,
        account: AccountId,
        estimate: Estimate,
        refusal: Option<Refusal>,
        at: Timestamp,
    ) -> Self {
        let Estimate { tariff_version, tokens, money, lines } = estimate;
        let expires_at = at.after(QUOTE_LIFE);
        Self { id, account, expires_at, tariff_version, tokens, money, lines, refusal }
    }
}
