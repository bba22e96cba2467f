//! The days of a P&L: ranges by a word, or from one day to another.

use super::{PnlPageQuery, asked::invalid};
use crate::AppError;
use billing::time::day;
use chrono::{Datelike, Days, Months, NaiveDate};
use std::ops::RangeInclusive;

/// The days that ranges are counted from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// Today, UTC.
    pub today: NaiveDate,
    /// The first day of this cycle.
    pub cycle_from: NaiveDate,
    /// The first day of the cycle before.
    pub last_from: NaiveDate,
}

/// The ranges: their words in the address and on the page, on the platform where it has no cycle.
pub(super) const RANGES: [(&str, &str, &str); 6] = [
    ("cycle", "This cycle", "This month"),
    ("last", "Last cycle", "Last month"),
    ("30", "30 days", "30 days"),
    ("90", "90 days", "90 days"),
    ("12m", "12 months", "12 months"),
    ("custom", "Custom", "Custom"),
];
/// More days than ten years have.
const MOST_DAYS: i64 = 3_654;

/// The days that a range has.
pub(super) fn days(
    query: &PnlPageQuery,
    range: &str,
    calendar: Calendar,
) -> Result<RangeInclusive<NaiveDate>, AppError> {
    let Calendar { today, cycle_from, last_from } = calendar;
    let back = |days: u64| today.checked_sub_days(Days::new(days - 1)).unwrap_or(today)..=today;
    let asked = |text: &Option<String>, field: &str| {
        let text = text.as_deref().unwrap_or_default();
        day(text).map_err(|_| invalid(field, "A day is written like 2026-11-22"))
    };
    let days = match range {
        "last" => last_from..=cycle_from.pred_opt().unwrap_or(cycle_from),
        "30" => back(30),
        "90" => back(90),
        // This month and the eleven before it.
        "12m" => {
            let first = today.with_day(1).unwrap_or(today);
            first.checked_sub_months(Months::new(11)).unwrap_or(first)..=today
        }
        "custom" if query.from.is_none() && query.to.is_none() => cycle_from..=today,
        "custom" => asked(&query.from, "from")?..=asked(&query.to, "to")?,
        _ => cycle_from..=today,
    };
    match (*days.end() - *days.start()).num_days() {
        ..0 => Err(invalid("to", "The last day comes before the first")),
        MOST_DAYS.. => Err(invalid("from", "A range has at most ten years")),
        _ => Ok(days),
    }
}

/// As many days as there are, just before.
pub(super) fn days_before(days: &RangeInclusive<NaiveDate>) -> RangeInclusive<NaiveDate> {
    let count = (*days.end() - *days.start()).num_days().unsigned_abs();
    let last = days.start().pred_opt().unwrap_or(*days.start());
    last.checked_sub_days(Days::new(count)).unwrap_or(last)..=last
}
