//! `cargo xtask serve | test | build | package | bench | mutants | torture | security`: the build tool of JARAI Console.
//!
//! It needs nothing but a Rust toolchain: the bundler of the browser part and the one of the styles are crates
//! pinned by the workspace's lock file, and what else is missing it installs, or says how to.

mod bench;
mod build;
mod cluster;
mod deployment;
mod mutants;
mod package;
mod process;
mod say;
mod security;
mod serve;
mod setup;
mod site;
mod style;
mod test;
mod torture;
mod wasm;
mod workspace;

use clap::{Parser, Subcommand};
use std::process::ExitCode;
use workspace::{Flavour, Workspace};

/// Builds, runs and tests JARAI Console.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build everything and start the console with sample data
    Serve(serve::Options),
    /// Run everything a change has to pass: format, lint, unit, browser
    Test(test::Options),
    /// Build the browser part, the site's files and the server
    Build {
        /// Optimised and precompressed, as it ships
        #[arg(long)]
        release: bool,
    },
    /// Build a release and pack it with all that it is put up by
    Package,
    /// Measure what has to be fast beside what it has to beat
    Bench(bench::Bench),
    /// Take away one guard after another and require that a test notices
    Mutants(mutants::Options),
    /// Strike the server and single acts where it hurts, and require that nothing is lost
    Torture(torture::Options),
    /// Let judges that are not ours look at a server and at what it is made of
    Security(security::Options),
}

fn main() -> ExitCode {
    let outcome = Workspace::find().and_then(|workspace| match Cli::parse().command {
        Command::Serve(options) => serve::serve(&workspace, &options),
        Command::Test(options) => test::test(&workspace, &options),
        Command::Build { release } => build::everything(&workspace, Flavour::of(release)),
        Command::Package => package::package(&workspace),
        Command::Bench(bench) => bench::bench(&workspace, &bench),
        Command::Mutants(options) => mutants::mutants(&workspace, &options),
        Command::Torture(options) => torture::torture(&workspace, &options),
        Command::Security(options) => security::security(&workspace, &options),
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say::failed(&error);
            ExitCode::FAILURE
        }
    }
}
