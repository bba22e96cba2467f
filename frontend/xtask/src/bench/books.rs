//! Books to measure on: generated once for each size and seed, on both databases, and kept in the bench's folder.

use super::{Setting, measured::Measured};
use crate::{
    cluster::Cluster,
    process::{cargo, output, run},
    say,
    workspace::Workspace,
};
use anyhow::{Context, Result, ensure};
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

/// How large, and of which seed.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Rows of usage.
    pub rows: u64,
    /// The seed.
    pub seed: u64,
}

/// One of the two databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Database {
    /// A file.
    Sqlite,
    /// A server of the bench's own.
    Postgres,
}

/// Books in one of the databases.
pub struct Kept {
    /// The database, as the table calls it.
    pub database: &'static str,
    /// Rows of usage.
    pub rows: u64,
    /// The address.
    pub url: String,
}

/// Where the books are, and the program that is measured on them.
pub struct Books {
    measure: PathBuf,
    /// Each size in each database.
    pub kept: Vec<Kept>,
    _cluster: Option<Cluster>,
}

impl Books {
    /// Builds the program, starts `PostgreSQL`, and generates what is not there yet, on both databases or on one.
    pub fn prepare(workspace: &Workspace, folder: &Path, sizes: &[Size], setting: &Setting) -> Result<Self> {
        let measure = build(workspace, "measure")?;
        fs::create_dir_all(folder)?;
        let wanted = |database| setting.wants(database);
        let cluster =
            wanted(Database::Postgres).then(|| Cluster::start(&folder.join("postgres"))).transpose()?;
        let mut kept = Vec::new();
        for size in sizes.iter().copied() {
            let name = format!("books_{}_{}", size.rows, size.seed);
            let mark = |ending: &str| folder.join(format!("{name}.{ending}"));
            if wanted(Database::Sqlite) {
                let file = mark("db");
                let url = format!("sqlite://{}?mode=rwc", file.display());
                generate(&measure, &mark("sqlite"), &url, size, || remove(&file))?;
                kept.push(Kept { database: "SQLite", rows: size.rows, url });
            }
            if let Some(cluster) = &cluster {
                let url = cluster.url(&name);
                generate(&measure, &mark("postgres"), &url, size, || cluster.make(&name))?;
                kept.push(Kept { database: "PostgreSQL", rows: size.rows, url });
            }
        }
        Ok(Self { measure, kept, _cluster: cluster })
    }

    /// Starts the program on a database.
    pub fn start(&self, bench: &str, url: &str) -> Result<Measured> {
        Measured::start(Command::new(&self.measure).args([bench, url]))
    }

    /// Starts the gate on a database, with one more customer.
    pub fn start_gate(&self, url: &str) -> Result<Measured> {
        Measured::start(Command::new(&self.measure).args(["gate", url, "alone"]))
    }
}

/// Builds a program of the benches'.
pub fn build(workspace: &Workspace, program: &str) -> Result<PathBuf> {
    say::step(&format!("Building what is measured: {program}"), || {
        // Without `--package`, with the features of the server: nothing is built twice.
        run(cargo(workspace).args(["build", "--release", "--bin", program]))?;
        Ok(workspace.target.join("release").join(program).with_extension(env::consts::EXE_EXTENSION))
    })
}

/// Generates books where the mark of a generation that has come to its end, with sums that are those of the journals, is missing.
fn generate(
    measure: &Path,
    mark: &Path,
    url: &str,
    size: Size,
    clear: impl FnOnce() -> Result<()>,
) -> Result<()> {
    if let Ok(known) = fs::read_to_string(mark) {
        say::note(&format!("kept: {known}"));
        return Ok(());
    }
    clear()?;
    let (rows, seed) = (size.rows.to_string(), size.seed.to_string());
    let database = url.split(':').next().unwrap_or_default();
    let title = format!("Generating {rows} rows in {database}");
    let (made, took) = say::timed(|| {
        say::step(&title, || {
            let made = Command::new(measure).args(["generate", url, &rows, &seed]).output()?;
            let said = String::from_utf8_lossy(&made.stderr).trim().to_owned();
            ensure!(made.status.success(), "{said}");
            Ok(String::from_utf8_lossy(&made.stdout).trim().to_owned())
        })
    });
    let made = made?;
    say::step(&format!("Checking that sums and journals say the same in {database}"), || {
        let answer = Measured::start(Command::new(measure).args(["pnl", url]))?.ask("check")?;
        ensure!(answer == "the same figures", "{answer}");
        Ok(())
    })?;
    fs::write(mark, format!("{made}; generated in {}", say::seconds(took))).context("cannot mark the books")
}

/// Removes a `SQLite` file and what belongs to it.
pub fn remove(file: &Path) -> Result<()> {
    for ending in ["", "-wal", "-shm"] {
        let path = PathBuf::from(format!("{}{ending}", file.display()));
        if path.exists() {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

/// The machine, for whoever reads the table later.
pub fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let system = output(Command::new("uname").arg("-sm")).unwrap_or_default();
    format!("{cores} cores, {system}")
}
