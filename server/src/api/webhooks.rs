//! Events of the payment provider: `POST /webhooks/payments`. The signature is checked over the bytes as they came. I-30.

use super::problem::{Code, Problem};
use crate::state::AppState;
use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    routing::post,
};
use engine::{Engine, payment::NotHeard};
use http::{HeaderMap, StatusCode};

/// T14: the most that an event may have.
const EVENT_LIMIT: usize = 1024 * 1024;
/// Where Stripe puts its signature.
const SIGNATURE: &str = "stripe-signature";

/// The route.
pub fn router() -> Router<AppState> {
    Router::new().route("/webhooks/payments", post(hear)).layer(DefaultBodyLimit::max(EVENT_LIMIT))
}

async fn hear(State(engine): State<Engine>, headers: HeaderMap, body: Bytes) -> Result<StatusCode, Problem> {
    let signature = headers.get(SIGNATURE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match engine.hear(&body, signature).await {
        Ok(_) => Ok(StatusCode::OK),
        Err(NotHeard::Refused(why)) => {
            tracing::warn!(why, "an event was refused");
            Err(Problem::plain(Code::SignatureRefused))
        }
        Err(NotHeard::Later(error)) => Err(error.into()),
    }
}
