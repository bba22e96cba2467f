//! Exchange rates against the euro, as the European Central Bank publishes them: micro-units of a currency for one euro.

use crate::money::Currency;
use chrono::{Days, NaiveDate};
use std::{collections::BTreeMap, ops::RangeInclusive};

/// How old the last banking day's rate may be.
const OLDEST_DAYS: u64 = 5;

/// Rates by currency and day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExchangeRates(BTreeMap<(Currency, NaiveDate), i64>);

/// The rates of one currency: from when, until when, and of how many days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateDays {
    /// The first day that has a rate.
    pub first: NaiveDate,
    /// The last one.
    pub last: NaiveDate,
    /// How many there are.
    pub count: usize,
}

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

    /// The days that a currency has rates of; none where it has none.
    #[must_use]
    pub fn days(&self, currency: Currency) -> Option<RateDays> {
        let (first, last) = (self.published(currency).next()?, self.published(currency).next_back()?);
        Some(RateDays { first, last, count: self.published(currency).count() })
    }

    /// The days of `days` for which [`Self::on`] has no rate, oldest first.
    #[must_use]
    pub fn gaps(
        &self,
        currency: Currency,
        days: &RangeInclusive<NaiveDate>,
    ) -> Vec<RangeInclusive<NaiveDate>> {
        let mut gaps = Vec::new();
        // The first day that nothing seen so far has a rate for; none once there is no such day.
        let mut missing = (currency != Currency::Eur).then_some(*days.start());
        for on in self.published(currency).take_while(|on| on <= days.end()) {
            let Some(from) = missing else { break };
            if let Some(before) = on.pred_opt().filter(|before| from <= *before) {
                gaps.push(from..=before);
            }
            missing = on.checked_add_days(Days::new(OLDEST_DAYS + 1)).map(|after| after.max(from));
        }
        gaps.extend(missing.filter(|from| from <= days.end()).map(|from| from..=*days.end()));
        gaps
    }

    /// The days of a currency's rates, oldest first.
    fn published(&self, currency: Currency) -> impl DoubleEndedIterator<Item = NaiveDate> {
        let all = (currency, NaiveDate::MIN)..=(currency, NaiveDate::MAX);
        self.0.range(all).map(|((_, on), _)| *on)
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
    fn c2_a_gap_is_every_day_in_a_row_without_a_rate() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let mut rates = ExchangeRates::default();
        let range = day("2026-10-01")..=day("2026-11-15");
        assert_eq!(rates.gaps(Currency::Gbp, &range), std::slice::from_ref(&range), "no rate at all");
        assert_eq!(rates.gaps(Currency::Eur, &range), [], "the euro is always itself");
        for on in ["2026-09-20", "2026-09-28", "2026-10-09", "2026-10-12", "2026-10-26", "2026-11-20"] {
            rates.insert(Currency::Gbp, day(on), 870_000);
        }
        rates.insert(Currency::Usd, day("2026-10-05"), 1_162_500);
        let gaps = rates.gaps(Currency::Gbp, &range);
        let expected =
            [("2026-10-04", "2026-10-08"), ("2026-10-18", "2026-10-25"), ("2026-11-01", "2026-11-15")];
        assert_eq!(gaps, expected.map(|(first, last)| day(first)..=day(last)));
        for on in range.start().iter_days().take_while(|on| on <= range.end()) {
            let missing = gaps.iter().any(|gap| gap.contains(&on));
            assert_eq!(rates.on(Currency::Gbp, on).is_none(), missing, "{on}");
        }
        let one = day("2026-10-10")..=day("2026-10-10");
        assert_eq!(rates.gaps(Currency::Gbp, &one), []);
    }

    #[test]
    fn c2_a_currency_has_rates_from_a_day_to_a_day() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let mut rates = ExchangeRates::default();
        for on in ["2026-10-16", "2026-10-12", "2026-10-15"] {
            rates.insert(Currency::Gbp, day(on), 870_000);
        }
        let (first, last) = (day("2026-10-12"), day("2026-10-16"));
        assert_eq!(rates.days(Currency::Gbp), Some(RateDays { first, last, count: 3 }));
        assert_eq!(rates.days(Currency::Usd), None);
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
