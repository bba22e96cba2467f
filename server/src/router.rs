//! All routes and the layers that every request passes, in the order in which it passes them.

use crate::{
    api::{
        self,
        problem::{self, Code, Problem},
    },
    archive, client, correlation, csrf, headers, health, live, metrics, one_click, page, session,
    state::AppState,
};
use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    middleware::{from_fn, from_fn_with_state, map_response_with_state},
    response::{IntoResponse, Response},
};
use std::{any::Any, time::Duration};
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer,
        predicate::{DefaultPredicate, Predicate, SizeAbove},
    },
    timeout::RequestBodyTimeoutLayer,
    trace::TraceLayer,
};
use tracing::{Span, info_span};

/// T14: the most that a body may have; plans may have more.
const BODY_LIMIT: usize = 64 * 1024;
/// T14: how long a body may fall silent.
const BODY_SILENCE: Duration = Duration::from_secs(10);

/// The whole server.
pub fn router(state: AppState) -> Router {
    let pages = page::router(&state).layer(compression());
    // Events are flushed one by one, which a compressor would hold back.
    let for_people = pages
        .merge(archive::router())
        .merge(live::router())
        .layer(session::layer(&state.engine, &state.site));
    let routes = Router::new()
        .merge(for_people)
        .merge(api::router(&state).layer(compression()))
        .merge(api::webhooks::router())
        .merge(one_click::router())
        .merge(health::router());
    guarded(routes.method_not_allowed_fallback(async || Problem::plain(Code::MethodNotAllowed)), state)
}

/// Routes behind everything that each request passes and each reply carries. The last layer is the first that a request
/// meets.
pub fn guarded(routes: Router<AppState>, state: AppState) -> Router {
    routes
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(RequestBodyTimeoutLayer::new(BODY_SILENCE))
        .layer(from_fn_with_state(state.clone(), client::name_address))
        .layer(from_fn_with_state(state.clone(), csrf::refuse_foreign))
        .layer(CatchPanicLayer::custom(after_panic))
        .layer(from_fn_with_state(state.clone(), problem::write))
        .layer(map_response_with_state(state.clone(), headers::secure))
        .layer(TraceLayer::new_for_http().make_span_with(span))
        .layer(from_fn(correlation::name_request))
        .layer(from_fn(metrics::count))
        .with_state(state)
}

/// Small answers cost more to compress than to send.
fn compression() -> CompressionLayer<impl Predicate> {
    CompressionLayer::new().compress_when(DefaultPredicate::new().and(SizeAbove::new(1024)))
}

/// No query and no headers: neither tokens nor search words belong in a log.
fn span(request: &Request) -> Span {
    info_span!("request", id = correlation::of(request), method = %request.method(), path = request.uri().path())
}

/// The log has the words of the panic, the caller the name under which to find them.
#[expect(clippy::needless_pass_by_value, reason = "the layer hands the panic over")]
fn after_panic(panic: Box<dyn Any + Send + 'static>) -> Response {
    let words = panic.downcast_ref::<&str>().map(ToString::to_string);
    let words = words.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
    tracing::error!(words, "a handler panicked");
    Problem::plain(Code::InternalError).into_response()
}
