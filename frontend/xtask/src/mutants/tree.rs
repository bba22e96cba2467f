//! The copy of the work tree that guards are taken from.

use super::patch::Patch;
use crate::{process, workspace::Workspace};
use anyhow::{Context, Result, bail};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// A copy of the work tree: tracked files and new ones, as they are now.
pub struct Tree {
    /// The copy as a workspace, with a target folder of its own.
    pub workspace: Workspace,
}

impl Tree {
    /// Brings the copy up to date. It has a fixed place and only what differs is written, so that a second run
    /// compiles little.
    ///
    /// # Errors
    /// When the work tree is no git checkout or cannot be copied.
    pub fn copy(workspace: &Workspace) -> Result<Self> {
        let place = workspace.target.join("mutants");
        let root = place.join("tree");
        fs::create_dir_all(&root)?;
        let files = listed(&workspace.root)?;
        for file in &files {
            let content = fs::read(workspace.root.join(file))?;
            let copy = root.join(file);
            if fs::read(&copy).ok().as_ref() != Some(&content) {
                fs::create_dir_all(copy.parent().context("a file has a folder")?)?;
                fs::write(&copy, content).with_context(|| format!("cannot write {}", copy.display()))?;
            }
        }
        remove_others(&root, &files)?;
        let target = place.join("build");
        Ok(Self { workspace: Workspace { root: root.canonicalize()?, target, ..workspace.clone() } })
    }

    /// Takes the guard away.
    ///
    /// # Errors
    /// When the patch does not apply.
    pub fn apply(&self, patch: &Patch) -> Result<()> {
        self.git_apply(patch, &[]).context("the patch does not apply")
    }

    /// Puts the guard back.
    ///
    /// # Errors
    /// When it cannot be put back.
    pub fn revert(&self, patch: &Patch) -> Result<()> {
        self.git_apply(patch, &["--reverse"]).context("the patch cannot be taken back")
    }

    fn git_apply(&self, patch: &Patch, options: &[&str]) -> Result<()> {
        let mut git = Command::new("git");
        git.arg("apply").args(options).arg(&patch.file).current_dir(&self.workspace.root);
        // The copy lies inside a repository that ignores it; git must not look that far up.
        git.env("GIT_CEILING_DIRECTORIES", self.workspace.root.parent().unwrap_or(Path::new("/")));
        let output = git.output().context("cannot start git")?;
        if !output.status.success() {
            bail!("{}", String::from_utf8_lossy(&output.stderr).trim().replace('\n', "; "));
        }
        Ok(())
    }
}

fn listed(root: &Path) -> Result<BTreeSet<PathBuf>> {
    let mut git = Command::new("git");
    git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]).current_dir(root);
    let names = process::output(&mut git).context("`git ls-files` failed; is this a git checkout?")?;
    let files = names.split('\0').filter(|name| !name.is_empty()).map(PathBuf::from);
    Ok(files.filter(|file| root.join(file).is_file()).collect())
}

/// Files that the work tree no longer has would still be compiled: test binaries and modules are found by name.
fn remove_others(root: &Path, files: &BTreeSet<PathBuf>) -> Result<()> {
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if !files.contains(path.strip_prefix(root)?) {
                fs::remove_file(&path)?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutants::patch;

    /// A guard that was rewritten has to be written again there, too: nobody would notice that it is watched no more.
    #[test]
    fn every_patch_applies_to_this_tree() -> Result<()> {
        let tree = Tree { workspace: Workspace::find()? };
        for patch in patch::read_all(&tree.workspace.root.join("frontend/xtask/mutants"))? {
            tree.git_apply(&patch, &["--check"]).with_context(|| patch.file.display().to_string())?;
        }
        Ok(())
    }
}
