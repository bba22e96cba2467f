//! A server in a process of its own.

use anyhow::{Context, Result, ensure};
use std::{
    io::{BufRead, BufReader},
    process::{Child, ChildStdout, Command, Stdio},
};

/// The process, and where it listens. Dropping it kills it.
pub struct Served {
    process: Child,
    pub base: String,
    /// Kept open: a server that cannot say its sign-ins does not start.
    _output: BufReader<ChildStdout>,
}

impl Served {
    /// Starts a sandbox on this database and waits until it is ready.
    pub fn start(database_url: &str) -> Result<Self> {
        Self::with(database_url, &[])
    }

    /// The same, with more options.
    pub fn with(database_url: &str, options: &[&str]) -> Result<Self> {
        Self::under(database_url, options, &[])
    }

    /// The same, with variables of its own.
    pub fn under(database_url: &str, options: &[&str], variables: &[(&str, &str)]) -> Result<Self> {
        let _ = rustls::crypto::ring::default_provider().install_default(); // clients ask for it even where there is no TLS
        let mut process = Command::new(env!("CARGO_BIN_EXE_server"))
            .args(["serve", "--sandbox", "--listen", "127.0.0.1:0", "--database-url", database_url])
            .args(options)
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        let mut output = BufReader::new(process.stdout.take().context("its output")?);
        output.read_line(&mut line)?;
        let base = line.trim().strip_prefix("Console ready at ").context("not ready")?.to_owned();
        Ok(Self { process, base, _output: output })
    }

    /// Ends it as an operator does, and requires that it ends well.
    pub fn stop(mut self) -> Result<()> {
        let asked = Command::new("kill").args(["-TERM", &self.process.id().to_string()]).status()?;
        ensure!(asked.success() && self.process.wait()?.success(), "a server did not end well");
        Ok(())
    }

    /// Ends it as a power cut does.
    pub fn kill(mut self) -> Result<()> {
        self.process.kill()?;
        self.process.wait()?;
        Ok(())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ended = self.process.kill();
        let _reaped = self.process.wait();
    }
}
