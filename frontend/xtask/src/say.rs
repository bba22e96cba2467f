//! What this tool says: one short line a step, on standard error.

use anyhow::{Error, Result};
use std::time::{Duration, Instant};

/// Says what happens now.
pub fn now(what: &str) {
    eprintln!("▸ {what} …");
}

/// Says one thing that is worth knowing.
pub fn note(what: &str) {
    eprintln!("  {what}");
}

/// Says why the command failed, the outermost reason first.
pub fn failed(error: &Error) {
    eprintln!("✗ {error}");
    for cause in error.chain().skip(1) {
        eprintln!("  because: {cause}");
    }
}

/// Says what happens now, does it, and says how long it took.
///
/// # Errors
/// Those of `work`.
pub fn step<T>(what: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    now(what);
    let (outcome, took) = timed(work);
    if outcome.is_ok() {
        note(&format!("done in {}", seconds(took)));
    }
    outcome
}

/// Does `work` and measures it.
pub fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    #[expect(clippy::disallowed_methods, reason = "a build tool measures itself; no rule hangs on it")]
    let start = Instant::now();
    let outcome = work();
    (outcome, start.elapsed())
}

/// A duration for people: `0.4 s`, `12 s`, `3 min 05 s`.
#[must_use]
pub fn seconds(took: Duration) -> String {
    let whole = took.as_secs();
    match whole {
        0..10 => format!("{:.1} s", took.as_secs_f64()),
        10..60 => format!("{whole} s"),
        _ => format!("{} min {:02} s", whole / 60, whole % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_like_a_person_says_them() {
        assert_eq!(seconds(Duration::from_millis(412)), "0.4 s");
        assert_eq!(seconds(Duration::from_millis(12_900)), "12 s");
        assert_eq!(seconds(Duration::from_secs(185)), "3 min 05 s");
    }
}
