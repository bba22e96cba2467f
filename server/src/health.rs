//! For whoever watches the process: can it go on, and should it be sent requests. I-24, I-25, I-28.

use crate::state::{AppState, Stopping};
use axum::{Router, extract::State, routing::get};
use engine::Engine;
use http::StatusCode;

/// `/healthz` and `/readyz`.
pub fn router() -> Router<AppState> {
    Router::new().route("/healthz", get(alive)).route("/readyz", get(ready))
}

/// Not well means: start it again.
async fn alive(State(engine): State<Engine>) -> (StatusCode, &'static str) {
    if engine.is_alive() {
        (StatusCode::OK, "ok\n")
    } else {
        (
            StatusCode::SERVICE_UNAVAILABLE,
            "a flush of the disk has failed: look at the disk, then start again\n",
        )
    }
}

/// Not ready means: ask somebody else meanwhile.
async fn ready(State(engine): State<Engine>, State(stopping): State<Stopping>) -> (StatusCode, &'static str) {
    if stopping.is_set() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n");
    }
    match engine.ready().await {
        Ok(()) => (StatusCode::OK, "ready\n"),
        Err(error) => {
            tracing::error!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database cannot be read and written\n")
        }
    }
}
