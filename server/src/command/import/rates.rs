//! Exchange rates as the European Central Bank publishes them: `Date,USD,JPY,…`, one line a day, `N/A` where there is none.

use super::decimal;
use billing::{money::Currency, pnl::ExchangeRates, time::day as day_of};
use chrono::NaiveDate;
use engine::pnl::ImportedRates;
use std::fmt::Write;

/// How many rates that stayed what they were are named one by one.
const NAMED: usize = 20;

/// A list that was read.
#[derive(Clone, Debug, Default)]
pub struct RateList {
    /// The rates.
    pub rates: ExchangeRates,
    /// Days of the list.
    days: usize,
    /// Columns of currencies that nobody is billed in.
    ignored: Vec<String>,
    /// Days on which a billed currency has no rate, by currency.
    missing: Vec<(Currency, usize)>,
    /// Rates that say more than a micro-unit.
    rounded: Vec<(Currency, NaiveDate, String)>,
}

/// Reads the list; what is wrong with it is said with its line.
pub fn read(text: &str) -> Result<RateList, String> {
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let header = reader.headers().map_err(|error| error.to_string())?.clone();
    if header.get(0) != Some("Date") {
        return Err("expected a first line of Date and currencies, such as Date,USD,JPY,GBP".to_owned());
    }
    let (mut list, mut columns) = (RateList::default(), Vec::new());
    for (at, name) in header.iter().enumerate().skip(1).filter(|(_, name)| !name.is_empty()) {
        match name.parse::<Currency>() {
            Ok(Currency::Eur) => return Err("rates are for one euro, so the euro has no column".to_owned()),
            Ok(currency) => columns.push((at, currency)),
            Err(_) => list.ignored.push(name.to_owned()),
        }
    }
    if columns.is_empty() {
        return Err("none of its currencies is billed in".to_owned());
    }
    list.missing = columns.iter().map(|(_, currency)| (*currency, 0)).collect();
    for (number, record) in (2..).zip(reader.records()) {
        let record = record.map_err(|error| error.to_string())?;
        list.take(&record, &columns).map_err(|what| format!("line {number}: {what}"))?;
    }
    if list.days == 0 {
        return Err("it has no day".to_owned());
    }
    Ok(list)
}

impl RateList {
    fn take(&mut self, record: &csv::StringRecord, columns: &[(usize, Currency)]) -> Result<(), String> {
        let day = record.get(0).unwrap_or_default();
        let day = day_of(day).map_err(|_| format!("{day:?} is no day such as 2026-10-30"))?;
        self.days += 1;
        for (column, (at, currency)) in columns.iter().enumerate() {
            let text = record.get(*at).unwrap_or_default();
            if matches!(text, "" | "N/A") {
                self.missing[column].1 += 1;
                continue;
            }
            let rate = decimal::parse(text).and_then(|rate| decimal::scaled(rate, 6));
            let Some((micros, rounded)) = rate.filter(|(micros, _)| *micros > 0) else {
                return Err(format!("{text:?} is no rate of {currency}"));
            };
            if self.rates.of_day(*currency, day).is_some_and(|known| known != micros) {
                return Err(format!("{day} has two rates of {currency}"));
            }
            self.rates.insert(*currency, day, micros);
            if rounded {
                self.rounded.push((*currency, day, text.to_owned()));
            }
        }
        Ok(())
    }
}

/// What was imported, what was not, and why.
pub(super) fn report(list: &RateList, imported: &ImportedRates) -> String {
    let mut text = String::new();
    for (currency, day, other) in imported.kept.iter().take(NAMED) {
        let _ =
            writeln!(text, "kept      {currency} of {day} stays {other} micro-units: rates are never edited");
    }
    if imported.kept.len() > NAMED {
        let _ = writeln!(text, "kept      and {} more", imported.kept.len() - NAMED);
    }
    for (currency, day, written) in &list.rounded {
        let _ = writeln!(text, "rounded   {currency} of {day}: {written}, to a micro-unit");
    }
    for (currency, days) in list.missing.iter().filter(|(_, days)| *days > 0) {
        let _ = writeln!(text, "missing   {currency} on {days} of {} days", list.days);
    }
    if !list.ignored.is_empty() {
        let _ = writeln!(text, "ignored   {} (nobody is billed in them)", list.ignored.join(" "));
    }
    let _ = writeln!(
        text,
        "rates     {} days: {} added, {} known, {} kept as they were",
        list.days,
        imported.added,
        imported.unchanged,
        imported.kept.len()
    );
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c2_rates_are_read_to_the_micro_unit() {
        let list = read("Date,USD,JPY,CYP,\n2026-10-30,1.1172,175.68,N/A,\n2026-10-29,1.12345678,N/A,N/A,\n")
            .unwrap();
        let of = |currency, day: &str| list.rates.of_day(currency, day.parse().unwrap());
        assert_eq!(of(Currency::Usd, "2026-10-30"), Some(1_117_200));
        assert_eq!(of(Currency::Jpy, "2026-10-30"), Some(175_680_000));
        assert_eq!(
            (of(Currency::Usd, "2026-10-29"), of(Currency::Jpy, "2026-10-29")),
            (Some(1_123_457), None)
        );
        let said = report(&list, &ImportedRates { added: 3, ..ImportedRates::default() });
        for line in [
            "rounded   USD of 2026-10-29: 1.12345678",
            "missing   JPY on 1 of 2 days",
            "ignored   CYP",
            "3 added",
        ] {
            assert!(said.contains(line), "{line}: {said}");
        }
    }

    #[test]
    fn what_is_no_list_of_rates_is_said_with_its_line() {
        for (bad, what) in [
            ("", "first line"),
            ("USD,JPY\n1,2\n", "first line"),
            ("Date,CYP\n2026-10-30,1\n", "none of its currencies"),
            ("Date,EUR\n2026-10-30,1\n", "euro"),
            ("Date,USD\n", "no day"),
            ("Date,USD\n30.10.2026,1\n", "line 2"),
            ("Date,USD\n2026-10-30,1\n2026-10-29,0\n", "line 3"),
            ("Date,USD\n2026-10-30,-1\n", "no rate"),
            ("Date,USD\n2026-10-30,NaN\n", "no rate"),
            ("Date,USD\n2026-10-30,1\n2026-10-30,2\n", "two rates"),
        ] {
            let error = read(bad).unwrap_err();
            assert!(error.contains(what), "{bad:?}: {error}");
        }
    }
}
