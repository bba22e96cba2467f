//! Usage in words and numbers.

use super::{
    report::{UsagePageView, UsageQuery},
    report_rows::{charges, refused, sheet},
    report_table::UsageTable,
};
use crate::{
    AppError,
    format::Format,
    frame::FrameView,
    production::on_the_server::account_choices,
    reader::Reader,
    sheet::Sheet,
    ui::{Choice, Figure, Pages},
};
use billing::{id::AccountId, time::Timestamp};
use chrono::{Days, NaiveDate};
use engine::{
    Engine,
    allowance::{Usage, UsageBy, UsageRange, UsageReport},
};
use std::{mem, ops::RangeInclusive};

/// Lines on one page.
const PAGE: usize = 50;
/// Refusals that the page lists.
const REFUSALS: u64 = 100;
/// The ranges by their words in the address.
const RANGES: [(&str, &str); 4] =
    [("cycle", "This cycle"), ("last", "Last cycle"), ("90", "90 days"), ("custom", "Custom")];
/// What can be added up: its word in the address, its tab, the name of its column.
const TABS: [(&str, &str, &str, UsageBy); 6] = [
    ("step", "By step", "Step", UsageBy::Step),
    ("kind", "By kind", "Kind", UsageBy::Kind),
    ("production", "By production", "Production", UsageBy::Production),
    ("account", "By account", "Account", UsageBy::Account),
    ("person", "By person", "Person", UsageBy::Person),
    ("key", "By API key", "API key", UsageBy::Key),
];
/// The tab of who was turned away.
const REFUSED: &str = "refused";

/// What was asked, checked.
struct Asked {
    range: &'static str,
    days: RangeInclusive<NaiveDate>,
    account: Option<AccountId>,
    by: &'static str,
    page: usize,
}

impl Asked {
    async fn of(
        query: &UsageQuery,
        engine: &Engine,
        usage: &Usage,
        reader: &Reader,
    ) -> Result<Self, AppError> {
        let invalid = |field: &str, message: &str| AppError::Invalid {
            field: field.to_owned(),
            message: message.to_owned(),
        };
        let today = usage.capacity.as_of.day();
        let wanted = query.range.as_deref().unwrap_or("cycle");
        let known = RANGES.into_iter().map(|(word, _)| word).find(|word| *word == wanted);
        let range = known.ok_or_else(|| invalid("range", "The address names no range that there is"))?;
        let start = usage.cycle_starts_at.unwrap_or_else(|| usage.capacity.as_of.month().start());
        let day = |text: &Option<String>, field: &str| {
            let text = text.as_deref().unwrap_or_default();
            text.parse().map_err(|_| invalid(field, "A day is written like 2026-11-22"))
        };
        let days = match range {
            "last" => {
                let before = engine.cycle_before(reader.member.customer, start).await?;
                before.day()..=start.day().pred_opt().unwrap_or(today)
            }
            "90" => today.checked_sub_days(Days::new(89)).unwrap_or(today)..=today,
            "custom" => day(&query.from, "from")?..=day(&query.to, "to")?,
            _ => start.day()..=today,
        };
        if days.is_empty() {
            return Err(invalid("to", "The last day comes before the first"));
        }
        let account = query.account.as_deref().map(str::parse).transpose();
        let wanted = query.by.as_deref().unwrap_or("step");
        let by = TABS.into_iter().map(|(word, ..)| word).chain([REFUSED]).find(|word| *word == wanted);
        Ok(Self {
            range,
            days,
            account: account.map_err(|_| invalid("account", "The address names no account that there is"))?,
            by: by.ok_or_else(|| invalid("by", "The address names nothing that can be added up"))?,
            page: Pages::asked(query.page.as_deref())?,
        })
    }

    /// The address of the same with other parts, `path` being the page or its table.
    fn address(&self, path: &str, range: &str, by: &str) -> String {
        let mut parts = Vec::new();
        if range != "cycle" {
            parts.push(format!("range={range}"));
        }
        if range == "custom" {
            parts.push(format!("from={}&to={}", self.days.start(), self.days.end()));
        }
        parts.extend(self.account.map(|account| format!("account={account}")));
        if by != "step" {
            parts.push(format!("by={by}"));
        }
        if parts.is_empty() { path.to_owned() } else { format!("{path}?{}", parts.join("&")) }
    }

    /// The address of another page of the same lines.
    fn turned_to(&self, page: usize) -> String {
        let address = self.address("/usage", self.range, self.by);
        match page {
            1 => address,
            _ if address.contains('?') => format!("{address}&page={page}"),
            _ => format!("{address}?page={page}"),
        }
    }

    fn within(&self) -> std::ops::Range<Timestamp> {
        let midnight = Timestamp::midnight;
        midnight(*self.days.start())..midnight(self.days.end().succ_opt().unwrap_or(*self.days.end()))
    }
}

impl UsagePageView {
    /// What was asked, as this reader sees it.
    pub async fn load(engine: &Engine, query: &UsageQuery, reader: &Reader) -> Result<Self, AppError> {
        let (asked, mut view) = Self::whole(engine, query, reader).await?;
        if let UsageTable::Charges { rows, .. } = &mut view.table {
            let (all, at) = (mem::take(rows), (asked.page, PAGE));
            (*rows, view.pages) = Pages::cut(all, at, "Lines", reader.format, |page| asked.turned_to(page));
        }
        Ok(view)
    }

    /// The same for a program.
    pub async fn sheet(engine: &Engine, query: &UsageQuery, reader: &Reader) -> Result<Sheet, AppError> {
        Ok(sheet(&Self::whole(engine, query, reader).await?.1))
    }

    /// The same with every line.
    async fn whole(engine: &Engine, query: &UsageQuery, reader: &Reader) -> Result<(Asked, Self), AppError> {
        let (member, format) = (&reader.member, reader.format);
        let usage = engine.usage(member.customer).await?;
        let asked = Asked::of(query, engine, &usage, reader).await?;
        let accounts = engine.accounts_of(member).await?;
        let range = UsageRange { days: asked.days.clone(), account: asked.account };
        let tab = TABS.into_iter().find(|(word, ..)| *word == asked.by);
        let by = tab.map_or(UsageBy::Step, |(.., by)| by);
        let report = engine.usage_report(member, &range, by).await?;
        let mut refusals = engine.refusals(member, Some(asked.within()), REFUSALS).await?;
        refusals.retain(|line| asked.account.is_none_or(|account| account == line.account));
        let table = match tab {
            Some((_, _, head, by)) => charges(&report, head, by, format),
            None => UsageTable::Refused(refused(&refusals, &accounts, reader)),
        };
        let (first, last) = (format.date(*asked.days.start()), format.date(*asked.days.end()));
        let view = Self {
            facts: vec![
                member.customer_name.clone(),
                format!("{first} – {last}"),
                format!("as of {}", format.instant(usage.capacity.as_of)),
            ],
            figures: figures(&asked, &report, &usage, format),
            ranges: ranges(&asked),
            days: (asked.days.start().to_string(), asked.days.end().to_string()),
            accounts: account_choices(&accounts, asked.account),
            by: asked.by.to_owned(),
            tabs: tabs(&asked, refusals.len(), format),
            table,
            pages: None,
            csv: asked.address("/usage.csv", asked.range, asked.by),
            frame: FrameView::of(&usage, engine.is_sandbox(), reader).with_notice().await?,
        };
        Ok((asked, view))
    }
}

fn ranges(asked: &Asked) -> Vec<Choice> {
    let choice = |(word, words): (&str, &str)| Choice {
        value: asked.address("/usage", word, asked.by),
        words: words.to_owned(),
        chosen: asked.range == word,
    };
    RANGES.map(choice).to_vec()
}

fn tabs(asked: &Asked, refusals: usize, format: &Format) -> Vec<Choice> {
    let choice = |word: &str, words: String| Choice {
        value: asked.address("/usage", asked.range, word),
        words,
        chosen: asked.by == word,
    };
    let refused = format!("Turned away {}", format.count(i128::try_from(refusals).unwrap_or(i128::MAX)));
    let tabs = TABS.into_iter().map(|(word, words, ..)| choice(word, words.to_owned()));
    tabs.chain([choice(REFUSED, refused)]).collect()
}

fn figures(asked: &Asked, report: &UsageReport, usage: &Usage, format: &Format) -> Vec<Figure> {
    let figure = |name: &str, amount: String, under: String| Figure { name: name.to_owned(), amount, under };
    let used = figure(
        "Used",
        format.tokens(report.total),
        format.counted(report.productions, "production", "productions"),
    );
    let capacity = &usage.capacity;
    if asked.range != "cycle" {
        let days = (*asked.days.end() - *asked.days.start()).num_days() + 1;
        let mean = i128::from(report.total.get()) / i128::from(days.max(1));
        let over = format.counted(days.unsigned_abs(), "day", "days");
        return vec![used, figure("A day", format.count(mean), format!("the mean of {over}"))];
    }
    let refreshes = capacity.allowance.refreshes_at.map(|at| format!(", refreshes {}", format.day(at)));
    let of = format!("of {}{}", format.tokens(capacity.allowance.granted), refreshes.unwrap_or_default());
    let (runs_out, pace) = match usage.forecast {
        Some(forecast) => {
            (format.day(forecast.runs_out_at), format!("at {} tokens a day", format.tokens(forecast.per_day)))
        }
        None => ("–".to_owned(), "not foreseen before the refresh".to_owned()),
    };
    vec![
        used,
        figure(
            "Held",
            format.tokens(capacity.held()),
            format.counted(usage.running, "running production", "running productions"),
        ),
        figure("Left", format.tokens(capacity.left()), of),
        figure("Runs out", runs_out, pace),
    ]
}
