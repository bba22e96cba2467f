//! Axes that end at round numbers.

/// The most parts that an axis has.
const PARTS: i64 = 5;
/// A tenth of a unit, in hundredths.
const TENTH: i64 = 10;

/// An axis that ends at round numbers: hundredths of a unit, and into how many parts it is divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Scale {
    /// Where it begins.
    pub(super) low: i64,
    /// Where it ends.
    pub(super) high: i64,
    /// How many parts it has.
    pub(super) parts: usize,
}

impl Scale {
    /// The finest one that has zero, both values and eight per cent of head room. The library writes tenths and no finer.
    pub(super) fn around(low: i64, high: i64) -> Self {
        let room = |value: i64| value.max(0).saturating_mul(108) / 100;
        let (below, above) = (room(low.saturating_neg()), room(high));
        let mut power = TENTH;
        loop {
            let steps = [10, 20, 25, 50].map(|step| step * power / 10);
            for step in steps.into_iter().filter(|step| step % TENTH == 0) {
                let parts = |value: i64| value / step + i64::from(value % step != 0);
                let under = parts(below);
                let over = parts(above).max(i64::from(under == 0));
                if under + over <= PARTS {
                    let parts = usize::try_from(under + over).unwrap_or(1);
                    return Self { low: -under * step, high: over * step, parts };
                }
            }
            power *= 10;
        }
    }

    /// How high a value stands in a picture whose axis ends at `top` and begins at `bottom`.
    pub(super) fn place(&self, value: i64, top: f32, bottom: f32) -> f32 {
        let share = units(value.saturating_sub(self.low)) / units(self.high - self.low);
        bottom - (bottom - top) * share
    }
}

/// A value in whole units, as far as a picture needs it.
#[expect(
    clippy::cast_precision_loss,
    reason = "a picture is as exact as its pixels; the table has the amounts"
)]
pub(super) fn units(hundredths: i64) -> f32 {
    hundredths as f32 / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_has_zero_and_ends_at_round_numbers_beyond_the_values() {
        let scale = |low, high| {
            let Scale { low, high, parts } = Scale::around(low, high);
            (low, high, parts)
        };
        assert_eq!(scale(0, 11_250), (0, 12_500, 5));
        assert_eq!(scale(-300, 900), (-500, 1_000, 3));
        assert_eq!(scale(0, 0), (0, 10, 1));
        assert_eq!(scale(5, 40), (0, 50, 5));
        assert_eq!(scale(0, 98), (0, 150, 3), "quarters would be written as tenths");
        assert_eq!(scale(-40, -10), (-50, 0, 5), "zero is always on it");
    }
}
