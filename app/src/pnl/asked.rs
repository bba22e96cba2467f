//! What was asked, checked; and the addresses that ask for something else.

use super::{
    PnlPageQuery,
    range::{self, Calendar, RANGES},
};
use crate::{AppError, ui::Pages};
use billing::{
    id::{AccountId, ProductionName},
    money::Currency,
    pnl::Basis,
    production::Kind,
};
use chrono::NaiveDate;
use engine::pnl::{PnlBy, PnlQuery, PnlStep};
use std::ops::RangeInclusive;

/// Whose P&L it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// Every customer's.
    Platform,
    /// One customer's, with all its accounts.
    Customer,
    /// Some accounts' of a customer.
    Accounts,
}

/// What can be added up: its word in the address, its tab, the name of its column.
pub(super) const TABS: [(&str, &str, &str, PnlBy); 6] = [
    ("customer", "By customer", "Customer", PnlBy::Customer),
    ("account", "By account", "Account", PnlBy::Account),
    ("production", "By production", "Production", PnlBy::Production),
    ("step", "By step", "Step", PnlBy::Step),
    ("production-step", "By production and step", "Production and step", PnlBy::ProductionStep),
    ("model", "By model", "Model", PnlBy::Model),
];
/// The columns that lines can be sorted by.
pub(super) const COLUMNS: [&str; 7] = ["name", "revenue", "cost", "failed", "margin", "rate", "tokens"];
/// The word for calls of no step, in the address.
const OF_NO_STEP: &str = "none";
/// The words of the two views of revenue, in the address and on the page.
pub(super) const BASES: [(&str, &str, Basis); 2] =
    [("recognised", "Recognised", Basis::Recognised), ("invoiced", "Invoiced", Basis::Invoiced)];

/// What was asked, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub(super) whose: Whose,
    pub(super) today: NaiveDate,
    pub(super) range: &'static str,
    pub(super) days: RangeInclusive<NaiveDate>,
    /// The account that it is narrowed to.
    pub(super) account: Option<AccountId>,
    /// The production that it is narrowed to; empty for what was done outside productions.
    pub(super) production: Option<String>,
    /// The step that it is narrowed to.
    pub(super) step: Option<PnlStep>,
    pub(super) by: &'static str,
    pub(super) basis: Basis,
    pub(super) currency: Option<Currency>,
    /// A column, and whether the largest come first.
    pub(super) sort: (&'static str, bool),
    /// From 1 on.
    pub(super) page: usize,
}

pub(super) fn invalid(field: &str, message: &str) -> AppError {
    AppError::Invalid { field: field.to_owned(), message: message.to_owned() }
}

fn word(
    field: &str,
    asked: &str,
    known: impl IntoIterator<Item = &'static str>,
) -> Result<&'static str, AppError> {
    let found = known.into_iter().find(|known| *known == asked);
    found.ok_or_else(|| invalid(field, &format!("The address names no {field} that there is")))
}

impl Asked {
    /// What the address asks for; what nothing knows is said so.
    pub fn of(query: &PnlPageQuery, whose: Whose, calendar: Calendar) -> Result<Self, AppError> {
        let range = query.range.as_deref().unwrap_or("cycle");
        let range = word("range", range, RANGES.map(|(word, ..)| word))?;
        let account = query.account.as_deref().filter(|_| whose != Whose::Platform);
        let account = account.map(str::parse).transpose();
        let basis = query.basis.as_deref().unwrap_or("recognised");
        let basis = word("basis", basis, BASES.map(|(word, ..)| word))?;
        let currency = query.currency.as_deref().map(str::parse).transpose();
        let (sort, largest_first) = match query.sort.as_deref().unwrap_or("-cost").split_once('-') {
            Some(("", column)) => (column, true),
            _ => (query.sort.as_deref().unwrap_or_default(), false),
        };
        let mut asked = Self {
            whose,
            today: calendar.today,
            range,
            days: range::days(query, range, calendar)?,
            account: account.map_err(|_| invalid("account", "The address names no account that there is"))?,
            production: production(query)?.filter(|_| whose != Whose::Platform),
            step: step(query)?,
            by: "",
            basis: BASES
                .into_iter()
                .find(|(known, ..)| *known == basis)
                .map(|(.., basis)| basis)
                .unwrap_or_default(),
            currency: currency.map_err(|error: billing::money::UnknownCurrency| {
                invalid("currency", &format!("The address names no currency that there is: {error}"))
            })?,
            sort: (word("sort", sort, COLUMNS)?, largest_first),
            page: Pages::asked(query.page.as_deref())?,
        };
        let by = query.by.as_deref().map(|by| word("by", by, TABS.map(|(word, ..)| word))).transpose()?;
        asked.by =
            asked.tabs().find(|tab| Some(*tab) == by).or_else(|| asked.tabs().next()).unwrap_or("step");
        Ok(asked)
    }

    /// What can be added up here, the first unless something else is asked for.
    pub(super) fn tabs(&self) -> impl Iterator<Item = &'static str> + use<> {
        // Of one step, where it was made comes first.
        let words: &[&'static str] = match (self.whose, self.account, &self.production, &self.step) {
            (Whose::Platform, .., None) => &["customer", "step", "model"],
            (Whose::Platform, .., Some(_)) => &["customer", "model"],
            (_, _, Some(_), None) => &["step", "model"],
            (_, _, Some(_), Some(_)) => &["model"],
            (_, Some(_), None, None) => &["production", "step", "production-step", "model"],
            (_, Some(_), None, Some(_)) => &["production", "model"],
            (_, None, None, None) => &["account", "production", "step", "model"],
            (_, None, None, Some(_)) => &["production", "account", "model"],
        };
        words.iter().copied()
    }

    /// What the lines are of.
    pub(super) fn lines_of(&self) -> PnlBy {
        TABS.into_iter().find(|(word, ..)| *word == self.by).map_or(PnlBy::Step, |(.., by)| by)
    }

    /// The page that it is asked of.
    pub(super) const fn path(&self) -> &'static str {
        match self.whose {
            Whose::Platform => "/pnl/platform",
            Whose::Customer | Whose::Accounts => "/pnl",
        }
    }

    /// The same question to the engine.
    #[must_use]
    pub fn query(&self) -> PnlQuery {
        PnlQuery {
            days: self.days.clone(),
            account: self.account,
            production: self.production.clone(),
            step: self.step.clone(),
            by: self.lines_of(),
            currency: self.currency,
        }
    }

    /// What differs from an address without a query.
    pub(super) fn parts(&self) -> Vec<(&'static str, String)> {
        let mut parts = Vec::new();
        let mut part = |name, value: &str| parts.push((name, value.to_owned()));
        if self.range != "cycle" {
            part("range", self.range);
        }
        if self.range == "custom" {
            part("from", &self.days.start().to_string());
            part("to", &self.days.end().to_string());
        }
        if let Some(account) = self.account {
            part("account", &account.to_string());
        }
        match self.production.as_deref() {
            Some("") => part("outside", "true"),
            Some(production) => part("production", production),
            None => {}
        }
        if let Some(step) = &self.step {
            part("stage", if step.stage.is_empty() { OF_NO_STEP } else { &step.stage });
            if let Some(kind) = step.kind {
                part("kind", kind.word());
            }
        }
        if self.tabs().next() != Some(self.by) {
            part("by", self.by);
        }
        if self.basis == Basis::Invoiced {
            part("basis", "invoiced");
        }
        if let Some(currency) = self.currency {
            part("currency", currency.code());
        }
        if self.sort != ("cost", true) {
            part("sort", &format!("{}{}", if self.sort.1 { "-" } else { "" }, self.sort.0));
        }
        if self.page > 1 {
            part("page", &self.page.to_string());
        }
        parts
    }

    /// The address that asks for it, of the page or of its table.
    pub(super) fn address(&self, path: &str) -> String {
        let parts: Vec<String> = self.parts().iter().map(|(name, value)| format!("{name}={value}")).collect();
        if parts.is_empty() { path.to_owned() } else { format!("{path}?{}", parts.join("&")) }
    }

    /// The same, changed and from its first page on.
    pub(super) fn with(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut other = Self { page: 1, ..self.clone() };
        change(&mut other);
        other
    }

    /// One level further down or up: added up by what is first there.
    pub(super) fn at(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut there = self.with(change);
        there.by = there.tabs().next().unwrap_or(there.by);
        there.sort = ("cost", true);
        there
    }
}

fn production(query: &PnlPageQuery) -> Result<Option<String>, AppError> {
    if query.outside.as_deref() == Some("true") {
        return Ok(Some(String::new()));
    }
    let name = query.production.as_deref().map(str::parse::<ProductionName>).transpose();
    let name = name.map_err(|_| AppError::NotFound { what: "production".to_owned() })?;
    Ok(name.map(|name| name.to_string()))
}

/// The step that the address names: by the pipeline's number, and by the kind of call where that says more.
fn step(query: &PnlPageQuery) -> Result<Option<PnlStep>, AppError> {
    let unknown = || invalid("step", "The address names no step that there is");
    let Some(stage) = query.stage.as_deref() else {
        return if query.kind.is_none() { Ok(None) } else { Err(unknown()) };
    };
    let kind = query.kind.as_deref().map(str::parse::<Kind>).transpose().map_err(|_| unknown())?;
    if stage == OF_NO_STEP {
        return Ok(Some(PnlStep { stage: String::new(), kind }));
    }
    if can_be_asked_for(stage) { Ok(Some(PnlStep { stage: stage.to_owned(), kind })) } else { Err(unknown()) }
}

/// Whether a step's number can stand in an address as it is; pipelines name steps as they like.
pub(super) fn can_be_asked_for(stage: &str) -> bool {
    let plain = |letter: u8| letter.is_ascii_alphanumeric() || b"._-".contains(&letter);
    (1..=16).contains(&stage.len()) && stage != OF_NO_STEP && stage.bytes().all(plain)
}
