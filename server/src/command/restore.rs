//! `server restore`: a copy put in place, brought up to date, and checked before anybody is served from it. I-29.

use super::{
    dump::{self, DumpError},
    verify::{self, VerifyError},
};
use engine::{
    Engine,
    backup::{self, CopyError},
};
use std::path::PathBuf;

/// Which copy, and where to.
#[derive(Clone, Debug, clap::Args)]
pub struct RestoreOptions {
    /// A file that `server backup` wrote
    #[arg(value_name = "FILE")]
    from: PathBuf,
    /// Where the books are to be: the address of a SQLite file that does not exist, or of an empty PostgreSQL database
    #[arg(long, value_name = "URL", env = "DATABASE_URL", hide_env_values = true, default_value = crate::config::DATABASE)]
    database_url: String,
}

/// Why the copy is not in place, or not to be used.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The copy could not be read, or there is a database already.
    #[error(transparent)]
    Copy(#[from] CopyError),
    /// PostgreSQL's own program failed.
    #[error(transparent)]
    Dump(#[from] DumpError),
    /// It is in place, and its tables could not be brought up to date.
    #[error("the copy is in place, but its tables cannot be brought up to date: {0}")]
    Old(#[from] engine::Error),
    /// It is in place, and its books are not sound.
    #[error(transparent)]
    Verify(#[from] VerifyError),
}

/// Puts the copy in place, migrates it, and prints what the books check finds.
pub async fn run(options: &RestoreOptions) -> Result<(), RestoreError> {
    let url = &options.database_url;
    match backup::file_of(url) {
        Some(file) => backup::put_back(&options.from, &file)?,
        None => dump::load(url, &options.from).await?,
    }
    Engine::migrate(url).await?;
    Ok(verify::check(url).await?)
}
