//! `server backup`: a copy of everything, made while servers go on. I-29.

use super::dump::{self, DumpError};
use engine::backup::{self, CopyError};
use std::path::PathBuf;

/// What is copied, and where to.
#[derive(Clone, Debug, clap::Args)]
pub struct BackupOptions {
    /// The file to write; there must be none of that name
    #[arg(value_name = "FILE")]
    to: PathBuf,
    /// Where the books are: a sqlite:// or postgres:// address
    #[arg(long, value_name = "URL", env = "DATABASE_URL", hide_env_values = true, default_value = crate::config::DATABASE)]
    database_url: String,
}

/// Why there is no copy.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The database could not be read, or the file not be written.
    #[error(transparent)]
    Copy(#[from] CopyError),
    /// PostgreSQL's own program failed.
    #[error(transparent)]
    Dump(#[from] DumpError),
}

/// Writes the copy, as of one instant, and says how large it is.
pub async fn run(options: &BackupOptions) -> Result<(), BackupError> {
    let to = &options.to;
    if backup::file_of(&options.database_url).is_some() {
        backup::copy(&options.database_url, to).await?;
    } else {
        dump::dump(&options.database_url, to)?;
    }
    let bytes = std::fs::metadata(to).map_err(|error| CopyError::File(to.clone(), error))?.len();
    println!("{}: {bytes} bytes", to.display());
    Ok(())
}
