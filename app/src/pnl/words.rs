//! A P&L in words and numbers.

use super::{
    Asked, Calendar, CoverageView, PnlPageQuery, PnlPageView, PnlTable, PositionView, Whose,
    figures::figures,
    filters::{filters, tabs},
    pictures, range, rows,
};
use crate::{AppError, format::Format, frame::FrameView, reader::Reader, sheet::Sheet, ui::Stop};
use billing::{
    pnl::{Failed, Lens, Pnl},
    team::{Permission, Scope},
    time::Span,
};
use chrono::NaiveDate;
use engine::{
    Engine,
    allowance::Usage,
    customer::AccountLine,
    pnl::{PnlQuery, PnlReport},
    team::Member,
};
use std::ops::RangeInclusive;

/// A P&L, and what stands beside its figures.
#[derive(Clone, Debug)]
pub struct Statement {
    /// What was asked.
    pub asked: Asked,
    /// The figures.
    pub report: PnlReport,
    /// What of them is today's, where the range has today.
    pub today: Option<Pnl>,
    /// What people call the production that it is narrowed to.
    pub production: Option<String>,
    /// The accounts in reach.
    pub accounts: Vec<AccountLine>,
}

impl Statement {
    async fn load(
        engine: &Engine,
        query: &PnlPageQuery,
        platform: bool,
        usage: &Usage,
        reader: &Reader,
    ) -> Result<Self, AppError> {
        let member = &reader.member;
        let all = member.may(Permission::SeeCost, Scope::Customer(member.customer));
        let (whose, calendar) = if platform {
            (Whose::Platform, months(usage))
        } else {
            (if all { Whose::Customer } else { Whose::Accounts }, cycles(engine, usage, member).await?)
        };
        let asked = Asked::of(&query.clone().given(), whose, calendar)?;
        let report = ask(engine, member, whose, &asked.query()).await?;
        let today = asked.days.contains(&asked.today).then_some(asked.today);
        let today = match today {
            Some(day) => {
                Some(ask(engine, member, whose, &PnlQuery { days: day..=day, ..asked.query() }).await?.total)
            }
            None => None,
        };
        let production = match asked.production.as_deref().filter(|name| !name.is_empty()) {
            // What is out of reach or unknown is no production without figures.
            Some(name) => Some(engine.production_title(member, name, asked.account).await?),
            None => None,
        };
        let accounts = if platform { Vec::new() } else { engine.accounts_of(member).await? };
        Ok(Self { asked, report, today, production, accounts })
    }

    /// What it is called.
    fn title(&self) -> String {
        if let Some(step) = self.step_name() {
            return format!("Step P&L · {step}");
        }
        match (self.asked.whose, self.account(), self.production()) {
            (_, _, Some(production)) if self.asked.production.as_deref() == Some("") => production,
            (_, _, Some(production)) => format!("Production P&L · {production}"),
            (_, Some(account), None) => format!("Account P&L · {account}"),
            (whose, None, None) => top(whose).to_owned(),
        }
    }

    /// The account's name, where it is narrowed to one.
    fn account(&self) -> Option<String> {
        let id = self.asked.account?;
        let known = self.accounts.iter().find(|account| account.id == id);
        Some(known.map_or_else(|| id.to_string(), |account| account.name.clone()))
    }

    /// The production's name, where it is narrowed to one.
    fn production(&self) -> Option<String> {
        match self.asked.production.as_deref()? {
            "" => Some("Outside productions".to_owned()),
            name => Some(self.production.clone().unwrap_or_else(|| name.to_owned())),
        }
    }

    /// The step's name, where it is narrowed to one.
    pub(super) fn step_name(&self) -> Option<String> {
        self.asked.step.as_ref().map(|step| rows::step_name(&step.stage, step.kind))
    }

    /// The pages above it, and itself; empty at the top.
    fn trail(&self) -> Vec<Stop> {
        let asked = &self.asked;
        let stop = |words: String, there: Asked| Stop { words, address: Some(there.address(asked.path())) };
        let whole = asked.at(|other| (other.account, other.production, other.step) = (None, None, None));
        let account = asked.at(|other| (other.production, other.step) = (None, None));
        let production = asked.at(|other| other.step = None);
        let all_steps = Asked { by: "step", ..production.clone() };
        let mut stops = vec![stop(top(asked.whose).to_owned(), whole)];
        stops.extend(self.account().map(|name| stop(name, account)));
        stops.extend(self.production().map(|name| stop(name, production)));
        if let Some(step) = self.step_name() {
            stops.extend([stop("Steps".to_owned(), all_steps), stop(step, asked.clone())]);
        }
        if let Some(last) = stops.last_mut() {
            last.address = None;
        }
        if stops.len() > 1 { stops } else { Vec::new() }
    }

    fn facts(&self, reader: &Reader) -> Vec<String> {
        let format = reader.format;
        let whose = match self.asked.whose {
            Whose::Platform => "All customers".to_owned(),
            Whose::Customer | Whose::Accounts => reader.member.customer_name.clone(),
        };
        vec![
            whose,
            self.report.currency.code().to_owned(),
            dates(&self.asked.days, format),
            format!("as of {}", format.instant(self.report.as_of)),
        ]
    }
}

fn dates(days: &RangeInclusive<NaiveDate>, format: &Format) -> String {
    format!("{} – {}", format.date(*days.start()), format.date(*days.end()))
}

const fn top(whose: Whose) -> &'static str {
    match whose {
        Whose::Platform => "Platform P&L",
        Whose::Customer => "Customer P&L",
        Whose::Accounts => "Accounts P&L",
    }
}

async fn ask(
    engine: &Engine,
    member: &Member,
    whose: Whose,
    query: &PnlQuery,
) -> Result<PnlReport, AppError> {
    let report = match whose {
        Whose::Platform => engine.platform_pnl(member, query).await,
        Whose::Customer | Whose::Accounts => engine.pnl(member, query).await,
    };
    Ok(report?)
}

/// This cycle and the one before, as Usage has them.
async fn cycles(engine: &Engine, usage: &Usage, member: &Member) -> Result<Calendar, AppError> {
    let start = usage.cycle_starts_at.unwrap_or_else(|| usage.capacity.as_of.month().start());
    let last = engine.cycle_before(member.customer, start).await?;
    Ok(Calendar { today: usage.capacity.as_of.day(), cycle_from: start.day(), last_from: last.day() })
}

/// This calendar month and the one before: the platform has no cycle.
fn months(usage: &Usage) -> Calendar {
    let start = usage.capacity.as_of.month().start();
    let last = start.before(Span::micros(1)).month().start();
    Calendar { today: usage.capacity.as_of.day(), cycle_from: start.day(), last_from: last.day() }
}

impl PnlPageView {
    /// What was asked of the accounts in reach, as this reader sees it.
    pub async fn load(engine: &Engine, query: &PnlPageQuery, reader: &Reader) -> Result<Self, AppError> {
        Self::read(engine, query, false, reader).await
    }

    /// What was asked of the platform.
    pub async fn load_platform(
        engine: &Engine,
        query: &PnlPageQuery,
        reader: &Reader,
    ) -> Result<Self, AppError> {
        Self::read(engine, query, true, reader).await
    }

    async fn read(
        engine: &Engine,
        query: &PnlPageQuery,
        platform: bool,
        reader: &Reader,
    ) -> Result<Self, AppError> {
        let usage = engine.usage(reader.member.customer).await?;
        let statement = Statement::load(engine, query, platform, &usage, reader).await?;
        Self::of(&statement, FrameView::of(&usage, engine.is_sandbox(), reader), reader)
    }

    /// The page of this statement.
    pub fn of(statement: &Statement, frame: FrameView, reader: &Reader) -> Result<Self, AppError> {
        let (format, asked) = (reader.format, &statement.asked);
        let production = asked.production.as_deref().filter(|name| !name.is_empty());
        Ok(Self {
            frame,
            platform: asked.whose == Whose::Platform,
            title: statement.title(),
            trail: statement.trail(),
            facts: statement.facts(reader),
            receipt: production.map(|name| format!("/productions/{name}")),
            csv: Asked { page: 1, ..asked.clone() }.address(&format!("{}.csv", asked.path())),
            filters: filters(statement),
            figures: figures(&statement.report, asked.basis, format)?,
            compared: format!("Compared with {}.", dates(&range::days_before(&asked.days), format)),
            over_time: pictures::over_time(statement, format)?,
            to_margin: pictures::to_margin(statement, format)?,
            tabs: tabs(asked),
            table: PnlTable::of(statement, format)?,
            note: note(&statement.report, format),
            coverage: CoverageView::of(statement, format)?,
            position: PositionView::of(statement, format),
        })
    }
}

/// Every line of what was asked, for a program.
pub async fn pnl_sheet(engine: &Engine, query: &PnlPageQuery, reader: &Reader) -> Result<Sheet, AppError> {
    let usage = engine.usage(reader.member.customer).await?;
    Statement::load(engine, query, false, &usage, reader).await?.sheet(reader.format)
}

/// The same of the platform.
pub async fn platform_pnl_sheet(
    engine: &Engine,
    query: &PnlPageQuery,
    reader: &Reader,
) -> Result<Sheet, AppError> {
    let usage = engine.usage(reader.member.customer).await?;
    Statement::load(engine, query, true, &usage, reader).await?.sheet(reader.format)
}

impl Statement {
    /// Every line, for a program.
    pub fn sheet(&self, format: &Format) -> Result<Sheet, AppError> {
        rows::sheet(self, format)
    }
}

fn note(report: &PnlReport, format: &Format) -> String {
    let revenue = "Revenue is before tax: an account’s is its share of the subscription by tokens used, and the top-ups that it has used.";
    let cost = match report.lens {
        Lens::CustomerFacing => "AI cost counts every call, at customer-facing rates.",
        Lens::Raw => {
            "AI cost counts every call at what providers charge; the margin is on that. The markup stands beside it."
        }
    };
    let missing = report.total.unknown > 0 || report.total.untranslated;
    let shares = if missing { " Sums and shares are of what is known." } else { "" };
    let failed = failed_words(&report.total.failed, format).map(|words| format!(" {words}"));
    format!("{revenue} {cost}{}{shares}", failed.unwrap_or_default())
}

/// 5.18: what failed attempts cost, of all.
fn failed_words(failed: &Failed, format: &Format) -> Option<String> {
    if failed.calls == 0 {
        return None;
    }
    let attempts = format.counted(failed.calls.unsigned_abs(), "failed attempt", "failed attempts");
    let cost = failed.cost().map(|cost| format.cost(cost));
    Some(match (cost, failed.unknown) {
        (Some(cost), 0) => format!("Of it, {cost} went to {attempts}, which take no tokens."),
        (Some(cost), unknown) => format!(
            "Of it, {cost} is known to have gone to {attempts}, which take no tokens; of {} the cost is not known.",
            format.count(unknown)
        ),
        (None, _) => format!("It has {attempts} of unknown cost, which take no tokens."),
    })
}
