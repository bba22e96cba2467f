//! The pages and their server functions, rendered by Leptos, with the engine at hand.

use crate::{assets, export, session, state::AppState};
use app::tier::PublishedPrices;
use axum::{Router, extract::Request, extract::State, middleware, response::Response};
use http::StatusCode;
use leptos::prelude::provide_context;
use leptos_axum::{LeptosRoutes, generate_route_list, render_app_async_with_context};

/// All pages, the server functions under `/act`, the static files, and the page for what is none of these.
pub fn router(state: &AppState) -> Router<AppState> {
    let (at_hand, options) = (state.clone(), state.pages.clone());
    Router::new()
        .leptos_routes_with_context(
            state,
            generate_route_list(app::App),
            move || provide(&at_hand),
            move || app::shell(options.clone()),
        )
        .route_layer(middleware::from_fn_with_state(state.clone(), session::renew))
        .fallback(file_or_not_found)
        .layer(middleware::from_fn_with_state(state.clone(), export::csv))
}

/// What pages have at hand.
fn provide(state: &AppState) {
    provide_context(state.engine.clone());
    provide_context(PublishedPrices(state.site.pricing.clone()));
    provide_context(state.site.legal.clone());
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
