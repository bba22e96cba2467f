//! Whether the books can be written. I-24, I-25.

use std::sync::atomic::{AtomicU8, Ordering};

/// What the last commit said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    /// It was kept.
    Sound,
    /// It was not: the database is away, or its disk is full. The next one may be.
    Failing,
    /// A flush failed. What is on the disk is not known, so nothing more is written by this process.
    Halted,
}

/// The writer's condition, for whoever asks. It leaves `Halted` only with the process.
#[derive(Debug, Default)]
pub(crate) struct Health(AtomicU8);

impl Health {
    /// What it is now.
    pub(crate) fn condition(&self) -> Condition {
        match self.0.load(Ordering::Relaxed) {
            0 => Condition::Sound,
            1 => Condition::Failing,
            _ => Condition::Halted,
        }
    }

    /// Notes what a commit said.
    pub(crate) fn note(&self, condition: Condition) {
        self.0.fetch_max(condition as u8, Ordering::Relaxed);
        if condition == Condition::Sound {
            let _halted_or_sound = self.0.compare_exchange(1, 0, Ordering::Relaxed, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i25_a_failed_flush_is_not_forgotten() {
        let health = Health::default();
        for (noted, then) in [
            (Condition::Failing, Condition::Failing),
            (Condition::Sound, Condition::Sound),
            (Condition::Halted, Condition::Halted),
            (Condition::Sound, Condition::Halted),
            (Condition::Failing, Condition::Halted),
        ] {
            health.note(noted);
            assert_eq!(health.condition(), then);
        }
    }
}
