//! How figures are written for whoever checks how they came about: with every digit that says something.

use super::Format;
use billing::money::{Cost, Currency};

impl Format {
    /// An AI cost with every digit that says something: `US$0.000125`. For whoever checks how it came about.
    #[must_use]
    pub fn exact_cost(&self, cost: Cost) -> String {
        let currency = cost.currency();
        let number = self.trimmed(cost.micros().unsigned_abs().into(), 6, currency.digits());
        self.signed(cost.micros() < 0, &number, currency)
    }

    /// A price of so many pico-units, with every digit that says something; that of a million units where `by_million`.
    #[must_use]
    pub fn pico(&self, pico: i64, by_million: bool, currency: Currency) -> String {
        let digits = if by_million { 6 } else { 12 };
        let number = self.trimmed(pico.unsigned_abs().into(), digits, currency.digits());
        self.signed(pico < 0, &number, currency)
    }

    /// An exchange rate in millionths: `1.1625`.
    #[must_use]
    pub fn rate(&self, millionths: i64) -> String {
        self.trimmed(millionths.unsigned_abs().into(), 6, 0)
    }

    /// Hundredths of a per cent: `25%`, `12.5%`.
    #[must_use]
    pub fn basis_points(&self, points: i64) -> String {
        self.per_cent(&self.trimmed(points.unsigned_abs().into(), 2, 0))
    }

    /// `number` ÷ 10^digits, without the zeros at its end that say nothing, down to so many digits.
    fn trimmed(&self, number: u128, digits: u32, at_least: u32) -> String {
        let (mut number, mut digits) = (i128::try_from(number).unwrap_or(i128::MAX), digits);
        while digits > at_least && number % 10 == 0 {
            (number, digits) = (number / 10, digits - 1);
        }
        self.decimal(number, digits)
    }
}

#[cfg(test)]
mod tests {
    use crate::format::{Format, Locale};
    use billing::money::{Cost, Currency};

    #[test]
    fn p6_no_digit_that_says_something_is_left_out() {
        let format = Format::of(Locale::EnGb);
        let cost = |micros, currency| format.exact_cost(Cost::new(micros, currency));
        assert_eq!(
            [cost(125, Currency::Gbp), cost(4_200_000, Currency::Gbp), cost(-1_500_000, Currency::Jpy)],
            ["£0.000125", "£4.20", "\u{2212}JP¥1.5"]
        );
        assert_eq!(
            [format.pico(3_000_000, true, Currency::Usd), format.pico(2_500_000_000, false, Currency::Usd)],
            ["US$3.00", "US$0.0025"]
        );
        assert_eq!(format.pico(1, false, Currency::Jpy), "JP¥0.000000000001");
        assert_eq!([format.rate(1_162_500), format.rate(1_000_000)], ["1.1625", "1"]);
        assert_eq!(
            [format.basis_points(2_500), format.basis_points(1_250), format.basis_points(5)],
            ["25%", "12.5%", "0.05%"]
        );
        assert_eq!(Format::plain().exact_cost(Cost::new(4_200_000, Currency::Usd)), "4.20");
        assert_eq!(Format::of(Locale::DeDe).rate(871_300), "0,8713");
    }
}
