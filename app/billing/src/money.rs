//! Money of invoices and limits ([`Money`], minor units) and money of AI cost ([`Cost`], micro-units).
//!
//! Neither mixes currencies, neither wraps, and neither turns into the other without a word for it.

use crate::tokens::OutOfRange;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// The six billing currencies (C1). Providers' prices and exchange rates are kept in the same six.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Currency {
    /// Pound sterling.
    Gbp,
    /// United States dollar.
    Usd,
    /// Euro.
    Eur,
    /// Australian dollar.
    Aud,
    /// Canadian dollar.
    Cad,
    /// Japanese yen, the one without a minor unit.
    Jpy,
}

impl Currency {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 6] = [Self::Gbp, Self::Usd, Self::Eur, Self::Aud, Self::Cad, Self::Jpy];

    /// The ISO 4217 code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Gbp => "GBP",
            Self::Usd => "USD",
            Self::Eur => "EUR",
            Self::Aud => "AUD",
            Self::Cad => "CAD",
            Self::Jpy => "JPY",
        }
    }

    /// How many digits stand after the point.
    #[must_use]
    pub const fn digits(self) -> u32 {
        match self {
            Self::Jpy => 0,
            _ => 2,
        }
    }

    /// How many micro-units one minor unit is.
    const fn micros_per_minor(self) -> i64 {
        match self {
            Self::Jpy => 1_000_000,
            _ => 10_000,
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// A code that is none of the six billing currencies.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected one of GBP, USD, EUR, AUD, CAD, JPY")]
pub struct UnknownCurrency;

impl FromStr for Currency {
    type Err = UnknownCurrency;

    fn from_str(code: &str) -> Result<Self, UnknownCurrency> {
        Self::ALL.into_iter().find(|currency| currency.code() == code).ok_or(UnknownCurrency)
    }
}

/// Two amounts that cannot be added: other currencies, or a sum out of range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// The two amounts are in different currencies.
    #[error("{0} and {1} do not add")]
    Currencies(Currency, Currency),
    /// The sum does not fit.
    #[error(transparent)]
    OutOfRange(#[from] OutOfRange),
}

macro_rules! amount {
    ($(#[$doc:meta])* $name:ident { $(#[$unit_doc:meta])* $unit:ident }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub struct $name {
            $unit: i64,
            currency: Currency,
        }

        impl $name {
            /// An amount of so many units.
            #[must_use]
            pub const fn new($unit: i64, currency: Currency) -> Self {
                Self { $unit, currency }
            }

            /// Nothing, in this currency.
            #[must_use]
            pub const fn zero(currency: Currency) -> Self {
                Self::new(0, currency)
            }

            $(#[$unit_doc])*
            #[must_use]
            pub const fn $unit(self) -> i64 {
                self.$unit
            }

            /// The currency of the amount.
            #[must_use]
            pub const fn currency(self) -> Currency {
                self.currency
            }

            /// The sum; other currencies and sums out of range are refused.
            pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
                self.combine(other, i64::checked_add)
            }

            /// The difference, which may be negative; other currencies are refused.
            pub fn minus(self, other: Self) -> Result<Self, MoneyError> {
                self.combine(other, i64::checked_sub)
            }

            fn combine(self, other: Self, by: fn(i64, i64) -> Option<i64>) -> Result<Self, MoneyError> {
                if self.currency != other.currency {
                    return Err(MoneyError::Currencies(self.currency, other.currency));
                }
                let units = by(self.$unit, other.$unit).ok_or(OutOfRange)?;
                Ok(Self::new(units, self.currency))
            }
        }
    };
}

amount! {
    /// An amount that can be paid: whole minor units (pence, cents, yen) of one currency.
    Money {
        /// How many minor units.
        minor
    }
}

amount! {
    /// An AI cost, or a limit that AI cost is measured against: micro-units (10⁻⁶ of a major unit) of one currency.
    Cost {
        /// How many micro-units.
        micros
    }
}

impl Money {
    /// The same amount, to be compared with AI cost.
    pub fn to_cost(self) -> Result<Cost, OutOfRange> {
        self.minor
            .checked_mul(self.currency.micros_per_minor())
            .map(|micros| Cost::new(micros, self.currency))
            .ok_or(OutOfRange)
    }
}

impl Money {
    /// What somebody would write who wants at least this much: whole units, of which two digits say something. 324.60 is
    /// 330.00.
    #[must_use]
    pub const fn round_up(self) -> Self {
        let mut step = 10_i64.pow(self.currency.digits());
        while self.minor / step >= 100 {
            step = step.saturating_mul(10);
        }
        let beyond = self.minor.rem_euclid(step);
        let up = if beyond == 0 { 0 } else { step - beyond };
        Self::new(self.minor.saturating_add(up), self.currency)
    }
}

impl Cost {
    /// The least amount of whole minor units that covers it.
    #[must_use]
    pub const fn to_money_up(self) -> Money {
        let (unit, micros) = (self.currency.micros_per_minor(), self.micros);
        let part = if micros.rem_euclid(unit) == 0 { 0 } else { 1 };
        Money::new(micros.div_euclid(unit) + part, self.currency)
    }
}

/// The decimal text of the amount with the currency's own digits, without its code: `4.20`, `1500`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        decimal(f, self.minor, self.currency.digits(), self.currency.digits())
    }
}

/// A text that is no amount of a currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the text is no amount")]
pub struct NotAnAmount;

impl Money {
    /// The amount that somebody has typed: digits, and after a point or a comma no more of them than the currency has.
    pub fn typed(text: &str, currency: Currency) -> Result<Self, NotAnAmount> {
        let text = text.trim();
        let (whole, part) = text.split_once(['.', ',']).unwrap_or((text, ""));
        let digits = usize::try_from(currency.digits()).map_err(|_| NotAnAmount)?;
        let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || part.len() > digits || !plain(whole) || !plain(part) {
            return Err(NotAnAmount);
        }
        let minor = format!("{whole}{part:0<digits$}").parse().map_err(|_| NotAnAmount)?;
        Ok(Self::new(minor, currency))
    }
}

/// The decimal text with the currency's own digits and up to six where they say something: `4.20`, `0.000125`.
impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        decimal(f, self.micros, 6, self.currency.digits())
    }
}

fn decimal(f: &mut fmt::Formatter<'_>, units: i64, scale: u32, at_least: u32) -> fmt::Result {
    let mut number = rust_decimal::Decimal::new(units, scale).normalize();
    if number.scale() < at_least {
        number.rescale(at_least);
    }
    write!(f, "{number}")
}

/// `numerator ÷ denominator`, rounded to the nearest whole number, halves to the even one; the denominator is positive.
///
/// ```
/// # use billing::money::divide_half_even;
/// assert_eq!((divide_half_even(5, 2), divide_half_even(7, 2), divide_half_even(-5, 2)), (2, 4, -2));
/// ```
#[must_use]
pub const fn divide_half_even(numerator: i128, denominator: i128) -> i128 {
    let floor = numerator.div_euclid(denominator);
    let rest = numerator.rem_euclid(denominator);
    let to_next = denominator - rest;
    if rest > to_next || (rest == to_next && floor % 2 != 0) { floor + 1 } else { floor }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c1_a_currency_is_known_by_its_code() {
        for currency in Currency::ALL {
            assert_eq!(currency.code().parse(), Ok(currency));
        }
        assert_eq!("CHF".parse::<Currency>(), Err(UnknownCurrency));
    }

    #[test]
    fn c1_yen_have_no_digits_and_the_others_two() {
        assert_eq!(Money::new(1500, Currency::Jpy).to_string(), "1500");
        assert_eq!(Money::new(420, Currency::Gbp).to_string(), "4.20");
        assert_eq!(Money::new(-5, Currency::Eur).to_string(), "-0.05");
        assert_eq!(Money::new(1500, Currency::Jpy).to_cost().unwrap().micros(), 1_500_000_000);
    }

    #[test]
    fn c1_an_amount_is_typed_with_a_point_or_a_comma() {
        let typed = |text, currency| Money::typed(text, currency).map(Money::minor);
        let pounds = ["500", " 500.5 ", "0,07", "1,000", "5.", ""].map(|text| typed(text, Currency::Gbp));
        assert_eq!(pounds, [Ok(50_000), Ok(50_050), Ok(7), Err(NotAnAmount), Ok(500), Err(NotAnAmount)]);
        assert_eq!(
            [typed("1500", Currency::Jpy), typed("15.0", Currency::Jpy)],
            [Ok(1_500), Err(NotAnAmount)]
        );
        for bad in ["-1", "+1", "1e3", ".5", "1.2.3", "NaN", "£5", "٣", "99999999999999999999"] {
            assert_eq!(typed(bad, Currency::Gbp), Err(NotAnAmount), "{bad}");
        }
    }

    #[test]
    fn g3_a_round_amount_is_at_least_as_much_and_has_two_digits() {
        for (currency, minor, round) in [
            (Currency::Gbp, 32_460, 33_000),
            (Currency::Gbp, 33_000, 33_000),
            (Currency::Gbp, 2_460, 2_500),
            (Currency::Gbp, 1, 100),
            (Currency::Gbp, 0, 0),
            (Currency::Gbp, 124_601, 130_000),
            (Currency::Jpy, 32_460, 33_000),
            (Currency::Jpy, 7, 7),
            (Currency::Gbp, i64::MAX, i64::MAX),
        ] {
            assert_eq!(Money::new(minor, currency).round_up(), Money::new(round, currency), "{minor}");
        }
    }

    #[test]
    fn c1_a_part_of_a_minor_unit_counts_as_one() {
        let up = |micros, currency| Cost::new(micros, currency).to_money_up().minor();
        assert_eq!([0, 1, 10_000, 10_001].map(|micros| up(micros, Currency::Gbp)), [0, 1, 1, 2]);
        assert_eq!((up(1, Currency::Jpy), up(i64::MAX, Currency::Gbp)), (1, i64::MAX / 10_000 + 1));
    }

    #[test]
    fn a_cost_shows_as_many_digits_as_say_something() {
        assert_eq!(Cost::new(125, Currency::Usd).to_string(), "0.000125");
        assert_eq!(Cost::new(4_200_000, Currency::Usd).to_string(), "4.20");
        assert_eq!(Cost::new(1_500_000, Currency::Jpy).to_string(), "1.5");
    }

    #[test]
    fn two_currencies_do_not_add_and_nothing_wraps() {
        let (pounds, euros) = (Cost::new(1, Currency::Gbp), Cost::new(1, Currency::Eur));
        assert_eq!(pounds.plus(euros), Err(MoneyError::Currencies(Currency::Gbp, Currency::Eur)));
        assert_eq!(Cost::new(i64::MAX, Currency::Gbp).plus(pounds), Err(MoneyError::OutOfRange(OutOfRange)));
    }
}
