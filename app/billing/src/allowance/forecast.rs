//! When capacity will run out, at the pace of the last days. B3: "so productions don't stall mid-month".
//!
//! The method, which is shown with the date: the mean of the tokens charged a day over the last 14 whole days, or over those
//! since the first charge if there are fewer. Under three such days nothing is foreseen, nor where the allowance refreshes
//! before capacity would run out.

use super::capacity::Capacity;
use crate::{
    time::{Span, Timestamp},
    tokens::Tokens,
};
use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

/// The most whole days that the pace is taken from.
const WINDOW_DAYS: u32 = 14;
/// The fewest.
const FEWEST_DAYS: u32 = 3;
/// How far ahead anything is said where no allowance refreshes.
const HORIZON: Span = Span::days(90);
/// Microseconds of a day.
const DAY_MICROS: i128 = 86_400_000_000;

/// When nothing will be left, and by what pace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Forecast {
    /// When allowance and extra capacity together will be used up.
    pub runs_out_at: Timestamp,
    /// Tokens charged a day, on average, rounded down.
    pub per_day: Tokens,
    /// Over how many whole days.
    pub days: u32,
}

/// The whole days before today that the pace is taken from, where charges go back so far.
#[must_use]
pub fn window(today: NaiveDate) -> RangeInclusive<NaiveDate> {
    let back = |days| today.checked_sub_days(Days::new(days)).unwrap_or(today);
    back(WINDOW_DAYS.into())..=back(1)
}

/// Foresees when capacity runs out. `charged` is what was charged on the days of the [`window`] in all; `first_used_on` is the
/// day of the first charge ever.
#[must_use]
pub fn forecast(charged: Tokens, first_used_on: NaiveDate, capacity: &Capacity) -> Option<Forecast> {
    let today = capacity.as_of.day();
    let from = first_used_on.max(*window(today).start());
    let days = u32::try_from((today - from).num_days()).ok().filter(|days| *days >= FEWEST_DAYS)?;
    let charged = i128::from(charged.get());
    let left = i128::from(capacity.left().get());
    let micros = (left * i128::from(days) * DAY_MICROS).checked_div(charged)?;
    let runs_out_at = capacity.as_of.after(Span::micros(i64::try_from(micros).ok()?));
    let until = capacity.allowance.refreshes_at.unwrap_or(capacity.as_of.after(HORIZON));
    let per_day = Tokens::new(i64::try_from(charged.checked_div(days.into())?).ok()?).ok()?;
    (runs_out_at < until).then_some(Forecast { runs_out_at, per_day, days })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::allowance::capacity::{Allowance, Extra};

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn tokens(count: i64) -> Tokens {
        Tokens::new(count).unwrap()
    }

    /// Noon of 22 October, refreshing on 1 November.
    fn capacity(allowance: i64, extra: i64) -> Capacity {
        Capacity {
            allowance: Allowance {
                left: tokens(allowance),
                refreshes_at: Some("2026-11-01T00:00:00Z".parse().unwrap()),
                ..Allowance::default()
            },
            extra: Extra { left: tokens(extra), held: tokens(0) },
            overdrawn: tokens(0),
            as_of: "2026-10-22T12:00:00Z".parse().unwrap(),
        }
    }

    /// For a customer who has charged as much on each of so many days before today.
    fn at_pace(pace: i64, days: u32, capacity: &Capacity) -> Option<Forecast> {
        let first = capacity.as_of.day().checked_sub_days(Days::new(days.into())).unwrap();
        forecast(tokens(pace * i64::from(days.min(WINDOW_DAYS))), first, capacity)
    }

    #[test]
    fn b3_capacity_runs_out_at_the_pace_of_the_last_whole_days() {
        let found = at_pace(100, 5, &capacity(300, 50)).unwrap();
        assert_eq!(
            found.runs_out_at.to_string(),
            "2026-10-26T00:00:00Z",
            "350 at 100 a day: three and a half days"
        );
        assert_eq!((found.per_day, found.days), (tokens(100), 5));
        assert_eq!(
            window(day("2026-10-22")),
            day("2026-10-08")..=day("2026-10-21"),
            "today is not over and does not count"
        );
        assert_eq!(at_pace(100, 40, &capacity(300, 0)).unwrap().days, WINDOW_DAYS);
        assert_eq!(at_pace(100, 5, &capacity(0, 0)).unwrap().runs_out_at, capacity(0, 0).as_of);
    }

    #[test]
    fn b3_days_without_a_charge_slow_the_pace() {
        assert_eq!(forecast(tokens(200), day("2026-10-12"), &capacity(100, 0)).unwrap().per_day, tokens(20));
        assert_eq!(forecast(tokens(200), day("2026-01-01"), &capacity(50, 0)).unwrap().per_day, tokens(14));
    }

    #[test]
    fn nothing_is_foreseen_from_too_few_days_or_before_a_refresh_that_comes_first() {
        assert_eq!(at_pace(100, 2, &capacity(300, 0)), None);
        assert!(at_pace(100, 3, &capacity(300, 0)).is_some());
        assert_eq!(
            at_pace(10, 14, &capacity(300, 0)),
            None,
            "it refreshes in ten days, before thirty are over"
        );
        assert_eq!(forecast(tokens(0), day("2026-01-01"), &capacity(300, 0)), None);
        let ends_with_the_cycle = at_pace(20, 14, &capacity(190, 0));
        assert_eq!(ends_with_the_cycle, None, "the last token goes as the next allowance comes");
        let mut bought = capacity(0, 800);
        bought.allowance.refreshes_at = None;
        assert!(at_pace(10, 14, &bought).is_some() && at_pace(8, 14, &bought).is_none(), "within 90 days");
    }
}
