//! What follows when a charge fails: grace, and when it is tried again. 5.33, I8. Sample values.

use crate::time::{Span, Timestamp};

/// For how many days everything still works.
pub const GRACE_DAYS: i32 = 7;
/// On which days after the first try it is tried again.
pub const RETRY_DAYS: [i32; 3] = [1, 3, 6];

/// When the grace of something that fell due at this instant ends.
#[must_use]
pub fn grace_until(due_at: Timestamp) -> Timestamp {
    due_at.after(Span::days(GRACE_DAYS))
}

/// When a charge that has failed so many times is tried again; none once it has been tried often enough.
#[must_use]
pub fn next_try(due_at: Timestamp, failed: usize) -> Option<Timestamp> {
    let days = RETRY_DAYS.get(failed.checked_sub(1)?)?;
    Some(due_at.after(Span::days(*days)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_5_33_a_failed_charge_is_tried_on_days_1_3_and_6_within_its_grace() {
        let due: Timestamp = "2026-11-01T00:00:00Z".parse().unwrap();
        let tries: Vec<_> =
            (0..5).map(|failed| next_try(due, failed).map(|at| at.day().to_string())).collect();
        let on = |day: &str| Some(format!("2026-11-{day}"));
        assert_eq!(tries, [None, on("02"), on("04"), on("07"), None]);
        assert_eq!(grace_until(due).to_string(), "2026-11-08T00:00:00Z");
    }
}
