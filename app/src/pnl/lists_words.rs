//! The dated lists in words and numbers.

use super::{
    lists::{ListView, ListsPageView, ListsQuery, RatesView},
    lists_book::book_row,
    lists_table::{ChangeRow, ChangesView, RateRow, VersionRow},
};
use crate::{
    AppError,
    format::Format,
    frame::FrameView,
    production::words::{kind_words, line_words, unit_words},
    reader::Reader,
    ui::Tone,
};
use billing::{
    pnl::{
        Standing, Version,
        diff::{MarkupChange, TariffChange},
    },
    time::Timestamp,
};
use chrono::NaiveDate;
use engine::{
    Engine,
    pnl::{CurrencyRates, ListsReport},
};
use std::ops::RangeInclusive;

impl ListsPageView {
    /// Every dated list, as this reader sees it.
    pub async fn load(engine: &Engine, query: &ListsQuery, reader: &Reader) -> Result<Self, AppError> {
        let report = engine.lists_of(&reader.member).await?;
        Self::of(&report, query, FrameView::load(engine, reader).await?, reader)
    }

    /// The page of these lists.
    pub fn of(
        report: &ListsReport,
        query: &ListsQuery,
        frame: FrameView,
        reader: &Reader,
    ) -> Result<Self, AppError> {
        let words = Words { report, format: reader.format };
        Ok(Self {
            frame,
            facts: vec!["All customers".to_owned(), format!("as of {}", reader.format.instant(report.as_of))],
            tariff: words.tariff(),
            prices: words.prices(query)?,
            markup: words.markup(),
            book: words.book(),
            rates: words.rates(),
        })
    }
}

/// What the words are made of.
pub(super) struct Words<'a> {
    pub(super) report: &'a ListsReport,
    pub(super) format: &'a Format,
}

impl Words<'_> {
    fn tariff(&self) -> ListView {
        let row = |change: &TariffChange| {
            let (kind, unit) = change.line;
            let value =
                |line: Option<_>| line.map_or("not listed".to_owned(), |line| line_words(line, self.format));
            ChangeRow {
                line: kind_words(kind).to_owned(),
                under: Some(format!("by {}", unit_words(unit).1)),
                before: value(change.before.as_ref()),
                after: value(change.after.as_ref()),
            }
        };
        let says = |tariff: &billing::allowance::Tariff| {
            let label = self.report.tariff_labels.get(&tariff.version).cloned();
            let lines = self.counted(tariff.lines.len(), "line", "lines");
            label.into_iter().chain([lines]).collect()
        };
        let versions = &self.report.tariffs;
        self.list("Tariff", "Contents", versions, |tariff| (tariff.version, says(tariff)), row).about(
            "What a call takes from the allowance. A production is charged by the tariff that it was admitted under.",
            "No tariff is in force: nothing can be admitted.",
        )
    }

    fn markup(&self) -> ListView {
        let value =
            |points: Option<i64>| points.map_or("none".to_owned(), |points| self.format.basis_points(points));
        let row = |change: &MarkupChange| ChangeRow {
            line: "Markup".to_owned(),
            under: None,
            before: value(change.before),
            after: value(change.after),
        };
        let says = |points| vec![self.format.basis_points(points)];
        let of = |markup: &billing::pnl::MarkupVersion| (markup.version, says(markup.basis_points));
        self.list("Markup", "On top of raw cost", &self.report.markups, of, row).about(
            "What is added to raw cost to make it customer-facing.",
            "No markup is in force: no cost can be computed.",
        )
    }

    fn book(&self) -> ListView {
        let says = |book: &billing::tier::PriceBook| {
            let tiers = self.counted(book.offers.len(), "tier", "tiers");
            let packs = self.counted(book.packs.len(), "pack", "packs");
            vec![book.label.clone(), format!("{tiers}, {packs}")]
        };
        let of = |book: &billing::tier::PriceBook| (book.version, says(book));
        let row = |change: &_| book_row(change, self.format);
        self.list("Price book", "Contents", &self.report.price_books, of, row).about(
            "What plans and packs cost, before tax, and what they include. An order, an invoice and a term keep the version they were made by.",
            "There is no price book: nothing can be sold.",
        )
    }

    /// A list of which each version is one row.
    fn list<T, C>(
        &self,
        title: &str,
        says: &str,
        versions: &[Version<T, C>],
        of: impl Fn(&T) -> (i64, Vec<String>),
        row: impl Fn(&C) -> ChangeRow,
    ) -> ListView {
        let version = |version: &Version<T, C>| {
            let (number, says) = of(&version.value);
            VersionRow {
                name: format!("Version {}", self.format.count(number)),
                under: None,
                from: self.from(version.effective_at),
                state: state(version.standing),
                says,
            }
        };
        let changes = |version: &Version<T, C>| version.changes.iter().map(&row).collect();
        let upcoming = versions.iter().filter(|version| version.standing == Standing::Upcoming);
        let in_force = versions.iter().skip(1).find(|version| version.standing == Standing::InForce);
        ListView {
            title: title.to_owned(),
            about: String::new(),
            says: says.to_owned(),
            versions: versions.iter().rev().map(version).collect(),
            empty: String::new(),
            upcoming: self.upcoming(upcoming.map(|version| (version.effective_at, changes(version)))),
            latest: in_force.map(|version| ChangesView {
                title: format!("What has changed on {}", self.from(version.effective_at)),
                heads: ["Until then".to_owned(), "Today".to_owned()],
                rows: changes(version),
            }),
        }
    }

    /// What will change, day by day. What holds until the first of these days holds today.
    pub(super) fn upcoming(
        &self,
        days: impl Iterator<Item = (Timestamp, Vec<ChangeRow>)>,
    ) -> Vec<ChangesView> {
        let view = |(place, (at, rows)): (usize, (Timestamp, Vec<ChangeRow>))| ChangesView {
            title: format!("What changes on {}", self.from(at)),
            heads: [if place == 0 { "Today" } else { "Until then" }, "From then on"].map(str::to_owned),
            rows,
        };
        days.enumerate().map(view).collect()
    }

    fn rates(&self) -> RatesView {
        let looked_at = match self.report.rates_from {
            Some(first) => format!("Gaps are looked for from {} until today.", self.format.date(first)),
            None => "Nothing is booked yet, so no rate is missing.".to_owned(),
        };
        RatesView {
            about: format!(
                "What a euro is in each currency, day by day. A day without a rate takes the last one of at most five days before; where there is none either, what is in that currency is unknown. {looked_at}"
            ),
            rows: self.report.rates.iter().map(|rates| self.rate_row(rates)).collect(),
        }
    }

    fn rate_row(&self, rates: &CurrencyRates) -> RateRow {
        let missing: i64 = rates.gaps.iter().map(length).sum();
        let state = match (rates.gaps.len(), rates.days) {
            (0, Some(_)) => (Tone::Ok, "None".to_owned()),
            (0, None) => (Tone::Calm, "Nothing needed".to_owned()),
            (_, None) => (Tone::Warn, "No rate at all".to_owned()),
            (gaps, Some(_)) => {
                let (gaps, days) = (self.counted(gaps, "gap", "gaps"), self.day_count(missing));
                (Tone::Warn, format!("{gaps}, {days}"))
            }
        };
        RateRow {
            currency: rates.currency.code().to_owned(),
            days: self.number(rates.days.map_or(0, |days| days.count)),
            span: rates.days.map_or("–".to_owned(), |days| self.days(&(days.first..=days.last))),
            state,
            gaps: rates
                .gaps
                .iter()
                .map(|gap| format!("{}, {}", self.days(gap), self.day_count(length(gap))))
                .collect(),
        }
    }

    /// From when something holds. What holds since before there were days to count holds from the start.
    pub(super) fn from(&self, at: Timestamp) -> String {
        match at {
            _ if at.micros() <= 0 => "the start".to_owned(),
            _ if at == Timestamp::midnight(at.day()) => self.format.date(at.day()),
            _ => self.format.instant(at),
        }
    }

    fn days(&self, days: &RangeInclusive<NaiveDate>) -> String {
        let (first, last) = (self.format.date(*days.start()), self.format.date(*days.end()));
        if first == last { first } else { format!("{first} – {last}") }
    }

    fn day_count(&self, days: i64) -> String {
        self.format.counted(days.unsigned_abs(), "day", "days")
    }

    pub(super) fn counted(&self, count: usize, one: &str, many: &str) -> String {
        self.format.counted(u64::try_from(count).unwrap_or(u64::MAX), one, many)
    }

    pub(super) fn number(&self, count: usize) -> String {
        self.format.count(i128::try_from(count).unwrap_or(i128::MAX))
    }
}

impl ListView {
    /// The same, with what it decides and what is said where it has no version.
    pub(super) fn about(self, about: &str, empty: &str) -> Self {
        Self { about: about.to_owned(), empty: empty.to_owned(), ..self }
    }
}

pub(super) fn state(standing: Standing) -> (Tone, String) {
    let (tone, word) = match standing {
        Standing::Past => (Tone::Calm, "Replaced"),
        Standing::InForce => (Tone::Ok, "In force"),
        Standing::Upcoming => (Tone::Accent, "Upcoming"),
    };
    (tone, word.to_owned())
}

/// How many days a range has.
fn length(days: &RangeInclusive<NaiveDate>) -> i64 {
    (*days.end() - *days.start()).num_days() + 1
}
