//! The one source of identities: time-ordered, rising within one process, and hard to guess.

use crate::Error;
use billing::time::Timestamp;
use std::sync::{Mutex, PoisonError};
use ulid::Ulid;

/// Makes identities.
#[derive(Debug, Default)]
pub(crate) struct Ids(Mutex<u128>);

impl Ids {
    /// The next identity: by the clock's millisecond, then random; within one millisecond, the one before plus one.
    pub(crate) fn next(&self, at: Timestamp) -> Result<Ulid, Error> {
        let fresh = Ulid::from_parts(at.unsigned_millis(), u128::from_be_bytes(random()?)).0;
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *last = fresh.max(last.saturating_add(1));
        Ok(Ulid(*last))
    }
}

/// Random bytes of the operating system.
#[expect(clippy::disallowed_methods, reason = "the one place that asks the machine for randomness")]
pub(crate) fn random<const LENGTH: usize>() -> Result<[u8; LENGTH], Error> {
    let mut bytes = [0; LENGTH];
    getrandom::fill(&mut bytes).map_err(|error| Error::Crypto(error.to_string()))?;
    Ok(bytes)
}
