//! `server price-book`: what is sold now, in the form that `server import price-book` reads.

use crate::config::DATABASE;
use engine::Engine;

/// Of which installation.
#[derive(Clone, Debug, clap::Args)]
pub struct PriceBookOptions {
    /// Where the books are: a sqlite:// or postgres:// address
    #[arg(long, value_name = "URL", env = "DATABASE_URL", hide_env_values = true, default_value = DATABASE)]
    database_url: String,
}

/// Why it was not printed.
#[derive(Debug, thiserror::Error)]
pub enum PriceBookError {
    /// There is none, or the database does not answer.
    #[error(transparent)]
    Engine(#[from] engine::Error),
    /// It cannot be written as JSON.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

/// Prints it.
pub async fn run(options: &PriceBookOptions) -> Result<(), PriceBookError> {
    let engine = Engine::attach(&options.database_url).await?;
    println!("{}", serde_json::to_string_pretty(&engine.price_book().await?)?);
    engine.close().await;
    Ok(())
}
