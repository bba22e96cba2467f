//! The gate on a server of the bench's own, beside pgbench on the same one; by one process and by three.

use super::{Asked, Gate, LENGTH, MOST};
use crate::{
    bench::processes::Processes,
    cluster::{Cluster, quiet},
    process::output,
    say,
};
use anyhow::{Context, Result};
use std::{path::Path, process::Command, time::Duration};

/// Clients of pgbench, and its scale, which must not be less.
const CLIENTS: &str = "32";
/// It takes whole seconds, and leaves out the time to connect.
const PGBENCH_SECONDS: &str = "2";

/// The gate and pgbench on a server of the bench's own.
pub struct Postgres {
    pub gate: Gate,
    pub processes: Processes,
    cluster: Cluster,
}

impl Postgres {
    /// Starts the server, and everything on it.
    pub fn prepare(program: &Path, folder: &Path) -> Result<Self> {
        let cluster = Cluster::start(&folder.join("postgres"))?;
        for database in ["gate", "pgbench"] {
            cluster.make(database)?;
        }
        let scale = ["-i", "-q", "-s", CLIENTS, "pgbench"];
        say::step("Preparing pgbench", || quiet(cluster.client("pgbench").args(scale)))?;
        let mut gate = Command::new(program);
        gate.args(["gate", &cluster.url("gate")]);
        let gate = Gate::start(gate, "PostgreSQL")?;
        let processes = Processes::start(program, &cluster)?;
        // A plan that was made for empty tables goes by any index. Autovacuum tells the planner within a minute of the first
        // traffic; so that no cell is measured before it, it is told here.
        gate.run(MOST, "hot")?;
        processes.run("hot", LENGTH)?;
        for database in ["gate", "processes"] {
            quiet(cluster.client("vacuumdb").args(["-q", "--analyze-only", database]))?;
        }
        Ok(Self { gate, processes, cluster })
    }

    /// How long a simple update takes: an account's row, a row of history, a commit.
    fn run(&self) -> Result<Duration> {
        let asked = ["-n", "-N", "-c", CLIENTS, "-j", "2", "-T", PGBENCH_SECONDS, "pgbench"];
        let said = output(self.cluster.client("pgbench").args(asked)).context("pgbench has failed")?;
        let rate =
            said.lines().find_map(|line| line.strip_prefix("tps = ")).context("pgbench said no rate")?;
        let rate: f64 = rate.split(' ').next().unwrap_or_default().parse()?;
        Ok(Duration::from_secs_f64(1.0 / rate))
    }

    /// What is measured.
    pub fn ask<'a>(&'a self, asked: &mut Asked<'a>) {
        let [alone, few, many] = [1, 32, MOST].map(|callers| self.gate.cell(callers, "hot", asked));
        self.gate.spread(&many, asked);
        let pgbench = format!("pgbench simple-update, {CLIENTS} clients");
        asked.cell(&pgbench, || self.run());
        asked.ratio("PostgreSQL: 32 callers ÷ pgbench", &few, &pgbench, Some(1.5));
        asked.ratio("PostgreSQL: 256 callers ÷ pgbench", &many, &pgbench, Some(3.0));
        asked.ratio("PostgreSQL: 256 callers ÷ 1", &many, &alone, None);
        let [hot, spread] =
            [("hot", "one customer"), ("spread", "1,000 customers each")].map(|(whose, what)| {
                let name = format!("PostgreSQL, three processes, {what}");
                asked.cell(&name, move || self.processes.run(whose, LENGTH));
                name
            });
        asked.ratio("PostgreSQL: three processes, one customer ÷ 1,000 each", &hot, &spread, Some(0.4));
    }
}
