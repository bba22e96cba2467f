//! `server generate`: a year of books for an empty sandbox, as large as asked for: to look at, and to measure on.

use crate::config::DATABASE;
use engine::{
    Engine,
    seed::{Generation, PASSWORD},
};
use indicatif::{ProgressBar, ProgressStyle};

/// How much to generate, and where.
#[derive(Clone, Debug, clap::Args)]
pub struct GenerateOptions {
    /// Rows of usage: AI calls, inside productions and outside
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(i64).range(1..=1_000_000_000))]
    rows: i64,
    /// The same seed, rows and hour of the clock give the same books
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// An empty database, which becomes a sandbox: a sqlite:// or postgres:// address
    #[arg(long, value_name = "URL", env = "DATABASE_URL", hide_env_values = true, default_value = DATABASE)]
    database_url: String,
}

/// Generates the books and says what they are; no server may be at work on the database meanwhile.
pub async fn run(options: &GenerateOptions) -> Result<(), engine::Error> {
    let engine = Engine::attach_sandbox(&options.database_url).await?;
    let bar = ProgressBar::new(options.rows.unsigned_abs());
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {human_pos} of {human_len} rows, {eta} left") {
        bar.set_style(style);
    }
    let wanted = Generation { rows: options.rows, seed: options.seed };
    let made = engine.generate(wanted, |rows| bar.set_position(rows.unsigned_abs())).await;
    bar.finish_and_clear();
    let made = made?;
    let staff = engine.sample_people().await?.into_iter().find(|(member, _)| member.role.is_staff());
    engine.close().await;
    println!(
        "{} rows of usage: {} customers, {} accounts, {} productions, {} packs bought",
        made.rows, made.customers, made.accounts, made.productions, made.packs
    );
    if let Some((member, _)) = staff {
        println!("  {}  {PASSWORD}", member.email);
    }
    Ok(())
}
