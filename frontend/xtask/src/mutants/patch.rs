//! A patch file: which law, which test, and the diff that takes the guard away.

use anyhow::{Context, Result, bail};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// The test that has to notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedTest {
    /// The package it is in.
    pub package: String,
    /// Its test binary; `None` for the library's own tests.
    pub binary: Option<String>,
    /// A filter on test names.
    pub filter: String,
}

/// One guard to take away.
#[derive(Clone, Debug)]
pub struct Patch {
    /// The law's number.
    pub law: String,
    /// What is taken away.
    pub guard: String,
    /// Who has to notice.
    pub test: NamedTest,
    /// The file.
    pub file: PathBuf,
}

/// Reads all patches of a folder, by name.
///
/// # Errors
/// When there are none or one has no proper head.
pub fn read_all(folder: &Path) -> Result<Vec<Patch>> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("there are no patches in {}", folder.display()))?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "patch") {
            files.push(path);
        }
    }
    if files.is_empty() {
        bail!("there are no patches in {}", folder.display());
    }
    files.sort();
    files.iter().map(|file| read(file)).collect()
}

fn read(file: &Path) -> Result<Patch> {
    let content = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let name = file.file_stem().unwrap_or_default().to_string_lossy();
    let (law, guard, test) = head(&content).with_context(|| format!("in {}", file.display()))?;
    Ok(Patch { law, guard: guard.unwrap_or_else(|| name.into_owned()), test, file: file.to_path_buf() })
}

fn head(content: &str) -> Result<(String, Option<String>, NamedTest)> {
    let (mut law, mut guard, mut test) = (None, None, None);
    for line in content.lines().take_while(|line| !line.starts_with("--- ") && !line.starts_with("diff ")) {
        match line.trim_start_matches('#').trim().split_once(':') {
            Some(("law", value)) => law = Some(value.trim().to_owned()),
            Some(("guard", value)) => guard = Some(value.trim().to_owned()),
            Some(("test", value)) => test = Some(named_test(value)?),
            _ => {}
        }
    }
    let law = law.context("the line `law: I-…` is missing")?;
    let test = test.context("the line `test: <package> <test binary or --lib> <filter>` is missing")?;
    Ok((law, guard, test))
}

fn named_test(value: &str) -> Result<NamedTest> {
    let words: Vec<&str> = value.split_whitespace().collect();
    let [package, binary, filter] = words.as_slice() else {
        bail!("`test:` takes a package, a test binary (or --lib) and a filter, not `{}`", value.trim());
    };
    let binary = (*binary != "--lib").then(|| (*binary).to_owned());
    Ok(NamedTest { package: (*package).to_owned(), binary, filter: (*filter).to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_names_law_guard_and_test() -> Result<()> {
        let (law, guard, test) = head("law: I-5\nguard: the lock\ntest: engine it i5_\n--- a/x\n+++ b/x\n")?;
        assert_eq!((law.as_str(), guard.as_deref()), ("I-5", Some("the lock")));
        let expected =
            NamedTest { package: "engine".into(), binary: Some("it".into()), filter: "i5_".into() };
        assert_eq!(test, expected);
        Ok(())
    }

    #[test]
    fn the_library_is_named_by_its_switch() -> Result<()> {
        assert_eq!(named_test(" billing --lib i8_")?.binary, None);
        Ok(())
    }

    #[test]
    fn a_head_below_the_diff_does_not_count() {
        let error = head("test: engine it i5_\n--- a/x\n+++ b/x\n law: I-5\n").err().map(|e| e.to_string());
        assert_eq!(error.as_deref(), Some("the line `law: I-…` is missing"));
    }

    #[test]
    fn a_test_line_without_a_filter_is_refused() {
        assert!(named_test("engine it").is_err());
    }
}
