//! Customers and the accounts (brands, channels) that they produce for. H1, H10.

use crate::{money::Currency, payment::Country, time::Timestamp};
use serde::{Deserialize, Serialize};

/// Whether a customer has paid what is due. 5.33.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PaymentStanding {
    /// Nothing is outstanding.
    Paid,
    /// A payment failed; everything still works until this instant.
    InGrace {
        /// When the grace ends.
        until: Timestamp,
    },
    /// New productions are refused.
    Blocked(PaymentBlock),
}

impl PaymentStanding {
    /// The standing at an instant: what blocks it, or where the grace of a failed payment has got to. Grace ends by date.
    #[must_use]
    pub fn of(block: Option<PaymentBlock>, grace_until: Option<Timestamp>, at: Timestamp) -> Self {
        match (block, grace_until) {
            (Some(block), _) => Self::Blocked(block),
            (None, Some(until)) if at < until => Self::InGrace { until },
            (None, Some(_)) => Self::Blocked(PaymentBlock::PastGrace),
            (None, None) => Self::Paid,
        }
    }

    /// Why new productions are refused, if they are.
    #[must_use]
    pub const fn block(self) -> Option<PaymentBlock> {
        match self {
            Self::Blocked(block) => Some(block),
            Self::Paid | Self::InGrace { .. } => None,
        }
    }
}

/// Why a customer starts no new productions, whatever is left. 5.33, I-37.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PaymentBlock {
    /// A payment failed and its days of grace are over.
    PastGrace,
    /// A payment was disputed after its tokens were spent.
    DisputedDebt,
}

/// H2: where a customer's data are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Residency {
    /// The United Kingdom.
    Uk,
    /// The European Union.
    Eu,
    /// The United States.
    Us,
    /// Anywhere.
    Global,
}

impl Residency {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Uk, Self::Eu, Self::Us, Self::Global];

    /// What it is called on a page.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Uk => "UK",
            Self::Eu => "EU",
            Self::Us => "US",
            Self::Global => "Global",
        }
    }
}

/// Whether an account may produce.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AccountStatus {
    /// Produces.
    Active,
    /// Produces, on trial.
    Pilot,
    /// Does not produce.
    Suspended,
    /// Does not produce and is kept for its history.
    Closed,
}

impl AccountStatus {
    /// H10: *Active* and *Pilot* are the only two that may produce.
    #[must_use]
    pub const fn may_produce(self) -> bool {
        matches!(self, Self::Active | Self::Pilot)
    }
}

/// C1, L5: what a customer that registers by itself is billed in, by its country. JARAI's staff may set another one before
/// anything is sold.
#[must_use]
pub fn billing_currency(country: Country) -> Currency {
    match country.to_string().as_str() {
        "GB" | "GG" | "IM" | "JE" => Currency::Gbp,
        "AU" | "NZ" => Currency::Aud,
        "CA" => Currency::Cad,
        "JP" => Currency::Jpy,
        // Those that pay in euros, and their neighbours.
        "AT" | "BE" | "BG" | "CH" | "CY" | "CZ" | "DE" | "DK" | "EE" | "ES" | "FI" | "FR" | "GR" | "HR"
        | "HU" | "IE" | "IS" | "IT" | "LI" | "LT" | "LU" | "LV" | "MT" | "NL" | "NO" | "PL" | "PT" | "RO"
        | "SE" | "SI" | "SK" => Currency::Eur,
        _ => Currency::Usd,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_5_33_grace_ends_by_date_and_a_block_comes_first() {
        let (before, end) =
            ("2026-10-28T23:59:59Z".parse().unwrap(), "2026-10-29T00:00:00Z".parse().unwrap());
        let standing = |block, at| PaymentStanding::of(block, Some(end), at);
        assert_eq!(standing(None, before), PaymentStanding::InGrace { until: end });
        assert_eq!(standing(None, end).block(), Some(PaymentBlock::PastGrace));
        assert_eq!(
            standing(Some(PaymentBlock::DisputedDebt), before).block(),
            Some(PaymentBlock::DisputedDebt)
        );
        assert_eq!(PaymentStanding::of(None, None, end), PaymentStanding::Paid);
        assert_eq!(standing(None, before).block(), None);
    }

    #[test]
    fn c1_a_country_is_billed_in_its_own_currency_or_the_nearest() {
        for (country, currency) in [
            ("GB", "GBP"),
            ("IE", "EUR"),
            ("SE", "EUR"),
            ("US", "USD"),
            ("JP", "JPY"),
            ("NZ", "AUD"),
            ("BR", "USD"),
        ] {
            assert_eq!(billing_currency(country.parse().unwrap()).code(), currency, "{country}");
        }
    }
}
