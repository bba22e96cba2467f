//! A throw-away PostgreSQL cluster for the length of the test process. Absent PostgreSQL is a failure, never a skip.

use anyhow::{Context, Result, bail};
use engine::Engine;
use sea_orm::{ConnectionTrait, Database};
use std::{
    path::{Path, PathBuf},
    process::{ChildStdin, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};
use tokio::sync::OnceCell;

/// A cluster of our own. Whatever ends the test process closes the pipe, and the warden then stops the server and removes it.
pub struct Cluster {
    bin: PathBuf,
    directory: PathBuf,
    _warden: ChildStdin,
}

/// The one that tests share.
static CLUSTER: OnceLock<Result<Cluster, String>> = OnceLock::new();
static DATABASES: AtomicU32 = AtomicU32::new(1);

/// What every fresh database is a copy of: all migrations take longer than most tests.
static TEMPLATE: OnceCell<String> = OnceCell::const_new();

/// The address of a database with all tables, which nobody has used.
pub async fn fresh_database() -> Result<String> {
    let template = TEMPLATE.get_or_try_init(async || {
        let url = empty_database().await?;
        Engine::migrate(&url).await?;
        anyhow::Ok(name_in(&url)?.to_owned())
    });
    create(&format!("TEMPLATE {}", template.await?)).await
}

/// The address of a database with nothing in it.
pub async fn empty_database() -> Result<String> {
    create("").await
}

/// The name of the database at an address.
pub fn name_in(url: &str) -> Result<&str> {
    let (_, name) = url.split_once("localhost/").context("a name")?;
    Ok(name.split('?').next().unwrap_or(name))
}

/// The address of a new database: of an empty one, or of a copy (`TEMPLATE name`) of one that nobody is connected to.
pub async fn create(from: &str) -> Result<String> {
    let started = tokio::task::spawn_blocking(|| {
        CLUSTER.get_or_init(|| Cluster::start().map_err(|error| format!("{error:#}")))
    });
    let cluster =
        started.await?.as_ref().map_err(|error| anyhow::anyhow!("PostgreSQL is needed: {error}"))?;
    let name = format!("test_{}", DATABASES.fetch_add(1, Ordering::Relaxed));
    let database = Database::connect(cluster.url("postgres")).await?;
    database.execute_unprepared(&format!("CREATE DATABASE {name} {from}")).await?;
    database.close().await?;
    Ok(cluster.url(&name))
}

impl Cluster {
    /// Makes a cluster and starts its server.
    pub fn start() -> Result<Self> {
        let bin = binaries()?;
        // Not below the target folder: a socket's path must stay under 107 bytes.
        let directory = tempfile::Builder::new().prefix("jarai-pg").tempdir_in("/tmp")?.keep();
        if is_root()? {
            run(Command::new("chown").arg("postgres:postgres").arg(&directory))?;
        }
        let initdb = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "-D"];
        run(as_postgres(&bin.join("initdb"))?.args(initdb).arg(directory.join("data")))?;
        let cluster = Self { _warden: warden(&bin, &directory)?, bin, directory };
        cluster.go_on()?;
        Ok(cluster)
    }

    /// The address of one of its databases.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@localhost/{database}?host={}", self.directory.display())
    }

    /// Starts the server, after it was stopped too.
    pub fn go_on(&self) -> Result<()> {
        let settings = format!(
            "-c listen_addresses='' -c unix_socket_directories={} -c max_connections=400 -c fsync=off",
            self.directory.display()
        );
        run(self
            .control()?
            .args(["-w", "-s", "start", "-o", &settings, "-l"])
            .arg(self.directory.join("log")))
    }

    /// `pg_ctl` for this cluster.
    pub fn control(&self) -> Result<Command> {
        let mut control = as_postgres(&self.bin.join("pg_ctl"))?;
        control.arg("-D").arg(self.directory.join("data"));
        Ok(control)
    }
}

/// Waits for the end of its input, then stops the server and removes it.
fn warden(bin: &Path, directory: &Path) -> Result<ChildStdin> {
    // It outlives what ends the test, a signal to the whole group too.
    let script = r#"trap '' HUP INT TERM; read -r _; "$@" -m immediate -s stop; rm -rf "$CLUSTER""#;
    let stop = as_postgres(&bin.join("pg_ctl"))?;
    let mut child = Command::new("sh")
        .args(["-c", script, "warden"])
        .arg(stop.get_program())
        .args(stop.get_args())
        .arg("-D")
        .arg(directory.join("data"))
        .env("CLUSTER", directory)
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    child.stdin.take().context("the warden's input")
}

/// The newest server that the system has, or the one that `PG_BIN` names.
fn binaries() -> Result<PathBuf> {
    if let Some(named) = std::env::var_os("PG_BIN") {
        return Ok(named.into());
    }
    let versions =
        std::fs::read_dir("/usr/lib/postgresql").context("no /usr/lib/postgresql and no PG_BIN")?;
    let mut found: Vec<PathBuf> = versions
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .filter(|bin| bin.join("initdb").exists())
        .collect();
    found.sort();
    found.pop().context("no initdb under /usr/lib/postgresql")
}

/// PostgreSQL refuses to run as root.
fn as_postgres(program: &Path) -> Result<Command> {
    let mut command = if is_root()? {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(program);
        command
    } else {
        Command::new(program)
    };
    command.current_dir("/");
    Ok(command)
}

fn is_root() -> Result<bool> {
    Ok(Command::new("id").arg("-u").output()?.stdout.trim_ascii() == b"0")
}

/// Runs a command and requires success.
pub fn run(command: &mut Command) -> Result<()> {
    // Its standard output is not inherited: the server would keep the test's open.
    let done = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
    if !done.success() {
        bail!("{command:?}: {done}");
    }
    Ok(())
}
