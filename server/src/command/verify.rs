//! `server verify`: the books check for whoever runs an installation. I-1, I-3, I-6.

/// What to check.
#[derive(Clone, Debug, clap::Args)]
pub struct VerifyOptions {
    /// Where the books are: a sqlite:// or postgres:// address
    #[arg(long, value_name = "URL", env = "DATABASE_URL", hide_env_values = true, default_value = crate::config::DATABASE)]
    database_url: String,
}

/// Why the answer is not "0 violations".
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The books could not be read.
    #[error("the books could not be read: {0}")]
    Unreadable(String),
    /// Something is wrong; each line of the output names one thing.
    #[error("the books are not sound")]
    Unsound,
}

/// Prints each violation with its figures, then how many there are.
pub async fn run(options: &VerifyOptions) -> Result<(), VerifyError> {
    check(&options.database_url).await
}

/// The same for any books.
pub(super) async fn check(database_url: &str) -> Result<(), VerifyError> {
    let found = engine::verify::verify(database_url).await;
    let violations = found.map_err(|error| VerifyError::Unreadable(error.to_string()))?;
    for violation in &violations {
        println!("{violation}");
    }
    println!("{} violations", violations.len());
    if violations.is_empty() { Ok(()) } else { Err(VerifyError::Unsound) }
}
