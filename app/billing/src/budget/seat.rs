//! A member's cap: the most of the shared pool that one seat may take in a billing cycle.

use crate::tokens::Tokens;

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
}
