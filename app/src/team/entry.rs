//! The sign-in in words: what becomes of each of its forms, and where it leads.

use super::{
    CodeView, ConfirmView, SignInView, Wrong,
    session::{self, engine, member_of, session},
};
use crate::{AppError, flash, frame::own_address, request::client_address, respond, ui::Tone};
use axum::http::{HeaderValue, StatusCode, header::RETRY_AFTER};
use engine::team::SignIn;
use serde::Deserialize;

/// The names under which forms that have to be corrected wait in the session.
const SIGN_IN: &str = "wrong_sign_in";
const CODE: &str = "wrong_code";
const CONFIRM: &str = "wrong_proof";
/// The name under which a word on what was done waits for the sign-in page.
pub(super) const DONE: &str = "done_before_sign_in";
/// The longest address that mail can have; what is longer is not kept.
const EMAIL_CHARACTERS: usize = 254;
/// The same words whichever of the two it is, so that nobody learns who has an account.
const WRONG: &str = "Email or password is wrong. Check both and try again.";
const WRONG_CODE: &str = "This code is wrong or was used. Wait for the next one and try again.";
const WRONG_PROOF: &str = "This is neither your password nor a code that counts. Nothing was changed.";

impl Wrong {
    /// Something is wrong with a field.
    pub fn of(field: &str, message: &str) -> Self {
        Self { field: field.to_owned(), message: message.to_owned(), wait_seconds: None }
    }

    /// What somebody can put right; everything else is an error.
    pub fn from_engine(error: engine::Error) -> Result<Self, AppError> {
        match error {
            engine::Error::Invalid { field, message } => Ok(Self { field, message, wait_seconds: None }),
            engine::Error::TooManyTries { seconds } => {
                retry_after(seconds);
                let message = format!(
                    "There were too many tries. Nobody is locked out: the next one is free in {}.",
                    wait_words(seconds)
                );
                Ok(Self { field: String::new(), message, wait_seconds: Some(seconds) })
            }
            error => Err(error.into()),
        }
    }

    /// Says on the page that shows it when to come back.
    #[must_use]
    pub fn slows_down(self) -> Self {
        if let Some(seconds) = self.wait_seconds {
            respond::status(StatusCode::TOO_MANY_REQUESTS);
            retry_after(seconds);
        }
        self
    }
}

/// `40 seconds`, `3 minutes`.
fn wait_words(seconds: u64) -> String {
    match (seconds, seconds.div_ceil(60)) {
        (1, _) => "a second".to_owned(),
        (..=90, _) => format!("{seconds} seconds"),
        (_, minutes) => format!("{minutes} minutes"),
    }
}

fn retry_after(seconds: u64) {
    respond::header(RETRY_AFTER, HeaderValue::from(seconds));
}

/// What was kept of a form, and what was wrong with it, for its page.
pub(super) async fn kept<T: for<'a> Deserialize<'a>>(name: &str) -> Result<Option<(T, Wrong)>, AppError> {
    let kept: Option<(T, Wrong)> = flash::take(name).await?;
    Ok(kept.map(|(typed, wrong)| (typed, wrong.slows_down())))
}

pub(super) fn short(text: &str) -> String {
    text.chars().take(EMAIL_CHARACTERS).collect()
}

/// Lets somebody in, asks for a code, or keeps the address for the form and says why not.
pub async fn sign_in(email: &str, password: &str, next: &str) -> Result<(), AppError> {
    let wrong = match engine()?.sign_in(email, password, client_address()).await {
        Ok(SignIn::Complete(person)) => return session::let_in(person, next).await,
        Ok(SignIn::NeedsCode(person)) => return session::ask_for_code(person, next).await,
        Ok(SignIn::Wrong) => Wrong::of("email", WRONG),
        Err(error) => Wrong::from_engine(error)?,
    };
    flash::keep(SIGN_IN, &(short(email), wrong)).await?;
    let next = own_address(next).filter(|next| *next != "/").map(|next| format!("?next={next}"));
    respond::see_other(&format!("/sign-in{}", next.unwrap_or_default()));
    Ok(())
}

impl SignInView {
    /// The form, and why the last one failed, once. Who is signed in already is sent to Overview.
    pub async fn load() -> Result<Self, AppError> {
        let engine = engine()?;
        if member_of(&session().await?, &engine).await?.is_some() {
            respond::see_other("/");
        }
        // A session that carries nothing is not touched, so that looking at the page creates none.
        let (email, wrong) = kept(SIGN_IN).await?.unzip();
        let done = flash::take(DONE).await?;
        Ok(Self { email: email.unwrap_or_default(), wrong, done, samples: engine.is_sandbox() })
    }
}

/// The second step.
pub async fn sign_in_code(code: &str) -> Result<(), AppError> {
    let Some(pending) = session::pending().await? else {
        respond::see_other("/sign-in");
        return Ok(());
    };
    let wrong = match engine()?.check_code(pending.person, code, client_address()).await {
        Ok(true) => return session::let_in(pending.person, &pending.next).await,
        Ok(false) => Wrong::of("code", WRONG_CODE),
        Err(error) => Wrong::from_engine(error)?,
    };
    flash::keep(CODE, &((), wrong)).await?;
    respond::see_other("/sign-in/code");
    Ok(())
}

impl CodeView {
    /// The form; who was not asked for a code is sent to the sign-in.
    pub async fn load() -> Result<Self, AppError> {
        if session::pending().await?.is_none() {
            respond::see_other("/sign-in");
        }
        Ok(Self { wrong: kept::<()>(CODE).await?.map(|((), wrong)| wrong) })
    }
}

/// Takes the proof of somebody who is signed in, and leads back.
pub async fn confirm(proof: &str, next: &str) -> Result<(), AppError> {
    let (member, next) = (session::current_member().await?, own_address(next).unwrap_or("/you"));
    let wrong = match engine()?.prove(&member, proof, client_address()).await {
        Ok(true) => {
            session::prove().await?;
            let words = "Confirmed. For ten minutes you are not asked again; go on where you were.";
            flash::say(Tone::Ok, words.to_owned()).await?;
            respond::see_other(next);
            return Ok(());
        }
        Ok(false) => Wrong::of("proof", WRONG_PROOF),
        Err(error) => Wrong::from_engine(error)?,
    };
    flash::keep(CONFIRM, &((), wrong)).await?;
    respond::see_other(&format!("/confirm?next={next}"));
    Ok(())
}

impl ConfirmView {
    /// The question.
    pub async fn load() -> Result<Self, AppError> {
        let member = session::current_member().await?;
        let factor = engine()?.has_second_factor(member.person).await?;
        let wrong = kept::<()>(CONFIRM).await?.map(|((), wrong)| wrong);
        Ok(Self { email: member.email, factor, wrong })
    }
}

#[cfg(test)]
mod tests {
    use super::wait_words;

    #[test]
    fn how_long_to_wait_is_said_in_words() {
        assert_eq!(
            [1, 60, 90, 91, 300].map(wait_words),
            ["a second", "60 seconds", "90 seconds", "2 minutes", "5 minutes"]
        );
    }
}
