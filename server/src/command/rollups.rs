//! `server rollups`: how far the sums of the P&L are behind the journals, and making them anew. They are saved with what they
//! sum, so nothing is ever behind, and what is made anew is what was there.

use crate::config::DATABASE;
use engine::Engine;

/// What to do, and of which installation.
#[derive(Clone, Debug, clap::Args)]
pub struct RollupsOptions {
    #[command(subcommand)]
    act: Option<Act>,
    /// Where the books are: a sqlite:// or postgres:// address
    #[arg(
        long,
        global = true,
        value_name = "URL",
        env = "DATABASE_URL",
        hide_env_values = true,
        default_value = DATABASE
    )]
    database_url: String,
}

#[derive(Clone, Copy, Debug, clap::Subcommand)]
enum Act {
    /// Makes every sum anew from the journals
    Rebuild,
}

/// Makes the sums anew, or says how far they are behind.
pub async fn run(options: &RollupsOptions) -> Result<(), engine::Error> {
    let engine = Engine::attach(&options.database_url).await?;
    match options.act {
        Some(Act::Rebuild) => println!("{} customers summed up anew", engine.rebuild_rollups().await?),
        None => println!("lag: {} calls", engine.rollup_lag().await?),
    }
    engine.close().await;
    Ok(())
}
