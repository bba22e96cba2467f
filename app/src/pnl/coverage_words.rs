//! How complete a P&L is, in words.

use super::{
    CoverageView, PositionView, Statement,
    figures::{NOTHING, calls_words},
};
use crate::{AppError, format::Format, production::unknown_words};
use billing::{money::Currency, pnl::Unpriced, time::Month};
use chrono::Datelike;

impl CoverageView {
    /// How complete this statement is.
    pub(super) fn of(statement: &Statement, format: &Format) -> Result<Self, AppError> {
        let (report, total) = (&statement.report, &statement.report.total);
        // Rounded down: all is said only of all.
        let known = total.coverage().map(|share| format.tenths((share / 10).into()));
        let of = match total.unknown {
            0 => format!("all of {}", calls_words(total.calls, format)),
            unknown => format!("all but {} of {}", format.count(unknown), calls_words(total.calls, format)),
        };
        let of = if total.calls == 0 { "no call was made".to_owned() } else { of };
        let gap = |gap: &(Currency, Month)| gap_words(*gap, format);
        let why = |(why, calls): &(Unpriced, i64)| {
            format!("{}: {}", calls_words(*calls, format), unknown_words(*why))
        };
        let missing: Vec<String> =
            report.unpriced.iter().map(why).chain(report.gaps.iter().map(gap)).collect();
        Ok(Self {
            known: (known.unwrap_or_else(|| NOTHING.to_owned()), of),
            settled: settled(statement, format)?,
            summary: summary(statement, format),
            missing,
        })
    }
}

/// Revenue changes as long as its day lasts.
fn settled(statement: &Statement, format: &Format) -> Result<(String, String), AppError> {
    let basis = statement.asked.basis;
    let all = i128::from(statement.report.total.revenue(basis)?.micros());
    let passed = "all revenue of days that have passed is final";
    let Some(today) = &statement.today else {
        let share = if all > 0 { format.tenths(1_000) } else { NOTHING.to_owned() };
        return Ok((share, passed.to_owned()));
    };
    let today = today.revenue(basis)?;
    let share = (all - i128::from(today.micros())).max(0).saturating_mul(1_000).checked_div(all.max(0));
    let share = share.map_or_else(|| NOTHING.to_owned(), |share| format.tenths(share.min(1_000)));
    Ok((share, format!("{passed}; today’s {} is not yet", format.cost(today))))
}

fn summary(statement: &Statement, format: &Format) -> String {
    let report = &statement.report;
    let counted = |count: usize, one, many| {
        (count > 0).then(|| format.counted(u64::try_from(count).unwrap_or(u64::MAX), one, many))
    };
    let calls = usize::try_from(report.total.unknown).unwrap_or_default();
    let parts = [
        counted(calls, "call of unknown cost", "calls of unknown cost"),
        counted(report.gaps.len(), "month without an exchange rate", "months without an exchange rate"),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() { String::new() } else { format!("What is missing: {}", parts.join(", ")) }
}

fn gap_words((currency, month): (Currency, Month), format: &Format) -> String {
    format!("{currency} has no exchange rate for {}", month_words(month, format))
}

/// `November 2026`.
pub(super) fn month_words(month: Month, format: &Format) -> String {
    format!("{} {}", format.month(month.start()), month.start().day().year())
}

impl PositionView {
    /// Where the customer's revenue stands, where the whole of it is looked at.
    pub(super) fn of(statement: &Statement, format: &Format) -> Option<Self> {
        let asked = &statement.asked;
        let position = statement
            .report
            .position
            .filter(|_| asked.account.is_none() && asked.production.is_none() && asked.step.is_none())?;
        let billed_in = position.invoiced.currency();
        let part = |name: &str, amount| (name.to_owned(), format.cost(amount));
        let last = (*asked.days.end()).min(asked.today);
        Some(Self {
            title: format!("Where revenue stands at the end of {}", format.date(last)),
            parts: vec![
                part("Recognised", position.recognised),
                part("Deferred", position.deferred),
                part("Breakage", position.breakage),
            ],
            sum: part("Invoiced, less credited", position.invoiced),
            note: (billed_in != statement.report.currency).then(|| {
                format!(
                    "In {billed_in}, as it is billed: what is deferred is a balance, and no month’s mean rate says it in {}.",
                    statement.report.currency
                )
            }),
        })
    }
}
