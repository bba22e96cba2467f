//! How numbers, money and dates are written: en-GB, UTC. The only place that knows.

use billing::{
    money::{Cost, Currency, divide_half_even},
    time::Timestamp,
    tokens::Tokens,
};

/// A number with its thousands apart and a true minus: `50,200`, `−1,500`.
#[must_use]
pub fn count(number: impl Into<i128>) -> String {
    let number = number.into();
    let digits = number.unsigned_abs().to_string();
    let first = digits.len() % 3;
    let mut text = String::from(if number < 0 { "\u{2212}" } else { "" });
    for (place, digit) in digits.char_indices() {
        if place > 0 && place % 3 == first {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number of tokens.
#[must_use]
pub fn tokens(tokens: Tokens) -> String {
    count(tokens.get())
}

/// A number and what is counted: `1 running production`, `3 running productions`.
#[must_use]
pub fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

/// An AI cost in the currency's own digits, halves to the even one: `£4.20`. What is less than half of the smallest unit
/// is not nothing, and says so: `under £0.01`.
#[must_use]
pub fn cost(cost: Cost) -> String {
    let digits = cost.currency().digits();
    let micros_per_minor = 10_i128.pow(6 - digits);
    let minor = divide_half_even(i128::from(cost.micros()), micros_per_minor);
    if minor == 0 && cost.micros() > 0 {
        return format!("under {}", major(1, cost.currency()));
    }
    major(minor, cost.currency())
}

fn major(minor: i128, currency: Currency) -> String {
    let sign = if minor < 0 { "\u{2212}" } else { "" };
    let digits = currency.digits();
    let units = 10_u128.pow(digits);
    let (whole, rest) = (minor.unsigned_abs() / units, minor.unsigned_abs() % units);
    let whole = count(i128::try_from(whole).unwrap_or(i128::MAX));
    let width = usize::try_from(digits).unwrap_or_default();
    let point = if digits == 0 { String::new() } else { format!(".{rest:0width$}") };
    format!("{sign}{}{whole}{point}", symbol(currency))
}

/// What stands before an amount; the six currencies have four signs between them, so three carry their country.
const fn symbol(currency: Currency) -> &'static str {
    match currency {
        Currency::Gbp => "£",
        Currency::Usd => "US$",
        Currency::Eur => "€",
        Currency::Aud => "A$",
        Currency::Cad => "CA$",
        Currency::Jpy => "JP¥",
    }
}

/// The day: `1 Dec`.
#[must_use]
pub fn day(at: Timestamp) -> String {
    at.utc().format("%-d %b").to_string()
}

/// The day and minute, with the zone: `22 Nov, 16:40 UTC`.
#[must_use]
pub fn minute(at: Timestamp) -> String {
    at.utc().format("%-d %b, %H:%M UTC").to_string()
}

/// The instant in full, with the zone: `22 Nov 2026, 16:40 UTC`.
#[must_use]
pub fn instant(at: Timestamp) -> String {
    at.utc().format("%-d %b %Y, %H:%M UTC").to_string()
}

/// The month: `November`.
#[must_use]
pub fn month(at: Timestamp) -> String {
    at.utc().format("%B").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        assert_eq!(
            [0, 999, 1_000, 50_200, 1_234_567].map(count),
            ["0", "999", "1,000", "50,200", "1,234,567"]
        );
        assert_eq!(count(-1_500), "\u{2212}1,500");
        assert_eq!(counted(1, "item", "items"), "1 item");
    }

    #[test]
    fn c1_money_has_its_currencys_sign_and_digits() {
        let text = |micros, currency| cost(Cost::new(micros, currency));
        assert_eq!(text(4_200_000, Currency::Gbp), "£4.20");
        assert_eq!(text(1_234_567_895_000, Currency::Eur), "€1,234,567.90");
        assert_eq!(text(-5_000_000, Currency::Usd), "\u{2212}US$5.00");
        assert_eq!(text(1_500_000_000, Currency::Jpy), "JP¥1,500");
        assert_eq!(text(125, Currency::Gbp), "under £0.01");
        assert_eq!(text(0, Currency::Gbp), "£0.00");
    }

    #[test]
    fn dates_are_absolute_and_utc() {
        let at: Timestamp = "2026-11-22T17:40:00+01:00".parse().unwrap();
        assert_eq!(day(at), "22 Nov");
        assert_eq!(minute(at), "22 Nov, 16:40 UTC");
        assert_eq!(instant(at), "22 Nov 2026, 16:40 UTC");
        assert_eq!(month(at), "November");
    }
}
