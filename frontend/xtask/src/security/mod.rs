//! `cargo xtask security`: a server on loopback, looked at by judges that we did not write. T9, T14, T18, T20.
//!
//! schemathesis sends what the interface's own description allows and forbids, drheader reads the headers of pages,
//! slowhttptest holds two hundred connections open, cargo-audit and cargo-deny read the lock file.

mod judges;
mod server;

use crate::{
    build, say,
    workspace::{Flavour, Workspace},
};
use anyhow::{Result, bail};
use clap::Args;
use judges::Judges;
use server::Served;
use std::path::PathBuf;

/// How to look.
#[derive(Args)]
pub struct Options {
    /// Requests that schemathesis makes of each operation
    #[arg(long, default_value_t = 100)]
    examples: u32,
    /// A copy of the advisory database; without it the judges fetch their own
    #[arg(long, value_name = "FOLDER")]
    advisory_db: Option<PathBuf>,
}

/// Lets every judge look, and sums up what they say.
///
/// # Errors
/// When a judge finds something, or cannot look.
pub fn security(workspace: &Workspace, options: &Options) -> Result<()> {
    let judges = say::step("Looking for the judges", || Judges::ensure(workspace))?;
    build::everything(workspace, Flavour::Dev)?;
    let advisories = options.advisory_db.as_deref();
    let mut verdicts = vec![
        ("cargo-deny", judges.deny(workspace, advisories)),
        ("cargo-audit", judges.audit(workspace, advisories)),
    ];
    let served = Served::start(workspace)?;
    verdicts.push(("drheader", judges.headers(workspace, &served)));
    verdicts.push(("schemathesis", judges.contract(&served, options.examples)));
    verdicts.push(("slowhttptest, heads", judges::slow_heads(&served)));
    verdicts.push(("slowhttptest, bodies", judges::slow_bodies(&served)));
    verdicts.push(("the server afterwards", served.stop()));

    eprintln!();
    for (judge, verdict) in &verdicts {
        match verdict {
            Ok(()) => eprintln!("  {judge:<22} clean"),
            Err(error) => eprintln!("  {judge:<22} {error:#}"),
        }
    }
    let unhappy = verdicts.iter().filter(|(_, verdict)| verdict.is_err()).count();
    if unhappy > 0 {
        bail!("{unhappy} of {} found something", verdicts.len());
    }
    Ok(())
}
