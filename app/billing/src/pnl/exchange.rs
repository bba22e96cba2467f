//! Exchange rates against the euro, as the European Central Bank publishes them: micro-units of a currency for one euro.

use crate::money::Currency;
use chrono::{Days, NaiveDate};
use std::collections::BTreeMap;

/// How old the last banking day's rate may be.
const OLDEST_DAYS: u64 = 5;

/// Rates by currency and day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExchangeRates(BTreeMap<(Currency, NaiveDate), i64>);

/// A rate and the day that it was published for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Micro-units of the currency for one euro.
    pub micros_per_euro: i64,
    /// The banking day.
    pub on: NaiveDate,
}

impl ExchangeRates {
    /// Takes in the rate of one day.
    pub fn insert(&mut self, currency: Currency, on: NaiveDate, micros_per_euro: i64) {
        self.0.insert((currency, on), micros_per_euro);
    }

    /// The rate that was published for this very day.
    #[must_use]
    pub fn of_day(&self, currency: Currency, on: NaiveDate) -> Option<i64> {
        self.0.get(&(currency, on)).copied()
    }

    /// Every rate: currency, banking day, micro-units for one euro.
    pub fn iter(&self) -> impl Iterator<Item = (Currency, NaiveDate, i64)> {
        self.0.iter().map(|((currency, on), micros)| (*currency, *on, *micros))
    }

    /// The day's rate, else the last banking day's within five days, else none. The euro is always itself.
    #[must_use]
    pub fn on(&self, currency: Currency, day: NaiveDate) -> Option<Rate> {
        if currency == Currency::Eur {
            return Some(Rate { micros_per_euro: 1_000_000, on: day });
        }
        let oldest = day.checked_sub_days(Days::new(OLDEST_DAYS))?;
        let mut recent = self.0.range((currency, oldest)..=(currency, day));
        recent.next_back().map(|((_, on), micros)| Rate { micros_per_euro: *micros, on: *on })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c2_a_weekend_uses_the_last_banking_day_and_a_week_is_too_old() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let mut rates = ExchangeRates::default();
        rates.insert(Currency::Gbp, day("2026-10-16"), 870_000);
        assert_eq!(rates.on(Currency::Gbp, day("2026-10-18")).unwrap().on, day("2026-10-16"));
        assert_eq!(rates.on(Currency::Gbp, day("2026-10-22")), None);
        assert_eq!(rates.on(Currency::Gbp, day("2026-10-15")), None);
        assert_eq!(rates.on(Currency::Eur, day("2026-10-22")).unwrap().micros_per_euro, 1_000_000);
    }

    #[test]
    fn c2_a_rate_of_a_day_is_that_days_and_every_rate_is_listed() {
        let day: NaiveDate = "2026-10-16".parse().unwrap();
        let mut rates = ExchangeRates::default();
        rates.insert(Currency::Gbp, day, 870_000);
        assert_eq!(rates.of_day(Currency::Gbp, day), Some(870_000));
        assert_eq!(rates.of_day(Currency::Gbp, day.succ_opt().unwrap()), None);
        assert_eq!(rates.iter().collect::<Vec<_>>(), [(Currency::Gbp, day, 870_000)]);
    }
}
