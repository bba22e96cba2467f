//! The gate on a server of the bench's own, beside pgbench on the same one; by one process and by three.

use super::{Asked, Gate, MOST, pgbench, pgledger::Pgledger};
use crate::{
    bench::{Effort, processes::Processes},
    cluster::{Cluster, quiet},
    say,
};
use anyhow::Result;
use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// Clients of pgbench, and its scale, which must not be less.
const CLIENTS: &str = "32";

/// The gate and pgbench on a server of the bench's own.
pub struct Postgres {
    pub gate: Gate,
    pub processes: Processes,
    pgledger: Option<Pgledger>,
    cluster: Cluster,
}

impl Postgres {
    /// Starts the server, and everything on it; pgledger, where its SQL is given.
    pub fn prepare(program: &Path, folder: &Path, pgledger: &[PathBuf], effort: Effort) -> Result<Self> {
        let cluster = Cluster::start(&folder.join("postgres"))?;
        for database in ["gate", "pgbench"] {
            cluster.make(database)?;
        }
        let pgledger =
            (!pgledger.is_empty()).then(|| Pgledger::prepare(&cluster, folder, pgledger)).transpose()?;
        let scale = ["-i", "-q", "-s", CLIENTS, "pgbench"];
        say::step("Preparing pgbench", || quiet(cluster.client("pgbench").args(scale)))?;
        let gate = Gate::start("PostgreSQL", Command::new(program), &cluster.url("gate"), effort)?;
        let processes = Processes::start(program, &cluster, effort)?;
        // A plan that was made for empty tables goes by any index. Autovacuum tells the planner within a minute of the first
        // traffic; so that no cell is measured before it, it is told here.
        gate.run(MOST, "hot")?;
        processes.run("hot")?;
        for database in ["gate", "processes"] {
            quiet(cluster.client("vacuumdb").args(["-q", "--analyze-only", database]))?;
        }
        Ok(Self { gate, processes, pgledger, cluster })
    }

    /// What is measured.
    pub fn ask<'a>(&'a self, asked: &mut Asked<'a>) {
        let [alone, few, many] = [1, 32, MOST].map(|callers| self.gate.cell(callers, "hot", asked));
        self.gate.spread(&many, asked);
        let update = format!("pgbench simple-update, {CLIENTS} clients");
        // An account's row, a row of history, a commit.
        asked.cell(&update, || pgbench::run(&self.cluster, &["-N", "-c", CLIENTS, "pgbench"]));
        asked.ratio("PostgreSQL: 32 callers ÷ pgbench", &few, &update, Some(1.5));
        asked.ratio("PostgreSQL: 256 callers ÷ pgbench", &many, &update, Some(3.0));
        if let Some(pgledger) = &self.pgledger {
            pgledger.ask(&self.cluster, [(32, &few, 10.0), (MOST, &many, 25.0)], asked);
        }
        asked.ratio("PostgreSQL: 256 callers ÷ 1", &many, &alone, None);
        let [hot, spread] =
            [("hot", "one customer"), ("spread", "many customers each")].map(|(whose, what)| {
                let name = format!("PostgreSQL, three processes, {what}");
                asked.cell(&name, move || self.processes.run(whose));
                name
            });
        asked.ratio("PostgreSQL: three processes, one customer ÷ many each", &hot, &spread, Some(0.4));
    }
}
