//! `cargo xtask bench`: how fast things are beside what they have to beat, measured in one run: ratios, never times alone.
//!
//! A row of the table is a cell that is measured, one that it is held against, and the ratio that it must reach. Cells are
//! run in shuffled rounds, so that whatever else the machine does meets all of them, and a ratio is taken inside a round.
//! To add a bench: a file that prepares its cells and names its ratios, and a command here.

mod books;
mod cells;
mod gate;
mod measured;
mod pnl;
mod processes;
mod table;

use crate::{say, workspace::Workspace};
use anyhow::{Context, Result};
use clap::Subcommand;
use std::{fs, path::Path, time::Duration};

/// What is measured.
#[derive(Subcommand)]
pub enum Bench {
    /// Statements of the P&L, read from their sums, beside a scan of the journals
    Pnl(pnl::Options),
    /// Acts of the gate beside a bare loop of the same writes and beside pgbench, alone and in a crowd
    Gate(gate::Options),
}

/// Runs a bench.
///
/// # Errors
/// When it cannot be run, or two ways to the same figures have answered different ones. Never because of a time.
pub fn bench(workspace: &Workspace, bench: &Bench) -> Result<()> {
    match bench {
        Bench::Pnl(options) => pnl::bench(workspace, options),
        Bench::Gate(options) => gate::bench(workspace, options),
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
