//! The gate's full mix (admission, four captures, release) beside what it must not be much slower than: on `SQLite` a bare loop
//! that writes the same rows in groups of the same size, on `PostgreSQL` pgbench's simple update; a crowd beside one caller; and one
//! customer that everybody asks for beside a thousand.

use super::{
    books::{self, Database},
    cells::{Cell, rounds},
    flush,
    measured::Measured,
    table::{Found, Ratio, Unit},
};
use crate::{
    cluster::{Cluster, quiet},
    process::{output, run},
    say,
    workspace::Workspace,
};
use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use std::{
    cell::RefCell,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

/// What a cell is measured for, after its warm-up.
const LENGTH: Duration = Duration::from_millis(1_200);
/// Productions that are recorded for the bare loop: more acts than it writes in that time.
const RECORDED: &str = "10000";
/// Clients of pgbench, and its scale, which must not be less.
const CLIENTS: &str = "32";
/// It takes whole seconds, and leaves out the time to connect.
const PGBENCH_SECONDS: &str = "2";
/// Rounds that only show whether it works.
const SMOKE: usize = 2;

/// How often.
#[derive(Args)]
pub struct Options {
    /// Two rounds, whatever else is asked: to see whether it works
    #[arg(long)]
    smoke: bool,
    /// Only on this database
    #[arg(long, value_enum)]
    only: Option<Database>,
    /// How often each cell is measured; at least 5
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u16).range(5..), conflicts_with = "smoke")]
    rounds: u16,
    /// The seed of the order of the cells
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where the books are kept
    #[arg(long, value_name = "FOLDER", default_value = "target/bench")]
    folder: PathBuf,
}

/// Prepares, measures, checks the books, prints.
///
/// # Errors
/// When the books are not sound afterwards, or what was accepted is not what is in them.
pub fn bench(workspace: &Workspace, options: &Options) -> Result<()> {
    let folder = workspace.root.join(&options.folder);
    fs::create_dir_all(&folder)?;
    let program = books::build(workspace, "measure")?;
    let wanted = |database| options.only.is_none_or(|only| only == database);
    let sqlite = wanted(Database::Sqlite).then(|| Sqlite::prepare(workspace, &program, &folder));
    let sqlite = sqlite.transpose()?;
    let postgres = wanted(Database::Postgres).then(|| Postgres::prepare(&program, &folder)).transpose()?;
    let gates: Vec<&Gate> = [sqlite.as_ref().map(|of| &of.gate), postgres.as_ref().map(|of| &of.gate)]
        .into_iter()
        .flatten()
        .collect();

    let mut asked = Asked::default();
    if let Some(sqlite) = &sqlite {
        sqlite.ask(&mut asked)?;
    }
    if let Some(postgres) = &postgres {
        postgres.ask(&mut asked);
    }
    let Asked { mut cells, ratios } = asked;
    let often = if options.smoke { SMOKE } else { options.rounds.into() };
    let times = say::step("Measuring", || rounds(&mut cells, often, options.seed, || flush(&folder)))?;
    drop(cells);
    let mut on = vec![books::machine()];
    for gate in gates {
        let title = format!("Checking the books in {}", gate.name);
        let sound = say::step(&title, || gate.measured.borrow_mut().ask("check"))?;
        on.push(format!("{}: {}; {sound}", gate.name, gate.measured.borrow().greeting));
    }
    let which = options.only.map_or_else(String::new, |only| format!("-{only:?}").to_lowercase());
    Found { on, unit: Unit::Rate, times, ratios }.tell(workspace, &folder, &format!("gate{which}"))
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
}

impl Gate {
    fn start(program: &Path, name: &'static str, url: &str) -> Result<Self> {
        let title = format!("Opening customers in {name}");
        let measured = say::step(&title, || Measured::start(Command::new(program).args(["gate", url])))?;
        Ok(Self { name, measured: RefCell::new(measured) })
    }

    /// How long an act takes with so many callers, and of how many acts a group is.
    fn run(&self, callers: u32, whose: &str) -> Result<(Duration, f64)> {
        let answer =
            self.measured.borrow_mut().ask(&format!("run {callers} {whose} {}", LENGTH.as_millis()))?;
        let figures: Vec<f64> = answer.split(' ').map(str::parse).collect::<Result<_, _>>()?;
        let [acts, seconds, groups] = figures[..] else { bail!("not what was asked: {answer}") };
        ensure!(acts > 0.0 && groups > 0.0, "nothing was done: {answer}");
        Ok((Duration::from_secs_f64(seconds / acts), acts / groups))
    }

    /// Cells of one customer under so many callers, each with its name; and of a thousand under the most callers.
    fn cells<'a>(&'a self, callers: [u32; 3], asked: &mut Asked<'a>) -> [String; 3] {
        let names = callers.map(|callers| {
            let name = format!("{}, one customer, {callers} callers", self.name);
            asked.cell(&name, move || self.run(callers, "hot").map(|(took, _)| took));
            name
        });
        let spread = format!("{}, 1,000 customers, {} callers", self.name, callers[2]);
        asked.cell(&spread, move || self.run(callers[2], "spread").map(|(took, _)| took));
        let what = format!("{}: one customer ÷ 1,000, {} callers", self.name, callers[2]);
        asked.ratio(&what, &names[2], &spread, Some(1.0));
        names
    }
}

/// The gate on a file, and the loop.
struct Sqlite {
    gate: Gate,
    bare: RefCell<Measured>,
}

impl Sqlite {
    fn prepare(workspace: &Workspace, program: &Path, folder: &Path) -> Result<Self> {
        let loops = books::build(workspace, "bare")?;
        let at = |name: &str| folder.join(format!("{name}.db"));
        let url = |name: &str| format!("sqlite://{}?mode=rwc", at(name).display());
        for name in ["recorded", "gate", "bare"] {
            books::remove(&at(name))?;
        }
        let recorded = url("recorded");
        let mut record = Command::new(program);
        record.args(["record", &recorded, RECORDED]).stdout(Stdio::null());
        say::step("Recording what the loop writes", || run(&mut record))?;
        let bare = Measured::start(Command::new(loops).args([at("recorded"), at("bare")]))?;
        Ok(Self { gate: Gate::start(program, "SQLite", &url("gate"))?, bare: RefCell::new(bare) })
    }

    /// How long an act takes the loop.
    fn run(&self, group: f64) -> Result<Duration> {
        let answer = self.bare.borrow_mut().ask(&format!("run {group} {}", LENGTH.as_millis()))?;
        let (acts, seconds) = answer.split_once(' ').context("not what was asked")?;
        let (acts, seconds): (f64, f64) = (acts.parse()?, seconds.parse()?);
        Ok(Duration::from_secs_f64(seconds / acts))
    }

    fn ask<'a>(&'a self, asked: &mut Asked<'a>) -> Result<()> {
        let callers = [1, 64, 256];
        let [alone, few, many] = self.gate.cells(callers, asked);
        let mut of_many = String::new();
        for (callers, name, must) in [(64, few, 0.4), (256, many.clone(), 0.35)] {
            let (_, group) = self.gate.run(callers, "hot")?;
            let group = group.round();
            let bare = format!("bare loop, groups of {group}");
            asked.cell(&bare, move || self.run(group));
            asked.ratio(&format!("SQLite: {callers} callers ÷ bare loop"), &name, &bare, Some(must));
            of_many = bare;
        }
        asked.ratio("SQLite: 256 callers ÷ 1", &many, &alone, Some(20.0));
        // What a flush and a transaction are worth beside the writes, where nothing else is done.
        let lone = "bare loop, groups of 1";
        asked.cell(lone, || self.run(1.0));
        asked.ratio("bare loop: groups as 256 callers form them ÷ groups of 1", &of_many, lone, None);
        Ok(())
    }
}

/// The gate on a server of the bench's own, and pgbench on the same one.
struct Postgres {
    gate: Gate,
    cluster: Cluster,
}

impl Postgres {
    fn prepare(program: &Path, folder: &Path) -> Result<Self> {
        let cluster = Cluster::start(&folder.join("postgres"))?;
        for database in ["gate", "pgbench"] {
            cluster.make(database)?;
        }
        let scale = ["-i", "-q", "-s", CLIENTS, "pgbench"];
        say::step("Preparing pgbench", || quiet(cluster.client("pgbench").args(scale)))?;
        let gate = Gate::start(program, "PostgreSQL", &cluster.url("gate"))?;
        // A plan that was made for empty tables goes by any index. Autovacuum tells the planner within a minute of the first
        // traffic; so that no cell is measured before it, it is told here.
        gate.run(256, "hot")?;
        quiet(cluster.client("vacuumdb").args(["-q", "--analyze-only", "gate"]))?;
        Ok(Self { gate, cluster })
    }

    /// How long a simple update takes: an account's row, a row of history, a commit.
    fn run(&self) -> Result<Duration> {
        let asked = ["-n", "-N", "-c", CLIENTS, "-j", "2", "-T", PGBENCH_SECONDS, "pgbench"];
        let said = output(self.cluster.client("pgbench").args(asked)).context("pgbench has failed")?;
        let rate =
            said.lines().find_map(|line| line.strip_prefix("tps = ")).context("pgbench said no rate")?;
        let rate: f64 = rate.split(' ').next().unwrap_or_default().parse()?;
        Ok(Duration::from_secs_f64(1.0 / rate))
    }

    fn ask<'a>(&'a self, asked: &mut Asked<'a>) {
        let [alone, few, many] = self.gate.cells([1, 32, 256], asked);
        let pgbench = format!("pgbench simple-update, {CLIENTS} clients");
        asked.cell(&pgbench, || self.run());
        asked.ratio("PostgreSQL: 32 callers ÷ pgbench", &few, &pgbench, Some(1.5));
        asked.ratio("PostgreSQL: 256 callers ÷ pgbench", &many, &pgbench, Some(3.0));
        asked.ratio("PostgreSQL: 256 callers ÷ 1", &many, &alone, None);
    }
}
