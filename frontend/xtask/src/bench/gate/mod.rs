//! The gate's full mix (admission, four captures, release) beside what it must not be much slower than: on `SQLite` a bare loop
//! that writes the same rows in groups of the same size, on `PostgreSQL` pgbench's simple update and, where its SQL is given, the hot
//! account of pgledger; a crowd beside one caller; and one customer that everybody asks for beside a thousand, by one process and by
//! three. The loop tells, too, what the P&L's sums are of a capture.

mod pgbench;
mod pgledger;
mod postgres;
mod sqlite;

use super::{
    Effort, Often,
    books::{self, Database},
    cells::{Cell, rounds},
    flush,
    measured::Measured,
    table::{Found, Ratio, Unit},
};
use crate::{say, workspace::Workspace};
use anyhow::{Result, ensure};
use clap::Args;
use postgres::Postgres;
use sqlite::Sqlite;
use std::{cell::RefCell, fs, path::PathBuf, process::Command, time::Duration};

/// Callers that are the most.
const MOST: u32 = 256;

/// How often, and beside what.
#[derive(Args)]
pub struct Options {
    /// pgledger's SQL, which is no part of this project: its hot account is measured, too. Several files are loaded in their order
    #[arg(long, value_name = "FILE")]
    pgledger: Vec<PathBuf>,
    #[command(flatten)]
    pub often: Often,
}

/// Prepares, measures, checks the books, prints.
///
/// # Errors
/// When the books are not sound afterwards, or what was accepted is not what is in them.
pub fn bench(workspace: &Workspace, options: &Options) -> Result<()> {
    let (setting, effort) = (&options.often.setting, options.often.effort());
    let wanted = |database| setting.wants(database);
    ensure!(
        options.pgledger.is_empty() || wanted(Database::Postgres),
        "--pgledger is measured on PostgreSQL, which --only leaves out"
    );
    pgledger::readable(&options.pgledger)?;
    let folder = workspace.root.join(&setting.folder);
    fs::create_dir_all(&folder)?;
    let program = books::build(workspace, "measure")?;
    let sqlite = wanted(Database::Sqlite).then(|| Sqlite::prepare(workspace, &program, &folder, effort));
    let sqlite = sqlite.transpose()?;
    let postgres =
        wanted(Database::Postgres).then(|| Postgres::prepare(&program, &folder, &options.pgledger, effort));
    let postgres = postgres.transpose()?;
    let mut asked = Asked::default();
    if let Some(sqlite) = &sqlite {
        sqlite.ask(&mut asked)?;
    }
    if let Some(postgres) = &postgres {
        postgres.ask(&mut asked);
    }
    let Asked { mut cells, ratios } = asked;
    let times =
        say::step("Measuring", || rounds(&mut cells, effort.rounds, setting.seed, || flush(&folder)))?;
    drop(cells);
    let mut on = vec![books::machine()];
    let files = sqlite.iter().flat_map(|of| [Some(&of.usual), of.slow.as_ref()].into_iter().flatten());
    for gate in files.map(|of| &of.gate).chain(postgres.iter().map(|of| &of.gate)) {
        let title = format!("Checking the books in {}", gate.name);
        let sound = say::step(&title, || gate.measured.borrow_mut().ask("check"))?;
        on.push(format!("{}: {}; {sound}", gate.name, gate.measured.borrow().greeting));
    }
    if let Some(postgres) = &postgres {
        on.push(say::step("Racing for the last tokens of a wallet", || postgres.processes.race())?);
    }
    let name = setting.named("gate");
    Found { on, unit: Unit::Rate, times, ratios }.tell(workspace, &folder, &name, &options.often)
}

/// What is measured, and held against what.
#[derive(Default)]
struct Asked<'a> {
    cells: Vec<Cell<'a>>,
    ratios: Vec<Ratio>,
}

impl<'a> Asked<'a> {
    fn cell(&mut self, name: &str, run: impl FnMut() -> Result<Duration> + 'a) {
        self.cells.push(Cell { name: name.to_owned(), run: Box::new(run) });
    }

    /// How many times as many acts one cell does as another.
    fn ratio(&mut self, what: &str, fast: &str, slow: &str, must: Option<f64>) {
        let (what, fast, slow) = (what.to_owned(), fast.to_owned(), slow.to_owned());
        self.ratios.push(Ratio { what, slow, fast, must });
    }
}

/// What runs acts on one database.
struct Gate {
    name: &'static str,
    measured: RefCell<Measured>,
    effort: Effort,
}

impl Gate {
    fn start(name: &'static str, mut program: Command, url: &str, effort: Effort) -> Result<Self> {
        program.args(["gate", url, &effort.customers.to_string()]);
        let title = format!("Opening customers in {name}");
        let measured = say::step(&title, || Measured::start(&mut program))?;
        Ok(Self { name, measured: RefCell::new(measured), effort })
    }

    /// How long an act takes with so many callers, and of how many acts a group is.
    fn run(&self, callers: u32, whose: &str) -> Result<(Duration, f64)> {
        self.measured.borrow_mut().gate(callers, whose, self.effort.length)
    }

    /// So many callers, of one customer (`hot`) or of many (`spread`). Answers the cell's name.
    fn cell<'a>(&'a self, callers: u32, whose: &'static str, asked: &mut Asked<'a>) -> String {
        let of = if whose == "hot" { "one customer" } else { "many customers" };
        let name = format!("{}, {of}, {callers} callers", self.name);
        asked.cell(&name, move || self.run(callers, whose).map(|(took, _)| took));
        name
    }

    /// Many customers under the most callers, beside the cell of one.
    fn spread<'a>(&'a self, one: &str, asked: &mut Asked<'a>) {
        let spread = self.cell(MOST, "spread", asked);
        let what = format!("{}: one customer ÷ many, {MOST} callers", self.name);
        asked.ratio(&what, one, &spread, Some(1.0));
    }
}
