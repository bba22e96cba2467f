//! The one clock. In a sandbox installation it can be advanced; elsewhere it is the machine's.

use billing::time::Timestamp;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What time it is for the books.
#[derive(Debug)]
pub struct Clock(Mutex<Hands>);

#[derive(Debug)]
struct Hands {
    /// How far ahead of the machine's clock.
    offset_micros: i64,
    /// The latest instant that was told.
    latest_micros: i64,
}

impl Clock {
    /// A clock that runs so much ahead of (or behind) the machine's.
    #[must_use]
    pub const fn new(offset_micros: i64) -> Self {
        Self(Mutex::new(Hands { offset_micros, latest_micros: i64::MIN }))
    }

    /// Now. It never goes back, also when the machine's clock is set back: the ledger's order is its own.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let mut hands = self.hands();
        hands.latest_micros = hands.latest_micros.max(machine_micros().saturating_add(hands.offset_micros));
        Timestamp::from_micros(hands.latest_micros).unwrap_or(Timestamp::from(chrono::DateTime::UNIX_EPOCH))
    }

    /// The offset with which a clock would show this instant now.
    #[must_use]
    pub(crate) fn offset_to(at: Timestamp) -> i64 {
        at.micros().saturating_sub(machine_micros())
    }

    /// Runs by another offset from now on.
    pub(crate) fn set_offset(&self, offset_micros: i64) {
        self.hands().offset_micros = offset_micros;
    }

    /// Runs by another offset and forgets how late it was: only for a database in which nothing has happened yet.
    pub(crate) fn restart(&self, offset_micros: i64) {
        *self.hands() = Hands { offset_micros, latest_micros: i64::MIN };
    }

    fn hands(&self) -> MutexGuard<'_, Hands> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that asks the machine what time it is")]
pub(crate) fn machine_micros() -> i64 {
    chrono::Utc::now().timestamp_micros()
}
