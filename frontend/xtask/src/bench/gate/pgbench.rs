//! pgbench on the bench's own server, and programs that say why they have failed.

use crate::{cluster::Cluster, process::shown};
use anyhow::{Context, Result, ensure};
use std::{
    process::{Command, Output},
    time::Duration,
};

/// Nothing is cleared before, and there are two threads.
const ALWAYS: [&str; 3] = ["-n", "-j", "2"];
/// What is counted, in seconds.
const COUNTED: f64 = 2.0;

/// How long a transaction takes: the reciprocal of how many were done in a second. The time to connect is left out.
pub fn run(cluster: &Cluster, what: &[&str]) -> Result<Duration> {
    let said = told(pgbench(cluster, COUNTED).args(what))?;
    one_of(rate(&String::from_utf8_lossy(&said.stdout))?)
}

/// The same after so many seconds in which sessions make their plans: what is behind hundreds of them is slow at first.
pub fn run_warm(cluster: &Cluster, warm_up: f64, what: &[&str]) -> Result<Duration> {
    let said = told(pgbench(cluster, warm_up + COUNTED).args(["-P", "1"]).args(what))?;
    one_of(rate_after(warm_up, &String::from_utf8_lossy(&said.stderr))?)
}

fn pgbench(cluster: &Cluster, seconds: f64) -> Command {
    let mut pgbench = cluster.client("pgbench");
    pgbench.args(ALWAYS).args(["-T", &seconds.to_string()]);
    pgbench
}

fn one_of(rate: f64) -> Result<Duration> {
    ensure!(rate > 0.0, "pgbench has done nothing");
    Ok(Duration::from_secs_f64(1.0 / rate))
}

/// What pgbench has measured, in transactions a second.
fn rate(said: &str) -> Result<f64> {
    let rate = said.lines().find_map(|line| line.strip_prefix("tps = ")).context("pgbench said no rate")?;
    Ok(rate.split(' ').next().unwrap_or_default().parse()?)
}

/// The same of what it says second by second, without the warm-up and without the end, when no client begins anew.
fn rate_after(warm_up: f64, said: &str) -> Result<f64> {
    let (mut since, mut seconds, mut transactions) = (0.0, 0.0, 0.0);
    for line in said.lines().filter_map(|line| line.strip_prefix("progress: ")) {
        let (at, rest) = line.split_once(" s, ").context("no time")?;
        let (at, rate): (f64, f64) = (at.parse()?, rest.split(' ').next().unwrap_or_default().parse()?);
        if at > warm_up + 0.5 && at < warm_up + COUNTED + 0.5 {
            seconds += at - since;
            transactions += rate * (at - since);
        }
        since = at;
    }
    ensure!(seconds > 0.0, "pgbench said no rates");
    Ok(transactions / seconds)
}

/// What a program says; its complaints are the error, where it fails.
pub fn told(command: &mut Command) -> Result<Output> {
    let answer = command.output().with_context(|| format!("cannot start `{}`", shown(command)))?;
    let (program, complaints) = (command.get_program().display(), String::from_utf8_lossy(&answer.stderr));
    ensure!(answer.status.success(), "{program} failed: {}", complaints.trim());
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_read_and_nothing_done_is_none() -> Result<()> {
        let said = "latency average = 7 ms\ntps = 4483.25 (without initial connection time)\n";
        assert!((rate(said)? - 4483.25).abs() < 1e-9);
        assert!(rate("pgbench: error: no rate").is_err() && one_of(0.0).is_err());
        Ok(())
    }

    #[test]
    fn neither_the_warm_up_nor_the_end_counts() -> Result<()> {
        let seconds = |rates: [(&str, u32); 4]| {
            let line =
                |(at, rate)| format!("progress: {at} s, {rate}.0 tps, lat 3.1 ms stddev 0.5, 0 failed\n");
            rates.map(line).concat()
        };
        let of = |rates| rate_after(1.0, &seconds(rates));
        assert!((of([("1.1", 3), ("2.0", 100), ("3.0", 200), ("4.0", 7)])? - 290.0 / 1.9).abs() < 1e-9);
        assert!(of([("0.3", 3), ("0.6", 3), ("0.9", 3), ("1.2", 3)]).is_err());
        Ok(())
    }

    #[test]
    fn who_fails_says_why() {
        let failed = told(Command::new("sh").args(["-c", "echo no such table >&2; exit 3"]));
        assert!(failed.is_err_and(|error| error.to_string().ends_with("failed: no such table")));
    }
}
