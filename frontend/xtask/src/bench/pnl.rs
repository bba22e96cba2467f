//! What is read of large books. Statements of the P&L and Usage beside a scan of the journals: an account's last 30 days, and
//! everybody's last twelve months; the sums must be worth at least a hundredfold. The busiest account is shown without a *must*:
//! its report costs what its lines cost, of which it has twelve times as many. And what is left of an allowance, receipts, and the
//! gate under callers, in these books beside small ones: however much was written, none of them must be slower. The gate's
//! productions are those of one more customer, and stay in the books.

use super::{
    Often,
    books::{self, Books, Kept, Size},
    cells::{Cell, rounds},
    flush,
    measured::Measured,
    table::{Found, Ratio, Unit},
};
use crate::{say, workspace::Workspace};
use anyhow::Result;
use clap::Args;
use std::cell::RefCell;

/// What a scan takes at least, beside the report.
const MUST: f64 = 100.0;
/// Rows of the books beside which balances and receipts are read, and what must be reached: a sixth more time at most.
const FEW: u64 = 1_000;
const READ_MUST: f64 = 0.83;
/// What is read there, in the words of the program that is asked and in those of the table.
const READ: [(&str, &str); 2] = [("balance", "200 balances"), ("receipt", "200 receipts")];
/// Callers of the gate, and what must be reached.
const CALLERS: u32 = 64;
const GATE_MUST: f64 = 0.85;
/// Passes over the journals, as the table calls them. One account's takes as long whichever it is.
const OF_AN_ACCOUNT: &str = "scan of the journals for an account’s 30 days";
const OF_EVERYBODY: &str = "scan of the journals for everybody’s 12 months";
/// The same, in the words of the program that is asked and in those of the table.
const SCANS: [(&str, &str); 2] = [("scan usual", OF_AN_ACCOUNT), ("scan everybody", OF_EVERYBODY)];
/// What is read from the sums, in the same words, which scan it is held against, and what must be reached.
const REPORTS: [(&str, &str, &str, Option<f64>); 4] = [
    ("report usual", "usual account, 30 days by production and step", OF_AN_ACCOUNT, Some(MUST)),
    ("report busiest", "busiest account, 30 days by production and step", OF_AN_ACCOUNT, None),
    ("report everybody", "all accounts, 12 months", OF_EVERYBODY, Some(MUST)),
    ("usage", "usual customer, 30 days of Usage", OF_AN_ACCOUNT, Some(MUST)),
];

/// How large, and how often.
#[derive(Args)]
pub struct Options {
    /// Rows of usage in the books; otherwise ten million
    #[arg(long, conflicts_with = "smoke")]
    pub rows: Option<u64>,
    #[command(flatten)]
    pub often: Often,
}

/// Prepares, checks, measures, prints.
///
/// # Errors
/// When new books' sums and journals say different things, or nothing could be measured.
pub fn bench(workspace: &Workspace, often: &Often, rows: Option<u64>) -> Result<()> {
    let (setting, effort) = (&often.setting, often.effort());
    let folder = workspace.root.join(&setting.folder);
    let rows = rows.unwrap_or(effort.rows);
    let sizes = [rows, FEW].map(|rows| Size { rows, seed: setting.seed });
    let books = Books::prepare(workspace, &folder, &sizes, setting)?;
    let mut on = vec![books::machine()];
    let mut running: Vec<(&Kept, RefCell<Measured>)> = Vec::new();
    let mut gates: Vec<(&Kept, RefCell<Measured>)> = Vec::new();
    for kept in &books.kept {
        let measured = books.start("pnl", &kept.url)?;
        on.push(format!("{}: {}", kept.database, measured.greeting));
        running.push((kept, RefCell::new(measured)));
        gates.push((kept, RefCell::new(books.start_gate(&kept.url)?)));
    }
    let mut cells: Vec<Cell> = Vec::new();
    let mut ratios: Vec<Ratio> = Vec::new();
    for (kept, measured) in &running {
        for (question, title) in READ {
            let cell = |rows| format!("{}, {title}, books of {rows} rows", kept.database);
            let run = Box::new(move || measured.borrow_mut().time_in_memory(question));
            cells.push(Cell { name: cell(kept.rows), run });
            if kept.rows != FEW {
                ratios.push(Ratio {
                    what: format!("{}, {question}: books of {FEW} rows ÷ of {rows}", kept.database),
                    slow: cell(FEW),
                    fast: cell(rows),
                    must: Some(READ_MUST),
                });
            }
        }
        if kept.rows != FEW {
            statements(kept.database, measured, &mut cells, &mut ratios);
        }
    }
    for (kept, measured) in &gates {
        let gate = |rows| format!("{}, an act of {CALLERS} callers, books of {rows} rows", kept.database);
        let run = Box::new(move || Ok(measured.borrow_mut().gate(CALLERS, "hot", effort.length)?.0));
        cells.push(Cell { name: gate(kept.rows), run });
        if kept.rows != FEW {
            ratios.push(Ratio {
                what: format!("{}, the gate: books of {FEW} rows ÷ of {rows}", kept.database),
                slow: gate(FEW),
                fast: gate(rows),
                must: Some(GATE_MUST),
            });
        }
    }
    let times =
        say::step("Measuring", || rounds(&mut cells, effort.rounds, setting.seed, || flush(&folder)))?;
    drop(cells);
    say::step("Looking for what the gate has accepted", || {
        gates.iter().try_for_each(|(_, measured)| measured.borrow_mut().ask("own").map(drop))
    })?;
    let name = setting.named(&format!("pnl-{rows}"));
    Found { on, unit: Unit::Once, times, ratios }.tell(workspace, &folder, &name, often)
}

/// Statements and Usage from the sums, and scans of the journals.
fn statements<'a>(
    name: &str,
    measured: &'a RefCell<Measured>,
    cells: &mut Vec<Cell<'a>>,
    ratios: &mut Vec<Ratio>,
) {
    let cell = |title: &str| format!("{name}, {title}");
    for (question, title) in SCANS {
        let run = Box::new(move || measured.borrow_mut().time(question));
        cells.push(Cell { name: cell(title), run });
    }
    for (question, title, ..) in REPORTS {
        let run = Box::new(move || measured.borrow_mut().time_in_memory(question));
        cells.push(Cell { name: cell(title), run });
    }
    ratios.extend(REPORTS.map(|(_, title, scan, must)| Ratio {
        what: format!("{}: scan ÷ report", cell(title)),
        slow: cell(scan),
        fast: cell(title),
        must,
    }));
}
