//! The rows of Usage in words and numbers, for people and for programs.

use super::{
    report::UsagePageView,
    report_table::{CostCell, RefusedRow, UsageRow, UsageTable},
};
use crate::{
    format::Format,
    production::{
        RefusalView,
        words::{kind_words, reason_words},
    },
    reader::Reader,
    sheet::Sheet,
    ui::Place,
};
use billing::{pnl::allocate, production::stage};
use engine::{
    allowance::{CallCosts, OUTSIDE, UsageBy, UsageLine, UsageReport},
    customer::AccountLine,
    production::RefusalLine,
};

/// Where the cost of no call is known.
const NOTHING_KNOWN: &str = "–";

/// The lines of Usage for a program.
pub(super) fn sheet(view: &UsagePageView) -> Sheet {
    let name = format!("usage-{}-{}", view.days.0, view.days.1);
    match &view.table {
        UsageTable::Charges { kinds, rows, cost, .. } => {
            let row = |row: &UsageRow| {
                let kind = kinds.then(|| row.kind.clone().unwrap_or_default());
                let rest = [row.calls.clone(), row.tokens.clone(), row.share.clone()];
                let cost = row.cost.as_ref().map(cells);
                let first = std::iter::once(row.name.clone());
                first.chain(kind).chain(rest).chain(cost.into_iter().flatten()).collect()
            };
            let mut columns = vec!["name", "calls", "tokens", "share_percent"];
            if *kinds {
                columns.insert(1, "kind");
            }
            if cost.is_some() {
                columns.extend(["ai_cost", "calls_of_unknown_cost"]);
            }
            Sheet { name, columns, rows: rows.iter().map(row).collect() }
        }
        UsageTable::Refused(rows) => {
            let row = |row: &RefusedRow| {
                let [needed, left, _] = row.figures.clone().unwrap_or_default();
                let (production, account) = row.production.clone();
                vec![
                    row.refused.clone(),
                    production,
                    account,
                    row.why.1.clone(),
                    needed,
                    left,
                    row.help.clone(),
                ]
            };
            let columns =
                vec!["refused_at", "production", "account", "why", "needed", "left", "what_would_help"];
            Sheet { name, columns, rows: rows.iter().map(row).collect() }
        }
    }
}

pub(super) fn charges(report: &UsageReport, head: &str, by: UsageBy, format: &Format) -> UsageTable {
    let weights: Vec<i128> = report.lines.iter().map(|line| line.tokens.get().into()).collect();
    let longest = weights.iter().copied().max().unwrap_or_default();
    let shares = allocate(1_000, &weights);
    let row = |((line, share), weight): ((&UsageLine, i128), &i128)| UsageRow {
        name: name(line, by),
        address: (by == UsageBy::Production && !line.key.is_empty())
            .then(|| format!("/productions/{}", line.key)),
        kind: (by == UsageBy::Step).then(|| line.kind.map(kind_words).unwrap_or_default().to_owned()),
        calls: format.count(line.calls),
        tokens: format.tokens(line.tokens),
        share: format.tenths(share),
        bar: Place::of(*weight, longest),
        cost: line.cost.map(|cost| cost_cell(cost, format)),
    };
    let calls: u64 = report.lines.iter().map(|line| line.calls).sum();
    UsageTable::Charges {
        head: head.to_owned(),
        kinds: by == UsageBy::Step,
        rows: report.lines.iter().zip(shares).zip(&weights).map(row).collect(),
        total: [format.count(calls), format.tokens(report.total), format.tenths(1_000)],
        cost: report.cost.map(|cost| cost_cell(cost, format)),
        note: report.cost.and_then(|cost| note(cost, format)),
    }
}

/// The same for a program: what is not known is left empty.
fn cells(cost: &CostCell) -> [String; 2] {
    let known = if cost.known == NOTHING_KNOWN { "" } else { &cost.known };
    let unknown = if cost.unknown.is_empty() { "0" } else { &cost.unknown };
    [known, unknown].map(str::to_owned)
}

fn cost_cell(cost: CallCosts, format: &Format) -> CostCell {
    let known = if cost.priced == 0 { NOTHING_KNOWN.to_owned() } else { format.cost(cost.known) };
    let unknown = if cost.unknown <= 0 { String::new() } else { format.count(cost.unknown) };
    CostCell { known, unknown }
}

fn note(cost: CallCosts, format: &Format) -> Option<String> {
    let unknown = u64::try_from(cost.unknown).ok().filter(|unknown| *unknown > 0)?;
    Some(format!("The cost of {} is not known and in no sum.", format.counted(unknown, "call", "calls")))
}

fn name(line: &UsageLine, by: UsageBy) -> String {
    let none = match by {
        UsageBy::Step if line.key == OUTSIDE && line.kind.is_none() => "Outside productions",
        UsageBy::Step => stage::title(&line.key).or(line.kind.map(kind_words)).unwrap_or("Other"),
        UsageBy::Kind => line.kind.map_or("Other", kind_words),
        UsageBy::Person => "In nobody’s name",
        UsageBy::Key => "Without a key",
        UsageBy::Production if line.key.is_empty() => "Outside productions",
        UsageBy::Production | UsageBy::Account => &line.key,
    };
    line.name.clone().unwrap_or_else(|| none.to_owned())
}

pub(super) fn refused(lines: &[RefusalLine], accounts: &[AccountLine], reader: &Reader) -> Vec<RefusedRow> {
    let row = |line: &RefusalLine| {
        let words = RefusalView::of(line, reader);
        let account = accounts.iter().find(|account| account.id == line.account);
        let figure = |place: usize| words.figures.get(place).map(|figure| figure.amount.clone());
        let of = words.figures.get(1).and_then(|figure| figure.name.strip_prefix("Left ").map(str::to_owned));
        RefusedRow {
            refused: reader.format.minute(line.refused_at),
            production: (line.title.clone(), account.map(|account| account.name.clone()).unwrap_or_default()),
            why: reason_words(line.refusal.reason),
            figures: figure(0).zip(figure(1)).map(|(needed, left)| [needed, left, of.unwrap_or_default()]),
            help: words.remedies.first().cloned().unwrap_or_default(),
            page: words.page,
        }
    };
    lines.iter().map(row).collect()
}
