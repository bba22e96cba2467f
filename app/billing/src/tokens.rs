//! Allowance tokens: what a customer spends. They are not a language model's tokens and not money.

use serde::{Deserialize, Serialize};
use std::{fmt, iter::Sum};

/// An amount left the range that the books can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the amount is out of range")]
pub struct OutOfRange;

/// A number of allowance tokens, never negative, at most [`Tokens::MAX`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "i64", try_from = "i64")]
pub struct Tokens(i64);

impl Tokens {
    /// No tokens.
    pub const ZERO: Self = Self(0);
    /// 10¹⁵, the most that one figure may be: sums of a thousand such figures still fit in 64 bits.
    pub const MAX: Self = Self(1_000_000_000_000_000);

    /// A number of tokens; negative numbers and those above [`Tokens::MAX`] are refused.
    pub const fn new(count: i64) -> Result<Self, OutOfRange> {
        if 0 <= count && count <= Self::MAX.0 { Ok(Self(count)) } else { Err(OutOfRange) }
    }

    /// The plain number.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// The sum, refused beyond [`Tokens::MAX`].
    pub const fn plus(self, other: Self) -> Result<Self, OutOfRange> {
        Self::new(self.0 + other.0) // two figures of at most 10¹⁵ cannot wrap
    }

    /// The difference, refused below zero.
    pub const fn minus(self, other: Self) -> Result<Self, OutOfRange> {
        Self::new(self.0 - other.0)
    }

    /// How much more than `other` this is, or zero.
    #[must_use]
    pub const fn beyond(self, other: Self) -> Self {
        if self.0 > other.0 { Self(self.0 - other.0) } else { Self::ZERO }
    }

    /// The sum of many, refused beyond [`Tokens::MAX`].
    pub fn sum(mut all: impl Iterator<Item = Self>) -> Result<Self, OutOfRange> {
        all.try_fold(Self::ZERO, Self::plus)
    }
}

impl TryFrom<i64> for Tokens {
    type Error = OutOfRange;

    fn try_from(count: i64) -> Result<Self, OutOfRange> {
        Self::new(count)
    }
}

impl From<Tokens> for i64 {
    fn from(tokens: Tokens) -> Self {
        tokens.0
    }
}

impl fmt::Display for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// Adds up figures that are already parts of one checked total.
impl Sum for Tokens {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        Self(all.map(Self::get).sum())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(count: i64) -> Tokens {
        Tokens::new(count).unwrap()
    }

    #[test]
    fn figures_leave_no_range_in_silence() {
        assert_eq!([Tokens::try_from(-1), Tokens::try_from(7)], [Err(OutOfRange), Ok(tokens(7))]);
        assert_eq!([Tokens::MAX.plus(tokens(1)), tokens(1).minus(tokens(2))], [Err(OutOfRange); 2]);
        assert_eq!(Tokens::sum([tokens(2), tokens(3)].into_iter()), Ok(tokens(5)));
        assert_eq!(Tokens::sum([Tokens::MAX, tokens(1)].into_iter()), Err(OutOfRange));
    }

    #[test]
    fn beyond_is_what_is_more_or_nothing() {
        assert_eq!([tokens(5).beyond(tokens(3)), tokens(3).beyond(tokens(5))], [tokens(2), Tokens::ZERO]);
    }
}
