//! `cargo xtask torture`: the server and single acts, struck where it hurts, again and again, on both databases. I-7, I-21 to I-30, I-40.
//!
//! The suites are tests of the packages that they are about; here they get what a run of the tests has no time for: hundreds of
//! kills, thousands of histories, and a stroke at every write, flush and word to the database.

use crate::{
    process::{self, cargo, on_path, run},
    say, setup,
    workspace::Workspace,
};
use anyhow::{Context, Result, ensure};
use clap::{Args, ValueEnum};
use std::process::Command;

/// How hard.
#[derive(Args)]
pub struct Options {
    /// Kills of the server under load, on each database
    #[arg(long, default_value_t = 200)]
    kills: u32,
    /// Histories of 60 steps, on each database
    #[arg(long, default_value_t = 2_000)]
    histories: u32,
    /// Connections that are cut, on each database
    #[arg(long, default_value_t = 2_000)]
    hang_ups: u32,
    /// Made-up inputs of each kind
    #[arg(long, default_value_t = 100_000)]
    inputs: u32,
    /// Only these suites; all of them when none is named
    #[arg(value_enum)]
    suites: Vec<Suite>,
}

/// A suite: a filter on tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Suite {
    /// Headers, events, money, quantities, keys and dates as strangers send them
    Inputs,
    /// Random histories, held against the slow model
    Histories,
    /// Books of earlier programs, with what they wrote
    Upgrades,
    /// Copies made under load, and put back
    Copies,
    /// Callers that hang up, and ask again
    HangUps,
    /// The database gone and back
    Outages,
    /// A disk that is full, and has room again
    Disks,
    /// The wall clock set back and forth, the turn of a month, servers in other zones
    Clocks,
    /// The server killed, and told to stop, under the load of 16 callers
    Kills,
    /// One act, struck at every write, flush and word to the database
    Strokes,
}

impl Suite {
    const ALL: [Self; 10] = [
        Self::Inputs,
        Self::Histories,
        Self::Upgrades,
        Self::Copies,
        Self::HangUps,
        Self::Outages,
        Self::Disks,
        Self::Clocks,
        Self::Kills,
        Self::Strokes,
    ];

    /// Filters on the names of tests, whatever package they are of.
    const fn filters(self) -> &'static [&'static str] {
        match self {
            Self::Inputs => &["any_input"],
            Self::Histories => &["histories::"],
            Self::Upgrades => &["i29_every_earlier", "i29_books_of_earlier", "i29_a_step_that_fails"],
            Self::Copies => &["i29_a_copy"],
            Self::HangUps => &["hang_ups::"],
            Self::Outages => &["faults::"],
            Self::Disks => &["disks::i24"],
            Self::Clocks => &["clocks::", "zones::i40"],
            Self::Kills => &["kills::"],
            Self::Strokes => &["strike::i2"],
        }
    }

    /// Whether its tests are left out where nobody asks for them.
    const fn is_left_out(self) -> bool {
        matches!(self, Self::Disks | Self::Clocks | Self::Strokes)
    }

    /// Its tests, with the features of all members, as tests are built.
    fn tests(self, workspace: &Workspace) -> Command {
        let mut cargo = cargo(workspace);
        cargo.args(["test", "--workspace", "--exclude", "frontend"]).args(self.targets()).arg("--");
        cargo.args(self.filters()).args(self.is_left_out().then_some("--ignored"));
        cargo
    }

    /// Which tests are built.
    const fn targets(self) -> &'static [&'static str] {
        match self {
            Self::Inputs => &["--lib", "--test", "any_input", "--test", "it"],
            Self::Upgrades => &["--lib", "--test", "it"],
            _ => &["--test", "it"],
        }
    }
}

/// Runs the suites.
///
/// # Errors
/// When something was lost, done in part, or done twice.
pub fn torture(workspace: &Workspace, options: &Options) -> Result<()> {
    setup::c_compiler()?;
    let postgresql = setup::postgresql()?;
    let wanted: Vec<Suite> = match options.suites.as_slice() {
        [] => Suite::ALL.into(),
        some => some.into(),
    };
    for suite in wanted {
        match suite {
            Suite::Strokes => setup::packages::ensure("strace", &["strace"], || on_path("strace").is_some())?,
            Suite::Clocks => {
                setup::packages::ensure("faketime", &["faketime"], || on_path("faketime").is_some())?;
            }
            Suite::Disks => {
                setup::packages::ensure("unshare", &["util-linux", "mount"], || {
                    on_path("unshare").is_some()
                })?;
            }
            _ => {}
        }
        say::step(&format!("{suite:?}"), || {
            let listed =
                process::output(suite.tests(workspace).arg("--list")).context("the tests do not build")?;
            let count = listed.lines().filter(|line| line.ends_with(": test")).count();
            ensure!(count > 0, "there is no test of {:?}: the filter is broken", suite.filters());
            let mut cargo = suite.tests(workspace);
            // One after the other, so that each has the machine.
            cargo
                .args(["--nocapture", "--test-threads", "1"])
                .env("PG_BIN", &postgresql)
                .env("JARAI_KILLS", options.kills.to_string())
                .env("JARAI_HISTORIES", options.histories.to_string())
                .env("JARAI_HANG_UPS", options.hang_ups.to_string())
                .env("PROPTEST_CASES", options.inputs.to_string())
                .env("RUST_LOG", "off");
            run(&mut cargo)
        })?;
    }
    Ok(())
}
