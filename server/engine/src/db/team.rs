//! Seats as rows.

use super::entity::member;
use crate::Error;
use billing::{
    budget::{CapOverride, SeatLimit},
    time::Timestamp,
    tokens::Tokens,
};

/// A member's cap, and what holds in its place; none where they have no cap.
pub(crate) fn seat_limit_of(row: &member::Model) -> Result<Option<SeatLimit>, Error> {
    let bad = |what: String| Error::corrupt("member", &row.person_id, what);
    let tokens = |count: i64| Tokens::new(count).map_err(|error| bad(error.to_string()));
    let Some(cap) = row.cap_tokens.map(tokens).transpose()? else { return Ok(None) };
    let instead = match (row.override_tokens, row.override_until) {
        (Some(count), Some(until)) => {
            let until = Timestamp::from_micros(until).map_err(|error| bad(error.to_string()))?;
            Some(CapOverride { tokens: tokens(count)?, until })
        }
        _ => None,
    };
    Ok(Some(SeatLimit { cap, instead }))
}
