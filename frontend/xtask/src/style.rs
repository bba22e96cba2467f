//! The styles: `style/main.css` and what it imports, as one file.

use crate::workspace::Flavour;
use anyhow::{Context, Result, anyhow, ensure};
use lightningcss::{
    bundler::{Bundler, FileProvider},
    stylesheet::{MinifyOptions, ParserOptions, PrinterOptions},
    targets::{Browsers, Features, Targets},
};
use std::path::Path;

/// The oldest browsers that get our styles as written: those of spring 2024, the first with `light-dark()`.
const BROWSERS: Browsers = Browsers {
    android: None,
    chrome: Some(123 << 16),
    edge: Some(123 << 16),
    firefox: Some(120 << 16),
    ie: None,
    ios_saf: Some((17 << 16) | (5 << 8)),
    opera: None,
    safari: Some((17 << 16) | (5 << 8)),
    samsung: None,
};

/// Bundles a style sheet: `@import … layer(…)` becomes `@layer … { … }`, in order.
///
/// # Errors
/// When a file is missing or is not CSS.
pub fn bundle(main: &Path, flavour: Flavour) -> Result<Vec<u8>> {
    ensure!(main.is_file(), "the style sheet {} is missing", main.display());
    let targets = Targets {
        browsers: Some(BROWSERS),
        // Lowered, it needs variables that follow `prefers-color-scheme` by rule; the browsers above know it.
        exclude: Features::LightDark,
        ..Targets::default()
    };
    let files = FileProvider::new();
    let mut sheet = Bundler::new(&files, None, ParserOptions::default())
        .bundle(main)
        .map_err(|error| anyhow!("{error}"))
        .context("cannot bundle the styles")?;
    sheet
        .minify(MinifyOptions { targets, ..MinifyOptions::default() })
        .map_err(|error| anyhow!("{error}"))
        .context("cannot bundle the styles")?;
    let printed = sheet
        .to_css(PrinterOptions { minify: flavour == Flavour::Release, targets, ..PrinterOptions::default() })
        .map_err(|error| anyhow!("{error}"))
        .context("cannot print the styles")?;
    Ok(printed.code.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn bundled(files: &[(&str, &str)], flavour: Flavour) -> Result<String> {
        let folder = tempfile::tempdir()?;
        for (name, css) in files {
            let file = folder.path().join(name);
            fs::create_dir_all(file.parent().context("a file has a folder")?)?;
            fs::write(file, css)?;
        }
        Ok(String::from_utf8(bundle(&folder.path().join("main.css"), flavour)?)?)
    }

    #[test]
    fn imports_keep_their_layers_and_their_order() -> Result<()> {
        let css = bundled(
            &[
                (
                    "main.css",
                    "@layer base, ui;\n@import \"ui/button.css\" layer(ui);\n@import \"base.css\" layer(base);",
                ),
                ("base.css", "body { margin: 0 }"),
                ("ui/button.css", "button { & span { color: red } }"),
            ],
            Flavour::Release,
        )?;
        assert_eq!(css, "@layer base{body{margin:0}}@layer ui{button{& span{color:red}}}");
        Ok(())
    }

    #[test]
    fn light_dark_and_nesting_stay_as_written() -> Result<()> {
        let css = bundled(
            &[("main.css", ":root { --paper: light-dark(#fff, #111); color: light-dark(#111, #eee) }")],
            Flavour::Release,
        )?;
        assert_eq!(css, ":root{--paper:light-dark(#fff,#111);color:light-dark(#111,#eee)}");
        Ok(())
    }

    #[test]
    fn a_mistake_is_named_with_its_file_and_line() -> Result<()> {
        let css = bundled(
            &[("main.css", "@import \"broken.css\";"), ("broken.css", "a {\n  color: red;\n}}")],
            Flavour::Dev,
        );
        let error = format!("{:#}", css.err().context("it is no CSS")?);
        assert!(error.contains("broken.css:"), "{error}");
        Ok(())
    }
}
