//! Grants: lots of tokens. What became of each token of a lot is always known:
//! `amount = used + held + remaining + lapsed + clawed`.

use crate::{id::GrantId, time::Timestamp, tokens::Tokens};
use serde::{Deserialize, Serialize};

/// Where a lot of tokens comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Source {
    /// The tier's tokens for one cycle.
    Allowance,
    /// The one-off tokens of a free evaluation.
    Evaluation,
    /// Given by JARAI.
    Promotion,
    /// A correction.
    Adjustment,
    /// Bought by checkout.
    TopUp,
    /// Bought by auto-top-up.
    AutoTopUp,
}

impl Source {
    /// B5: whether the tokens count as bought, beside the allowance.
    #[must_use]
    pub const fn is_bought(self) -> bool {
        matches!(self, Self::TopUp | Self::AutoTopUp)
    }

    /// Whether the tokens are a period's allowance, which the banner measures.
    #[must_use]
    pub const fn is_allowance(self) -> bool {
        matches!(self, Self::Allowance | Self::Evaluation)
    }
}

/// One lot and what is left of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Grant {
    /// Which lot.
    pub id: GrantId,
    /// Where it comes from.
    pub source: Source,
    /// How many tokens it had at first.
    pub amount: Tokens,
    /// How many of them nobody holds or has used.
    pub remaining: Tokens,
    /// How many of them running productions hold.
    pub held: Tokens,
    /// How many of them were taken back with the money that was paid for them. I-36.
    pub clawed: Tokens,
    /// From when it can be drawn on.
    pub effective_at: Timestamp,
    /// From when it no longer can; held tokens outlive this (5.20).
    pub expires_at: Option<Timestamp>,
}

impl Grant {
    /// A whole lot.
    #[must_use]
    pub const fn new(
        id: GrantId,
        source: Source,
        amount: Tokens,
        effective_at: Timestamp,
        expires_at: Option<Timestamp>,
    ) -> Self {
        let (remaining, held, clawed) = (amount, Tokens::ZERO, Tokens::ZERO);
        Self { id, source, amount, remaining, held, clawed, effective_at, expires_at }
    }

    /// Expiry is a date, not a job: whether the lot can be drawn on at this instant.
    #[must_use]
    pub fn is_open(&self, at: Timestamp) -> bool {
        self.effective_at <= at && !self.has_expired(at)
    }

    /// Whether its last instant has passed.
    #[must_use]
    pub fn has_expired(&self, at: Timestamp) -> bool {
        self.expires_at.is_some_and(|end| end <= at)
    }

    /// Whether it is capacity beyond the allowance: something left of another source, or something still held of any lot
    /// that is not this cycle's allowance.
    #[must_use]
    pub fn is_extra(&self, at: Timestamp) -> bool {
        let open = self.is_open(at);
        !(open && self.source.is_allowance()) && (!self.held.is_zero() || (open && !self.remaining.is_zero()))
    }

    /// What of an open lot was used up: `amount − remaining − held − clawed`.
    #[must_use]
    pub const fn used(&self) -> Tokens {
        self.amount.beyond(self.remaining).beyond(self.held).beyond(self.clawed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ulid::Ulid;

    fn instant(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    /// A lot of October, of which this is left and held.
    fn lot(source: Source, remaining: i64, held: i64) -> Grant {
        let tokens = |count| Tokens::new(count).unwrap();
        let ends = Some(instant("2026-11-01T00:00:00Z"));
        let id = GrantId::new(Ulid::from_parts(1, 1));
        let lot = Grant::new(id, source, tokens(1_000), instant("2026-10-01T00:00:00Z"), ends);
        Grant { remaining: tokens(remaining), held: tokens(held), ..lot }
    }

    #[test]
    fn b5_extra_is_what_is_left_beside_the_allowance_and_what_is_held_of_earlier_ones() {
        let (within, after) = (instant("2026-10-22T00:00:00Z"), instant("2026-11-01T00:00:00Z"));
        for (extra, source, remaining, held, at) in [
            (false, Source::Allowance, 10, 10, within),
            (true, Source::TopUp, 10, 0, within),
            (true, Source::TopUp, 0, 10, within),
            (false, Source::TopUp, 0, 0, within),
            (true, Source::Allowance, 10, 10, after),
            (false, Source::Allowance, 10, 0, after),
            (true, Source::TopUp, 10, 10, after),
            (false, Source::TopUp, 10, 0, after),
        ] {
            let lot = lot(source, remaining, held);
            assert_eq!(lot.is_extra(at), extra, "{source:?}: {remaining} left, {held} held, {at}");
        }
    }

    #[test]
    fn b5_only_what_money_was_received_for_is_bought() {
        assert!(Source::TopUp.is_bought() && Source::AutoTopUp.is_bought());
        for source in [Source::Allowance, Source::Evaluation, Source::Promotion, Source::Adjustment] {
            assert!(!source.is_bought(), "{source:?}");
        }
    }
}
