//! Debian packages.

use crate::{
    process::{self, run},
    say,
};
use anyhow::{Result, bail};
use std::process::Command;

/// How this tool may install packages.
enum Right {
    Root,
    Sudo,
}

/// Installs packages unless `is_there` finds what they bring.
///
/// # Errors
/// When something is missing and it may not be installed, or installing it fails; the message has the command to
/// run by hand.
pub fn ensure(what: &str, packages: &[&str], is_there: impl Fn() -> bool) -> Result<()> {
    if is_there() {
        return Ok(());
    }
    let by_hand = format!("apt-get install -y --no-install-recommends {}", packages.join(" "));
    if process::on_path("apt-get").is_none() {
        bail!("{what} is missing; install it (on Debian: {by_hand})");
    }
    let Some(right) = right() else {
        bail!("{what} is missing and this user may not install it; run: sudo {by_hand}");
    };
    say::step(&format!("Installing {what} ({})", packages.join(", ")), || {
        // The lists first: on a fresh machine there are none, and old ones name files that are gone.
        run(apt(&right).arg("update"))?;
        run(apt(&right).args(["install", "-y", "--no-install-recommends"]).args(packages))
    })?;
    if !is_there() {
        bail!("{what} is still missing after: {by_hand}");
    }
    Ok(())
}

fn right() -> Option<Right> {
    if process::output(Command::new("id").arg("-u")).as_deref() == Some("0") {
        return Some(Right::Root);
    }
    process::output(Command::new("sudo").args(["-n", "true"])).map(|_| Right::Sudo)
}

fn apt(right: &Right) -> Command {
    let mut apt = match right {
        Right::Root => Command::new("env"),
        Right::Sudo => {
            let mut sudo = Command::new("sudo");
            sudo.args(["-n", "env"]);
            sudo
        }
    };
    // `sudo` drops variables, hence `env`.
    apt.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"]);
    apt
}
