//! A `PostgreSQL` of this tool's own: its data stay in their folder, for the bench's next run, its server does not. Every commit
//! is flushed.

use crate::{
    process::{self, run},
    say, setup,
};
use anyhow::{Context, Result};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};
use tempfile::TempDir;

/// Memory that a server of this size of books has, as much of a log as a server without a copy needs, and room for pgbench's
/// clients beside ours; all else is as it comes.
const SETTINGS: &str = "-c listen_addresses='' -c shared_buffers=1GB -c max_wal_size=2GB -c wal_level=minimal -c max_wal_senders=0 \
                        -c max_connections=400";

/// The running server.
pub struct Cluster {
    bin: PathBuf,
    /// Of its socket: a socket's path must stay under 107 bytes.
    folder: TempDir,
    warden: Child,
}

impl Cluster {
    /// Starts a server on the data of that folder, which are made where there are none.
    pub fn start(data: &Path) -> Result<Self> {
        let bin = setup::postgresql()?;
        let folder = tempfile::Builder::new().prefix("jarai-postgres").tempdir_in("/tmp")?;
        let root = is_root();
        if root {
            fs::create_dir_all(data)?;
            run(Command::new("chown").arg("postgres:postgres").arg(folder.path()).arg(data))?;
        }
        if !data.join("PG_VERSION").is_file() {
            let initdb = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-D"];
            quiet(as_postgres(&bin.join("initdb"), root).args(initdb).arg(data))
                .with_context(|| format!("PostgreSQL cannot keep its data in {}", data.display()))?;
        }
        let settings = format!("{SETTINGS} -c unix_socket_directories={}", folder.path().display());
        let log = folder.path().join("log");
        let control = bin.join("pg_ctl");
        quiet(
            as_postgres(&control, root)
                .args(["-w", "-s", "start", "-o", &settings, "-l"])
                .arg(&log)
                .arg("-D")
                .arg(data),
        )
        .with_context(|| fs::read_to_string(&log).unwrap_or_default())?;
        // Whatever ends this process closes the pipe, and the warden then stops the server.
        let stop = as_postgres(&control, root);
        let warden = Command::new("sh")
            .args(["-c", r#"read -r _; exec "$@" -m fast -s stop"#, "warden"])
            .arg(stop.get_program())
            .args(stop.get_args())
            .arg("-D")
            .arg(data)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()?;
        Ok(Self { bin, folder, warden })
    }

    /// The folder of its socket.
    pub fn socket(&self) -> &Path {
        self.folder.path()
    }

    /// The address of one of its databases.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@localhost/{database}?host={}", self.folder.path().display())
    }

    /// Makes a database, new and empty.
    pub fn make(&self, database: &str) -> Result<()> {
        quiet(self.client("dropdb").args(["--if-exists", database]))?;
        quiet(self.client("createdb").arg(database))
    }

    /// One of its programs, connected to it.
    pub fn client(&self, program: &str) -> Command {
        let mut client = Command::new(self.bin.join(program));
        client.args(["-U", "postgres", "-h"]).arg(self.folder.path());
        client
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.warden.stdin.take();
        if let Err(error) = self.warden.wait() {
            say::note(&format!("PostgreSQL was not stopped: {error}"));
        }
    }
}

/// `PostgreSQL` refuses to run as root.
fn as_postgres(program: &Path, root: bool) -> Command {
    let mut command = if root {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(program);
        command
    } else {
        Command::new(program)
    };
    command.current_dir("/");
    command
}

fn is_root() -> bool {
    process::output(Command::new("id").arg("-u")).as_deref() == Some("0")
}

/// Its standard output is not inherited: a server would keep ours open.
pub fn quiet(command: &mut Command) -> Result<()> {
    run(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()))
}
