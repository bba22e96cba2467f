//! The browser part: compiled for WebAssembly and given its JavaScript side.

use crate::{
    build::NAME,
    process::{cargo, run},
    site::Site,
    workspace::{Flavour, Workspace},
};
use anyhow::{Context, Result};
use std::{env, fs, path::PathBuf};
use wasm_bindgen_cli_support::Bindgen;

/// The one target triple of the browser part.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// Compiles the crate `frontend`.
///
/// # Errors
/// When it does not compile.
pub fn compile(workspace: &Workspace, flavour: Flavour) -> Result<()> {
    let mut cargo = cargo(workspace);
    cargo.args(["build", "--package", "frontend", "--lib", "--target", TARGET]);
    cargo.args(["--profile", flavour.wasm_profile()]);
    // Every panic names its file: where this machine keeps its dependencies' is not for visitors to load.
    let unnamed = sources().into_iter().map(|folder| format!("--remap-path-prefix={}/=", folder.display()));
    cargo.env("CARGO_ENCODED_RUSTFLAGS", unnamed.collect::<Vec<_>>().join("\x1f"));
    run(&mut cargo)
}

/// Where cargo keeps the sources that it has downloaded: a folder for each registry.
fn sources() -> Vec<PathBuf> {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| env::home_dir().map(|home| home.join(".cargo"))).unwrap_or_default();
    let folders = fs::read_dir(home.join("registry/src")).into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = folders.map(|folder| folder.path()).collect();
    folders.sort();
    folders
}

/// Adds `pkg/console.js` and `pkg/console_bg.wasm` to the site. leptos loads the file with `_bg` because
/// `LEPTOS_OUTPUT_NAME` is not set when the server is compiled.
///
/// # Errors
/// When the compiled file is missing or was made with another wasm-bindgen.
pub fn bind(workspace: &Workspace, flavour: Flavour, site: &mut Site) -> Result<()> {
    let compiled = workspace.target.join(TARGET).join(flavour.wasm_profile()).join("frontend.wasm");
    let bound = tempfile::tempdir()?;
    let release = flavour == Flavour::Release;
    Bindgen::new()
        .input_path(&compiled)
        .out_name(NAME)
        .typescript(false)
        .remove_name_section(release)
        .remove_producers_section(release)
        .web(true)
        .and_then(|bindgen| bindgen.generate(bound.path()))
        .with_context(|| format!("cannot make the JavaScript side of {}", workspace.shown(&compiled)))?;
    site.add_folder("pkg", bound.path())
}
