//! What an invitation's link offers in words, and what becomes of the form that accepts it.

use super::{
    AcceptView,
    accept::{Comes, OfferView},
    entry, session,
};
use crate::{AppError, flash, request, respond};
use axum::http::StatusCode;
use engine::{Engine, team::Member};
use serde::{Deserialize, Serialize};

/// The name under which a form that has to be corrected waits in the session.
const WRONG: &str = "wrong_join";

/// What somebody has typed; a password never comes back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct TypedAcceptance {
    pub token: String,
    pub name: String,
    #[serde(skip)]
    pub password: String,
}

/// The name that was typed, which field is wrong, and why.
type Wrong = (String, (String, String));

/// Whoever is signed in, if somebody is.
async fn signed_in(engine: &Engine) -> Result<Option<Member>, AppError> {
    session::member_of(&session::session().await?, engine).await
}

impl AcceptView {
    /// What a link offers. Looking changes nothing.
    pub async fn load(engine: &Engine, token: &str) -> Result<Self, AppError> {
        let member = signed_in(engine).await?;
        let invited = match engine.invited(token, member.as_ref()).await {
            Ok(invited) => invited,
            Err(engine::Error::NotFound(_)) => {
                respond::status(StatusCode::NOT_FOUND);
                return Ok(Self { token: String::new(), offer: None });
            }
            Err(error) => return Err(error.into()),
        };
        let kept: Option<Wrong> = flash::take(WRONG).await?;
        let (name, wrong) = kept.map_or((String::new(), None), |(name, wrong)| (name, Some(wrong)));
        let comes = match (member, invited.known) {
            (Some(_), _) => Comes::SignedIn,
            (None, true) => Comes::Known,
            (None, false) => Comes::New,
        };
        Ok(Self {
            token: token.to_owned(),
            offer: Some(OfferView {
                customer: invited.customer,
                email: invited.email,
                role: invited.role.title().to_lowercase(),
                until: request::format().minute(invited.expires_at),
                comes,
                name,
                wrong,
            }),
        })
    }
}

impl TypedAcceptance {
    /// Joins and signs in as everybody signs in; what is wrong goes back with the name that was typed.
    pub async fn accept(self, engine: &Engine) -> Result<(), AppError> {
        let member = signed_in(engine).await?;
        let accepted =
            engine.accept_invitation(&self.token, member.as_ref(), &self.name, &self.password).await;
        let wrong = match accepted {
            Ok(accepted) => {
                if member.is_some() {
                    respond::see_other("/");
                } else {
                    entry::sign_in(&accepted.email, &self.password, "/").await?;
                }
                return session::look_at(accepted.customer).await;
            }
            Err(engine::Error::NotFound("invitation")) => None,
            Err(engine::Error::Invalid { field, message }) => Some((field, message)),
            Err(engine::Error::NoSeat(_)) => {
                let message = "Every seat of this team is taken. Nothing was changed, and the link still works: ask whoever invited you.";
                Some(("seat".to_owned(), message.to_owned()))
            }
            Err(error) => return Err(error.into()),
        };
        if let Some(wrong) = wrong {
            let name: String = self.name.chars().take(80).collect();
            flash::keep(WRONG, &(name, wrong)).await?;
        }
        // What is no token is not repeated in an address.
        let token = if self.token.chars().all(|letter| letter.is_ascii_hexdigit()) {
            self.token.as_str()
        } else {
            ""
        };
        respond::see_other(&format!("/invitations/accept?token={token}"));
        Ok(())
    }
}
