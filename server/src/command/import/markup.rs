//! A percentage, in hundredths of a per cent.

use super::decimal;

/// Basis points of a percentage with at most two decimals.
pub(super) fn read(percent: &str) -> Option<i64> {
    let (basis_points, rounded) = decimal::scaled(decimal::parse(percent)?, 2)?;
    (!rounded && (0..=1_000_000).contains(&basis_points)).then_some(basis_points)
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn p9_a_percentage_has_at_most_two_decimals() {
        assert_eq!(
            [read("25"), read("12.5"), read("0.01"), read("0")],
            [Some(2_500), Some(1_250), Some(1), Some(0)]
        );
        assert_eq!([read("12.345"), read("-1"), read("10001"), read("a"), read("")], [None; 5]);
    }
}
