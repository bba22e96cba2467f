//! Decimal numbers of foreign lists, exactly as they are written: a float would have lost what was said.

use rust_decimal::{Decimal, RoundingStrategy};

/// A decimal number, in plain or scientific notation.
pub(super) fn parse(text: &str) -> Option<Decimal> {
    Decimal::from_str_exact(text).or_else(|_| Decimal::from_scientific(text)).ok()
}

/// A number in units of 10⁻ⁿ, rounded half-even, and whether something was lost by that. None beyond what the books hold.
pub(super) fn scaled(number: Decimal, digits: u32) -> Option<(i64, bool)> {
    let scaled = number.checked_mul(Decimal::from(10_i64.checked_pow(digits)?))?;
    let whole = scaled.round_dp_with_strategy(0, RoundingStrategy::MidpointNearestEven);
    Some((i64::try_from(whole).ok()?, whole != scaled))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_they_are_written_and_rounded_half_even() {
        let pico = |text: &str| scaled(parse(text).unwrap(), 12).unwrap();
        assert_eq!(pico("1e-07"), (100_000, false));
        assert_eq!(pico("2.5E-8"), (25_000, false));
        assert_eq!(pico("0.0000000000005"), (0, true), "a half goes to the even neighbour");
        assert_eq!(pico("0.0000000000015"), (2, true));
        assert_eq!(pico("1.00000000000051"), (1_000_000_000_001, true));
        assert_eq!(pico("0"), (0, false));
        assert_eq!(pico("-0.000001"), (-1_000_000, false));
        assert_eq!(scaled(parse("99999999").unwrap(), 12), None, "more than the books hold");
        for bad in ["", "x", "NaN", "1e400", "0x10", "1,5"] {
            assert_eq!(parse(bad), None, "{bad:?}");
        }
    }
}
