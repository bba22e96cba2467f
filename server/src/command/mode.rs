//! `server mode`: closes the gate for new productions, or opens it again. K3, K5.

use crate::config::DATABASE;
use engine::Engine;

/// Which mode, and of which installation.
#[derive(Clone, Debug, clap::Args)]
pub struct ModeOptions {
    /// `idle` refuses every new production with the reason *maintenance*, and what runs goes on; `running` lifts that
    #[arg(value_enum)]
    mode: Mode,
    /// Where the books are: a sqlite:// or postgres:// address
    #[arg(long, value_name = "URL", env = "DATABASE_URL", hide_env_values = true, default_value = DATABASE)]
    database_url: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Mode {
    Idle,
    Running,
}

/// Sets the mode; every server on this database goes by it from its next act on.
pub async fn run(options: &ModeOptions) -> Result<(), engine::Error> {
    let engine = Engine::attach(&options.database_url).await?;
    engine.set_idle(options.mode == Mode::Idle).await?;
    engine.close().await;
    println!("{}", if options.mode == Mode::Idle { "idle: no new productions start" } else { "running" });
    Ok(())
}
