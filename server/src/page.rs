//! The pages and their server functions, rendered by Leptos, with the engine at hand.

use crate::{assets, export, session, state::AppState};
use app::{AppError, frame::own_address, tier::PublishedPrices};
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    middleware::{self, Next},
    response::Response,
};
use http::{HeaderMap, Method, StatusCode, Uri, header, uri::PathAndQuery};
use leptos::{prelude::provide_context, server_fn::error::SERVER_FN_ERROR_HEADER};
use leptos_axum::{AxumRouteListing, LeptosRoutes, generate_route_list, render_app_async_with_context};
use std::sync::LazyLock;

/// The most that an error of a server function has to say.
const ERROR_LIMIT: usize = 64 * 1024;

/// Every page's path, found once for all routers of a process: what a page asks for while they are being found is never answered
/// (leptos-rs/leptos#4773).
pub static PAGES: LazyLock<Vec<AxumRouteListing>> = LazyLock::new(|| generate_route_list(app::App));

/// All pages, the server functions under `/act`, the static files, and the page for what is none of these.
pub fn router(state: &AppState) -> Router<AppState> {
    let (at_hand, options) = (state.clone(), state.pages.clone());
    Router::new()
        .leptos_routes_with_context(
            state,
            PAGES.clone(),
            move || provide(&at_hand),
            move || app::shell(options.clone()),
        )
        .route_layer(middleware::from_fn_with_state(state.clone(), session::renew))
        .fallback(file_or_not_found)
        .layer(middleware::from_fn_with_state(state.clone(), export::csv))
        .layer(middleware::from_fn_with_state(state.clone(), tell_form_errors))
}

/// What pages have at hand.
fn provide(state: &AppState) {
    provide_context(state.engine.clone());
    provide_context(PublishedPrices(state.site.pricing.clone()));
    provide_context(state.site.legal.clone());
}

/// What went wrong with a form, as a page: a server function by itself sends the browser back without a word.
async fn tell_form_errors(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let accepts = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
    if *request.method() != Method::POST || !accepts.is_some_and(|accepts| accepts.contains("text/html")) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let response = next.run(Request::from_parts(parts.clone(), body)).await;
    let failed = response.headers().contains_key(SERVER_FN_ERROR_HEADER);
    if !failed || response.status() == StatusCode::SEE_OTHER {
        return response; // led on by the act itself
    }
    let (head, body) = response.into_parts();
    let words = to_bytes(body, ERROR_LIMIT).await.unwrap_or_default();
    let Ok(error) = serde_json::from_slice::<AppError>(&words) else {
        return Response::from_parts(head, Body::from(words));
    };
    let (options, page) = (state.pages.clone(), page_of_form(&parts.headers));
    let render = render_app_async_with_context(
        move || provide(&state),
        move || app::form_failed(options.clone(), error.clone(), page.clone()),
    );
    render(Request::from_parts(parts, Body::empty())).await
}

/// On which page of ours the form stands; Overview where the browser does not say.
fn page_of_form(headers: &HeaderMap) -> String {
    let said = headers.get(header::REFERER).and_then(|value| value.to_str().ok());
    let page = said.and_then(|page| page.parse::<Uri>().ok());
    let page = page.as_ref().and_then(|page| page.path_and_query()).map(PathAndQuery::as_str);
    page.and_then(own_address).unwrap_or("/").to_owned()
}

async fn file_or_not_found(State(state): State<AppState>, request: Request) -> Response {
    if let Some(asked) = assets::ask(&request)
        && let Some(response) = assets::file(&state.site, asked).await
    {
        return response;
    }
    not_found(state, request).await
}

async fn not_found(state: AppState, request: Request) -> Response {
    let pages = state.pages.clone();
    let render = render_app_async_with_context(move || provide(&state), move || app::shell(pages.clone()));
    let mut response = render(request).await;
    if response.status() == StatusCode::OK {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    response
}
