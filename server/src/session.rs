//! Sessions of people who sign in: a cookie for the browser, a row for us. T8, T10.

use crate::config::Site;
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use billing::time::{Span, Timestamp};
use engine::{Engine, team::Sessions};
use tower_sessions::{Expiry, Session, SessionManagerLayer, cookie::SameSite, session};

/// A session that nobody uses ends after this time.
const IDLE: time::Duration = time::Duration::hours(12);
/// How often a session that is in use is written anew: not at every page.
const RENEWED_EVERY: Span = Span::minutes(10);
/// When the session was last renewed.
const RENEWED_AT: &str = "renewed_at";

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
    let renewed: Option<Timestamp> = session.get(RENEWED_AT).await?;
    let stale = renewed.is_none_or(|at| at.after(RENEWED_EVERY) <= now);
    // A cookie without a row behind it must not become a session.
    if stale && !session.is_empty().await {
        session.insert(RENEWED_AT, now).await?;
    }
    Ok(())
}
