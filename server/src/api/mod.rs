//! The gate, as the production pipeline sees it: `/api/v1`. "New productions are rejected up front with a clear 'budget
//! limit reached' message rather than partially running."
//!
//! A handler parses, asks the engine with the key's own customer, and answers; it decides nothing. The engine does its
//! work in a task of its own, so a caller that hangs up leaves no half act (I-26). One file a subject; the wire forms
//! that several subjects share stand in `step`, `money`, `text`; what can go wrong in `problem`, `code`,
//! `refusal`, and how it is written in `about`.

pub mod about;
pub mod admission;
pub mod attempts;
pub mod batch;
pub mod body;
pub mod calls;
pub mod capacity;
pub mod code;
pub mod cursor;
pub mod entries;
pub mod idempotency;
pub mod list;
pub mod money;
pub mod openapi;
pub mod path;
pub mod problem;
pub mod productions;
pub mod quotes;
pub mod receipt;
pub mod reference;
pub mod refusal;
pub mod step;
pub mod text;
pub mod webhooks;

use crate::{auth, router::compression, state::AppState};
use axum::{
    Json, Router, extract::DefaultBodyLimit, middleware::from_fn_with_state, response::Html, routing::get,
};
use problem::{Code, Problem};
use tower::ServiceBuilder;
use utoipa::{OpenApi, openapi::OpenApi as Document};
use utoipa_axum::{
    router::{OpenApiRouter, UtoipaMethodRouterExt},
    routes,
};

/// T14: the most that a plan of 500 steps may need.
const PLAN_LIMIT: usize = 1024 * 1024;

/// T14: the most that a batch of 256 acts may need.
const BATCH_LIMIT: usize = 4 * 1024 * 1024;

/// The interface, its document, and the pages that explain its errors.
pub fn router(state: &AppState) -> Router<AppState> {
    let (v1, mut document) = described().split_for_parts();
    openapi::complete(&mut document);
    let reference = reference::page(&document);
    let stack =
        ServiceBuilder::new().layer(compression()).layer(from_fn_with_state(state.clone(), auth::pass));
    let others = Router::new()
        .route("/api/v1/openapi.json", get(async move || Json(document.clone())))
        .route("/api/v1/reference", get(async move || Html(reference.clone())))
        .route("/api", get(nothing_here))
        .route("/api/{*rest}", axum::routing::any(nothing_here))
        .route("/problems/{code}", get(code::explain));
    v1.route_layer(stack).merge(others.layer(compression()))
}

/// The document alone.
#[must_use]
pub fn document() -> Document {
    let mut document = described().into_openapi();
    openapi::complete(&mut document);
    document
}

fn described() -> OpenApiRouter<AppState> {
    let plans = routes!(productions::admit, productions::read).layer(DefaultBodyLimit::max(PLAN_LIMIT));
    let v1 = OpenApiRouter::new()
        .routes(routes!(quotes::ask).layer(DefaultBodyLimit::max(PLAN_LIMIT)))
        .routes(routes!(batch::run).layer(DefaultBodyLimit::max(BATCH_LIMIT)))
        .routes(plans)
        .routes(routes!(list::list))
        .routes(routes!(entries::list))
        .routes(routes!(productions::heartbeat))
        .routes(routes!(productions::finish))
        .routes(routes!(attempts::report))
        .routes(routes!(calls::report))
        .routes(routes!(capacity::read));
    OpenApiRouter::with_openapi(openapi::Gate::openapi()).nest("/api/v1", v1)
}

async fn nothing_here() -> Problem {
    Problem::plain(Code::NotFound)
}
