//! `cargo xtask package`: what is copied to a machine, in one archive: the program with its site inside, the runbook, and the
//! files by which it is put up.

use crate::{
    build,
    process::output,
    say,
    workspace::{Flavour, Workspace},
};
use anyhow::{Context, Result};
use flate2::{Compression, write::GzEncoder};
use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::Command,
};
use tar::{Builder, Header};

/// What goes with the program, from the top of the repository.
const BESIDE: [&str; 6] = [
    "LICENSE",
    "server/RUNBOOK.md",
    "server/deploy/Containerfile",
    "server/deploy/compose.yaml",
    "server/deploy/jarai-console@.service",
    "server/deploy/nginx.conf",
];

/// Builds a release and packs it.
///
/// # Errors
/// When a part does not build, or the archive cannot be written.
pub fn package(workspace: &Workspace) -> Result<()> {
    build::everything(workspace, Flavour::Release)?;
    say::step("Packing", || {
        let name = format!("jarai-console-{}-{}", env!("CARGO_PKG_VERSION"), host()?);
        let archive = workspace.target.join("package").join(format!("{name}.tar.gz"));
        let mut files = vec![("server".to_owned(), workspace.server(Flavour::Release), 0o755)];
        for file in BESIDE {
            let path = file.trim_start_matches("server/"); // the runbook leads to `deploy/…`
            files.push((path.to_owned(), workspace.root.join(file), 0o644));
        }
        pack(&archive, &name, &files)?;
        say::note(&format!("package: {}", workspace.shown(&archive)));
        Ok(())
    })
}

/// The triple of this machine, which the program is for.
fn host() -> Result<String> {
    let said = output(Command::new("rustc").arg("-vV")).context("`rustc -vV` failed; is Rust installed?")?;
    let host = said.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).context("rustc does not say what machine this is")
}

/// Writes the archive, whole under its name or not at all. The same files make the same archive: nobody's name and no time is
/// in it.
fn pack(archive: &Path, folder: &str, files: &[(String, PathBuf, u32)]) -> Result<()> {
    let half = archive.with_extension("half");
    fs::create_dir_all(archive.parent().context("an archive has a folder")?)?;
    let mut tar = Builder::new(GzEncoder::new(File::create(&half)?, Compression::best()));
    for (path, file, mode) in files {
        let content = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
        let mut header = Header::new_gnu();
        header.set_mode(*mode);
        header.set_size(content.len().try_into()?);
        header.set_mtime(0);
        tar.append_data(&mut header, format!("{folder}/{path}"), content.as_slice())?;
    }
    tar.into_inner()?.finish()?.sync_all()?;
    Ok(fs::rename(half, archive)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::read::GzDecoder;
    use std::io::Read;

    #[test]
    fn an_archive_holds_a_program_that_can_be_started_and_what_goes_with_it() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let (program, runbook) = (folder.path().join("a"), folder.path().join("b"));
        fs::write(&program, "program")?;
        fs::write(&runbook, "runbook")?;
        let files = [("server".to_owned(), program, 0o755), ("RUNBOOK.md".to_owned(), runbook, 0o644)];
        let archive = folder.path().join("package/console.tar.gz");
        pack(&archive, "console-1", &files)?;
        let first = fs::read(&archive)?;
        pack(&archive, "console-1", &files)?;
        assert!(fs::read(&archive)? == first, "the same files make another archive");
        let mut found = Vec::new();
        for entry in tar::Archive::new(GzDecoder::new(first.as_slice())).entries()? {
            let mut entry = entry?;
            let mut content = String::new();
            entry.read_to_string(&mut content)?;
            found.push((entry.path()?.display().to_string(), entry.header().mode()?, content));
        }
        let expected = [("console-1/server", 0o755, "program"), ("console-1/RUNBOOK.md", 0o644, "runbook")];
        let expected = expected.map(|(path, mode, content)| (path.to_owned(), mode, content.to_owned()));
        assert_eq!(found, expected);
        Ok(())
    }

    #[test]
    fn all_that_goes_with_the_program_is_there() -> Result<()> {
        let workspace = Workspace::find()?;
        for file in BESIDE {
            assert!(workspace.root.join(file).is_file(), "{file}");
        }
        Ok(())
    }
}
