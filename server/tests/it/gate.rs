//! Quotes, calls outside productions, and every reason of the gate, as the pipeline hears them.

use crate::support::{World, wrote};
use billing::{customer::PaymentBlock, time::Span};
use http::{Method, StatusCode};
use serde_json::{Value, json};

/// The first customer asks a price.
async fn quote(world: &World) -> Value {
    let reply = world.ask(Method::POST, "/api/v1/quotes", &world.first.quote()).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text());
    reply.json()
}

/// The plan of the first customer, by a quote.
fn using(world: &World, quote: &Value) -> String {
    world.first.plan().replacen('{', &format!(r#"{{"quote":{},"#, quote["quote"]), 1)
}

#[tokio::test]
async fn a_quote_says_tokens_money_and_whether_it_fits() {
    let world = World::new().await;
    let body = quote(&world).await;
    assert!(body["quote"].as_str().unwrap().starts_with("quo_"));
    assert!(body["expiresAt"].as_str().unwrap().starts_with("2026-10-22T12:15"), "a quarter of an hour");
    assert_eq!(
        (&body["tokens"], &body["tariffVersion"], &body["fits"]),
        (&json!(140), &json!(1), &json!(true))
    );
    assert_eq!((&body["refusal"], &body["money"]["currency"]), (&Value::Null, &json!("GBP")));
    let lines: Vec<_> =
        body["lines"].as_array().unwrap().iter().map(|line| (&line["step"], &line["tokens"])).collect();
    assert_eq!(lines, [(&json!("write"), &json!(20)), (&json!("draw"), &json!(120))]);

    let admitted = world.admit("intro", &using(&world, &body)).await;
    assert_eq!(admitted.status, StatusCode::CREATED, "{}", admitted.text());
    assert_eq!(admitted.json()["hold"]["money"], body["money"]);
    assert_eq!(world.report("intro", "write", 1, &wrote("succeeded")).await.json()["tokens"], 20);
}

#[tokio::test]
async fn a_quote_is_for_its_plan_and_its_quarter_of_an_hour() {
    let world = World::new().await;
    let body = quote(&world).await;
    let other = using(&world, &body).replace(r#""images":1"#, r#""images":2"#);
    let reply = world.admit("intro", &other).await;
    assert_eq!(
        (reply.code().as_str(), &reply.json()["errors"][0]["field"]),
        ("invalid_request", &json!("quote"))
    );
    let unknown = world.first.plan().replacen('{', r#"{"quote":"quo_00000000000000000000000000","#, 1);
    assert_eq!(world.admit("intro", &unknown).await.json()["errors"][0]["field"], "quote");
    world.engine.advance_sandbox_clock(Span::minutes(15)).await.unwrap();
    let late = world.admit("intro", &using(&world, &body)).await;
    assert_eq!((late.status, late.code().as_str()), (StatusCode::CONFLICT, "quote_expired"));
}

#[tokio::test]
async fn p12_a_call_outside_productions_is_counted_once() {
    let world = World::new().await;
    let call = async |body: &str| world.ask(Method::PUT, "/api/v1/calls/reply-1", body).await;
    let first = call(&world.first.call()).await;
    assert_eq!((first.status, &first.json()["costState"]), (StatusCode::OK, &json!("known")));
    assert_eq!(call(&world.first.call()).await.bytes, first.bytes);
    let other = call(&world.first.call().replace(r#""images":2"#, r#""images":3"#)).await;
    assert_eq!((other.status, other.code().as_str()), (StatusCode::CONFLICT, "id_reused"));
    for (wrong, field) in [
        (world.first.call().replace(r#""loop":3"#, r#""loop":0"#), "loop"),
        (world.first.call().replace(r#""loop":3"#, r#""loop":6"#), "loop"),
        (world.first.call().replace(r#""images":2"#, r#""images":-2"#), "quantity.images"),
        (world.first.call().replace("images", "seconds"), "quantity.images"),
    ] {
        let reply = world.ask(Method::PUT, "/api/v1/calls/reply-2", &wrong).await;
        assert_eq!(
            (reply.code().as_str(), &reply.json()["errors"][0]["field"]),
            ("invalid_request", &json!(field))
        );
    }
}

#[tokio::test]
async fn g8_each_reason_has_its_status_its_code_and_its_word() {
    let world = World::new().await;
    let (engine, customer, account) = (&world.engine, world.first.id, world.first.account);
    let refused = async |status: u16, code: &str, error: &str, reason: &str| {
        let reply = world.admit("intro", &world.first.plan()).await;
        let body = reply.json();
        let said = (
            reply.status.as_u16(),
            body["code"].as_str(),
            body["error"].as_str(),
            body["refusal"]["reason"].as_str(),
        );
        assert_eq!(said, (status, Some(code), Some(error), Some(reason)));
        body
    };
    engine.set_idle(true).await.unwrap();
    let body = refused(503, "service_unavailable", "SERVICE_UNAVAILABLE", "maintenance").await;
    assert_eq!(body["refusal"]["scope"], json!({"kind": "platform", "id": null, "name": "The platform"}));
    assert!(body["retryAfterSeconds"].as_i64().unwrap() >= 1);
    engine.set_idle(false).await.unwrap();

    engine.set_payment_block(customer, Some(PaymentBlock::DisputedDebt)).await.unwrap();
    refused(409, "payment_required", "PAYMENT_REQUIRED", "payment_required").await;
    engine.set_payment_block(customer, None).await.unwrap();

    engine.set_concurrency(customer, account, Some(1)).await.unwrap();
    assert_eq!(world.admit("other", &world.first.plan()).await.status, StatusCode::CREATED);
    let body = refused(409, "concurrency_limit_reached", "CONCURRENCY_LIMIT", "concurrency").await;
    assert_eq!(
        (&body["refusal"]["unit"], &body["refusal"]["limit"], &body["refusal"]["shortBy"]),
        (&json!("count"), &json!(1), &json!(1))
    );
    world.finish("other", "cancelled").await;
    assert_eq!(world.admit("intro", &world.first.plan()).await.status, StatusCode::CREATED);
}
