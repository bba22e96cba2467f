//! `cargo xtask build`: the browser part, the site's files, the server.

use crate::{
    process::{cargo, run},
    say, setup, site, style, wasm,
    workspace::{Flavour, Workspace},
};
use anyhow::Result;

/// The name of the site's files: `pkg/console.js`, `pkg/console_bg.wasm`, `pkg/console.css`.
pub const NAME: &str = "console";

/// Builds all there is to serve.
///
/// # Errors
/// When a part does not build.
pub fn everything(workspace: &Workspace, flavour: Flavour) -> Result<()> {
    setup::wasm_target(workspace)?;
    setup::c_compiler()?;
    browser_part(workspace, flavour)?;
    server(workspace, flavour)?;
    say::note(&format!("server: {}", workspace.shown(&workspace.server(flavour))));
    say::note(&format!("site:   {}", workspace.shown(&workspace.site(flavour))));
    Ok(())
}

/// Builds what the browser loads and publishes it into the flavour's site folder.
///
/// # Errors
/// When it does not build.
pub fn browser_part(workspace: &Workspace, flavour: Flavour) -> Result<()> {
    say::step("Building the browser part", || wasm::compile(workspace, flavour))?;
    say::step("Bundling scripts, styles and public files", || {
        let mut site = site::Site::default();
        wasm::bind(workspace, flavour, &mut site)?;
        site.add(&format!("pkg/{NAME}.css"), style::bundle(&workspace.root.join("style/main.css"), flavour)?);
        site.add_folder("", &workspace.root.join("public"))?;
        let published = site.publish(&workspace.site(flavour), flavour)?;
        say::note(&published.to_string());
        Ok(())
    })
}

/// Builds the server.
///
/// # Errors
/// When it does not build.
pub fn server(workspace: &Workspace, flavour: Flavour) -> Result<()> {
    say::step("Building the server", || {
        let mut cargo = cargo(workspace);
        // Without `--package`: the features of all default members, as for `cargo test`, so that nothing is
        // built twice.
        cargo.args(["build", "--bin", "server"]);
        if flavour == Flavour::Release {
            // One file to copy: the site is inside.
            cargo.args(["--release", "--features", "server/embedded-site"]);
            cargo.env("JARAI_EMBEDDED_SITE", workspace.site(flavour));
        }
        run(&mut cargo)
    })
}
