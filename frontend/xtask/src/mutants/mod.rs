//! `cargo xtask mutants`: a law counts as held only if its test fails when the guard it watches is taken away.
//!
//! README: one file a guard in `frontend/xtask/mutants/`, a unified diff (paths `a/…`, `b/…`) below a few lines:
//!
//! ```text
//! law: I-5
//! guard: the check of what is left, in the writer's decision
//! test: engine it i5_drain
//! --- a/server/engine/src/writer.rs
//! +++ b/server/engine/src/writer.rs
//! @@ …
//! ```
//!
//! `test` is the package, its test binary (or `--lib`) and a filter on test names; `guard` may be left out, then the
//! file's name stands for it. To write one: take the guard away in the work tree, `git diff > frontend/xtask/mutants/NAME.patch`,
//! put the lines on top, and `git checkout` the file. The work tree itself is never touched: it is copied to
//! `target/mutants/tree`, and the copy is compiled in `target/mutants/build`.
//!
//! A guard is *caught* only when the named test ran and failed. A patch that does not apply or does not compile, a
//! filter that finds no test, a test that fails before the patch, and one that hangs are mistakes to mend.

mod patch;
mod table;
mod tree;
mod trial;

use crate::{process, say, setup, workspace::Workspace};
use anyhow::{Result, bail, ensure};
use clap::Args;
use patch::Patch;
use table::{Row, Verdict};
use tree::Tree;
use trial::Outcome;

/// Which guards to take away.
#[derive(Args)]
pub struct Options {
    /// Only the patches of this law, such as I-5
    #[arg(long, value_name = "LAW")]
    only: Option<String>,
    /// Afterwards also run cargo-mutants over the pure engine
    #[arg(long)]
    all: bool,
}

/// Tries every patch and prints the table.
///
/// # Errors
/// When a guard survived or a patch could not be tried.
pub fn mutants(workspace: &Workspace, options: &Options) -> Result<()> {
    ensure!(process::on_path("git").is_some(), "git is missing; run: sudo apt-get install -y git");
    if options.all && !setup::has_cargo_command(workspace, "mutants") {
        bail!("cargo-mutants is missing; run: cargo install --locked cargo-mutants");
    }
    let mut patches = patch::read_all(&workspace.root.join("frontend/xtask/mutants"))?;
    if let Some(law) = &options.only {
        patches.retain(|patch| patch.law.eq_ignore_ascii_case(law));
        ensure!(!patches.is_empty(), "no patch names the law {law}");
    }
    setup::c_compiler()?;
    let trial = trial::Trial::new(setup::postgresql()?);
    let tree = say::step("Copying the work tree", || Tree::copy(workspace))?;
    let rows: Vec<Row> = patches.into_iter().map(|patch| try_one(&trial, &tree, patch)).collect();
    eprintln!("\n{}", table::print(&rows));
    if options.all {
        say::step("Running cargo-mutants over the pure engine", || {
            process::run(process::cargo(workspace).args(["mutants", "--package", "billing"]))
        })?;
    }
    let missed = rows.iter().filter(|row| !row.verdict.is_caught()).count();
    ensure!(missed == 0, "{missed} of {} guards were not caught", rows.len());
    Ok(())
}

fn try_one(trial: &trial::Trial, tree: &Tree, patch: Patch) -> Row {
    say::now(&format!("{}: without {}", patch.law, patch.guard));
    let verdict = judge(trial, tree, &patch).unwrap_or_else(|error| Verdict::Mistake(format!("{error:#}")));
    say::note(&verdict.to_string());
    Row { law: patch.law, guard: patch.guard, verdict }
}

/// First the test as it stands, then without the guard, which is put back whatever happens.
fn judge(trial: &trial::Trial, tree: &Tree, patch: &Patch) -> Result<Verdict> {
    match trial.run(&tree.workspace, &patch.test)? {
        Outcome::Passed => {}
        outcome => return Ok(Verdict::Mistake(format!("before the patch: {outcome}"))),
    }
    tree.apply(patch)?;
    let outcome = trial.run(&tree.workspace, &patch.test);
    tree.revert(patch)?;
    Ok(match outcome? {
        Outcome::Failed => Verdict::Caught,
        Outcome::Passed => Verdict::Survived,
        other => Verdict::Mistake(format!("with the patch: {other}")),
    })
}
