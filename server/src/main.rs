//! The binary: reads the command line and runs one command.

use clap::Parser;
use server::command::Command;
use std::{io::IsTerminal, process::ExitCode};
use tracing_subscriber::EnvFilter;

/// JARAI Console: allowance, budgets and the gate for video production.
#[derive(Debug, Parser)]
#[command(name = "server", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    start_log();
    match run(arguments.command).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> anyhow::Result<()> {
    command.run().await?;
    Ok(())
}

/// Standard output belongs to the commands' answers; the log goes to standard error, `RUST_LOG` says how much of it. What
/// no person reads is JSON: text that somebody else chose cannot pass for a line of the log (T9).
fn start_log() {
    let filter =
        EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn,server=info,engine=info"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if std::io::stderr().is_terminal() { log.init() } else { log.json().init() }
}
