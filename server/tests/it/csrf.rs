//! T8: no page of another site may act here. The routes are those that there are, not those that somebody remembered.

use crate::{
    authorization::operations,
    support::{ORIGIN, World, request},
};
use http::{Method, StatusCode};

fn unsafe_routes() -> Vec<(Method, String)> {
    let api = operations().into_iter().filter(|(method, _)| !method.is_safe());
    let functions =
        leptos::server_fn::axum::server_fn_paths().map(|(path, method)| (method, path.to_owned()));
    api.chain(functions).collect()
}

#[tokio::test]
async fn t8_every_unsafe_route_refuses_a_foreign_page() {
    let world = World::new().await;
    let routes = unsafe_routes();
    assert!(
        routes.iter().any(|(_, path)| path.starts_with("/act/")),
        "no server function is registered: {routes:?}"
    );
    for (method, path) in routes {
        for (header, value) in [
            ("origin", "https://evil.example"),
            ("origin", "null"),
            ("origin", "http://console.example.com"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
        ] {
            let mut asked = request(method.clone(), &path, Some(&world.first.key), "{}");
            asked.headers_mut().insert(header, value.parse().unwrap());
            let reply = world.send(asked).await;
            assert_eq!(reply.status, StatusCode::FORBIDDEN, "{method} {path} with {header}: {value}");
        }
    }
}

#[tokio::test]
async fn t8_our_own_pages_and_callers_without_a_page_pass() {
    let world = World::new().await;
    for (number, headers) in
        [&[][..], &[("origin", ORIGIN), ("sec-fetch-site", "same-origin")]].into_iter().enumerate()
    {
        let path = format!("/api/v1/productions/p{number}");
        let mut asked = request(Method::PUT, &path, Some(&world.first.key), &world.first.plan());
        for (name, value) in headers {
            asked.headers_mut().insert(*name, value.parse().unwrap());
        }
        assert_eq!(world.send(asked).await.status, StatusCode::CREATED, "{headers:?}");
    }
}

#[tokio::test]
async fn t8_every_function_that_pages_call_is_asked_by_post() {
    for (path, method) in leptos::server_fn::axum::server_fn_paths() {
        assert_eq!(method, Method::POST, "{path} could be called by a link");
        assert!(path.starts_with("/act/"), "{path} has an address that changes with the checkout");
    }
}
