//! Running the named test and judging what cargo says.

use super::patch::NamedTest;
use crate::{process::cargo, workspace::Workspace};
use anyhow::{Context, Result};
use std::{
    fmt,
    path::PathBuf,
    process::{Command, Output},
};

/// How long the named tests may run, in seconds, once they are compiled.
const LIMIT: &str = "600";

/// What happened to the named test.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All tests that the filter finds passed.
    Passed,
    /// At least one failed.
    Failed,
    /// The filter finds none.
    NoSuchTest,
    /// It does not compile; the first error.
    DoesNotCompile(String),
    /// It did not end in time.
    Hung,
    /// It ended in some other way; its last words.
    Broken(String),
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Passed => f.write_str("the test passes"),
            Self::Failed => f.write_str("the test fails"),
            Self::NoSuchTest => f.write_str("the filter finds no test"),
            Self::DoesNotCompile(error) => write!(f, "it does not compile: {error}"),
            Self::Hung => write!(f, "the test did not end within {LIMIT} s"),
            Self::Broken(words) => write!(f, "the test broke off: {words}"),
        }
    }
}

/// Runs named tests.
pub struct Trial {
    postgresql: PathBuf,
}

impl Trial {
    /// With `PostgreSQL`'s programs in that folder.
    #[must_use]
    pub fn new(postgresql: PathBuf) -> Self {
        Self { postgresql }
    }

    /// Compiles and runs a named test in a workspace.
    ///
    /// # Errors
    /// When cargo cannot be started.
    pub fn run(&self, workspace: &Workspace, test: &NamedTest) -> Result<Outcome> {
        let mut compile = cargo(workspace);
        compile.args(select(test)).arg("--no-run");
        let compiled = compile.output().context("cannot start cargo")?;
        if !compiled.status.success() {
            return Ok(Outcome::DoesNotCompile(first_error(&text(&compiled))));
        }
        let mut run = cargo(workspace);
        run.args(select(test)).arg(&test.filter).env("PG_BIN", &self.postgresql).env("INSTA_UPDATE", "no");
        let output = limited(&run).output().context("cannot start `timeout`")?;
        Ok(judge(output.status.code(), &text(&output)))
    }
}

fn select(test: &NamedTest) -> Vec<String> {
    let mut words = vec!["test".to_owned(), "--package".to_owned(), test.package.clone()];
    match &test.binary {
        None => words.push("--lib".to_owned()),
        Some(binary) => words.extend(["--test".to_owned(), binary.clone()]),
    }
    words
}

/// The same command under coreutils' `timeout`, which ends the test's own processes with it: a missing lock may show
/// as a wait without end.
fn limited(command: &Command) -> Command {
    let mut timeout = Command::new("timeout");
    timeout.args(["--kill-after=10", LIMIT]).arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => timeout.env(name, value),
            None => timeout.env_remove(name),
        };
    }
    if let Some(folder) = command.get_current_dir() {
        timeout.current_dir(folder);
    }
    timeout
}

fn text(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes)).concat()
}

fn first_error(text: &str) -> String {
    text.lines().find(|line| line.starts_with("error")).unwrap_or("cargo gave no reason").to_owned()
}

/// Judges by the test harness's own lines; an exit code alone does not say whether a test ran.
fn judge(code: Option<i32>, text: &str) -> Outcome {
    let count = |word: &str| -> u32 {
        let results = text.lines().filter_map(|line| line.strip_prefix("test result: "));
        let numbers =
            results.flat_map(|line| line.split(['.', ';'])).filter_map(|part| part.trim().strip_suffix(word));
        numbers.filter_map(|number| number.trim().parse::<u32>().ok()).sum()
    };
    match (count(" passed"), count(" failed"), code) {
        (_, _, Some(124 | 137)) => Outcome::Hung,
        (_, 1.., Some(1..)) => Outcome::Failed,
        (1.., 0, Some(0)) => Outcome::Passed,
        (0, 0, Some(0)) => Outcome::NoSuchTest,
        _ => Outcome::Broken(text.trim_end().lines().last().unwrap_or("it said nothing").to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RESULT: &str = "running 2 tests\ntest a ... ok\n\ntest result: ";

    #[test]
    fn a_failed_test_is_a_failure() {
        let text = format!("{RESULT}FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 9 filtered out");
        assert_eq!(judge(Some(101), &text), Outcome::Failed);
    }

    #[test]
    fn a_passed_test_is_no_failure() {
        let text = format!("{RESULT}ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out");
        assert_eq!(judge(Some(0), &text), Outcome::Passed);
    }

    #[test]
    fn a_filter_that_finds_nothing_proves_nothing() {
        let text = format!("{RESULT}ok. 0 passed; 0 failed; 0 ignored; 0 measured; 9 filtered out");
        assert_eq!(judge(Some(0), &text), Outcome::NoSuchTest);
    }

    #[test]
    fn a_crash_before_the_result_is_not_a_failed_test() {
        let text = "running 2 tests\nerror: test failed\n  process didn't exit successfully (signal: 6)";
        assert!(matches!(judge(Some(101), text), Outcome::Broken(_)));
    }

    #[test]
    fn a_test_without_end_is_not_a_failed_test() {
        assert_eq!(judge(Some(124), "running 1 test"), Outcome::Hung);
    }

    #[test]
    fn the_compilers_first_error_is_kept() {
        assert_eq!(
            first_error("warning: x\nerror[E0425]: no such name\nerror: aborting"),
            "error[E0425]: no such name"
        );
    }
}
