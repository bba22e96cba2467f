//! Letters and their links in words: what becomes of a registration, of a wish for a link, and of a link. L5, H8.

use super::{
    AskView, LegalTexts, LetterView, MailboxView, RegisterView, SentView, Wrong,
    arrive::{Arrival, ArriveView},
    entry::{DONE, kept, short},
    session::{self, engine},
};
use crate::{
    AppError, flash,
    payment::country_choices,
    request::{self, client_address},
    respond,
    ui::Tone,
};
use axum::http::StatusCode;
use engine::team::{LinkKind, SHORTEST_PASSWORD, SignIn, SignUp};
use leptos::prelude::use_context;
use serde::{Deserialize, Serialize};

/// The names under which forms that have to be corrected wait in the session.
const REGISTER: &str = "wrong_registration";
const ASK: &str = "wrong_ask";
const ARRIVE: &str = "wrong_arrival";

/// What somebody has typed who registers.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct TypedRegistration {
    pub name: String,
    pub email: String,
    pub country: String,
    pub accepted: String,
}

impl TypedRegistration {
    /// Has the letter sent, or says what is wrong.
    pub async fn send(self) -> Result<(), AppError> {
        let Err(wrong) = self.try_to_send().await? else {
            respond::see_other("/sent");
            return Ok(());
        };
        let typed = Self { name: short(&self.name), email: short(&self.email), ..self };
        flash::keep(REGISTER, &(typed, wrong)).await?;
        respond::see_other("/register");
        Ok(())
    }

    async fn try_to_send(&self) -> Result<Result<(), Wrong>, AppError> {
        if self.accepted != "yes" {
            let words =
                "Without the Terms and the Privacy Notice nobody can register. Accept both, or leave it.";
            return Ok(Err(Wrong::of("accepted", words)));
        }
        let Ok(country) = self.country.parse() else {
            return Ok(Err(Wrong::of("country", "Choose a country: it decides tax and currency.")));
        };
        let sign_up = SignUp { name: self.name.clone(), country };
        Ok(match engine()?.register(&self.email, sign_up, client_address()).await {
            Ok(()) => Ok(()),
            Err(error) => Err(Wrong::from_engine(error)?),
        })
    }
}

impl RegisterView {
    /// The form, empty or as it was sent.
    pub async fn load() -> Result<Self, AppError> {
        let (typed, wrong) = kept::<TypedRegistration>(REGISTER).await?.unzip();
        let typed = typed.unwrap_or_default();
        Ok(Self {
            countries: country_choices(&typed.country),
            name: typed.name,
            email: typed.email,
            texts: use_context::<LegalTexts>().unwrap_or_default(),
            wrong,
        })
    }
}

/// Has a link sent. The answer says nothing of whether somebody has the address.
pub async fn send_link(kind: &str, email: &str) -> Result<(), AppError> {
    let (kind, form) = match kind {
        "passwordReset" => (LinkKind::PasswordReset, "/sign-in/reset"),
        _ => (LinkKind::SignIn, "/sign-in/link"),
    };
    match engine()?.send_link(kind, email, client_address()).await {
        Ok(()) => respond::see_other("/sent"),
        Err(error) => {
            flash::keep(ASK, &(short(email), Wrong::from_engine(error)?)).await?;
            respond::see_other(form);
        }
    }
    Ok(())
}

impl AskView {
    /// The form, empty or as it was sent.
    pub async fn load() -> Result<Self, AppError> {
        let (email, wrong) = kept(ASK).await?.unzip();
        Ok(Self { email: email.unwrap_or_default(), wrong })
    }
}

impl SentView {
    /// The one answer.
    pub async fn load() -> Result<Self, AppError> {
        let engine = engine()?;
        // Letters stand where the database answers: else nothing is on its way.
        engine.ready().await?;
        Ok(Self { mailbox: engine.is_sandbox() })
    }
}

impl Arrival {
    const fn kind(self) -> LinkKind {
        match self {
            Self::Join => LinkKind::Registration,
            Self::Enter => LinkKind::SignIn,
            Self::Reset => LinkKind::PasswordReset,
        }
    }

    const fn page(self) -> &'static str {
        match self {
            Self::Join => "/join",
            Self::Enter => "/enter",
            Self::Reset => "/reset",
        }
    }

    /// Does what the link is for.
    pub async fn use_link(self, token: &str, password: &str) -> Result<(), AppError> {
        let engine = engine()?;
        let done = match self {
            Self::Join => engine.join(token, password).await.map(SignIn::Complete),
            Self::Enter => engine.enter(token).await,
            Self::Reset => engine.reset_password(token, password).await.map(|()| SignIn::Wrong),
        };
        match (self, done) {
            (Self::Join, Ok(SignIn::Complete(person))) => {
                session::let_in(person, "/plan").await?;
                let words = "Your free evaluation has begun. Choose a plan now, or try the console first: Overview says what \
                             is still to be done.";
                flash::say(Tone::Ok, words.to_owned()).await
            }
            (_, Ok(SignIn::Complete(person))) => session::let_in(person, "/").await,
            (_, Ok(SignIn::NeedsCode(person))) => session::ask_for_code(person, "/").await,
            (Self::Reset, Ok(SignIn::Wrong)) => {
                let words = "Your password is set, and every device was signed out. Sign in with it.";
                flash::keep(DONE, &words).await?;
                respond::see_other("/sign-in");
                Ok(())
            }
            (_, Ok(SignIn::Wrong) | Err(engine::Error::NotFound(_))) => {
                respond::see_other(self.page());
                Ok(())
            }
            (_, Err(error)) => {
                flash::keep(ARRIVE, &((), Wrong::from_engine(error)?)).await?;
                // Only what is a token can go back into an address.
                let token: String = token.chars().filter(char::is_ascii_alphanumeric).take(64).collect();
                respond::see_other(&format!("{}?token={token}", self.page()));
                Ok(())
            }
        }
    }
}

impl ArriveView {
    /// The page of a link, which is not used up by looking.
    pub async fn load(arrival: Arrival, token: String) -> Result<Self, AppError> {
        let link = engine()?.link(arrival.kind(), &token).await?;
        if link.is_none() {
            respond::status(StatusCode::NOT_FOUND);
        }
        let wrong = kept::<()>(ARRIVE).await?.map(|((), wrong)| wrong);
        Ok(Self { arrival, token, email: link.map(|link| link.email), shortest: SHORTEST_PASSWORD, wrong })
    }
}

impl MailboxView {
    /// The newest letters of a sandbox. Elsewhere there is no such page.
    pub async fn load(to: String) -> Result<Self, AppError> {
        let wanted = Some(to.trim()).filter(|to| !to.is_empty());
        let missing = |error| match error {
            engine::Error::NotFound(_) => AppError::NotFound { what: "page".to_owned() },
            error => error.into(),
        };
        let (engine, format) = (engine()?, request::format());
        let posted = engine.mailbox(wanted).await.map_err(missing)?;
        let letters = posted.into_iter().map(|posted| LetterView {
            to: posted.letter.to,
            at: format.instant(posted.at),
            subject: posted.letter.subject,
            paragraphs: posted.letter.paragraphs,
            link: posted.letter.link,
            link_is_over: posted.link_is_over,
            left: posted.left,
        });
        Ok(Self { letters: letters.collect(), leave: engine.sends_letters(), to })
    }
}
