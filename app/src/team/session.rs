//! Who is asking: the person that a session remembers, whether they have just proved who they are, and what a session ends
//! with.

use crate::{AppError, flash, frame::own_address, request, respond, ui::Tone};
use axum::http::request::Parts;
use billing::{
    id::{CustomerId, PersonId},
    time::{Span, Timestamp},
};
use engine::{
    Engine,
    team::{Member, SignedIn},
};
use leptos::prelude::use_context;
use serde::{Deserialize, Serialize};
use tower_sessions::Session;

const CUSTOMER: &str = "customer";
const PENDING: &str = "pending";
/// How long somebody whose password was right may take to give a code.
const PATIENCE: Span = Span::minutes(10);

/// Somebody who has still to give a code.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Pending {
    pub person: PersonId,
    /// Where to go afterwards.
    pub next: String,
    since: Timestamp,
}

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
    let Some(signed_in) = session.get::<SignedIn>(SignedIn::KEY).await? else { return Ok(None) };
    Ok(engine.member(signed_in.person, session.get(CUSTOMER).await?).await?)
}

/// T10: nothing, where whoever sits there has given a password or a code within the last ten minutes. Else they are asked,
/// and then led back to `back`, where they press the button again. Call it before anything sensitive: what is paid with, a
/// limit that rises, keys, a password, the second factor, devices.
pub async fn require_fresh(back: &str) -> Result<(), AppError> {
    let signed_in: Option<SignedIn> = session().await?.get(SignedIn::KEY).await?;
    let now = engine()?.now();
    if signed_in.is_some_and(|signed_in| signed_in.is_fresh(now)) {
        return Ok(());
    }
    respond::see_other(&format!("/confirm?next={back}"));
    Err(AppError::ProofNeeded)
}

/// Signs somebody in: under another session id, with nothing of what the session was before.
pub(super) async fn let_in(person: PersonId, next: &str) -> Result<(), AppError> {
    let (session, address) = (session().await?, request::client_address().to_string());
    session.clear().await;
    session.cycle_id().await?;
    session.insert(SignedIn::KEY, engine()?.signed_in(person, request::device(), address)).await?;
    remind(person).await?;
    respond::see_other(own_address(next).unwrap_or("/"));
    Ok(())
}

/// Y1: says to whoever signs in that their account will be deleted, and how it is kept.
async fn remind(person: PersonId) -> Result<(), AppError> {
    let engine = engine()?;
    let Some(request) = engine.erasure_under_way(person).await? else { return Ok(()) };
    let on = request::format().instant(request.resolve_by);
    let words = format!(
        "You have asked that your account be deleted: it will be on {on}. To keep it, open Privacy under Profile & security."
    );
    flash::say(Tone::Warn, words).await
}

/// Looks at a customer that the session's person has just become a member of.
pub(super) async fn look_at(customer: CustomerId) -> Result<(), AppError> {
    Ok(session().await?.insert(CUSTOMER, customer).await?)
}

/// Remembers that somebody has still to give a code, under another session id.
pub(super) async fn ask_for_code(person: PersonId, next: &str) -> Result<(), AppError> {
    let (session, since) = (session().await?, engine()?.now());
    session.clear().await;
    session.cycle_id().await?;
    session.insert(PENDING, Pending { person, next: next.to_owned(), since }).await?;
    respond::see_other("/sign-in/code");
    Ok(())
}

/// Who has still to give a code.
pub(super) async fn pending() -> Result<Option<Pending>, AppError> {
    let pending: Option<Pending> = session().await?.get(PENDING).await?;
    let now = engine()?.now();
    Ok(pending.filter(|pending| now < pending.since.after(PATIENCE)))
}

/// Keeps that somebody has proved who they are, under another session id.
pub(super) async fn prove() -> Result<(), AppError> {
    let session = session().await?;
    let signed_in: Option<SignedIn> = session.get(SignedIn::KEY).await?;
    let Some(mut signed_in) = signed_in else { return Ok(()) };
    signed_in.proved_at = engine()?.now();
    session.cycle_id().await?;
    session.insert(SignedIn::KEY, signed_in).await?;
    Ok(())
}

/// Another session id for whoever has changed how they get in.
pub(super) async fn another_id() -> Result<(), AppError> {
    Ok(session().await?.cycle_id().await?)
}

/// Forgets the session, here and in the database.
pub(super) async fn end() -> Result<(), AppError> {
    session().await?.flush().await?;
    respond::see_other("/sign-in");
    Ok(())
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
