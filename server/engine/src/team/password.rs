//! Passwords, as argon2id hashes: each takes 19 MiB and tens of milliseconds on purpose, so few at once and none on the
//! threads that answer requests. T7.

use crate::{Error, ids::random};
use argon2::{Argon2, PasswordHasher, PasswordVerifier, password_hash::phc::PasswordHash};
use std::sync::{Arc, LazyLock};
use tokio::sync::Semaphore;

/// Hashes computed at once.
static HASHING: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(2)));

/// argon2id with the crate's parameters (OWASP's: 19 MiB, two passes), off the async threads.
pub(super) async fn hash(password: String) -> Result<String, Error> {
    let salt = random::<16>()?;
    on_a_thread(move || {
        let hash = Argon2::default().hash_password_with_salt(password.as_bytes(), &salt);
        hash.map(|hash| hash.to_string()).map_err(|error| Error::Crypto(error.to_string()))
    })
    .await?
}

/// Whether the password is the one behind a known hash; an unknown one costs as much work.
pub(super) async fn verify(known: Option<String>, password: String) -> Result<bool, Error> {
    let Some(known) = known else {
        hash(password).await?;
        return Ok(false);
    };
    on_a_thread(move || {
        let hash = PasswordHash::new(&known).map_err(|error| Error::Crypto(error.to_string()))?;
        Ok(Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
    })
    .await?
}

async fn on_a_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
    let crypto = |error: String| Error::Crypto(error);
    let _turn = HASHING.acquire().await.map_err(|error| crypto(error.to_string()))?;
    tokio::task::spawn_blocking(work).await.map_err(|error| crypto(error.to_string()))
}
