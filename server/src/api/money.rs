//! Money on the wire: a decimal string with its currency, never a float.

use billing::money::{Cost, Currency};
use serde::Serialize;
use utoipa::ToSchema;

/// An amount of money: the currency's own digits, and up to six where they say something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Money)]
pub struct MoneyBody {
    /// A decimal number.
    #[schema(pattern = r"^-?[0-9]+(\.[0-9]{1,6})?$", example = "4.20")]
    amount: String,
    /// The ISO 4217 code.
    #[schema(value_type = String, pattern = "^[A-Z]{3}$", example = "GBP")]
    currency: Currency,
}

impl From<Cost> for MoneyBody {
    fn from(cost: Cost) -> Self {
        Self { amount: cost.to_string(), currency: cost.currency() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_a_decimal_string_with_its_currency() {
        let wire =
            |micros, currency| serde_json::to_string(&MoneyBody::from(Cost::new(micros, currency))).unwrap();
        assert_eq!(wire(4_200_000, Currency::Gbp), r#"{"amount":"4.20","currency":"GBP"}"#);
        assert_eq!(wire(125, Currency::Usd), r#"{"amount":"0.000125","currency":"USD"}"#);
        assert_eq!(wire(1_500_000_000, Currency::Jpy), r#"{"amount":"1500","currency":"JPY"}"#);
    }
}
