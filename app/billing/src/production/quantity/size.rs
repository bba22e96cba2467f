//! Whole numbers and lengths: nothing negative, nothing absurd, nothing between two steps.

use crate::tokens::OutOfRange;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// A whole number of something, 0 to 10⁹.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "i64", try_from = "i64")]
pub struct Count(i64);

impl Count {
    /// The largest count that is accepted.
    pub const MAX: i64 = 1_000_000_000;

    /// A count; negative ones and those above 10⁹ are refused.
    pub const fn new(count: i64) -> Result<Self, OutOfRange> {
        if 0 <= count && count <= Self::MAX { Ok(Self(count)) } else { Err(OutOfRange) }
    }

    /// The plain number.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }
}

impl TryFrom<i64> for Count {
    type Error = OutOfRange;

    fn try_from(count: i64) -> Result<Self, OutOfRange> {
        Self::new(count)
    }
}

impl From<Count> for i64 {
    fn from(count: Count) -> Self {
        count.0
    }
}

/// A length of sound or picture in milliseconds, 0 to 10⁹ seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "i64", try_from = "i64")]
pub struct Length(i64);

impl Length {
    /// So many milliseconds; negative lengths and those above 10⁹ seconds are refused.
    pub const fn from_millis(millis: i64) -> Result<Self, OutOfRange> {
        if 0 <= millis && millis <= Count::MAX * 1_000 { Ok(Self(millis)) } else { Err(OutOfRange) }
    }

    /// Milliseconds.
    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Seconds, each begun one counted whole: what the tariff charges.
    #[must_use]
    pub const fn seconds_begun(self) -> i64 {
        (self.0 + 999) / 1_000
    }
}

impl TryFrom<i64> for Length {
    type Error = OutOfRange;

    fn try_from(millis: i64) -> Result<Self, OutOfRange> {
        Self::from_millis(millis)
    }
}

impl From<Length> for i64 {
    fn from(length: Length) -> Self {
        length.0
    }
}

/// Decimal digits, at most three after the point, no sign and no exponent: `12`, `0.5`, `58.125`.
impl FromStr for Length {
    type Err = OutOfRange;

    fn from_str(seconds: &str) -> Result<Self, OutOfRange> {
        let (whole, part) = seconds.split_once('.').unwrap_or((seconds, "0"));
        let digits = |text: &str, most: usize| {
            (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
        };
        if !digits(whole, 10) || !digits(part, 3) {
            return Err(OutOfRange);
        }
        format!("{whole}{part:0<3}").parse().map_err(|_| OutOfRange).and_then(Self::from_millis)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_is_digits_with_at_most_three_after_the_point() {
        assert_eq!("58.125".parse::<Length>().unwrap().millis(), 58_125);
        assert_eq!("58.125".parse::<Length>().unwrap().seconds_begun(), 59);
        assert_eq!("30".parse::<Length>().unwrap().seconds_begun(), 30);
        assert_eq!("1000000000".parse::<Length>().unwrap().millis(), 1_000_000_000_000);
        for bad in ["", "-1", "+1", "1e3", ".5", "1.", "1.2345", "NaN", "1000000000.001", "99999999999"] {
            assert!(bad.parse::<Length>().is_err(), "{bad:?}");
        }
    }
}
