//! The table at the end: law · guard · verdict.

use std::fmt;

/// What became of one guard.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The test failed without it: the law is watched.
    Caught,
    /// Nobody noticed.
    Survived,
    /// It could not be tried, and why.
    Mistake(String),
}

impl Verdict {
    /// Whether the law counts as held.
    #[must_use]
    pub fn is_caught(&self) -> bool {
        *self == Self::Caught
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Caught => f.write_str("caught"),
            Self::Survived => f.write_str("SURVIVED"),
            Self::Mistake(why) => write!(f, "MISTAKE: {why}"),
        }
    }
}

/// One line.
#[derive(Debug)]
pub struct Row {
    /// The law's number.
    pub law: String,
    /// What was taken away.
    pub guard: String,
    /// What became of it.
    pub verdict: Verdict,
}

/// Prints the table.
#[must_use]
pub fn print(rows: &[Row]) -> String {
    let width =
        |column: fn(&Row) -> &str| rows.iter().map(|row| column(row).chars().count()).max().unwrap_or(0);
    let (law, guard) = (width(|row| &row.law), width(|row| &row.guard));
    let lines =
        rows.iter().map(|row| format!("  {:<law$} · {:<guard$} · {}", row.law, row.guard, row.verdict));
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up() {
        let rows = [
            Row { law: "I-5".into(), guard: "the lock".into(), verdict: Verdict::Caught },
            Row { law: "I-13".into(), guard: "a limit".into(), verdict: Verdict::Survived },
        ];
        assert_eq!(print(&rows), "  I-5  · the lock · caught\n  I-13 · a limit  · SURVIVED");
    }
}
