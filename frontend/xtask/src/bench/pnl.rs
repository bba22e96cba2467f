//! Statements of the P&L beside a scan of the journals: an account's last 30 days by production and step, and everybody's last
//! twelve months. The sums must be worth at least a hundredfold. The busiest account is shown beside them without a *must*: its
//! report costs what its lines cost, of which it has twelve times as many. So must Usage, of a customer's last 30 days. And what is
//! left of an allowance, receipts, and the gate under callers, in these books beside small ones: however much was written, none of
//! them must be slower. The gate's productions are those of
//! one more customer, and stay in the books.

use super::{
    Often,
    books::{self, Books, Kept, Size},
    cells::{Cell, rounds},
    flush,
    measured::Measured,
    table::{Found, Ratio, Unit},
};
use crate::{say, workspace::Workspace};
use anyhow::{Result, ensure};
use clap::Args;
use std::cell::RefCell;

/// Rows of usage in the books, and where it is only to be seen whether it works.
pub const ROWS: u64 = 10_000_000;
const SMOKE_ROWS: u64 = ROWS / 10;
/// What a scan takes at least, beside the report.
const MUST: f64 = 100.0;
/// Rows of the books beside which balances and receipts are read, and what must be reached: a sixth more time at most.
const FEW: u64 = 1_000;
const READ_MUST: f64 = 0.83;
/// What is read there, in the words of the program that is asked and in those of the table.
const READ: [(&str, &str); 2] = [("balance", "200 balances"), ("receipt", "20 receipts")];
/// Callers of the gate, and what must be reached.
const CALLERS: u32 = 64;
const GATE_MUST: f64 = 0.85;
/// Who is asked about, in the words of the program that is asked and in those of the table, and what must be reached.
const WHOM: [(&str, &str, Option<f64>); 3] = [
    ("usual", "usual account, 30 days by production and step", Some(MUST)),
    ("busiest", "busiest account, 30 days by production and step", None),
    ("everybody", "all accounts, 12 months", Some(MUST)),
];

/// How large, and how often.
#[derive(Args)]
pub struct Options {
    /// Rows of usage in the books
    #[arg(long, default_value_t = ROWS, conflicts_with = "smoke")]
    pub rows: u64,
    #[command(flatten)]
    pub often: Often,
}

/// Prepares, checks, measures, prints.
///
/// # Errors
/// When sums and journals say different things, or nothing could be measured.
pub fn bench(workspace: &Workspace, rows: u64, often: &Often) -> Result<()> {
    let setting = &often.setting;
    let folder = workspace.root.join(&setting.folder);
    let rows = if often.smoke { SMOKE_ROWS } else { rows };
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
    say::step("Checking that sums and journals say the same", || {
        for (kept, measured) in &running {
            let answer = measured.borrow_mut().ask("check")?;
            ensure!(answer == "the same figures", "{}: {answer}", kept.database);
        }
        Ok(())
    })?;
    let mut cells: Vec<Cell> = Vec::new();
    let mut ratios: Vec<Ratio> = Vec::new();
    for (kept, measured) in &running {
        for (question, title) in READ {
            let cell = |rows| format!("{}, {title}, books of {rows} rows", kept.database);
            let run = Box::new(move || measured.borrow_mut().time(question));
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
        let run = Box::new(move || Ok(measured.borrow_mut().gate(CALLERS, "hot")?.0));
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
        say::step("Measuring", || rounds(&mut cells, often.rounds(), setting.seed, || flush(&folder)))?;
    drop(cells);
    say::step("Looking for what the gate has accepted", || {
        gates.iter().try_for_each(|(_, measured)| measured.borrow_mut().ask("own").map(drop))
    })?;
    let name = setting.named(&format!("pnl-{rows}"));
    Found { on, unit: Unit::Once, times, ratios }.tell(workspace, &folder, &name)
}

/// Statements and Usage from the sums, and statements from the journals.
fn statements<'a>(
    name: &str,
    measured: &'a RefCell<Measured>,
    cells: &mut Vec<Cell<'a>>,
    ratios: &mut Vec<Ratio>,
) {
    for (whom, title, must) in WHOM {
        let cell = |way: &str| format!("{name}, {title}: {way}");
        for way in ways(whom) {
            let question = format!("{way} {whom}");
            let run = Box::new(move || measured.borrow_mut().time(&question));
            cells.push(Cell { name: cell(way), run });
        }
        let row = |what: &str, slow: &str, must| Ratio {
            what: format!("{name}, {title}: {what}"),
            slow: cell(slow),
            fast: cell("report"),
            must,
        };
        ratios.push(row("full scan ÷ report", "scan", must));
        if ways(whom).contains(&"index") {
            ratios.push(row("journal by its index ÷ report", "index", None));
        }
    }
    let (usage, [(usual, scanned, must), ..]) = (format!("{name}, usual customer, 30 days of Usage"), WHOM);
    let run = Box::new(move || measured.borrow_mut().time("usage"));
    cells.push(Cell { name: usage.clone(), run });
    ratios.push(Ratio {
        what: format!("{usage}: full scan of the {usual} account’s ÷ report"),
        slow: format!("{name}, {scanned}: scan"),
        fast: usage,
        must,
    });
}

/// How everybody's or an account's figures are come by: only an account's can be looked up by an index.
fn ways(whom: &str) -> &'static [&'static str] {
    if whom == "everybody" { &["report", "scan"] } else { &["report", "index", "scan"] }
}
