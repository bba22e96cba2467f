//! Tax: prices are net, and a line of tax is added by the billing country. 5.32, I7.

use super::Line;
use crate::money::{Currency, Money, MoneyError, divide_half_even};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A country, by its ISO 3166 code of two letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Country([u8; 2]);

/// A text that is no country's code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a country's two letters, such as GB")]
pub struct NotACountry;

impl Country {
    /// The United Kingdom, where JARAI is.
    pub const GB: Self = Self(*b"GB");
}

impl FromStr for Country {
    type Err = NotACountry;

    fn from_str(text: &str) -> Result<Self, NotACountry> {
        match text.as_bytes() {
            [first, second] if first.is_ascii_uppercase() && second.is_ascii_uppercase() => {
                Ok(Self([*first, *second]))
            }
            _ => Err(NotACountry),
        }
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|letter| write!(f, "{}", char::from(*letter)))
    }
}

impl From<Country> for String {
    fn from(country: Country) -> Self {
        country.to_string()
    }
}

impl TryFrom<String> for Country {
    type Error = NotACountry;

    fn try_from(text: String) -> Result<Self, NotACountry> {
        text.parse()
    }
}

/// What is added to a net amount, and what it is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TaxRule {
    /// What the line is called: `VAT`, `VAT, reverse charge`.
    pub name: String,
    /// Hundredths of a per cent.
    pub basis_points: i64,
}

/// Says which rule holds for a billing country: pluggable, since tax law is nobody's to hard-code.
pub type TaxCalculator = fn(Country) -> TaxRule;

/// What lines come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Totals {
    /// Before tax.
    pub net: Money,
    /// Tax on the net amount, rounded once, half to even.
    pub tax: Money,
    /// What is to be paid.
    pub total: Money,
}

impl Totals {
    /// What these lines come to by this rule.
    pub fn of(lines: &[Line], rule: &TaxRule, currency: Currency) -> Result<Self, MoneyError> {
        let net = Line::sum(lines, currency)?;
        let tax = divide_half_even(i128::from(net.minor()) * i128::from(rule.basis_points), 10_000);
        let tax = Money::new(i64::try_from(tax).map_err(|_| crate::tokens::OutOfRange)?, currency);
        Ok(Self { net, tax, total: net.plus(tax)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{sample, tokens::Tokens};

    #[test]
    fn reading_5_32_tax_is_a_line_of_its_own_by_the_billing_country() {
        let at = "2026-11-22T16:40:00Z".parse().unwrap();
        let pack = Line::pack(Tokens::new(50_000).unwrap(), Money::new(1_800, Currency::Gbp), at);
        let totals = |country: &str| {
            let rule = sample::tax_rule(country.parse().unwrap());
            let totals = Totals::of(&[pack], &rule, Currency::Gbp).unwrap();
            (rule.name, totals.tax.to_string(), totals.total.to_string())
        };
        assert_eq!(totals("GB"), ("VAT".into(), "3.60".into(), "21.60".into()));
        assert_eq!(totals("DE"), ("VAT, reverse charge".into(), "0.00".into(), "18.00".into()));
        assert!(Totals::of(&[pack], &sample::tax_rule(Country::GB), Currency::Usd).is_err());
    }

    #[test]
    fn c1_tax_in_yen_has_no_decimals() {
        let at = "2026-11-22T16:40:00Z".parse().unwrap();
        let pack = Line::pack(Tokens::new(20_000).unwrap(), Money::new(1_702, Currency::Jpy), at);
        let totals = Totals::of(&[pack], &sample::tax_rule(Country::GB), Currency::Jpy).unwrap();
        assert_eq!((totals.tax.to_string(), totals.total.to_string()), ("340".into(), "2042".into()));
    }

    #[test]
    fn i7_a_country_is_two_capital_letters() {
        assert_eq!("GB".parse(), Ok(Country::GB));
        assert_eq!(Country::GB.to_string(), "GB");
        for bad in ["", "G", "gb", "GBR", "É", "G1"] {
            assert_eq!(bad.parse::<Country>(), Err(NotACountry), "{bad:?}");
        }
    }
}
