//! Who is asking: the person that a session remembers, and the one message that it carries from a post to its page.

use super::SignInView;
use crate::{AppError, frame::own_address, respond};
use axum::http::request::Parts;
use billing::id::{CustomerId, PersonId};
use engine::{Engine, team::Member};
use leptos::prelude::use_context;
use tower_sessions::Session;

const PERSON: &str = "person";
const CUSTOMER: &str = "customer";
const SIGN_IN_FAILED: &str = "sign_in_failed";
/// The longest address that mail can have; what is longer is not kept.
const EMAIL_CHARACTERS: usize = 254;
/// The same words whichever of the two it is, so that nobody learns who has an account.
const WRONG: &str = "Email or password is wrong. Check both and try again.";

/// The engine that the server has provided.
pub fn engine() -> Result<Engine, AppError> {
    use_context().ok_or_else(|| AppError::unavailable(&"no engine in the context"))
}

/// The member who asks. Where nobody is signed in, the browser is sent to the sign-in page.
pub async fn current_member() -> Result<Member, AppError> {
    let member = member_of(&session().await?, &engine()?).await?;
    member.ok_or_else(|| {
        respond::see_other(&sign_in_address());
        AppError::SignedOut
    })
}

/// The sign-in page, which leads back to the page that was asked for.
fn sign_in_address() -> String {
    let asked = use_context::<Parts>().and_then(|parts| own_address(parts.uri.path()).map(str::to_owned));
    match asked.filter(|path| path != "/") {
        Some(path) => format!("/sign-in?next={path}"),
        None => "/sign-in".to_owned(),
    }
}

/// The member that a session belongs to; for routes outside pages and server functions.
pub async fn member_of(session: &Session, engine: &Engine) -> Result<Option<Member>, AppError> {
    let Some(person) = session.get::<PersonId>(PERSON).await? else { return Ok(None) };
    Ok(engine.member(person, session.get(CUSTOMER).await?).await?)
}

/// Signs the member in under a new session id, or keeps the address for the form and says why not; either way the browser
/// goes on by GET.
pub(super) async fn begin(
    found: Result<Option<Member>, engine::Error>,
    email: &str,
    next: &str,
) -> Result<(), AppError> {
    let session = session().await?;
    let message = match found.map_err(AppError::from) {
        Ok(Some(member)) => {
            session.cycle_id().await?;
            session.insert(PERSON, member.person).await?;
            respond::see_other(own_address(next).unwrap_or("/"));
            return Ok(());
        }
        Ok(None) => WRONG.to_owned(),
        Err(error) => format!("{error}. {}", error.advice()),
    };
    let email = email.chars().take(EMAIL_CHARACTERS).collect();
    let failed = SignInView { email, message: Some(message), samples: false };
    session.insert(SIGN_IN_FAILED, failed).await?;
    respond::see_other("/sign-in");
    Ok(())
}

/// Looks at a customer that the session's person has just become a member of.
pub(super) async fn look_at(customer: CustomerId) -> Result<(), AppError> {
    Ok(session().await?.insert(CUSTOMER, customer).await?)
}

/// Forgets the session, here and in the database.
pub(super) async fn end() -> Result<(), AppError> {
    session().await?.flush().await?;
    respond::see_other("/sign-in");
    Ok(())
}

/// The failure that the sign-in page shows, once. Who is signed in already is sent to Overview.
pub(super) async fn take_failure() -> Result<SignInView, AppError> {
    let session = session().await?;
    let engine = engine()?;
    if member_of(&session, &engine).await?.is_some() {
        respond::see_other("/");
    }
    // A session that carries nothing is not touched, so that looking at the page creates none.
    let failed: Option<SignInView> = session.get(SIGN_IN_FAILED).await?;
    if failed.is_some() {
        session.remove_value(SIGN_IN_FAILED).await?;
    }
    Ok(SignInView { samples: engine.is_sandbox(), ..failed.unwrap_or_default() })
}

/// The session of this request.
pub(crate) async fn session() -> Result<Session, AppError> {
    leptos_axum::extract().await.map_err(|error| AppError::unavailable(&error))
}

/// Looks at another customer from now on. One out of reach is as good as none.
pub async fn switch_customer(wanted: &str) -> Result<(), AppError> {
    let session = session().await?;
    let member = current_member().await?;
    let wanted: Option<CustomerId> = wanted.parse().ok();
    let found = wanted.filter(|wanted| member.customers.iter().any(|(id, _)| id == wanted));
    let customer = found.ok_or_else(|| AppError::NotFound { what: "customer".to_owned() })?;
    session.insert(CUSTOMER, customer).await?;
    respond::see_other("/");
    Ok(())
}
