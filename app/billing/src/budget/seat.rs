//! A member's cap: the most of the shared pool that one seat may take in a billing cycle.

use crate::{
    time::Timestamp,
    tokens::{OutOfRange, Tokens},
};
use serde::{Deserialize, Serialize};

/// Another cap for a time: it ends by itself, and the seat's own cap holds again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CapOverride {
    /// The most tokens of a cycle while it lasts.
    pub tokens: Tokens,
    /// From when on it no longer counts.
    pub until: Timestamp,
}

/// A seat's cap, and what holds in its place for a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SeatLimit {
    /// The seat's own cap.
    pub cap: Tokens,
    /// What holds in its place, where something was set.
    pub instead: Option<CapOverride>,
}

impl SeatLimit {
    /// A cap that nothing holds in the place of.
    #[must_use]
    pub const fn of(cap: Tokens) -> Self {
        Self { cap, instead: None }
    }

    /// The override that holds at an instant.
    #[must_use]
    pub fn override_at(&self, at: Timestamp) -> Option<CapOverride> {
        self.instead.filter(|instead| at < instead.until)
    }

    /// The most tokens of a cycle, at an instant. An override ends by date, without any job.
    #[must_use]
    pub fn at(&self, at: Timestamp) -> Tokens {
        self.override_at(at).map_or(self.cap, |instead| instead.tokens)
    }
}

/// What a member's productions have taken in a cycle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SeatUse {
    /// Charged for steps that succeeded.
    pub used: Tokens,
    /// Held by productions that run.
    pub held: Tokens,
}

impl SeatUse {
    /// Whether a production fits under the cap, by the rule of every limit (5.16): what is reached starts nothing more,
    /// not even what is free.
    #[must_use]
    pub fn admits(&self, cap: Tokens, needed: Tokens) -> bool {
        let free = cap.beyond(self.used).beyond(self.held);
        !free.is_zero() && needed <= free
    }

    /// The least cap that admits a production; what needs nothing needs the cap not to be reached.
    pub fn least_cap(&self, needed: Tokens) -> Result<Tokens, OutOfRange> {
        self.used.plus(self.held)?.plus(needed.max(Tokens::new(1)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cap_admits_what_fills_it_and_nothing_more() {
        let tokens = |count| Tokens::new(count).unwrap();
        let seat = SeatUse { used: tokens(60), held: tokens(30) };
        assert!(seat.admits(tokens(100), tokens(10)));
        assert!(!seat.admits(tokens(100), tokens(11)));
        assert!(!seat.admits(tokens(90), tokens(0)), "reached");
        assert!(!seat.admits(tokens(80), tokens(0)), "lowered below what is used");
    }

    #[test]
    fn the_least_cap_admits_and_one_token_less_does_not() {
        let tokens = |count| Tokens::new(count).unwrap();
        let seat = SeatUse { used: tokens(60), held: tokens(30) };
        for needed in [0, 1, 40] {
            let least = seat.least_cap(tokens(needed)).unwrap();
            assert!(seat.admits(least, tokens(needed)), "{needed}");
            assert!(!seat.admits(tokens(least.get() - 1), tokens(needed)), "{needed}");
        }
    }

    #[test]
    fn a7_an_override_holds_until_its_instant_and_ends_by_itself() {
        let tokens = |count| Tokens::new(count).unwrap();
        let until: Timestamp = "2026-11-01T00:00:00Z".parse().unwrap();
        let limit = SeatLimit {
            instead: Some(CapOverride { tokens: tokens(150), until }),
            ..SeatLimit::of(tokens(100))
        };
        let before: Timestamp = "2026-10-31T23:59:59.999999Z".parse().unwrap();
        assert_eq!([limit.at(before), limit.at(until)].map(Tokens::get), [150, 100]);
        assert_eq!((limit.override_at(until), SeatLimit::of(tokens(7)).at(before).get()), (None, 7));
    }
}
