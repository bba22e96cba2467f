//! The figures of a P&L in words: what was earned, what it cost, what is left, and how that has changed.

use super::MarginCell;
use crate::{AppError, format::Format, ui::Figure};
use billing::{
    money::Cost,
    pnl::{Basis, Lens, Margin, Pnl},
};
use engine::pnl::PnlReport;

/// Where there is nothing to say.
pub(super) const NOTHING: &str = "–";

/// What was earned, what it cost and what is left, by one view of revenue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stated {
    /// None where it is of months without an exchange rate alone.
    pub(super) revenue: Option<Cost>,
    /// None where the cost of no call is known.
    pub(super) cost: Option<Cost>,
    /// None where it is incomplete.
    pub(super) margin: Option<Cost>,
    /// Hundredths of a per cent of revenue; none where there is none.
    pub(super) rate: Option<i64>,
    /// Why it is incomplete; empty where it is not.
    pub(super) why: String,
}

impl Stated {
    pub(super) fn of(pnl: &Pnl, basis: Basis, format: &Format) -> Result<Self, AppError> {
        let (revenue, cost) = (pnl.revenue(basis)?, pnl.cost());
        let (margin, rate, why) = match pnl.margin(basis)? {
            Margin::Incomplete(calls) => {
                (None, None, format!("{} of unknown cost", calls_words(calls, format)))
            }
            Margin::NoRate => (None, None, "a month has no exchange rate".to_owned()),
            Margin::Known { margin, rate } => (Some(margin), rate, String::new()),
        };
        // Of what has no exchange rate, nothing is known; of nothing, nothing is missing.
        let said = |amount: Cost| !pnl.untranslated || amount.micros() != 0;
        let priced = pnl.calls == 0 || pnl.unknown < pnl.calls;
        Ok(Self {
            revenue: said(revenue).then_some(revenue),
            cost: (priced && said(cost)).then_some(cost),
            margin,
            rate,
            why,
        })
    }

    /// The margin in words.
    pub(super) fn margin(&self, format: &Format) -> MarginCell {
        match self.margin {
            Some(margin) => MarginCell::Known(format.cost(margin), self.rate_words(format)),
            None => MarginCell::Incomplete(self.why.clone()),
        }
    }

    /// The margin on a line of its own, or that it is incomplete.
    pub(super) fn margin_words(&self, format: &Format) -> String {
        self.margin.map_or_else(|| format!("incomplete, {}", self.why), |margin| format.cost(margin))
    }

    /// The margin's share of revenue, to a tenth of a per cent; a dash where there is no revenue.
    fn rate_words(&self, format: &Format) -> String {
        let shared = self.margin.zip(self.revenue);
        let words =
            |(margin, revenue): (Cost, Cost)| format.share(margin.micros().into(), revenue.micros().into());
        shared.map_or_else(|| NOTHING.to_owned(), words)
    }

    /// The revenue, as far as it is known.
    pub(super) fn revenue_words(&self, format: &Format) -> String {
        amount_words(self.revenue, format)
    }

    /// The cost, as far as it is known.
    pub(super) fn cost_words(&self, format: &Format) -> String {
        amount_words(self.cost, format)
    }
}

fn amount_words(amount: Option<Cost>, format: &Format) -> String {
    amount.map_or_else(|| NOTHING.to_owned(), |amount| format.cost(amount))
}

pub(super) fn calls_words(calls: i64, format: &Format) -> String {
    format.counted(calls.unsigned_abs(), "call", "calls")
}

/// What the reader's cost is called.
pub(super) const fn cost_name(lens: Lens) -> &'static str {
    match lens {
        Lens::CustomerFacing => "AI cost, customer-facing",
        Lens::Raw => "AI cost, raw",
    }
}

/// The large figures.
pub(super) fn figures(report: &PnlReport, basis: Basis, format: &Format) -> Result<Vec<Figure>, AppError> {
    let now = Stated::of(&report.total, basis, format)?;
    let before = Stated::of(&report.before, basis, format)?;
    let was = Was {
        nothing: is_nothing(&report.before),
        incomplete: report.before.untranslated || report.before.unknown != 0,
        format,
    };
    let figure = |name: &str, amount: String, under: String| Figure { name: name.to_owned(), amount, under };
    let missing = report.total.untranslated.then(|| "without a month that has no rate".to_owned());
    let unknown = (report.total.unknown > 0)
        .then(|| format!("without {} of unknown cost", calls_words(report.total.unknown, format)));
    let revenue_under = missing.clone().unwrap_or_else(|| was.revenue(&now, &before, report));
    let cost_under = missing.or(unknown).unwrap_or_else(|| was.amount(now.cost, before.cost));
    let mut figures = vec![
        figure("Revenue", now.revenue_words(format), revenue_under),
        figure(cost_name(report.lens), now.cost_words(format), cost_under),
    ];
    match now.margin {
        Some(margin) => figures.extend([
            figure("Margin", format.cost(margin), was.amount(now.margin, before.margin)),
            figure("Margin rate", now.rate_words(format), was.rate(&now, &before)),
        ]),
        None => figures.extend([
            figure("Margin", "Incomplete".to_owned(), now.why),
            figure("Margin rate", NOTHING.to_owned(), "the margin is incomplete".to_owned()),
        ]),
    }
    if let Some(markup) = report.total.markup()? {
        let charged = format!("{} customer-facing", format.cost(report.total.charged));
        figures.push(figure("Markup", format.cost(markup), charged));
    }
    Ok(figures)
}

fn is_nothing(pnl: &Pnl) -> bool {
    let amounts = [pnl.subscription, pnl.top_ups, pnl.invoiced, pnl.charged];
    pnl.calls == 0 && pnl.tokens.is_zero() && amounts.iter().all(|amount| amount.micros() == 0)
}

/// How figures have changed since the period before.
struct Was<'a> {
    /// Whether nothing happened then.
    nothing: bool,
    /// Whether not all of it is known.
    incomplete: bool,
    format: &'a Format,
}

impl Was<'_> {
    /// Revenue is known whatever calls cost.
    fn revenue(&self, now: &Stated, before: &Stated, report: &PnlReport) -> String {
        Self { incomplete: report.before.untranslated, ..*self }.amount(now.revenue, before.revenue)
    }

    /// `up 12.0% from £1,071.00`.
    fn amount(&self, now: Option<Cost>, before: Option<Cost>) -> String {
        let (now, before) = match (now, before) {
            _ if self.nothing => return "nothing before".to_owned(),
            (Some(now), Some(before)) if !self.incomplete => (now, before),
            _ => return "incomplete before".to_owned(),
        };
        let (change, from) =
            (i128::from(now.micros()) - i128::from(before.micros()), i128::from(before.micros()));
        let Some(direction) = direction(change) else { return "as before".to_owned() };
        let share =
            if from > 0 { format!(" {}", self.format.share(change.abs(), from)) } else { String::new() };
        format!("{direction}{share} from {}", self.format.cost(before))
    }

    /// `up from 44.1%`.
    fn rate(&self, now: &Stated, before: &Stated) -> String {
        match (now.rate, before.rate) {
            (None, _) => "no revenue".to_owned(),
            _ if self.nothing => "nothing before".to_owned(),
            (_, None) => "no rate before".to_owned(),
            (Some(rate), Some(was)) => match direction(i128::from(rate) - i128::from(was)) {
                Some(direction) => format!("{direction} from {}", before.rate_words(self.format)),
                None => "as before".to_owned(),
            },
        }
    }
}

const fn direction(change: i128) -> Option<&'static str> {
    match change.signum() {
        1 => Some("up"),
        -1 => Some("down"),
        _ => None,
    }
}
