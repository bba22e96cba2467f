//! `server tariff`: what calls take from the allowance now, in the form that `server import tariff` reads.

use crate::config::DATABASE;
use billing::{sample, tokens::OutOfRange};
use engine::{Engine, Error};

/// Of which installation.
#[derive(Clone, Debug, clap::Args)]
pub struct TariffOptions {
    /// Where the books are: a sqlite:// or postgres:// address
    #[arg(long, value_name = "URL", env = "DATABASE_URL", hide_env_values = true, default_value = DATABASE)]
    database_url: String,
}

/// Why it was not printed.
#[derive(Debug, thiserror::Error)]
pub enum TariffError {
    /// The database does not answer.
    #[error(transparent)]
    Engine(#[from] Error),
    /// The sample does not count.
    #[error(transparent)]
    Sample(#[from] OutOfRange),
    /// It cannot be written as JSON.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

/// Prints it; where none is in force yet, the sample one, to be changed and imported.
pub async fn run(options: &TariffOptions) -> Result<(), TariffError> {
    let engine = Engine::attach(&options.database_url).await?;
    let tariff = match engine.tariff_in_force().await {
        Err(Error::NotFound(_)) => {
            eprintln!("No tariff is in force yet; these are sample values.");
            sample::tariff()?
        }
        found => found?,
    };
    println!("{}", serde_json::to_string_pretty(&tariff)?);
    engine.close().await;
    Ok(())
}
