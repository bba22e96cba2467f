//! The charts of a P&L: revenue, cost and margin over time, and the way from revenue to margin. The tables beside them are
//! exact.

use super::{
    Statement,
    coverage_words::month_words,
    figures::{Stated, cost_name},
    rows::line_name,
};
use crate::{
    AppError,
    format::Format,
    ui::{
        ChartView, Mark,
        lines::{Drawn, Lines},
        waterfall::{Fall, waterfall},
    },
};
use billing::{
    money::{Cost, divide_half_even},
    pnl::Basis,
    time::Timestamp,
};
use chrono::NaiveDate;

/// Lines with a bar of their own between revenue and margin; the rest is one.
const BARS: usize = 4;
/// More days than these are drawn by month, as the engine adds them up.
const DAYS_APART: i64 = 92;
/// More days than these do not go by their number in the month.
const DAYS_OF_MONTH: usize = 31;

/// One point in time, in figures.
struct Point {
    /// The day or the month, in full.
    name: String,
    /// The same, below the picture.
    short: String,
    stated: Stated,
}

/// Revenue, cost and margin over time; none where nothing happened.
pub(super) fn over_time(statement: &Statement, format: &Format) -> Result<Option<ChartView>, AppError> {
    let (asked, report) = (&statement.asked, &statement.report);
    if report.lines.is_empty() {
        return Ok(None);
    }
    let by_month = (*asked.days.end() - *asked.days.start()).num_days() >= DAYS_APART;
    let mut points = Vec::new();
    for (first, pnl) in &report.series {
        let (name, short) = names(*first, by_month, report.series.len(), format);
        points.push(Point { name, short, stated: Stated::of(pnl, asked.basis, format)? });
    }
    let total = Stated::of(&report.total, asked.basis, format)?;
    let cost = cost_name(report.lens);
    let lines = drawn(&points, cost);
    let by = if by_month { "by month" } else { "by day" };
    let incomplete = points.iter().filter(|point| point.stated.margin.is_none()).count();
    let row = |name: String, stated: &Stated| {
        let [revenue, cost] = [stated.revenue_words(format), stated.cost_words(format)];
        vec![
            name,
            revenue,
            cost,
            stated.margin.map_or_else(|| "incomplete".to_owned(), |margin| format.cost(margin)),
        ]
    };
    Ok(Some(ChartView {
        title: format!("Revenue, AI cost and margin {by}, in {}", format.symbol(report.currency)),
        pictures: lines.pictures(),
        series: key(cost),
        label: format!("Revenue, AI cost and margin {by}: {}", sentence(&total, cost, format)),
        columns: [if by_month { "Month" } else { "Day" }, "Revenue", cost, "Margin"]
            .map(str::to_owned)
            .to_vec(),
        rows: points.iter().map(|point| row(point.name.clone(), &point.stated)).collect(),
        total: row("Total".to_owned(), &total),
        note: (incomplete > 0).then(|| {
            let incomplete = u64::try_from(incomplete).unwrap_or(u64::MAX);
            let points = if by_month { ("month", "months") } else { ("day", "days") };
            format!(
                "The margin of {} is incomplete and not in the picture.",
                format.counted(incomplete, points.0, points.1)
            )
        }),
        readings: Some(readings(&points, &lines, cost, format)),
    }))
}

fn names(first: NaiveDate, by_month: bool, count: usize, format: &Format) -> (String, String) {
    let at = Timestamp::midnight(first);
    if by_month {
        (month_words(at.month(), format), format.month(at))
    } else if count > DAYS_OF_MONTH {
        (format.date(first), format.on(first))
    } else {
        (format.date(first), format.day_of_month(first))
    }
}

fn key(cost: &str) -> Vec<(Mark, String)> {
    [(Mark::First, "Revenue"), (Mark::Third, cost), (Mark::Left, "Margin")]
        .map(|(mark, name)| (mark, name.to_owned()))
        .to_vec()
}

fn drawn(points: &[Point], cost: &str) -> Lines {
    let series = |mark, name: &str, value: fn(&Stated) -> Option<Cost>| Drawn {
        mark,
        name: name.to_owned(),
        line: mark == Mark::Left,
        values: points.iter().map(|point| value(&point.stated).map(hundredths)).collect(),
    };
    Lines {
        categories: points.iter().map(|point| point.short.clone()).collect(),
        series: vec![
            series(Mark::First, "Revenue", |stated| stated.revenue),
            series(Mark::Third, cost, |stated| stated.cost),
            series(Mark::Left, "Margin", |stated| stated.margin),
        ],
    }
}

/// `Revenue £49.00, AI cost, customer-facing £12.40, margin £36.60`.
fn sentence(stated: &Stated, cost: &str, format: &Format) -> String {
    let (revenue, spent) = (stated.revenue_words(format), stated.cost_words(format));
    format!("revenue {revenue}; {cost} {spent}; margin {}", stated.margin_words(format))
}

fn readings(points: &[Point], lines: &Lines, cost: &str, format: &Format) -> String {
    let line = |(point, [wide, narrow]): (&Point, [String; 2])| {
        format!("{wide}\t{narrow}\t{}\t{}", point.name, sentence(&point.stated, cost, format))
    };
    points.iter().zip(lines.places()).map(line).collect::<Vec<_>>().join("\n")
}

/// The way from revenue over its dearest lines to what is left; none where nothing happened.
pub(super) fn to_margin(statement: &Statement, format: &Format) -> Result<Option<ChartView>, AppError> {
    let (asked, report) = (&statement.asked, &statement.report);
    if report.lines.is_empty() {
        return Ok(None);
    }
    let total = Stated::of(&report.total, asked.basis, format)?;
    let Some(revenue) = total.revenue else { return Ok(None) };
    let zero = Cost::zero(report.currency);
    let mut way: Vec<(String, Mark, Cost, Cost)> = Vec::new();
    let split = asked.basis == Basis::Recognised
        && [report.total.subscription, report.total.top_ups].iter().all(|amount| amount.micros() != 0);
    if split {
        way.push(("Subscription".to_owned(), Mark::First, zero, report.total.subscription));
        way.push(("Top-ups".to_owned(), Mark::First, report.total.subscription, revenue));
    }
    way.push(("Revenue".to_owned(), Mark::First, zero, revenue));
    let mut left = revenue;
    for (name, cost) in dearest(statement)? {
        let next = left.minus(cost)?;
        way.push((name, Mark::Third, left, next));
        left = next;
    }
    if let Some(margin) = total.margin {
        way.push(("Margin".to_owned(), Mark::Left, zero, margin));
    }
    let fall = |(name, mark, from, to): &(String, Mark, Cost, Cost)| {
        Ok(Fall {
            name: name.clone(),
            mark: *mark,
            from: hundredths(*from),
            to: hundredths(*to),
            amounts: format.short_cost(to.minus(*from)?),
        })
    };
    let falls = way.iter().map(fall).collect::<Result<Vec<_>, AppError>>()?;
    let mut rows = Vec::new();
    for (name, mark, from, to) in way.iter().filter(|(_, mark, ..)| *mark != Mark::Left) {
        let sign = if *mark == Mark::First && *from != zero { "+" } else { "" };
        rows.push(vec![name.clone(), format!("{sign}{}", format.cost(to.minus(*from)?))]);
    }
    let cost = cost_name(report.lens);
    Ok(Some(ChartView {
        title: format!("From revenue to margin, in {}", format.symbol(report.currency)),
        pictures: waterfall(&falls),
        series: key(cost),
        label: format!("From revenue to margin: {}", sentence(&total, cost, format)),
        columns: ["Part", "Amount"].map(str::to_owned).to_vec(),
        rows,
        total: vec!["Margin".to_owned(), total.margin_words(format)],
        note: (!total.why.is_empty())
            .then(|| format!("The margin is incomplete and not in the picture: {}.", total.why)),
        readings: None,
    }))
}

/// The dearest lines, and the rest as one.
fn dearest(statement: &Statement) -> Result<Vec<(String, Cost)>, AppError> {
    let (by, report) = (statement.asked.lines_of(), &statement.report);
    let lines: Vec<_> = report.lines.iter().filter(|line| line.pnl.cost().micros() != 0).collect();
    let alone = if lines.len() > BARS + 1 { BARS } else { lines.len() };
    let mut found: Vec<(String, Cost)> =
        lines.iter().take(alone).map(|line| (line_name(line, by), line.pnl.cost())).collect();
    let mut rest = Cost::zero(report.currency);
    for line in lines.iter().skip(alone) {
        rest = rest.plus(line.pnl.cost())?;
    }
    if lines.len() > alone {
        found.push(("Other".to_owned(), rest));
    }
    Ok(found)
}

/// What a picture needs of an amount: hundredths of a unit.
fn hundredths(cost: Cost) -> i64 {
    i64::try_from(divide_half_even(cost.micros().into(), 10_000)).unwrap_or(i64::MAX)
}
