//! Sessions of people who sign in: a cookie for the browser, a row for us. T8, T10.

use crate::config::Site;
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use billing::time::{Span, Timestamp};
use engine::{
    Engine,
    team::{Sessions, SignedIn},
};
use tower_sessions::{Expiry, Session, SessionManagerLayer, cookie::SameSite, session};

/// A session that nobody uses ends after this time.
const IDLE: time::Duration = time::Duration::hours(12);
/// How often a session that is in use is written anew: not at every page.
const RENEWED_EVERY: Span = Span::minutes(10);

/// Gives every request its session. Under https the cookie's name ties it to this host (`__Host-`).
pub fn layer(engine: &Engine, site: &Site) -> SessionManagerLayer<Sessions> {
    let https = site.origin.is_https();
    SessionManagerLayer::new(engine.sessions())
        .with_name(if https { "__Host-jarai" } else { "jarai" })
        .with_secure(https)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_path("/")
        .with_expiry(Expiry::OnInactivity(IDLE))
}

/// Keeps the session of somebody who reads pages alive; it is otherwise written only when its content changes.
pub async fn renew(State(engine): State<Engine>, session: Session, request: Request, next: Next) -> Response {
    if let Err(error) = touch(&session, engine.now()).await {
        tracing::error!(%error, "a session could not be renewed");
    }
    next.run(request).await
}

async fn touch(session: &Session, now: Timestamp) -> Result<(), session::Error> {
    if session.id().is_none() {
        return Ok(());
    }
    // A cookie without a row behind it must not become a session.
    let signed_in: Option<SignedIn> = session.get(SignedIn::KEY).await?;
    if let Some(signed_in) = signed_in.filter(|known| known.seen_at.after(RENEWED_EVERY) <= now) {
        session.insert(SignedIn::KEY, seen(signed_in, now)).await?;
    }
    Ok(())
}

fn seen(mut signed_in: SignedIn, now: Timestamp) -> SignedIn {
    signed_in.seen_at = now;
    signed_in
}
