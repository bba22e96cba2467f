//! `POST /letters/stop`: a mail program switches letters of a kind off with one click (RFC 8058). It has no cookie and is led
//! nowhere; the token says whose letters, and of which kind. N3.

use crate::{api::problem::Problem, state::AppState};
use axum::{
    Router,
    extract::{Query, State},
    routing::post,
};
use engine::Engine;
use http::StatusCode;
use serde::Deserialize;

/// The route.
pub fn router() -> Router<AppState> {
    Router::new().route("/letters/stop", post(stop))
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    token: String,
}

async fn stop(State(engine): State<Engine>, Query(asked): Query<Asked>) -> Result<StatusCode, Problem> {
    engine.stop_letters(&asked.token).await?;
    Ok(StatusCode::OK)
}
