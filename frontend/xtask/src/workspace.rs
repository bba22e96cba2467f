//! Where things are.

use anyhow::{Context, Result};
use std::{
    env,
    path::{Path, PathBuf},
};

/// How the browser part and the site are built. Each flavour has a folder of its own, so that a console left
/// running in development and the browser tests never overwrite each other's files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flavour {
    /// Quick to build.
    Dev,
    /// As it ships: small, minified, precompressed.
    Release,
}

impl Flavour {
    /// The flavour that `--release` asks for.
    #[must_use]
    pub fn of(release: bool) -> Self {
        if release { Self::Release } else { Self::Dev }
    }

    /// The cargo profile of the browser part.
    #[must_use]
    pub fn wasm_profile(self) -> &'static str {
        match self {
            Self::Dev => "wasm-dev",
            Self::Release => "wasm-release",
        }
    }

    fn site(self) -> &'static str {
        match self {
            Self::Dev => "site-dev",
            Self::Release => "site",
        }
    }

    fn server(self) -> &'static str {
        match self {
            Self::Dev => "debug",
            Self::Release => "release",
        }
    }
}

/// The folders of this checkout.
#[derive(Clone, Debug)]
pub struct Workspace {
    /// The folder of the workspace's `Cargo.toml`.
    pub root: PathBuf,
    /// Cargo's target folder.
    pub target: PathBuf,
    /// Whether cargo compiles incrementally: quicker the second time, slower the first.
    pub incremental: bool,
}

impl Workspace {
    /// Finds the workspace that this tool was started in.
    ///
    /// # Errors
    /// When no parent folder holds the workspace.
    pub fn find() -> Result<Self> {
        let start = match env::var_os("CARGO_MANIFEST_DIR") {
            Some(manifest) => PathBuf::from(manifest),
            None => env::current_dir()?,
        };
        let root = start
            .ancestors()
            .find(|folder| folder.join("frontend/xtask/Cargo.toml").is_file())
            .context("start this inside the JARAI Console workspace")?
            .to_path_buf();
        let target = match env::var_os("CARGO_TARGET_DIR") {
            Some(target) => root.join(target),
            None => root.join("target"),
        };
        Ok(Self { root, target, incremental: true })
    }

    /// The folder the server serves files from (`--site-root`, `JARAI_SITE_ROOT`).
    #[must_use]
    pub fn site(&self, flavour: Flavour) -> PathBuf {
        self.target.join(flavour.site())
    }

    /// The server's binary.
    #[must_use]
    pub fn server(&self, flavour: Flavour) -> PathBuf {
        self.target.join(flavour.server()).join("server").with_extension(env::consts::EXE_EXTENSION)
    }

    /// The folder of the browser tests.
    #[must_use]
    pub fn end2end(&self) -> PathBuf {
        self.root.join("end2end")
    }

    /// A path for people: relative to the root where it lies below it.
    #[must_use]
    pub fn shown<'a>(&self, path: &'a Path) -> std::path::Display<'a> {
        path.strip_prefix(&self.root).unwrap_or(path).display()
    }
}
