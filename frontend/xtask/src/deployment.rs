//! How the console is put up for the browser's tests: by itself, or as the runbook puts it up for many, two processes on one
//! `PostgreSQL` behind nginx. What every worker needs of its own is made by the tests; here is what they share.

use crate::{
    cluster::Cluster,
    process::{on_path, output},
    setup,
};
use anyhow::{Context, Result, ensure};
use clap::ValueEnum;
use std::{
    path::{Path, PathBuf},
    process::Command,
};
use tempfile::TempDir;

/// How it is put up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Deployment {
    /// One process on a `SQLite` file
    #[default]
    Single,
    /// Two processes on one `PostgreSQL` behind nginx, by the files of server/deploy
    Proxied,
    /// The same, where every request goes to the other process than the one before
    Turns,
}

/// What a deployment has for all workers. Dropping it ends it.
pub struct PutUp {
    cluster: Cluster,
    _data: TempDir,
    tls: TempDir,
}

impl Deployment {
    /// Sets up the programs that it needs.
    ///
    /// # Errors
    /// When one is missing and cannot be installed.
    pub fn set_up(self) -> Result<()> {
        if self == Self::Single {
            return Ok(());
        }
        setup::postgresql()?;
        setup::packages::ensure("nginx", &["nginx"], || nginx().is_some())?;
        setup::packages::ensure("OpenSSL", &["openssl"], || on_path("openssl").is_some())
    }

    /// Puts up what the tests share, and tells them where it is.
    ///
    /// # Errors
    /// When `PostgreSQL` does not start, or no certificate is made.
    pub fn put_up(self, tests: &mut Command) -> Result<Option<PutUp>> {
        let word = self.to_possible_value().context("a word")?;
        tests.env("JARAI_DEPLOYMENT", word.get_name());
        if self == Self::Single {
            return Ok(None);
        }
        let folder = || tempfile::Builder::new().prefix("jarai-deployment").tempdir_in("/tmp");
        let (data, tls) = (folder()?, folder()?);
        make_certificate(tls.path())?;
        let put_up = PutUp { cluster: Cluster::start(data.path())?, _data: data, tls };
        tests.env("JARAI_POSTGRES", put_up.cluster.socket()).env("PG_BIN", setup::postgresql()?);
        // What asks the gate beside the browser is Node, which takes no certificate that nobody has signed.
        tests.env("JARAI_TLS", put_up.tls.path());
        tests.env("NODE_EXTRA_CA_CERTS", put_up.tls.path().join("console.crt"));
        tests.env("NGINX", nginx().context("nginx")?);
        Ok(Some(put_up))
    }
}

/// Debian keeps it where only root looks.
fn nginx() -> Option<PathBuf> {
    on_path("nginx").or_else(|| Some(PathBuf::from("/usr/sbin/nginx")).filter(|file| file.is_file()))
}

/// A key and a certificate for this machine, by the names that server/deploy/nginx.conf gives them.
fn make_certificate(folder: &Path) -> Result<()> {
    let mut openssl = Command::new("openssl");
    openssl.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]);
    openssl.args(["-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]);
    openssl.arg("-keyout").arg(folder.join("console.key")).arg("-out").arg(folder.join("console.crt"));
    ensure!(output(&mut openssl).is_some(), "openssl has made no certificate");
    Ok(())
}
