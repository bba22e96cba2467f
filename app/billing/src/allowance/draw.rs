//! "It's added to your balance and consumed after the monthly allowance." U1: the order in which lots are used up.

use super::grant::{Grant, Source};
use crate::{id::GrantId, time::Timestamp, tokens::Tokens};
use serde::{Deserialize, Serialize};

/// Monthly allowance first, purchased capacity second. What was given stands between: it costs its owner nothing.
pub const DRAW_ORDER: [Source; 6] = [
    Source::Evaluation,
    Source::Allowance,
    Source::Promotion,
    Source::Adjustment,
    Source::TopUp,
    Source::AutoTopUp,
];

/// Tokens taken from one lot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draw {
    /// The lot.
    pub grant: GrantId,
    /// Where the lot comes from.
    pub source: Source,
    /// How many tokens.
    pub tokens: Tokens,
}

/// There are fewer tokens than were asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Short {
    /// How many there are.
    pub available: Tokens,
}

/// The order of lots: by source, then what expires first, then what came first. Bought lots are one class (their buyer
/// does not care which button bought them).
fn rank(grant: &Grant) -> impl Ord + use<> {
    let class = |source: Source| if source == Source::AutoTopUp { Source::TopUp } else { source };
    let place = DRAW_ORDER.iter().position(|source| *source == class(grant.source));
    (place, grant.expires_at.is_none(), grant.expires_at, grant.effective_at, grant.id)
}

/// Puts lots into the order in which they are used up.
pub fn sort(grants: &mut [Grant]) {
    grants.sort_by_cached_key(rank);
}

/// How many tokens can be drawn at this instant.
#[must_use]
pub fn available(grants: &[Grant], at: Timestamp) -> Tokens {
    grants.iter().filter(|grant| grant.is_open(at)).map(|grant| grant.remaining).sum()
}

/// Says which lots give the tokens, in draw order, without taking them; all or nothing. The lots are in draw order.
pub fn draw(grants: &[Grant], tokens: Tokens, at: Timestamp) -> Result<Vec<Draw>, Short> {
    let available = available(grants, at);
    if available < tokens { Err(Short { available }) } else { Ok(draw_up_to(grants, tokens, at)) }
}

/// As [`draw`], but takes what there is where it is not enough.
#[must_use]
pub fn draw_up_to(grants: &[Grant], tokens: Tokens, at: Timestamp) -> Vec<Draw> {
    let mut missing = tokens;
    grants
        .iter()
        .filter(|grant| grant.is_open(at))
        .map(|grant| {
            let taken = grant.remaining.min(missing);
            missing = missing.beyond(taken);
            Draw { grant: grant.id, source: grant.source, tokens: taken }
        })
        .filter(|draw| !draw.tokens.is_zero())
        .collect()
}
