//! `cargo xtask torture`: the server and single acts, struck where it hurts, again and again, on both databases. I-21 to I-28.
//!
//! The suites are tests of the packages that they are about; here they get what a run of the tests has no time for: hundreds of
//! kills, and a stroke at every write, flush and word to the database.

use crate::{
    process::{cargo, on_path, run},
    say, setup,
    workspace::Workspace,
};
use anyhow::Result;
use clap::{Args, ValueEnum};

/// How hard.
#[derive(Args)]
pub struct Options {
    /// Kills of the server under load, on each database
    #[arg(long, default_value_t = 200)]
    kills: u32,
    /// Only these suites; all of them when none is named
    #[arg(value_enum)]
    suites: Vec<Suite>,
}

/// A suite: a filter on the tests of a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Suite {
    /// The server killed, and told to stop, under the load of 16 callers
    Kills,
    /// The database gone and back
    Outages,
    /// One act, struck at every write, flush and word to the database
    Strokes,
}

impl Suite {
    const ALL: [Self; 3] = [Self::Kills, Self::Outages, Self::Strokes];

    /// Package, filter, and whether its tests are left out elsewhere.
    const fn tests(self) -> (&'static str, &'static str, bool) {
        match self {
            Self::Kills => ("server", "kills::", false),
            Self::Outages => ("server", "faults::", false),
            Self::Strokes => ("engine", "strike::i2", true),
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
    setup::packages::ensure("strace", &["strace"], || on_path("strace").is_some())?;
    let wanted = |suite: &Suite| options.suites.is_empty() || options.suites.contains(suite);
    for suite in Suite::ALL.into_iter().filter(wanted) {
        let (package, filter, left_out) = suite.tests();
        say::step(&format!("{suite:?}"), || {
            let mut cargo = cargo(workspace);
            // The features of all members, as the tests are built; one after the other, so that each has the machine.
            cargo.args(["test", "--workspace", "--exclude", "frontend", "--test", "it"]);
            cargo.args(["--", filter, "--nocapture", "--test-threads", "1"]);
            if left_out {
                cargo.arg("--ignored");
            }
            say::note(&format!("{package}: {filter}"));
            cargo
                .env("PG_BIN", &postgresql)
                .env("JARAI_KILLS", options.kills.to_string())
                .env("RUST_LOG", "off");
            run(&mut cargo)
        })?;
    }
    Ok(())
}
