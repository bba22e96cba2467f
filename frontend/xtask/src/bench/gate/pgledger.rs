//! pgledger's hot account on the same server: one account that every transfer takes from, to one of a thousand others. Its SQL is
//! given by whoever measures; none of it is in this project.

use super::{
    Asked,
    pgbench::{self, told},
};
use crate::{
    cluster::{Cluster, quiet},
    say,
};
use anyhow::{Context, Result, ensure};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Seconds until all of 256 sessions have their plans and have waited for each other once.
const WARM_UP: f64 = 5.0;
/// Its database.
const DATABASE: &str = "pgledger";
/// An account that everybody takes from and that may not be overdrawn, as a wallet may not; a thousand that are given to; and where
/// it all comes from. Their ids are of the usual form and length, but known: a script can name one without looking it up.
const ACCOUNTS: &str = "
    SELECT FROM pgledger_create_account('0', 'TOK', allow_negative_balance => FALSE);
    SELECT FROM generate_series(1, 1001) AS place, LATERAL pgledger_create_account(place::text, 'TOK');
    UPDATE pgledger_accounts SET id = 'pgla_' || lpad(name, 26, '0');
    SELECT FROM pgledger_create_transfer('pgla_00000000000000000000001001', 'pgla_00000000000000000000000000', 1e12);
";
/// A transaction: one transfer.
const TRANSFER: &str = r"\set counter random(1, 1000)
SELECT id FROM pgledger_create_transfer('pgla_00000000000000000000000000', 'pgla_' || lpad(:counter::text, 26, '0'), 1);
";

/// Refuses what cannot be loaded, before anything is started.
pub fn readable(files: &[PathBuf]) -> Result<()> {
    for file in files {
        let known = fs::File::open(file).and_then(|file| file.metadata());
        let known = known.with_context(|| format!("--pgledger {} cannot be read", file.display()))?;
        ensure!(known.is_file(), "--pgledger {} is not a file", file.display());
    }
    Ok(())
}

/// pgledger in a database of its own.
pub struct Pgledger {
    script: String,
}

impl Pgledger {
    /// Loads it and opens its accounts.
    pub fn prepare(cluster: &Cluster, folder: &Path, files: &[PathBuf]) -> Result<Self> {
        let script = folder.join("pgledger.pgbench");
        fs::write(&script, TRANSFER)?;
        let pgledger = Self { script: script.display().to_string() };
        cluster.make(DATABASE)?;
        say::step("Loading pgledger", || {
            let mut psql = cluster.client("psql");
            psql.args(["-X", "-q", "-1", "-v", "ON_ERROR_STOP=1", "-d", DATABASE]);
            for file in files {
                psql.arg("-f").arg(file);
            }
            told(psql.args(["-c", ACCOUNTS]))
                .context("what --pgledger names is not pgledger, or one of its files is missing before it")?;
            // As for the gate: no plan is to be one that was made for empty tables.
            pgbench::run(cluster, &pgledger.transfers("32"))?;
            quiet(cluster.client("vacuumdb").args(["-q", "--analyze-only", DATABASE]))
        })?;
        Ok(pgledger)
    }

    /// Transfers by so many clients, who prepare them once, as pgledger's own clients do.
    fn transfers<'a>(&'a self, clients: &'a str) -> [&'a str; 7] {
        ["-M", "prepared", "-f", &self.script, "-c", clients, DATABASE]
    }

    /// So many clients beside the gate's cell of as many callers, and what must be reached.
    pub fn ask<'a>(&'a self, cluster: &'a Cluster, beside: [(u32, &str, f64); 2], asked: &mut Asked<'a>) {
        for (clients, gate, must) in beside {
            let name = format!("pgledger's hot account, {clients} clients");
            asked.cell(&name, move || {
                pgbench::run_warm(cluster, WARM_UP, &self.transfers(&clients.to_string()))
            });
            asked.ratio(&format!("PostgreSQL: {clients} callers ÷ {name}"), gate, &name, Some(must));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_there_is_refused_by_its_name() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let [there, missing] = ["there.sql", "missing.sql"].map(|name| folder.path().join(name));
        fs::write(&there, "SELECT 1;")?;
        let refused = |files: &[PathBuf]| readable(files).map_err(|error| error.to_string());
        assert_eq!(refused(&[]), Ok(()));
        assert_eq!(refused(std::slice::from_ref(&there)), Ok(()));
        let said = format!("--pgledger {} cannot be read", missing.display());
        assert_eq!(refused(&[there, missing]), Err(said));
        let said = format!("--pgledger {} is not a file", folder.path().display());
        assert_eq!(refused(&[folder.path().to_owned()]), Err(said));
        Ok(())
    }
}
