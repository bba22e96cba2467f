//! `cargo xtask test`: everything a change has to pass, the cheapest first, stopping at the first failure.

use crate::{
    build,
    deployment::Deployment,
    process::{cargo, run},
    say, setup,
    wasm::TARGET,
    workspace::{Flavour, Workspace},
};
use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use std::{process::Command, time::Duration};

/// What to test.
#[derive(Args)]
pub struct Options {
    /// Only these stages; all of them when none is named
    #[arg(value_enum)]
    stages: Vec<Stage>,
    /// How the console is put up for the browser's journeys
    #[arg(long, value_enum, default_value_t)]
    deployment: Deployment,
}

/// A part of the tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Stage {
    /// Formatting
    Format,
    /// Clippy, for the machine and for the browser
    Lint,
    /// All Rust tests, on `SQLite` and on `PostgreSQL`
    Unit,
    /// Journeys in Chromium, with and without JavaScript
    Browser,
}

impl Stage {
    const ALL: [Self; 4] = [Self::Format, Self::Lint, Self::Unit, Self::Browser];

    fn title(self) -> &'static str {
        match self {
            Self::Format => "Format",
            Self::Lint => "Lint",
            Self::Unit => "Unit",
            Self::Browser => "Browser",
        }
    }

    /// Sets up what the stage needs. All stages are set up before the first runs: what is missing should be known
    /// after seconds, not after half an hour.
    fn set_up(self, workspace: &Workspace) -> Result<()> {
        match self {
            Self::Format => Ok(()),
            Self::Lint => setup::wasm_target(workspace).and_then(|()| setup::c_compiler()),
            Self::Unit => {
                setup::c_compiler()?;
                setup::postgresql()?;
                setup::stripes_judges(workspace).map(drop)
            }
            Self::Browser => {
                setup::wasm_target(workspace)?;
                setup::c_compiler()?;
                setup::chromium()?;
                setup::node()?;
                setup::npm_packages(workspace)
            }
        }
    }

    fn run(self, workspace: &Workspace, deployment: Deployment) -> Result<()> {
        match self {
            Self::Format => run(cargo(workspace).args(["fmt", "--all", "--check"])),
            Self::Lint => lint(workspace),
            Self::Unit => unit(workspace),
            Self::Browser => browser(workspace, deployment),
        }
    }
}

/// Runs the stages and sums them up.
///
/// # Errors
/// When a stage fails.
pub fn test(workspace: &Workspace, options: &Options) -> Result<()> {
    // Built once and thrown away: incremental compilation would cost more than it saves.
    let workspace = &Workspace { incremental: false, ..workspace.clone() };
    let wanted = |stage: &Stage| options.stages.is_empty() || options.stages.contains(stage);
    let stages: Vec<Stage> = Stage::ALL.into_iter().filter(wanted).collect();
    say::step("Looking for what the tests need", || {
        stages.iter().try_for_each(|stage| stage.set_up(workspace))?;
        if stages.contains(&Stage::Browser) { options.deployment.set_up() } else { Ok(()) }
    })?;

    let mut done: Vec<(Stage, bool, Duration)> = Vec::new();
    let mut outcome = Ok(());
    for stage in &stages {
        say::now(stage.title());
        let (result, took) = say::timed(|| stage.run(workspace, options.deployment));
        done.push((*stage, result.is_ok(), took));
        outcome = result.with_context(|| format!("{} failed", stage.title()));
        if outcome.is_err() {
            break;
        }
    }
    sum_up(&stages, &done);
    outcome
}

fn sum_up(stages: &[Stage], done: &[(Stage, bool, Duration)]) {
    eprintln!();
    for (stage, passed, took) in done {
        let verdict = if *passed { "passed" } else { "FAILED" };
        eprintln!("  {:<8} {verdict:<8} {:>12}", stage.title(), say::seconds(*took));
    }
    for stage in stages.iter().skip(done.len()) {
        eprintln!("  {:<8} not run", stage.title());
    }
}

fn lint(workspace: &Workspace) -> Result<()> {
    let mut native = cargo(workspace);
    native.args(["clippy", "--workspace", "--exclude", "frontend", "--all-targets", "--", "-D", "warnings"]);
    run(&mut native)?;
    let mut browser = cargo(workspace);
    browser.args(["clippy", "--package", "frontend", "--lib", "--target", TARGET, "--", "-D", "warnings"]);
    run(&mut browser)
}

fn unit(workspace: &Workspace) -> Result<()> {
    let mut cargo = cargo(workspace);
    cargo.args(["test", "--workspace", "--exclude", "frontend"]);
    // A snapshot that is new or differs is a failure, never a file written on the way.
    cargo.env("INSTA_UPDATE", "no");
    let (localstripe, stripe) = setup::stripes_judges(workspace)?;
    cargo.env("JARAI_JUDGES", localstripe).env("STRIPE_CLI", stripe);
    run(cargo.env("PG_BIN", setup::postgresql()?))
}

/// The browser part as it ships, because the one for development takes seconds to start in the browser; the server
/// as the unit tests have built it.
fn browser(workspace: &Workspace, deployment: Deployment) -> Result<()> {
    build::browser_part(workspace, Flavour::Release)?;
    build::server(workspace, Flavour::Dev)?;
    let mut playwright = Command::new("npx");
    playwright.args(["--no-install", "playwright", "test"]).current_dir(workspace.end2end());
    playwright.env("CHROMIUM", setup::chromium()?);
    playwright.env("JARAI_SERVER", workspace.server(Flavour::Dev));
    playwright.env("JARAI_SITE_ROOT", workspace.site(Flavour::Release));
    let _put_up = deployment.put_up(&mut playwright)?; // until they are done
    run(&mut playwright)
}
