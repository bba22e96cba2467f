//! What has to be on the machine: detected first, installed only where missing, and where this tool may not install,
//! named with the command that does.

pub mod packages;

use crate::{
    process::{self, cargo, run},
    say,
    wasm::TARGET,
    workspace::Workspace,
};
use anyhow::{Context, Result, bail, ensure};
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The oldest Node.js that Playwright runs on.
const NODE: u32 = 18;

/// Ensures that rustc can compile for the browser. Where rustup's automatic installs are off, a missing target is
/// silently left out, and the error would come much later.
///
/// # Errors
/// When the target is missing and cannot be added.
pub fn wasm_target(workspace: &Workspace) -> Result<()> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let sysroot =
        process::output(Command::new(rustc).args(["--print", "sysroot"]).current_dir(&workspace.root))
            .context("`rustc --print sysroot` failed; is Rust installed?")?;
    if Path::new(&sysroot).join("lib/rustlib").join(TARGET).join("lib").is_dir() {
        return Ok(());
    }
    ensure!(
        process::on_path("rustup").is_some(),
        "Rust's {TARGET} target is missing and there is no rustup to add it; install it the way Rust was installed"
    );
    say::step("Adding Rust's browser target", || {
        run(Command::new("rustup").args(["target", "add", TARGET]).current_dir(&workspace.root))
    })
}

/// Ensures a C compiler: `SQLite` and ring are compiled from source.
///
/// # Errors
/// When there is none and it cannot be installed.
pub fn c_compiler() -> Result<()> {
    packages::ensure("a C compiler", &["build-essential"], || process::on_path("cc").is_some())
}

/// Ensures `PostgreSQL`'s programs and gives their folder. No cluster of the machine is used: the tests start and
/// throw away their own.
///
/// # Errors
/// When there are none and they cannot be installed.
pub fn postgresql() -> Result<PathBuf> {
    if let Some(named) = env::var_os("PG_BIN").map(PathBuf::from) {
        ensure!(named.join("initdb").is_file(), "PG_BIN is {}, but no initdb is there", named.display());
    }
    packages::ensure("PostgreSQL", &["postgresql"], || postgresql_folder().is_some())?;
    if process::output(Command::new("id").arg("-u")).as_deref() == Some("0") {
        // PostgreSQL refuses to run as root; the tests step down with this.
        packages::ensure("setpriv", &["util-linux"], || process::on_path("setpriv").is_some())?;
    }
    postgresql_folder().context("PostgreSQL was installed, but its programs were not found; set PG_BIN")
}

fn postgresql_folder() -> Option<PathBuf> {
    if let Some(named) = env::var_os("PG_BIN") {
        return Some(named.into());
    }
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = versions
        .filter_map(|entry| {
            Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path().join("bin")))
        })
        .filter(|(_, folder)| folder.join("initdb").is_file())
        .max();
    match newest {
        Some((_, folder)) => Some(folder),
        None => process::on_path("initdb")?.canonicalize().ok()?.parent().map(Path::to_path_buf),
    }
}

/// Ensures Chromium and gives its program.
///
/// # Errors
/// When there is none and it cannot be installed.
pub fn chromium() -> Result<PathBuf> {
    if let Some(named) = env::var_os("CHROMIUM").map(PathBuf::from) {
        ensure!(named.is_file(), "CHROMIUM is {}, but there is no such program", named.display());
        return Ok(named);
    }
    packages::ensure("Chromium", &["chromium"], || process::on_path("chromium").is_some())?;
    process::on_path("chromium")
        .context("Chromium was installed, but is not on the search path; set CHROMIUM")
}

/// Ensures Node.js and npm.
///
/// # Errors
/// When they are missing or too old and cannot be installed.
pub fn node() -> Result<()> {
    packages::ensure("Node.js", &["nodejs"], || process::on_path("node").is_some())?;
    packages::ensure("npm", &["npm"], || process::on_path("npm").is_some())?;
    let version =
        process::output(Command::new("node").arg("--version")).context("`node --version` failed")?;
    if node_major(&version).is_none_or(|major| major < NODE) {
        bail!("Node.js {version} is too old: the browser tests need {NODE} or newer");
    }
    Ok(())
}

fn node_major(version: &str) -> Option<u32> {
    version.trim_start_matches('v').split('.').next()?.parse().ok()
}

/// Ensures that the packages of npm that tests need are those of the lock file.
///
/// # Errors
/// When npm fails.
pub fn npm_packages(workspace: &Workspace) -> Result<()> {
    let folder = workspace.end2end();
    let wanted =
        fs::read(folder.join("package-lock.json")).context("end2end/package-lock.json is missing")?;
    let installed = folder.join("node_modules/.installed-lock.json");
    if fs::read(&installed).ok().as_ref() == Some(&wanted) {
        return Ok(());
    }
    say::step("Installing the tests' packages of npm", || {
        let mut npm = Command::new("npm");
        npm.args(["ci", "--no-audit", "--no-fund"]).current_dir(&folder);
        run(npm.env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"))?;
        Ok(fs::write(installed, wanted)?)
    })
}

/// Ensures Python's packages of just these versions in a folder of their own below `target`, and gives that folder.
///
/// # Errors
/// When Python is missing and cannot be installed, or pip fails.
pub fn python_packages(workspace: &Workspace, name: &str, wanted: &[&str]) -> Result<PathBuf> {
    // Debian's Python comes without what makes an environment of its own.
    let makes_environments =
        || process::output(Command::new("python3").args(["-c", "import ensurepip"])).is_some();
    packages::ensure("Python", &["python3", "python3-venv"], makes_environments)?;
    let folder = workspace.target.join(name);
    let (done, wanted_text) = (folder.join("installed"), wanted.join("\n"));
    if fs::read_to_string(&done).ok().as_ref() != Some(&wanted_text) {
        run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
        run(Command::new(folder.join("bin/pip")).args(["install", "--quiet"]).args(wanted))?;
        fs::write(done, wanted_text)?;
    }
    Ok(folder)
}

/// Ensures what our adapter of Stripe is judged by: a Stripe that is not ours, and Stripe's own command line. Gives the folder of
/// the one and the program of the other.
///
/// # Errors
/// When one of them cannot be installed.
pub fn stripes_judges(workspace: &Workspace) -> Result<(PathBuf, PathBuf)> {
    node()?;
    npm_packages(workspace)?;
    let folder = python_packages(workspace, "judges", &["localstripe==1.15.10"])?;
    Ok((folder, workspace.end2end().join("node_modules/.bin/stripe")))
}

/// Whether a cargo subcommand is installed.
#[must_use]
pub fn has_cargo_command(workspace: &Workspace, name: &str) -> bool {
    process::output(cargo(workspace).args([name, "--version"])).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_says_its_version() {
        assert_eq!(node_major("v20.20.2"), Some(20));
        assert_eq!(node_major("v9.1.0"), Some(9));
        assert_eq!(node_major("unknown"), None);
    }
}
