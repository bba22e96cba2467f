//! `server month`: what every account earned and cost in a month, as CSV. A closed month answers the same bytes for ever.

use crate::config::DATABASE;
use billing::time::Month;
use engine::Engine;

/// Which month, and of which installation.
#[derive(Clone, Debug, clap::Args)]
pub struct MonthOptions {
    /// The month, such as 2026-10
    month: Month,
    /// Where the books are: a sqlite:// or postgres:// address
    #[arg(long, value_name = "URL", env = "DATABASE_URL", hide_env_values = true, default_value = DATABASE)]
    database_url: String,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum MonthError {
    /// The books cannot be read.
    #[error(transparent)]
    Engine(#[from] engine::Error),
    /// What is written down at the close is not what the journals say.
    #[error("the figures of {0} are not those that it was closed with; run `server verify`")]
    Changed(Month),
}

/// Prints it; whether it is closed goes to standard error.
pub async fn run(options: &MonthOptions) -> Result<(), MonthError> {
    let engine = Engine::attach(&options.database_url).await?;
    let month = engine.month(options.month).await?;
    engine.close().await;
    if !month.is_unchanged {
        return Err(MonthError::Changed(options.month));
    }
    print!("{}", month.text);
    match month.closed_at {
        Some(at) => eprintln!("closed {at}"),
        None => eprintln!("open: it can still change"),
    }
    Ok(())
}
