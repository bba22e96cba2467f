//! Copies of a SQLite database, made beside servers that go on, and put in place again. I-29.
//!
//! PostgreSQL has programs of its own for this, which the command runs.

use crate::Error;
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, Statement};
use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

/// Why a copy was not made, or not put in place.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// The database could not be read.
    #[error("the database cannot be read: {0}")]
    Unreadable(#[from] Error),
    /// A file could not be read or written.
    #[error("{0}: {1}")]
    File(PathBuf, io::Error),
    /// There is something already where the copy is to stand.
    #[error("{0} exists already, and nothing is written over")]
    Exists(PathBuf),
}

/// The file of a `sqlite:` address; none of any other.
#[must_use]
pub fn file_of(database_url: &str) -> Option<PathBuf> {
    let rest = database_url.strip_prefix("sqlite:")?;
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    Some(rest.split('?').next().unwrap_or(rest).into())
}

/// Copies the database at this address into a new file, as of one instant; it is complete, and on the disk, or not there.
pub async fn copy(database_url: &str, to: &Path) -> Result<(), CopyError> {
    let unfinished = unfinished(to)?;
    let copied = vacuum_into(database_url, &unfinished).await;
    let kept = copied.map_err(CopyError::from).and_then(|()| keep(&unfinished, to));
    if kept.is_err() {
        let _gone = fs::remove_file(&unfinished);
    }
    kept
}

/// Puts a copy where a database at this address is looked for, if there is none.
pub fn put_back(from: &Path, database: &Path) -> Result<(), CopyError> {
    let unfinished = unfinished(database)?;
    let copied = fs::copy(from, &unfinished).map_err(|error| CopyError::File(from.to_owned(), error));
    let kept = copied.and_then(|_| keep(&unfinished, database));
    if kept.is_err() {
        let _gone = fs::remove_file(&unfinished);
    }
    kept
}

/// The name of a file until it is complete, in the folder where it is to stand.
fn unfinished(to: &Path) -> Result<PathBuf, CopyError> {
    if to.exists() {
        return Err(CopyError::Exists(to.to_owned()));
    }
    let mut name = to.file_name().unwrap_or_default().to_owned();
    name.push(".unfinished");
    let unfinished = to.with_file_name(name);
    if unfinished.exists() {
        return Err(CopyError::Exists(unfinished));
    }
    Ok(unfinished)
}

/// On the disk first, then under its name, then the name on the disk.
fn keep(unfinished: &Path, to: &Path) -> Result<(), CopyError> {
    let kept = || {
        File::open(unfinished)?.sync_all()?;
        fs::rename(unfinished, to)?;
        let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
    };
    kept().map_err(|error| CopyError::File(to.to_owned(), error))
}

async fn vacuum_into(database_url: &str, to: &Path) -> Result<(), Error> {
    let mut options = ConnectOptions::new(database_url);
    options.sqlx_logging(false).map_sqlx_sqlite_opts(|sqlite| sqlite.create_if_missing(false));
    let database: DatabaseConnection = Database::connect(options).await?;
    let statement = Statement::from_sql_and_values(
        database.get_database_backend(),
        "VACUUM INTO ?",
        [to.display().to_string().into()],
    );
    let copied = database.execute_raw(statement).await;
    database.close().await?;
    copied?;
    Ok(())
}

/// How many tables a PostgreSQL database has.
pub async fn tables(database_url: &str) -> Result<i64, Error> {
    let database = Database::connect(database_url).await?;
    let count = "SELECT count(*) AS tables FROM pg_tables WHERE schemaname = ANY (current_schemas(false))";
    let statement = Statement::from_string(database.get_database_backend(), count);
    let row = database.query_one_raw(statement).await?;
    database.close().await?;
    Ok(row.ok_or_else(|| Error::corrupt("pg_tables", "count", "has no answer"))?.try_get("", "tables")?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_file_has_a_place() {
        assert_eq!(file_of("sqlite://data/console.db?mode=rwc"), Some("data/console.db".into()));
        assert_eq!(file_of("sqlite:/var/lib/console.db"), Some("/var/lib/console.db".into()));
        assert_eq!(file_of("postgres://localhost/console"), None);
    }
}
