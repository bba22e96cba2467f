//! Splitting a whole exactly: largest remainder. I-49.

/// Splits `total` in proportion to the weights. The parts sum to it exactly; what rounding leaves over goes to the largest
/// remainders, of equal ones to the first. Where all weights are zero, the parts are as equal as they can be. Negative
/// weights count as zero.
#[must_use]
pub fn allocate(total: i128, weights: &[i128]) -> Vec<i128> {
    let mut weights: Vec<i128> = weights.iter().map(|weight| (*weight).max(0)).collect();
    if weights.iter().all(|weight| *weight == 0) {
        weights.fill(1);
    }
    let whole: i128 = weights.iter().sum();
    let (sign, total) = (total.signum(), total.saturating_abs());
    let share =
        |weight: &i128| (total.saturating_mul(*weight) / whole, total.saturating_mul(*weight) % whole);
    let shares: Vec<(i128, i128)> = weights.iter().map(share).collect();
    let given: i128 = shares.iter().map(|(part, _)| part).sum();
    let mut order: Vec<usize> = (0..shares.len()).collect();
    order.sort_by_key(|place| std::cmp::Reverse(shares.get(*place).map(|(_, rest)| *rest)));
    let left = usize::try_from(total - given).unwrap_or_default();
    let more: Vec<usize> = order.into_iter().take(left).collect();
    let part = |(place, (part, _)): (usize, (i128, i128))| sign * (part + i128::from(more.contains(&place)));
    shares.into_iter().enumerate().map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn i49_worked_example_7_a_fee_over_three_equal_accounts() {
        assert_eq!(allocate(10_000, &[1, 1, 1]), [3_334, 3_333, 3_333]);
        assert_eq!(allocate(1, &[0; 7]), [1, 0, 0, 0, 0, 0, 0], "a cent over seven");
        assert_eq!(allocate(-5, &[1, 1]), [-3, -2], "a credit is split like a charge");
        assert_eq!(allocate(1_000, &[2, 0, 1]), [667, 0, 333]);
        assert_eq!(allocate(10, &[1, 5]), [2, 8], "the larger remainder is the smaller part’s");
        assert_eq!(allocate(5, &[]), [], "there is nobody to give it to");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]
        #[test]
        fn i49_parts_sum_exactly_and_none_is_a_unit_off(
            total in -1_000_000_000_000_i64..1_000_000_000_000,
            weights in prop::collection::vec(0_i64..1_000_000_000, 1..20),
        ) {
            let weights: Vec<i128> = weights.into_iter().map(i128::from).collect();
            let parts = allocate(total.into(), &weights);
            prop_assert_eq!(parts.iter().sum::<i128>(), i128::from(total));
            let whole: i128 = weights.iter().sum();
            for (part, weight) in parts.iter().zip(&weights).filter(|_| whole > 0) {
                let off = part * whole - i128::from(total) * weight;
                prop_assert!(off.abs() < whole, "less than one unit away");
                prop_assert!(*weight > 0 || *part == 0, "nothing goes to a weight of nothing");
            }
            prop_assert_eq!(parts, allocate(total.into(), &weights));
        }
    }
}
