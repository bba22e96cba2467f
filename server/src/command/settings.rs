//! `server settings`: what a server can be told, as the runbook prints it; a test holds the two together.

use crate::config::ServeOptions;
use clap::{Args, Command};
use std::fmt::Write;

/// A table in Markdown: option, variable, what it is without, and what it means.
#[must_use]
pub fn table() -> String {
    let serve = ServeOptions::augment_args(Command::new("serve"));
    let mut table = "| Option | Variable | Without it | |\n|---|---|---|---|\n".to_owned();
    for argument in serve.get_arguments() {
        let Some(long) = argument.get_long() else { continue };
        let variable = argument.get_env().map(|name| format!("`{}`", name.to_string_lossy()));
        let defaults: Vec<_> =
            argument.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
        let default =
            if defaults.is_empty() { "–".to_owned() } else { format!("`{}`", defaults.join(",")) };
        let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
        let _ = writeln!(table, "| `--{long}` | {} | {default} | {help} |", variable.unwrap_or_default());
    }
    table
}
