//! The lines of a P&L in words and numbers, for people and for programs.

use super::{
    Asked, FailedCell, Head, MarginCell, PnlRow, PnlTable, Statement,
    asked::{TABS, can_be_asked_for},
    figures::{NOTHING, Stated, calls_words},
};
use crate::{
    AppError,
    allowance::CostCell,
    format::Format,
    production::words::kind_words,
    sheet::Sheet,
    ui::{Pages, Place},
};
use billing::{
    pnl::{Failed, Lens, Pnl, allocate},
    production::{Kind, stage},
};
use engine::pnl::{PnlBy, PnlLine, PnlStep};

/// Lines on one page.
const PAGE: usize = 50;

impl PnlTable {
    /// One page of the lines.
    pub(super) fn of(statement: &Statement, format: &Format) -> Result<Self, AppError> {
        let asked = &statement.asked;
        let page = |page: usize| asked.with(|other| other.page = page).address(asked.path());
        let (rows, pages) = Pages::cut(rows(statement, format)?, (asked.page, PAGE), "Lines", format, page);
        Ok(Self { heads: heads(asked, statement.report.lens), rows, total: total(statement, format)?, pages })
    }
}

fn heads(asked: &Asked, lens: Lens) -> Vec<Head> {
    let first = TABS.into_iter().find(|(word, ..)| *word == asked.by).map_or("", |(_, _, head, _)| head);
    let head = |words: &str, column: &'static str| {
        let (sorted, largest_first) = asked.sort;
        let chosen = sorted == column;
        let next = if chosen { !largest_first } else { column != "name" };
        Head {
            words: words.to_owned(),
            address: (!column.is_empty())
                .then(|| asked.with(|other| other.sort = (column, next)).address(asked.path())),
            sorted: chosen.then(|| if largest_first { "descending" } else { "ascending" }.to_owned()),
        }
    };
    let mut heads = vec![head(first, "name"), head("Revenue", "revenue")];
    match lens {
        Lens::CustomerFacing => heads.push(head("AI cost", "cost")),
        Lens::Raw => {
            heads.extend([head("AI cost, raw", "cost"), head("Customer-facing", ""), head("Markup", "")]);
        }
    }
    heads.extend([
        head("Failed", "failed"),
        head("Margin", "margin"),
        head("Rate", "rate"),
        head("Tokens", "tokens"),
    ]);
    heads.extend([head("Calls", ""), head("Share", "")]);
    heads
}

/// Every line, in the order that was asked for.
fn rows(statement: &Statement, format: &Format) -> Result<Vec<PnlRow>, AppError> {
    let asked = &statement.asked;
    let lines = &statement.report.lines;
    let weights: Vec<i128> = lines.iter().map(|line| line.pnl.cost().micros().into()).collect();
    let longest = weights.iter().copied().max().unwrap_or_default();
    // Where nothing cost anything there is nothing to share.
    let shares = if longest > 0 { allocate(1_000, &weights) } else { vec![0; weights.len()] };
    let mut rows = Vec::new();
    for ((line, weight), share) in lines.iter().zip(&weights).zip(shares) {
        let stated = Stated::of(&line.pnl, asked.basis, format)?;
        let name = line_name(line, asked.lines_of());
        let kind = line.kind.map(kind_words).filter(|kind| *kind != name).map(str::to_owned);
        let row = PnlRow {
            address: address(asked, line),
            kind,
            share: if longest > 0 && stated.cost.is_some() {
                format.tenths(share)
            } else {
                NOTHING.to_owned()
            },
            bar: Place::of(*weight, longest),
            ..row(name, &line.pnl, &stated, format)?
        };
        rows.push((key(asked.sort.0, &line.pnl, &stated), row));
    }
    let (column, largest_first) = asked.sort;
    if column == "name" {
        rows.sort_by_key(|(_, row)| row.name.to_lowercase());
        if largest_first {
            rows.reverse();
        }
    } else {
        // What is not known stands last, whichever way round.
        let place = |key: i128| if largest_first { -key } else { key };
        rows.sort_by_key(|(key, _)| (key.is_none(), key.map(place)));
    }
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

/// What a line is sorted by; none where it is not known.
fn key(column: &str, pnl: &Pnl, stated: &Stated) -> Option<i128> {
    let micros = |amount: billing::money::Cost| i128::from(amount.micros());
    match column {
        "revenue" => stated.revenue.map(micros),
        "failed" => pnl.failed.cost().map(micros),
        "margin" => stated.margin.map(micros),
        "rate" => stated.rate.map(i128::from),
        "tokens" => Some(pnl.tokens.get().into()),
        _ => stated.cost.map(micros),
    }
}

fn row(name: String, pnl: &Pnl, stated: &Stated, format: &Format) -> Result<PnlRow, AppError> {
    let raised = pnl.markup()?.map(|markup| match stated.cost {
        Some(_) => [pnl.charged, markup].map(|amount| format.cost(amount)),
        None => [NOTHING; 2].map(str::to_owned),
    });
    Ok(PnlRow {
        name,
        kind: None,
        address: None,
        revenue: stated.revenue_words(format),
        cost: CostCell {
            known: stated.cost_words(format),
            unknown: if pnl.unknown == 0 { String::new() } else { format.count(pnl.unknown) },
        },
        raised,
        failed: failed(&pnl.failed, format),
        margin: stated.margin(format),
        tokens: format.tokens(pnl.tokens),
        calls: format.count(pnl.calls),
        share: format.tenths(1_000),
        bar: Place::of(1, 1),
    })
}

/// What failed attempts cost, and how many there were.
fn failed(failed: &Failed, format: &Format) -> FailedCell {
    let unknown = if failed.unknown == 0 {
        String::new()
    } else {
        format!(", {} unknown", format.count(failed.unknown))
    };
    FailedCell {
        cost: failed.cost().map_or_else(|| NOTHING.to_owned(), |cost| format.cost(cost)),
        calls: format.count(failed.calls),
        words: (failed.calls > 0).then(|| format!("{}{unknown}", calls_words(failed.calls, format))),
    }
}

fn total(statement: &Statement, format: &Format) -> Result<PnlRow, AppError> {
    let report = &statement.report;
    let stated = Stated::of(&report.total, statement.asked.basis, format)?;
    let mut total = row("Total".to_owned(), &report.total, &stated, format)?;
    if report.total.cost().micros() <= 0 {
        NOTHING.clone_into(&mut total.share);
    }
    Ok(total)
}

/// One level further down.
fn address(asked: &Asked, line: &PnlLine) -> Option<String> {
    let there = match asked.lines_of() {
        PnlBy::Account => {
            let account = line.key.parse().ok()?;
            asked.at(|other| other.account = Some(account))
        }
        PnlBy::Production => asked.at(|other| other.production = Some(line.key.clone())),
        // Where it was made, dearest first; what nothing was called for was made nowhere.
        PnlBy::Step if line.kind.is_some() && (line.key.is_empty() || can_be_asked_for(&line.key)) => {
            let step = PnlStep { stage: line.key.clone(), kind: line.kind };
            asked.at(|other| other.step = Some(step))
        }
        PnlBy::ProductionStep => {
            let stage = line.stage.clone().filter(|stage| stage.is_empty() || can_be_asked_for(stage))?;
            let step = PnlStep { stage, kind: Some(line.kind?) };
            asked.at(|other| (other.production, other.step) = (Some(line.key.clone()), Some(step)))
        }
        PnlBy::Step | PnlBy::Model | PnlBy::Customer => return None,
    };
    Some(there.address(asked.path()))
}

/// What people call a line.
pub(super) fn line_name(line: &PnlLine, by: PnlBy) -> String {
    let none = match by {
        PnlBy::Step => return step_name(&line.key, line.kind),
        PnlBy::ProductionStep => {
            let production = line_name(line, PnlBy::Production);
            let step = step_name(line.stage.as_deref().unwrap_or_default(), line.kind);
            return format!("{production} · {step}");
        }
        PnlBy::Production if line.key.is_empty() => "Outside productions",
        PnlBy::Model if line.key.is_empty() => "Of no model",
        PnlBy::Production | PnlBy::Model | PnlBy::Account | PnlBy::Customer => &line.key,
    };
    line.name.clone().unwrap_or_else(|| none.to_owned())
}

/// What people call a step; what the pipeline has no number for goes by its kind.
pub(super) fn step_name(stage: &str, kind: Option<Kind>) -> String {
    match stage::title(stage).or(kind.map(kind_words)) {
        Some(name) => name.to_owned(),
        None if stage.is_empty() => "Of no step".to_owned(),
        None => format!("Step {stage}"),
    }
}

/// Every line for a program: what is not known is left empty, and says why.
pub(super) fn sheet(statement: &Statement, format: &Format) -> Result<Sheet, AppError> {
    let currency = statement.report.currency;
    let known = |text: String| if text == NOTHING { String::new() } else { text };
    let cells = |row: PnlRow| {
        let (margin, rate, why) = match row.margin {
            MarginCell::Known(margin, rate) => (margin, rate, String::new()),
            MarginCell::Incomplete(why) => (String::new(), String::new(), format!("Incomplete, {why}")),
        };
        let unknown = if row.cost.unknown.is_empty() { "0".to_owned() } else { row.cost.unknown };
        let mut cells = vec![row.name, row.kind.unwrap_or_default(), currency.to_string()];
        cells.extend([row.revenue, row.cost.known].into_iter().chain(row.raised.into_iter().flatten()));
        cells.extend([row.failed.cost, row.failed.calls]);
        cells.extend([margin, rate, row.tokens, row.calls, unknown, row.share, why]);
        cells.into_iter().map(known).collect()
    };
    let mut columns = vec!["name", "kind", "currency", "revenue"];
    match statement.report.lens {
        Lens::CustomerFacing => columns.push("ai_cost"),
        Lens::Raw => columns.extend(["ai_cost_raw", "ai_cost_customer_facing", "markup"]),
    }
    columns.extend(["ai_cost_failed", "calls_failed", "margin", "margin_rate_percent", "tokens", "calls"]);
    columns.extend(["calls_of_unknown_cost", "share_percent", "incomplete_because"]);
    let (first, last) = (statement.asked.days.start(), statement.asked.days.end());
    Ok(Sheet {
        name: format!("pnl-{first}-{last}"),
        columns,
        rows: rows(statement, format)?.into_iter().map(cells).collect(),
    })
}
