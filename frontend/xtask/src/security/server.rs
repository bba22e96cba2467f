//! The server that is looked at: in earnest (no sandbox, `https` cookies and headers), with a key of its own.

use crate::{
    process::Running,
    workspace::{Flavour, Workspace},
};
use anyhow::{Context, Result, ensure};
use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
};
use tempfile::TempDir;

/// The name under which browsers would reach it.
const ORIGIN: &str = "https://console.example.com";

/// A server of its own process, on a throw-away database.
pub struct Served {
    process: Running,
    /// Where it listens.
    pub base: String,
    /// A key of the pipeline.
    pub key: String,
    /// Everything that it writes.
    pub folder: TempDir,
}

impl Served {
    /// Fills a sandbox with samples, and serves it under a public origin.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start(workspace: &Workspace) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut command = Command::new(workspace.server(Flavour::Dev));
        command.current_dir(&workspace.root).args(["serve", "--sandbox", "--listen", "127.0.0.1:0"]);
        command.args(["--public-origin", ORIGIN]).arg("--site-root").arg(workspace.site(Flavour::Dev));
        command
            .arg("--database-url")
            .arg(format!("sqlite://{}/console.db?mode=rwc", folder.path().display()));
        let mut process = Running(command.env("RUST_LOG", "warn").stdout(Stdio::piped()).spawn()?);
        let said = BufReader::new(process.0.stdout.take().context("its output")?);
        let (mut base, mut key) = (None, None);
        for line in said.lines() {
            let line = line?;
            if let Some(found) = line.strip_prefix("Console ready at ") {
                base = Some(found.to_owned());
            }
            if let Some(found) = line.trim().strip_prefix("key ") {
                key = Some(found.trim().to_owned());
                break;
            }
        }
        let base = base.context("the server has not said where it listens")?;
        Ok(Self { process, base, key: key.context("the server has named no key")?, folder })
    }

    /// Ends it as an operator would; it must still be there to be ended, and end well.
    ///
    /// # Errors
    /// When it has died, or ends with an error.
    pub fn stop(mut self) -> Result<()> {
        ensure!(self.process.0.try_wait()?.is_none(), "it has died");
        let asked = Command::new("kill").args(["-TERM", &self.process.0.id().to_string()]).status()?;
        ensure!(asked.success() && self.process.0.wait()?.success(), "it did not end well");
        Ok(())
    }
}
