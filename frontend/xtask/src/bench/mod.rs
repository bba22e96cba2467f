//! `cargo xtask bench`: how fast things are beside what they have to beat, measured in one run: ratios, never times alone.
//!
//! A row of the table is a cell that is measured, one that it is held against, and the ratio that it must reach. Cells are
//! run in shuffled rounds, so that whatever else the machine does meets all of them, and a ratio is taken inside a round.
//! To add a bench: a file that prepares its cells and names its ratios, and a command here.

mod books;
mod cells;
mod gate;
mod http;
mod measured;
mod pnl;
mod processes;
mod table;

use crate::{say, workspace::Workspace};
use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

/// On what, how often, and in which order.
#[derive(Args)]
pub struct Setting {
    /// Only on this database
    #[arg(long, value_enum)]
    only: Option<books::Database>,
    /// How often each cell is measured; at least 5
    #[arg(long, default_value_t = STANDARD.rounds, value_parser = clap::value_parser!(u16).range(5..))]
    rounds: u16,
    /// The seed of what is generated and of the order of the cells
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where the books are kept
    #[arg(long, value_name = "FOLDER", default_value = "target/bench")]
    folder: PathBuf,
}

impl Setting {
    fn wants(&self, database: books::Database) -> bool {
        self.only.is_none_or(|only| only == database)
    }

    /// The name of what is found, for its file.
    fn named(&self, name: &str) -> String {
        self.only.map_or_else(|| name.to_owned(), |only| format!("{name}-{only:?}").to_lowercase())
    }
}

/// The same, or less of it.
#[derive(Args)]
pub struct Often {
    /// One short round, of fewer customers and in smaller books: to see whether it works
    #[arg(long, conflicts_with = "rounds")]
    smoke: bool,
    #[command(flatten)]
    setting: Setting,
}

impl Often {
    fn effort(&self) -> Effort {
        if self.smoke { SMOKE } else { Effort { rounds: self.setting.rounds, ..STANDARD } }
    }
}

/// How much is done in a run.
#[derive(Clone, Copy, Debug)]
struct Effort {
    /// How often each cell is measured.
    rounds: u16,
    /// For how long callers are, after their warm-up.
    length: Duration,
    /// Productions that are recorded for the bare loop: more acts than it writes in that time.
    recorded: u32,
    /// Customers of spread traffic.
    customers: u32,
    /// Acts that the raced wallet pays for.
    affordable: u64,
    /// Rows of usage in large books.
    rows: u64,
}

/// What ratios are taken from.
const STANDARD: Effort = Effort {
    rounds: 5,
    length: Duration::from_millis(1_200),
    recorded: 10_000,
    customers: 1_000,
    affordable: 20_000,
    rows: 10_000_000,
};

/// What only shows whether it works.
const SMOKE: Effort = Effort {
    rounds: 1,
    length: Duration::from_millis(400),
    recorded: 6_000,
    customers: 100,
    affordable: 2_000,
    rows: 100_000,
};

/// What is measured: everything, unless one bench is named.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Bench {
    #[command(subcommand)]
    one: Option<One>,
    #[command(flatten)]
    all: gate::Options,
}

#[derive(Subcommand)]
enum One {
    /// Acts of the gate beside a bare loop of the same writes and beside pgbench, alone and in a crowd
    Gate(gate::Options),
    /// Captures over HTTP, one by one and 64 a request, beside an echo of the same JSON
    Http(Often),
    /// Statements of the P&L, read from their sums, beside a scan of the journals
    Pnl(pnl::Options),
}

/// Runs one bench, or one after the other.
///
/// # Errors
/// When it cannot be run, or two ways to the same figures have answered different ones. Never because of a time.
pub fn bench(workspace: &Workspace, bench: &Bench) -> Result<()> {
    match &bench.one {
        Some(One::Gate(options)) => gate::bench(workspace, options),
        Some(One::Http(often)) => http::bench(workspace, often),
        Some(One::Pnl(options)) => pnl::bench(workspace, &options.often, options.rows),
        None => {
            let often = &bench.all.often;
            gate::bench(workspace, &bench.all)?;
            if often.setting.wants(http::DATABASE) {
                http::bench(workspace, often)?;
            }
            pnl::bench(workspace, often, None)
        }
    }
}

/// How long the disk takes to keep a page: the median of some tries.
fn flush(folder: &Path) -> Result<Duration> {
    use std::io::Write;
    let path = folder.join("flush");
    let mut file = fs::File::create(&path).context("cannot write into the bench's folder")?;
    let mut times = Vec::new();
    for _ in 0..21 {
        file.write_all(&[0; 4_096])?;
        let (flushed, took) = say::timed(|| file.sync_data());
        flushed?;
        times.push(took);
    }
    fs::remove_file(path)?;
    times.sort();
    Ok(times[times.len() / 2])
}
