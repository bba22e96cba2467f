//! All routes, and what every request passes and every reply carries.

use crate::{
    api::{
        self,
        about::About,
        problem::{Code, Problem},
    },
    archive, client, correlation, csrf, headers, health, live, metrics, one_click, page, session,
    state::AppState,
};
use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
};
use std::{any::Any, time::Duration};
use tower::ServiceBuilder;
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
        .merge(api::router(&state))
        .merge(api::webhooks::router())
        .merge(one_click::router())
        .merge(health::router());
    guarded(routes.method_not_allowed_fallback(async || Problem::plain(Code::MethodNotAllowed)), state)
}

/// Routes behind everything that each request passes and each reply carries. One stack: whatever a router is layered with is
/// cloned for every request, with all that is below it, and so is the rest of a stack for each function in it.
pub fn guarded(routes: Router<AppState>, state: AppState) -> Router {
    let stack = ServiceBuilder::new()
        .layer(from_fn_with_state(state.clone(), pass))
        .layer(TraceLayer::new_for_http().make_span_with(span))
        .layer(CatchPanicLayer::custom(after_panic))
        .layer(RequestBodyTimeoutLayer::new(BODY_SILENCE))
        .layer(DefaultBodyLimit::max(BODY_LIMIT));
    routes.layer(stack).with_state(state)
}

/// The way of a request, and of its reply.
async fn pass(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let counted = metrics::Counted::of(&request);
    let name = correlation::name(&mut request);
    let about = About::of(&request);
    client::name_address(&state.site, &mut request);
    let reply = if csrf::is_foreign(&state.site, &request) {
        Problem::plain(Code::CrossSiteRequest).into_response()
    } else {
        next.run(request).await
    };
    let mut reply = about.write(reply, &state.site);
    headers::secure(reply.headers_mut(), &state.site);
    if let Some(name) = name {
        reply.headers_mut().insert(correlation::HEADER, name);
    }
    counted.end(reply.status());
    reply
}

/// Small answers cost more to compress than to send.
#[must_use]
pub fn compression() -> CompressionLayer<impl Predicate> {
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
