//! What is left, live. B2.

use crate::{browser::Browser, support::World};
use axum::body::BodyDataStream;
use futures::StreamExt;
use http::{Method, StatusCode, header};
use serde_json::Value;
use std::time::Duration;
use tokio::time::timeout;

/// The next event within two seconds; none where the stream ends.
async fn next(events: &mut BodyDataStream) -> Option<Value> {
    let chunk = timeout(Duration::from_secs(2), events.next()).await.expect("no event within two seconds")?;
    let text = String::from_utf8(chunk.unwrap().to_vec()).unwrap();
    Some(serde_json::from_str(text.strip_prefix("data: ").unwrap().trim()).unwrap())
}

#[tokio::test]
async fn b2_figures_come_at_once_then_as_they_change_and_end_with_the_session() {
    let world = World::new().await;
    assert_eq!(world.ask(Method::GET, "/live/usage", "").await.code(), "signed_out", "a key is no session");

    let mut browser = Browser::signed_in(&world).await;
    let stream = world.begin(browser.request(Method::GET, "/live/usage", "")).await;
    assert_eq!(stream.status(), StatusCode::OK);
    assert_eq!(stream.headers()[header::CONTENT_TYPE], "text/event-stream");
    assert!(!stream.headers().contains_key(header::CONTENT_ENCODING));
    let mut events = stream.into_body().into_data_stream();
    let first = next(&mut events).await.unwrap();

    world.admit("intro", &world.first.plan()).await;
    let second = next(&mut events).await.unwrap();
    assert_ne!(first["left"], second["left"], "{second}");

    let kept = Browser::with_cookie(&world, &browser.cookie);
    assert!(browser.post("/act/sign-out", &[]).await.status.is_redirection());
    assert_eq!(next(&mut events).await, None, "the stream ends with the session");
    let again = world.begin(kept.request(Method::GET, "/live/usage", "")).await;
    assert_eq!(again.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn t8_looking_at_a_page_makes_no_session() {
    let world = World::new().await;
    let forged = "__Host-jarai=AAAAAAAAAAAAAAAAAAAAAA";
    for cookie in ["", forged] {
        let reply = Browser::with_cookie(&world, cookie).get("/sign-in").await;
        assert_eq!(reply.status, StatusCode::OK);
        assert!(!reply.header("set-cookie").contains("Max-Age=43200"), "{}", reply.header("set-cookie"));
    }
}
