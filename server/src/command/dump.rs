//! PostgreSQL's own programs for copies, `pg_dump` and `pg_restore`, told where the database is without showing its password
//! to whoever lists processes.

use reqwest::Url;
use std::{
    io,
    path::{Path, PathBuf},
    process::Command,
};

/// Why PostgreSQL's program has not done it.
#[derive(Debug, thiserror::Error)]
pub enum DumpError {
    /// It is not an address of a database.
    #[error("not an address of a database: {0}")]
    Address(String),
    /// The program is not there.
    #[error(
        "{0} cannot be started ({1}): install PostgreSQL's client programs of the server's version or a later one"
    )]
    Missing(&'static str, io::Error),
    /// The program has said why on standard error.
    #[error("{0} failed; what it says is above")]
    Failed(&'static str),
    /// There is something already where the copy is to stand.
    #[error("{0} exists already, and nothing is written over")]
    Exists(PathBuf),
    /// The copy would be mixed with what is there.
    #[error("the database has {0} tables already: a copy is put into an empty one only")]
    NotEmpty(i64),
    /// The database does not answer.
    #[error("the database does not answer: {0}")]
    Database(#[from] engine::Error),
}

/// Writes everything into a new file.
pub fn dump(database_url: &str, to: &Path) -> Result<(), DumpError> {
    if to.exists() {
        return Err(DumpError::Exists(to.to_owned()));
    }
    let done = run("pg_dump", database_url, &["--format=custom", "--no-owner", "--file"], to);
    if done.is_err() {
        let _gone = std::fs::remove_file(to);
    }
    done
}

/// Puts everything into an empty database: all of it or nothing.
pub async fn load(database_url: &str, from: &Path) -> Result<(), DumpError> {
    let tables = engine::backup::tables(database_url).await?;
    if tables > 0 {
        return Err(DumpError::NotEmpty(tables));
    }
    run("pg_restore", database_url, &["--exit-on-error", "--single-transaction", "--no-owner"], from)
}

fn run(program: &'static str, database_url: &str, options: &[&str], file: &Path) -> Result<(), DumpError> {
    let (address, password) = without_password(database_url)?;
    let mut command = Command::new(program);
    command.arg(format!("--dbname={address}")).args(options).arg(file);
    if let Some(password) = password {
        command.env("PGPASSWORD", password);
    }
    let status = command.status().map_err(|error| DumpError::Missing(program, error))?;
    if status.success() { Ok(()) } else { Err(DumpError::Failed(program)) }
}

fn without_password(database_url: &str) -> Result<(String, Option<String>), DumpError> {
    let mut url: Url = database_url.parse().map_err(|error| DumpError::Address(format!("{error}")))?;
    let password = url.password().map(percent_decoded);
    // Never fails where there is a host, and without one there is no password.
    let _no_host = url.set_password(None);
    Ok((url.into(), password))
}

/// As the driver reads it.
fn percent_decoded(text: &str) -> String {
    let pair = format!("p={}", text.replace('+', "%2B"));
    let base = Url::parse(&format!("http://localhost/?{pair}"));
    base.ok()
        .and_then(|url| url.query_pairs().next().map(|(_, value)| value.into_owned()))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t20_a_password_stands_on_no_command_line() {
        let (address, password) =
            without_password("postgres://console:s%2Fc+r%40t@db.example/console?sslmode=require").unwrap();
        assert_eq!(address, "postgres://console@db.example/console?sslmode=require");
        assert_eq!(password.as_deref(), Some("s/c+r@t"));
        assert_eq!(without_password("postgres://localhost/console?host=/run").unwrap().1, None);
        assert!(without_password("console").is_err());
    }
}
