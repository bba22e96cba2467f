//! The one source of identities: time-ordered, rising within one process, and hard to guess.

use crate::{Error, dice::Dice};
use billing::time::Timestamp;
use std::sync::{Mutex, PoisonError};
use ulid::Ulid;

/// Makes identities.
#[derive(Debug, Default)]
pub(crate) struct Ids(Mutex<Made>);

/// What was made so far.
#[derive(Debug, Default)]
struct Made {
    last: u128,
    /// Where the random part comes from, where it is not the operating system.
    seeded: Option<Dice>,
}

impl Ids {
    /// Identities that are the same for the same seed and instants: of sample books only, since they can be guessed.
    pub(crate) fn seeded(seed: u64) -> Self {
        Self(Mutex::new(Made { last: 0, seeded: Some(Dice::new(seed)) }))
    }

    /// The next identity: by the clock's millisecond, then random; within one millisecond, the one before plus one.
    pub(crate) fn next(&self, at: Timestamp) -> Result<Ulid, Error> {
        let mut made = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let random = match &mut made.seeded {
            None => u128::from_be_bytes(random()?),
            Some(dice) => u128::from(dice.bits()) << 64 | u128::from(dice.bits()),
        };
        let fresh = Ulid::from_parts(at.unsigned_millis(), random).0;
        made.last = fresh.max(made.last.saturating_add(1));
        Ok(Ulid(made.last))
    }
}

/// Random bytes of the operating system.
#[expect(clippy::disallowed_methods, reason = "the one place that asks the machine for randomness")]
pub(crate) fn random<const LENGTH: usize>() -> Result<[u8; LENGTH], Error> {
    let mut bytes = [0; LENGTH];
    getrandom::fill(&mut bytes).map_err(|error| Error::Crypto(error.to_string()))?;
    Ok(bytes)
}
