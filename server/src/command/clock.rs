//! `server clock`: what time it is for the books, and in a sandbox a way to make it later.

use crate::config::DATABASE;
use billing::time::Span;
use engine::Engine;
use std::time::Duration;

/// In microseconds; beyond it lies the end of the calendar.
const THOUSAND_YEARS: i64 = 1_000 * 365 * 86_400_000_000;

/// What to do with which installation's clock.
#[derive(Clone, Debug, clap::Args)]
pub struct ClockOptions {
    #[command(subcommand)]
    act: ClockAct,
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

#[derive(Clone, Debug, clap::Subcommand)]
enum ClockAct {
    /// Says what time it is
    Show,
    /// Makes it later; servers that run take it over within seconds
    Advance {
        /// By how much, such as `90m`, `3d` or `1month 2days`
        #[arg(value_parser = humantime::parse_duration)]
        by: Duration,
    },
}

/// Why the clock was not advanced.
#[derive(Debug, thiserror::Error)]
pub enum ClockError {
    /// More time than a calendar has.
    #[error("that is too long: advance by less than 1,000 years at once")]
    TooLong,
    /// The clock is the machine's, or the database does not answer.
    #[error(transparent)]
    Engine(#[from] engine::Error),
}

/// Advances the clock where asked, and says what time it is.
pub async fn run(options: &ClockOptions) -> Result<(), ClockError> {
    let engine = Engine::attach(&options.database_url).await?;
    if let ClockAct::Advance { by } = &options.act {
        let micros = i64::try_from(by.as_micros()).ok().filter(|micros| *micros <= THOUSAND_YEARS);
        let micros = micros.ok_or(ClockError::TooLong)?;
        engine.advance_sandbox_clock(Span::micros(micros)).await?;
    }
    println!("{}", engine.now());
    engine.close().await;
    Ok(())
}
