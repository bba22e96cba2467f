//! `cargo xtask serve`: the console with sample data, on this machine.

use crate::{
    build, process, say,
    workspace::{Flavour, Workspace},
};
use anyhow::{Context, Result, bail};
use clap::Args;
use std::{
    io::ErrorKind,
    net::{Ipv4Addr, TcpListener},
    process::Command,
};

const DATABASE: &str = "sqlite://data/console.db?mode=rwc";

/// How to serve.
#[derive(Args)]
pub struct Options {
    /// Optimised and precompressed, as it ships
    #[arg(long)]
    release: bool,
    /// The port on 127.0.0.1
    #[arg(long, default_value_t = 3000)]
    port: u16,
    /// Where the books are: a sqlite:// or postgres:// address
    #[arg(long, value_name = "URL", env = "DATABASE_URL", hide_env_values = true, default_value = DATABASE)]
    database_url: String,
}

/// Builds what is needed and becomes the server, which prints its address and the sample sign-ins.
///
/// # Errors
/// When the port is taken, a part does not build, or the server cannot be started.
pub fn serve(workspace: &Workspace, options: &Options) -> Result<()> {
    require_free(options.port)?;
    let flavour = Flavour::of(options.release);
    build::everything(workspace, flavour)?;
    say::now("Starting the console (Ctrl-C stops it)");
    let mut server = Command::new(workspace.server(flavour));
    server.current_dir(&workspace.root).args(["serve", "--sandbox"]);
    server.args(["--listen", &format!("127.0.0.1:{}", options.port)]);
    server.args(["--database-url", &options.database_url]);
    server.arg("--site-root").arg(workspace.site(flavour));
    become_it(&mut server)
}

/// Says so before minutes of building, not after.
fn require_free(port: u16) -> Result<()> {
    match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AddrInUse => bail!(
            "port {port} is taken; stop what listens there or choose another: cargo xtask serve --port {}",
            port.checked_add(1).unwrap_or(3000)
        ),
        Err(error) => Err(error).with_context(|| format!("cannot listen on 127.0.0.1:{port}")),
    }
}

/// The server takes this process's place, so that signals reach it directly and its exit code is ours.
#[cfg(unix)]
fn become_it(server: &mut Command) -> Result<()> {
    use std::os::unix::process::CommandExt;
    let error = server.exec();
    Err(error).with_context(|| format!("cannot start `{}`", process::shown(server)))
}

#[cfg(not(unix))]
fn become_it(server: &mut Command) -> Result<()> {
    process::run(server)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_is_named_with_a_way_out() -> Result<()> {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = taken.local_addr()?.port();
        let error = require_free(port).err().context("it is taken")?.to_string();
        assert!(error.contains(&format!("port {port} is taken")), "{error}");
        assert!(error.contains("--port"), "{error}");
        Ok(())
    }
}
