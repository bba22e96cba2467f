//! Instants and calendar months, always UTC. Nobody here asks what time it is: `at` is an argument.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// An instant, in microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(DateTime<Utc>);

/// A length of time, in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span(i64);

impl Span {
    /// So many minutes.
    #[must_use]
    pub const fn minutes(count: i32) -> Self {
        Self(count_micros(count, 60))
    }

    /// So many hours.
    #[must_use]
    pub const fn hours(count: i32) -> Self {
        Self(count_micros(count, 3_600))
    }

    /// So many days of 24 hours.
    #[must_use]
    pub const fn days(count: i32) -> Self {
        Self(count_micros(count, 86_400))
    }

    /// So many microseconds.
    #[must_use]
    pub const fn micros(count: i64) -> Self {
        Self(count)
    }
}

#[expect(
    clippy::as_conversions,
    reason = "i64::from is not const; the conversion from i32 cannot lose anything"
)]
const fn count_micros(count: i32, seconds: i64) -> i64 {
    count as i64 * seconds * 1_000_000
}

/// A text or number that is not an instant between the years 1 and 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a time of RFC 3339 with an offset, such as 2026-10-22T16:40:00Z")]
pub struct NotATime;

impl Timestamp {
    /// The instant so many microseconds after the epoch.
    pub fn from_micros(micros: i64) -> Result<Self, NotATime> {
        DateTime::from_timestamp_micros(micros)
            .filter(|time| (1..=9999).contains(&time.year()))
            .map(Self)
            .ok_or(NotATime)
    }

    /// Midnight at the start of a day.
    #[must_use]
    pub fn midnight(day: NaiveDate) -> Self {
        Self(day.and_time(chrono::NaiveTime::MIN).and_utc())
    }

    /// Microseconds since the epoch.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0.timestamp_micros()
    }

    /// Milliseconds since the epoch, never negative: what a time-ordered id starts with.
    #[must_use]
    pub fn unsigned_millis(self) -> u64 {
        self.0.timestamp_millis().try_into().unwrap_or_default()
    }

    /// The instant later by `span`; the same instant where the sum would leave the calendar.
    #[must_use]
    pub fn after(self, span: Span) -> Self {
        Self::from_micros(self.micros().saturating_add(span.0)).unwrap_or(self)
    }

    /// The instant earlier by `span`.
    #[must_use]
    pub fn before(self, span: Span) -> Self {
        self.after(Span(-span.0))
    }

    /// The UTC day it falls in.
    #[must_use]
    pub fn day(self) -> NaiveDate {
        self.0.date_naive()
    }

    /// The calendar month it falls in.
    #[must_use]
    pub fn month(self) -> Month {
        Month(self.day().with_day(1).unwrap_or_default())
    }

    /// The same instant for chrono's formatting.
    #[must_use]
    pub const fn utc(self) -> DateTime<Utc> {
        self.0
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(time: DateTime<Utc>) -> Self {
        Self(DateTime::from_timestamp_micros(time.timestamp_micros()).unwrap_or(time))
    }
}

/// RFC 3339 in UTC, with as many of the six digits of a second as say something: `2026-10-22T16:40:00Z`.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}

impl FromStr for Timestamp {
    type Err = NotATime;

    fn from_str(text: &str) -> Result<Self, NotATime> {
        DateTime::parse_from_rfc3339(text)
            .map_err(|_| NotATime)
            .and_then(|time| Self::from_micros(time.timestamp_micros()))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A day as addresses, forms and lists write it: `2026-10-22`.
pub fn day(text: &str) -> Result<NaiveDate, NotATime> {
    let day: NaiveDate = text.parse().map_err(|_| NotATime)?;
    // chrono reads more: one digit, years before 1 and beyond 9999.
    let is_written_so = (1..=9999).contains(&day.year()) && day.to_string() == text;
    is_written_so.then_some(day).ok_or(NotATime)
}

/// A calendar month, written `2026-10`: the period of a budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(NaiveDate);

impl Month {
    /// The first instant of the next month: when a budget starts anew.
    #[must_use]
    pub fn end(self) -> Timestamp {
        Timestamp::midnight(self.0.checked_add_months(Months::new(1)).unwrap_or(self.0))
    }

    /// The first instant of the month.
    #[must_use]
    pub fn start(self) -> Timestamp {
        Timestamp::midnight(self.0)
    }

    /// Its last day.
    #[must_use]
    pub fn last_day(self) -> NaiveDate {
        self.end().day().checked_sub_days(Days::new(1)).unwrap_or(self.0)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.0.year(), self.0.month())
    }
}

impl FromStr for Month {
    type Err = NotATime;

    fn from_str(text: &str) -> Result<Self, NotATime> {
        day(&format!("{text}-01")).map(Self)
    }
}

impl Serialize for Month {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Month {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_survives_its_text_to_the_microsecond() {
        let at: Timestamp = "2023-11-16T18:15:46.680590Z".parse().unwrap();
        assert_eq!(at.to_string().parse(), Ok(at));
        assert_eq!(Timestamp::from_micros(at.micros()), Ok(at));
        assert_eq!(
            "2026-10-22T17:40:00+01:00".parse::<Timestamp>().unwrap().to_string(),
            "2026-10-22T16:40:00Z"
        );
        assert!("2026-10-22 16:40".parse::<Timestamp>().is_err());
        assert_eq!(at.unsigned_millis(), 1_700_158_546_680);
        assert_eq!("1969-12-31T23:59:59Z".parse::<Timestamp>().unwrap().unsigned_millis(), 0);
    }

    #[test]
    fn a_day_and_a_month_are_written_in_one_way() {
        assert_eq!(day("2028-02-29").map(|day| day.to_string()), Ok("2028-02-29".to_owned()));
        for text in
            ["", "2026-02-29", "2026-1-2", "+262142-01-01", "-0001-01-01", "0000-01-01", "2026-10-22T00"]
        {
            assert_eq!(day(text), Err(NotATime), "{text}");
        }
        assert_eq!(["2026-1", "2026-13", "+262142-01"].map(str::parse::<Month>), [Err(NotATime); 3]);
    }

    #[test]
    fn a_month_ends_where_the_next_begins() {
        let december: Month = "2026-12".parse().unwrap();
        assert_eq!(december.end().to_string(), "2027-01-01T00:00:00Z");
        assert_eq!(december.end().before(Span::micros(1)).month(), december);
        let february: Month = "2028-02".parse().unwrap();
        assert_eq!(
            (february.last_day().to_string(), february.to_string()),
            ("2028-02-29".into(), "2028-02".into())
        );
    }
}
