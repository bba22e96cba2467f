//! Passwords, as argon2id hashes: each takes 19 MiB and tens of milliseconds on purpose, so few at once and none on the
//! threads that answer requests. T7.

use crate::{Error, ids::random};
use argon2::{Argon2, PasswordHasher, PasswordVerifier, password_hash::phc::PasswordHash};
use std::sync::{Arc, LazyLock};
use tokio::sync::Semaphore;
use zxcvbn::{Score, zxcvbn};

/// The fewest characters of a password.
pub const SHORTEST: usize = 12;
/// The most: whoever writes more makes work and no safety.
const LONGEST: usize = 256;

/// Hashes computed at once.
static HASHING: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(2)));

/// Nothing, where this can be a password: long enough, and neither common nor made of what everybody knows of its owner.
/// Which characters it has is nobody's business (NIST SP 800-63B, ASVS 6.2).
pub(super) async fn check(password: String, known_of_owner: Vec<String>) -> Result<(), Error> {
    let invalid = |message: String| Error::Invalid { field: "password".to_owned(), message };
    let length = password.chars().count();
    if length < SHORTEST {
        return Err(invalid(format!("A password has at least {SHORTEST} characters. Three words will do.")));
    }
    if length > LONGEST {
        return Err(invalid(format!("A password has at most {LONGEST} characters.")));
    }
    let guessed = on_a_thread(move || {
        let known: Vec<&str> =
            known_of_owner.iter().map(String::as_str).chain(["jarai", "console"]).collect();
        zxcvbn(&password, &known).score() < Score::Three
    });
    if guessed.await? {
        let message = "This password is among those that are guessed first. Take one that nobody else has.";
        return Err(invalid(message.to_owned()));
    }
    Ok(())
}

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
