//! What every reply carries, whoever made it. T9, T20.

use crate::support::{On, World, request};
use axum::{Router, routing::get};
use http::{Method, StatusCode};
use server::{router::guarded, state::AppState};
use tower::ServiceExt;

const EVERYWHERE: [(&str, &str); 7] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("x-frame-options", "DENY"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-embedder-policy", "require-corp"),
    ("cache-control", "no-store"),
    ("strict-transport-security", "max-age=63072000; includeSubDomains"),
];

#[tokio::test]
async fn t9_every_reply_is_named_and_locked_down() {
    let world = World::new().await;
    let key = Some(world.first.key.as_str());
    let capacity = format!("/api/v1/capacity?account={}", world.first.account);
    for (asked, status) in [
        (request(Method::GET, &capacity, key, ""), 200),
        (request(Method::GET, &capacity, None, ""), 401),
        (request(Method::GET, "/api/v1/nothing", key, ""), 404),
        (request(Method::DELETE, "/api/v1/capacity", key, ""), 405),
        (request(Method::PUT, "/api/v1/productions/a", key, "{"), 400),
        (request(Method::GET, "/api/v1/openapi.json", None, ""), 200),
        (request(Method::GET, "/sign-in", None, ""), 200),
        (request(Method::GET, "/nothing", None, ""), 404),
        (request(Method::POST, "/sign-in", None, ""), 405),
        (request(Method::GET, "/act/sign-in", None, ""), 405),
        (request(Method::GET, "/live/usage", None, ""), 401),
        (request(Method::GET, "/healthz", None, ""), 200),
        (request(Method::GET, "/readyz", None, ""), 200),
        (request(Method::GET, "/problems/hold_expired", None, ""), 200),
    ] {
        let uri = asked.uri().clone();
        let reply = world.send(asked).await;
        assert_eq!(reply.status, status, "{uri}");
        for (name, value) in EVERYWHERE {
            assert_eq!(reply.header(name), value, "{name} of {uri}");
        }
        let policy = reply.header("content-security-policy");
        assert!(
            policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe-inline"),
            "{policy} of {uri}"
        );
        assert_eq!(reply.header("x-correlation-id").len(), 36, "{uri}");
    }
}

/// Orders are paid on Stripe's own pages, where Stripe takes the payments: our forms lead there, and nowhere else.
#[tokio::test]
async fn t9_forms_lead_to_stripe_only_where_it_takes_the_payments() {
    let page = || request(Method::GET, "/sign-in", None, "");
    let of = async |world: World| world.send(page()).await.header("content-security-policy").to_owned();
    let ours = of(World::new().await).await;
    assert!(ours.ends_with("; form-action 'self'"), "{ours}");
    let stripes = of(World::paid_by_stripe(On::Sqlite, "whsec_1").await).await;
    assert!(stripes.ends_with("; form-action 'self' https://checkout.stripe.com"), "{stripes}");
}

#[tokio::test]
async fn a_reply_carries_the_callers_name_for_the_request_only_where_it_is_safe() {
    let world = World::new().await;
    for (given, taken) in
        [("run-7.step_2", true), ("a b", false), ("<script>", false), (&"x".repeat(65), false)]
    {
        let mut asked = request(Method::GET, "/api/v1/nothing", None, "");
        asked.headers_mut().insert("x-correlation-id", given.parse().unwrap());
        let reply = world.send(asked).await;
        assert_eq!(reply.header("x-correlation-id") == given, taken, "{given}");
        assert_eq!(reply.json()["correlationId"], reply.header("x-correlation-id"));
    }
}

#[tokio::test]
async fn t20_a_fault_of_ours_shows_its_name_and_nothing_else() {
    async fn fault() -> &'static str {
        panic!("the secret cause")
    }
    let world = World::new().await;
    let routes = Router::<AppState>::new().route("/api/fault", get(fault)).route("/fault", get(fault));
    let app = guarded(routes, world.state.clone());
    for path in ["/api/fault", "/fault"] {
        let reply = app.clone().oneshot(request(Method::GET, path, None, "")).await.unwrap();
        assert_eq!(reply.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let id = reply.headers()["x-correlation-id"].to_str().unwrap().to_owned();
        assert_eq!(reply.headers()["x-frame-options"], "DENY");
        let body = axum::body::to_bytes(reply.into_body(), usize::MAX).await.unwrap();
        let body = String::from_utf8_lossy(&body);
        assert!(body.contains(&id) && !body.contains("secret"), "{body}");
    }
}

#[tokio::test]
async fn a_gate_that_takes_no_more_acts_says_when_to_come_back() {
    let world = World::new().await;
    world.engine.close().await;
    let reply = world.admit("late", &world.first.plan()).await;
    assert_eq!(
        (reply.status, reply.code().as_str()),
        (StatusCode::SERVICE_UNAVAILABLE, "service_unavailable")
    );
    assert_eq!(reply.header("retry-after"), "1");
    assert_eq!(reply.json()["retryAfterSeconds"], 1);
}
