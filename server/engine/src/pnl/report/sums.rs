//! Sums over a range of days: whole months by the month, the days around them by the day. A range is then read from a few
//! rows however much was used in it.

use super::{PnlSource, PnlStep, figures::Figures};
use crate::{
    Error,
    db::{reach::narrow, to_word},
};
use billing::{id::AccountId, time::Month};
use chrono::NaiveDate;
use sea_orm::{ConnectionTrait, DatabaseTransaction, Statement, Value};
use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    ops::RangeInclusive,
};

/// Whose rows are read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Whose<'a> {
    /// Of one customer; none for all.
    pub(crate) customer: Option<&'a str>,
    /// Of these accounts; none for all.
    pub(crate) accounts: Option<&'a BTreeSet<AccountId>>,
    /// Of one production.
    pub(crate) production: Option<&'a str>,
    /// Of one step.
    pub(crate) step: Option<&'a PnlStep>,
}

impl<'a> Whose<'a> {
    /// Everything of one customer.
    pub(crate) const fn all_of(customer: &'a str) -> Self {
        Self { customer: Some(customer), accounts: None, production: None, step: None }
    }
}

/// The columns that say of which kind a call was.
const LABELS: [&str; 3] = ["stage", "kind", "model"];
/// The columns that say in whose name a production was made, and by which key; empty where by none.
pub(crate) const PERSON: &str = "person";
pub(crate) const KEY: &str = "asking_key";

/// A customer, a month or a day, and what else the sums are apart by.
pub(crate) type Key = (String, String, Vec<String>);
/// Sums by what they are apart by.
pub(crate) type Sums = BTreeMap<Key, Figures>;

/// The tables that sums are read from, as of one instant.
#[derive(Clone, Debug)]
pub(crate) struct Tables<'a> {
    read: &'a DatabaseTransaction,
    source: PnlSource,
    /// The first day and the last that anything was booked on; none where that is not known. The months of these days are
    /// whole from them on and until them.
    booked: Option<RangeInclusive<NaiveDate>>,
}

impl<'a> Tables<'a> {
    pub(crate) async fn open(read: &'a DatabaseTransaction, source: PnlSource) -> Result<Self, Error> {
        if source != PnlSource::Sums {
            return Ok(Self { read, source, booked: None });
        }
        let text = "SELECT (SELECT min(posted_on) FROM pnl_day) AS first, (SELECT max(posted_on) FROM pnl_day) AS last";
        let row = read.query_one_raw(Statement::from_string(read.get_database_backend(), text)).await?;
        let row = row.ok_or_else(|| Error::corrupt("pnl_day", "first", "has no first day and no none"))?;
        let day = |name: &str| {
            let text: Option<String> = row.try_get("", name)?;
            let day = text.map(|text| text.parse().map_err(|error| Error::corrupt("pnl_day", &text, error)));
            day.transpose()
        };
        let (first, last): (Option<NaiveDate>, Option<NaiveDate>) = (day("first")?, day("last")?);
        Ok(Self { read, source, booked: first.zip(last).map(|(first, last)| first..=last) })
    }

    /// What of a range can have rows.
    fn within(&self, days: &RangeInclusive<NaiveDate>) -> RangeInclusive<NaiveDate> {
        let Some(booked) = &self.booked else { return days.clone() };
        *days.start().max(booked.start())..=*days.end().min(booked.end())
    }

    /// Sums of each customer and month, apart by these columns.
    pub(crate) async fn by_month(
        &self,
        whose: Whose<'_>,
        days: &RangeInclusive<NaiveDate>,
        columns: &[&str],
    ) -> Result<Sums, Error> {
        let mut sums = Sums::new();
        let (days, month_of_day) = (self.within(days), "substr(posted_on, 1, 7)");
        if days.is_empty() {
            return Ok(sums);
        }
        let of_production = |column: &&str| ["production", PERSON, KEY].contains(column);
        let by_production = whose.production.is_some() || columns.iter().any(of_production);
        if self.source != PnlSource::Sums || by_production {
            let mut table = self.source.table("pnl_production", labelled(whose, columns));
            if columns.iter().any(|column| [PERSON, KEY].contains(column)) {
                table = with_askers(&table).into();
            }
            let rows = Rows { table, time: month_of_day, at: "posted_on" };
            rows.read(self.read, whose, &days, columns, &mut sums).await?;
            return Ok(sums);
        }
        let (months, edges) = split(&days, self.booked.as_ref());
        if let Some(months) = months {
            let rows = Rows { table: "pnl_month".into(), time: "month", at: "month" };
            rows.read(self.read, whose, &months, columns, &mut sums).await?;
        }
        let rows = Rows { table: "pnl_day".into(), time: month_of_day, at: "posted_on" };
        for days in edges {
            rows.read(self.read, whose, &days, columns, &mut sums).await?;
        }
        Ok(sums)
    }

    /// Sums of each customer and day, apart by these columns.
    pub(crate) async fn by_day(
        &self,
        whose: Whose<'_>,
        days: &RangeInclusive<NaiveDate>,
        columns: &[&str],
    ) -> Result<Sums, Error> {
        let (mut sums, days) = (Sums::new(), self.within(days));
        if !days.is_empty() {
            let table = if whose.production.is_some() { "pnl_production" } else { "pnl_day" };
            let table = self.source.table(table, labelled(whose, columns));
            let rows = Rows { table, time: "posted_on", at: "posted_on" };
            rows.read(self.read, whose, &days, columns, &mut sums).await?;
        }
        Ok(sums)
    }
}

/// Whether anybody asks of which kind calls were.
fn labelled(whose: Whose<'_>, columns: &[&str]) -> bool {
    whose.step.is_some() || columns.iter().any(|column| LABELS.contains(column))
}

/// Sums of productions with who asked for each.
fn with_askers(productions: &str) -> String {
    format!(
        "(SELECT r.*, COALESCE(p.member_id, '') AS {PERSON}, COALESCE(p.key_id, '') AS {KEY} FROM {productions} r \
         LEFT JOIN production p ON p.customer_id = r.customer_id AND p.name = r.production) AS asked"
    )
}

/// The whole months of a range, and the days before and after them. A month is whole, too, where nothing was booked before
/// the range or after it: such a range is then read from its months, although its first or last one has days that are
/// not in it.
fn split(
    days: &RangeInclusive<NaiveDate>,
    booked: Option<&RangeInclusive<NaiveDate>>,
) -> (Option<RangeInclusive<Month>>, Vec<RangeInclusive<NaiveDate>>) {
    let month = |day: NaiveDate| billing::time::Timestamp::midnight(day).month();
    let (first, last) = (*days.start(), *days.end());
    if first > last {
        return (None, Vec::new());
    }
    let starts = month(first).start().day() == first || booked.is_some_and(|booked| first <= *booked.start());
    let ends = month(last).last_day() == last || booked.is_some_and(|booked| last >= *booked.end());
    let after = |month: Month| month.end().month();
    let from = if starts { month(first) } else { after(month(first)) };
    let until = if ends { after(month(last)) } else { month(last) };
    if from >= until {
        return (None, vec![first..=last]);
    }
    let before = |month: Month| month.start().day().pred_opt().unwrap_or(first);
    let mut edges = Vec::new();
    if from.start().day() > first {
        edges.push(first..=before(from));
    }
    if until.start().day() <= last {
        edges.push(until.start().day()..=last);
    }
    (Some(from..=month(before(until))), edges)
}

/// A table of sums and its column of time.
struct Rows {
    table: Cow<'static, str>,
    /// What the time of a row is, as the sums are kept by it.
    time: &'static str,
    /// The column that a range narrows.
    at: &'static str,
}

impl Rows {
    async fn read<T: ToString>(
        &self,
        read: &DatabaseTransaction,
        whose: Whose<'_>,
        times: &RangeInclusive<T>,
        columns: &[&str],
        sums: &mut Sums,
    ) -> Result<(), Error> {
        let Self { table, time, at } = self;
        let mut values: Vec<Value> = vec![times.start().to_string().into(), times.end().to_string().into()];
        // What is the same in every row is neither sorted by nor read.
        let account = whose.accounts.filter(|accounts| accounts.len() == 1).and_then(BTreeSet::first);
        let same = |column: &str| match column {
            "customer_id" => whose.customer.map(str::to_owned),
            "account_id" => account.map(AccountId::to_string),
            _ => None,
        };
        let apart = ["customer_id"].iter().chain(columns).filter(|column| same(column).is_none());
        let apart = apart.chain([time]).copied().collect::<Vec<_>>().join(", ");
        let mut text = format!(
            "SELECT {apart} AS time, CAST(sum(tokens) AS BIGINT) AS tokens, \
             CAST(sum(attempts) AS BIGINT) AS calls, CAST(sum(unknown) AS BIGINT) AS unknown, \
             CAST(sum(charged_micros) AS BIGINT) AS charged, CAST(sum(raw_micros) AS BIGINT) AS raw, \
             CAST(sum(top_up_micros) AS BIGINT) AS top_ups, CAST(sum(failed) AS BIGINT) AS failed, \
             CAST(sum(failed_unknown) AS BIGINT) AS failed_unknown, \
             CAST(sum(failed_charged_micros) AS BIGINT) AS failed_charged, \
             CAST(sum(failed_raw_micros) AS BIGINT) AS failed_raw FROM {table} WHERE {at} >= $1 AND {at} <= $2"
        );
        let kind = whose.step.and_then(|step| step.kind).as_ref().map(to_word).transpose()?;
        for (column, value) in [
            ("customer_id", whose.customer),
            ("production", whose.production),
            ("stage", whose.step.map(|step| step.stage.as_str())),
            ("kind", kind.as_deref()),
        ] {
            if let Some(value) = value {
                values.push(value.into());
                let _ = write!(text, " AND {column} = ${}", values.len());
            }
        }
        narrow(&mut text, &mut values, "account_id", whose.accounts);
        let _ = write!(text, " GROUP BY {apart}");
        let rows = Statement::from_sql_and_values(read.get_database_backend(), text, values);
        for row in read.query_all_raw(rows).await? {
            let cell = |column: &str| same(column).map_or_else(|| row.try_get("", column), Ok);
            let texts = columns.iter().map(|column| cell(column)).collect::<Result<_, _>>()?;
            let key = (cell("customer_id")?, row.try_get("", "time")?, texts);
            sums.entry(key).or_default().add(&Figures::of(&row)?);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts_of(first: &str, last: &str, booked: Option<(&str, &str)>) -> Vec<String> {
        let days = |first: &str, last: &str| first.parse().unwrap()..=last.parse().unwrap();
        let booked = booked.map(|(first, last)| days(first, last));
        let (whole, edges) = split(&days(first, last), booked.as_ref());
        let edges = edges.iter().map(|days| format!("{}..{}", days.start(), days.end()));
        whole.iter().map(|months| format!("{}..{}", months.start(), months.end())).chain(edges).collect()
    }

    #[test]
    fn a_range_is_whole_months_and_the_days_around_them() {
        let parts = |first, last| parts_of(first, last, None);
        assert_eq!(parts("2026-09-01", "2026-10-31"), ["2026-09..2026-10"]);
        assert_eq!(
            parts("2026-08-31", "2026-11-01"),
            ["2026-09..2026-10", "2026-08-31..2026-08-31", "2026-11-01..2026-11-01"]
        );
        assert_eq!(parts("2026-10-02", "2026-10-31"), ["2026-10-02..2026-10-31"]);
        assert_eq!(parts("2026-10-02", "2026-11-29"), ["2026-10-02..2026-11-29"]);
        assert_eq!(parts("2026-02-01", "2026-02-28"), ["2026-02..2026-02"]);
        assert_eq!(parts("2026-01-15", "2026-02-28"), ["2026-02..2026-02", "2026-01-15..2026-01-31"]);
        assert_eq!(parts("2026-10-02", "2026-10-01"), [""; 0]);
    }

    #[test]
    fn a_month_is_whole_where_nothing_was_booked_before_the_range_or_after_it() {
        let booked = Some(("2025-11-25", "2026-11-25"));
        let parts = |first, last| parts_of(first, last, booked);
        assert_eq!(parts("2025-11-25", "2026-11-25"), ["2025-11..2026-11"]);
        assert_eq!(parts("2025-11-26", "2026-11-25"), ["2025-12..2026-11", "2025-11-26..2025-11-30"]);
        assert_eq!(parts("2025-11-25", "2026-11-24"), ["2025-11..2026-10", "2026-11-01..2026-11-24"]);
        assert_eq!(parts("2026-11-02", "2026-11-25"), ["2026-11-02..2026-11-25"]);
        assert_eq!(parts("2025-11-25", "2025-11-25"), ["2025-11-25..2025-11-25"]);
        assert_eq!(
            parts_of("2026-11-03", "2026-11-09", Some(("2026-11-03", "2026-11-09"))),
            ["2026-11..2026-11"]
        );
    }
}
