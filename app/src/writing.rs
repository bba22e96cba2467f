//! How numbers and amounts of money are written in the browser: it has no library of locales, so the server tells it the
//! marks.

use billing::money::{Cost, Money, divide_half_even};
use serde::{Deserialize, Serialize};

/// The marks around and between the digits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AmountWriting {
    /// `£`.
    pub before: String,
    /// Between thousands.
    pub group: String,
    /// Before the minor units.
    pub point: String,
    /// What stands behind.
    pub after: String,
}

impl AmountWriting {
    /// As [`crate::format`] writes it.
    #[must_use]
    pub fn money(&self, money: Money) -> String {
        let unit = 10_i64.pow(money.currency().digits());
        let minor = money.minor().saturating_abs();
        let whole = grouped(minor / unit, &self.group);
        let part = match money.currency().digits() {
            0 => String::new(),
            digits => {
                format!(
                    "{}{:0width$}",
                    self.point,
                    minor % unit,
                    width = usize::try_from(digits).unwrap_or(2)
                )
            }
        };
        let sign = if money.minor() < 0 { "\u{2212}" } else { "" };
        format!("{sign}{}{whole}{part}{}", self.before, self.after)
    }

    /// A cost to the nearest minor unit.
    #[must_use]
    pub fn cost(&self, cost: Cost) -> String {
        let minor = divide_half_even(cost.micros().into(), 10_i128.pow(6 - cost.currency().digits()));
        self.money(Money::new(i64::try_from(minor).unwrap_or(i64::MAX), cost.currency()))
    }
}

/// Thousands apart, as the server writes them.
#[must_use]
pub fn grouped(number: i64, separator: &str) -> String {
    let digits = number.to_string();
    let first = digits.len() % 3;
    let mut text = String::new();
    for (place, digit) in digits.char_indices() {
        if place > 0 && place % 3 == first {
            text.push_str(separator);
        }
        text.push(digit);
    }
    text
}

#[cfg(feature = "ssr")]
mod on_the_server {
    use super::AmountWriting;
    use crate::format::Format;
    use billing::money::{Currency, Money};

    impl AmountWriting {
        /// The marks of a way of writing, read off an amount that has all of them.
        #[must_use]
        pub fn of(format: &Format, currency: Currency) -> Self {
            let unit = 10_i64.pow(currency.digits());
            let sample = format.money(Money::new(1_234 * unit + unit / 2, currency));
            let marks: Vec<&str> = sample.split(|letter: char| letter.is_ascii_digit()).collect();
            let between = |place: usize| marks.get(place).copied().unwrap_or_default().to_owned();
            Self {
                before: between(0),
                group: between(1),
                point: if currency.digits() == 0 { String::new() } else { between(4) },
                after: marks.last().copied().unwrap_or_default().to_owned(),
            }
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;
        use crate::format::Locale;

        #[test]
        fn c1_the_browser_writes_amounts_as_the_server_does() {
            for locale in Locale::ALL {
                let format = Format::of(locale);
                for currency in Currency::ALL {
                    let writing = AmountWriting::of(format, currency);
                    for minor in [0, 5, 99, 12_345, -460, 123_456_789, -1_000_000] {
                        let money = Money::new(minor, currency);
                        assert_eq!(writing.money(money), format.money(money), "{locale:?} {currency}");
                        let cost = money.to_cost().unwrap();
                        assert_eq!(writing.cost(cost), format.cost(cost), "{locale:?} {currency}");
                    }
                }
            }
        }
    }
}
