//! The one clock. In a sandbox installation it can be advanced; elsewhere it is the machine's.
//!
//! *Time*, I-40: it goes by the machine's steady clock, which nobody can set, and is only drawn towards the wall clock: a
//! wall clock that is set wrong for an hour makes no hold expire early, and one that was wrong at the start is made good.

use billing::time::Timestamp;
use rustix::time::{ClockId, clock_gettime};
use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Instant,
};

/// How much faster or slower than the steady clock ours may go to meet the wall clock: one part in so many.
const DRAWN: i64 = 100;
/// How often it is drawn.
const DRAWN_EVERY_MICROS: i64 = 1_000_000;

/// What time it is for the books.
#[derive(Debug)]
pub struct Clock(Mutex<Hands>);

/// Where the hands of the clock stand. All in microseconds.
#[derive(Debug)]
struct Hands {
    /// How far ahead of the machine's time.
    offset: i64,
    /// The machine's time when it was last drawn to the wall clock.
    time: i64,
    /// The steady clock at that instant.
    steady: i64,
    /// The latest instant that was told.
    latest: i64,
}

impl Clock {
    /// A clock that runs so much ahead of (or behind) the machine's.
    #[must_use]
    pub fn new(offset_micros: i64) -> Self {
        Self(Mutex::new(Hands::new(offset_micros, machine_micros(), steady_micros())))
    }

    /// Now. It never goes back, also when the machine's clock is set back: the ledger's order is its own.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let now = self.hands().tell(machine_micros(), steady_micros());
        Timestamp::from_micros(now).unwrap_or(Timestamp::from(chrono::DateTime::UNIX_EPOCH))
    }

    /// The offset with which this clock would show this instant now.
    #[must_use]
    pub(crate) fn offset_to(&self, at: Timestamp) -> i64 {
        at.micros().saturating_sub(self.hands().machine(machine_micros(), steady_micros()))
    }

    /// Runs by another offset from now on.
    pub(crate) fn set_offset(&self, offset_micros: i64) {
        self.hands().offset = offset_micros;
    }

    /// Runs by another offset and forgets how late it was: only for a database in which nothing has happened yet.
    pub(crate) fn restart(&self, offset_micros: i64) {
        *self.hands() = Hands::new(offset_micros, machine_micros(), steady_micros());
    }

    fn hands(&self) -> MutexGuard<'_, Hands> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Hands {
    const fn new(offset: i64, wall: i64, steady: i64) -> Self {
        Self { offset, time: wall, steady, latest: i64::MIN }
    }

    /// The machine's time, by what its two clocks show.
    fn machine(&mut self, wall: i64, steady: i64) -> i64 {
        let passed = steady.saturating_sub(self.steady);
        let time = self.time.saturating_add(passed);
        if passed < DRAWN_EVERY_MICROS {
            return time;
        }
        let most = passed / DRAWN;
        self.time = time.saturating_add(wall.saturating_sub(time).clamp(-most, most));
        self.steady = steady;
        self.time
    }

    /// What the clock shows.
    fn tell(&mut self, wall: i64, steady: i64) -> i64 {
        self.latest = self.latest.max(self.machine(wall, steady).saturating_add(self.offset));
        self.latest
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that asks the machine what time it is")]
pub(crate) fn machine_micros() -> i64 {
    chrono::Utc::now().timestamp_micros()
}

/// A clock that only goes forward, also while the machine sleeps.
fn steady_micros() -> i64 {
    #[cfg(target_os = "linux")]
    const STEADY: ClockId = ClockId::Boottime;
    #[cfg(not(target_os = "linux"))]
    const STEADY: ClockId = ClockId::Monotonic;
    let time = clock_gettime(STEADY);
    time.tv_sec.saturating_mul(1_000_000).saturating_add(time.tv_nsec / 1_000)
}

/// Begins to measure how long something takes, for whoever watches; nothing is decided by it.
#[expect(clippy::disallowed_methods, reason = "how long something takes is no time of the books")]
pub(crate) fn stopwatch() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000;
    const HOUR: i64 = 3_600 * SECOND;

    #[test]
    fn i40_a_wall_clock_that_jumps_moves_no_deadline_and_no_order() {
        for jump in [-24 * HOUR, -HOUR, HOUR, 24 * HOUR] {
            let mut hands = Hands::new(0, 0, 0);
            let mut before = -1;
            // Ten minutes, told ten times a second; for the middle five the wall clock is off.
            for tick in 0..6_000 {
                let steady = tick * SECOND / 10;
                let off = if (1_500..4_500).contains(&tick) { jump } else { 0 };
                let now = hands.tell(steady + off, steady);
                assert!(now >= before, "it went back");
                assert!(
                    (now - steady).abs() <= 4 * SECOND,
                    "{now} at {steady}: no lease ends early by a jump"
                );
                before = now;
            }
        }
    }

    #[test]
    fn a_wall_clock_that_is_set_right_is_met_in_time() {
        let mut hands = Hands::new(0, 0, 0);
        let minute_fast = |steady: i64| steady + 60 * SECOND;
        let mut now = 0;
        for second in 1..=3 * 3_600 {
            now = hands.tell(minute_fast(second * SECOND), second * SECOND);
        }
        assert_eq!(now, minute_fast(3 * HOUR));
    }

    #[test]
    fn an_offset_moves_it_forward_at_once_and_never_back() {
        let mut hands = Hands::new(HOUR, 0, 0);
        assert_eq!(hands.tell(SECOND, SECOND), HOUR + SECOND);
        hands.offset = 0;
        assert_eq!(hands.tell(2 * SECOND, 2 * SECOND), HOUR + SECOND);
    }
}
