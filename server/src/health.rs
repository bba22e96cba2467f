//! For whoever watches the process: is it up, and should it be sent requests.

use crate::state::{AppState, Stopping};
use axum::{Router, extract::State, routing::get};
use engine::Engine;
use http::StatusCode;

/// `/healthz` and `/readyz`.
pub fn router() -> Router<AppState> {
    Router::new().route("/healthz", get(async || "ok\n")).route("/readyz", get(ready))
}

async fn ready(State(engine): State<Engine>, State(stopping): State<Stopping>) -> (StatusCode, &'static str) {
    if stopping.is_set() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n");
    }
    match engine.ready().await {
        Ok(()) => (StatusCode::OK, "ready\n"),
        Err(error) => {
            tracing::error!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n")
        }
    }
}
