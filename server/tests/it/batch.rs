//! Many acts in one request, answers that are kept, and how fast a key may ask. I-15 to I-17, I-19, T12.

use crate::support::{Reply, World, both, request, wrote};
use billing::{allowance::Source, tokens::Tokens};
use futures::future::join_all;
use http::{HeaderName, HeaderValue, Method, StatusCode};
use serde_json::{Value, json};

fn act(method: &str, path: &str, body: &str) -> Value {
    json!({"method": method, "path": path, "body": serde_json::from_str::<Value>(body).unwrap()})
}

async fn batch(world: &World, acts: Vec<Value>) -> Reply {
    world.ask(Method::POST, "/api/v1/batch", &json!({ "acts": acts }).to_string()).await
}

/// A POST under an Idempotency-Key.
async fn keyed(world: &World, key: &str, path: &str, body: &str) -> Reply {
    let mut post = request(Method::POST, path, Some(&world.first.key), body);
    post.headers_mut()
        .insert(HeaderName::from_static("idempotency-key"), HeaderValue::from_str(key).unwrap());
    world.send(post).await
}

#[tokio::test]
async fn a_batch_is_its_acts_in_order_each_on_its_own() {
    let world = World::new().await;
    let plan = world.first.plan();
    let acts = vec![
        act("PUT", "/api/v1/productions/a", &plan),
        act("PUT", "/productions/a/steps/write/attempts/1", &wrote("succeeded")),
        act("PUT", "/productions/a/steps/write/attempts/2", &wrote("succeeded")),
        act("POST", "/productions/a/heartbeat", "{}"),
        act("POST", "/productions/a/finish", r#"{"outcome":"published"}"#),
        act("PUT", "/calls/reply-1", &world.first.call()),
        act("POST", "/quotes", &world.first.quote()),
        act("PUT", "/productions/b", "{}"),
        act("GET", "/productions/a", "{}"),
        act("PUT", "/nowhere", "{}"),
        act("PUT", "/productions/a", &plan),
    ];
    let reply = batch(&world, acts).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text());
    let results = reply.json()["results"].as_array().unwrap().clone();
    let statuses: Vec<u64> = results.iter().map(|result| result["status"].as_u64().unwrap()).collect();
    assert_eq!(statuses, [201, 200, 409, 200, 200, 200, 200, 422, 405, 404, 200]);
    assert_eq!(results[1]["body"]["tokens"], 20);
    assert_eq!(results[2]["body"]["code"], "already_captured");
    assert_eq!(results[4]["body"], json!({"captured": 20, "released": 120}));
    assert_eq!(results[7]["body"]["instance"], "/productions/b");
    assert_eq!(results[7]["body"]["correlationId"], reply.header("x-correlation-id"));
    assert_eq!(results[10]["body"], results[0]["body"], "the first answer again");
    assert_eq!(reply.header("ratelimit-policy"), r#""gate";q=1200;w=1"#);
}

#[tokio::test]
async fn a_batch_has_1_to_256_acts() {
    let world = World::new().await;
    assert_eq!(batch(&world, vec![]).await.json()["errors"][0]["field"], "acts");
    let beat = act("POST", "/productions/none/heartbeat", "{}");
    assert_eq!(batch(&world, vec![beat.clone(); 257]).await.json()["errors"][0]["field"], "acts");
    let reply = batch(&world, vec![beat; 256]).await;
    let results = reply.json()["results"].as_array().unwrap().clone();
    assert!(results.len() == 256 && results.iter().all(|result| result["status"] == 404));
    let wrong = world.ask(Method::POST, "/api/v1/batch", r#"{"acts":[{"method":"PUT"}]}"#).await;
    assert_eq!(wrong.json()["errors"][0]["field"], "acts[0].path");
}

both! {
    async fn i17_a_batch_under_a_key_replays_its_refusal_also_after_a_top_up(on: On) {
        let world = World::on(on).await;
        let (engine, customer) = (&world.engine, world.first.id);
        let big = world.first.plan().replace(r#""images":1"#, r#""images":1000000"#);
        let body = json!({"acts": [act("PUT", "/productions/big", &big)]}).to_string();
        let first = keyed(&world, "run-1", "/api/v1/batch", &body).await;
        assert_eq!(first.json()["results"][0]["body"]["refusal"]["reason"], "not_enough_capacity");
        engine.grant(customer, Source::TopUp, Tokens::new(1_000_000_000).unwrap(), None, None).await.unwrap();
        let again = join_all((0..32).map(|_| keyed(&world, "run-1", "/api/v1/batch", &body))).await;
        assert!(
            again.iter().all(|reply| reply.bytes == first.bytes && reply.status == first.status),
            "byte for byte"
        );
        assert_eq!(
            world.admit("big", &big).await.status,
            StatusCode::CREATED,
            "outside the key it is decided anew"
        );
        assert_eq!(keyed(&world, "run-1", "/api/v1/batch", &body).await.bytes, first.bytes);
    }
}

both! {
    async fn i15_one_key_64_at_once_is_one_request(on: On) {
        let world = World::on(on).await;
        let body = world.first.quote();
        let replies = join_all((0..64).map(|_| keyed(&world, "quote-1", "/api/v1/quotes", &body))).await;
        let done: Vec<&Reply> = replies.iter().filter(|reply| reply.status == StatusCode::OK).collect();
        assert!(!done.is_empty() && done.iter().all(|reply| reply.bytes == done[0].bytes));
        for reply in replies.iter().filter(|reply| reply.status != StatusCode::OK) {
            assert_eq!((reply.status, reply.code().as_str()), (StatusCode::CONFLICT, "in_progress"));
        }
        assert_eq!(keyed(&world, "quote-1", "/api/v1/quotes", &body).await.bytes, done[0].bytes);
        let other = keyed(&world, "quote-2", "/api/v1/quotes", &body).await;
        assert_ne!(other.bytes, done[0].bytes, "another key is another request");
    }
}

both! {
    async fn i16_one_key_is_one_request_of_one_customer(on: On) {
        let world = World::on(on).await;
        assert_eq!(keyed(&world, "k", "/api/v1/quotes", &world.first.quote()).await.status, StatusCode::OK);
        let other = keyed(&world, "k", "/api/v1/batch", r#"{"acts":[]}"#).await;
        assert_eq!(
            (other.status.as_u16(), &other.json()["errors"][0]["field"]),
            (422, &json!("Idempotency-Key"))
        );
        let mut theirs = request(Method::POST, "/api/v1/quotes", Some(&world.second.key), &world.second.quote());
        theirs.headers_mut().insert("idempotency-key", HeaderValue::from_static("k"));
        assert_eq!(world.send(theirs).await.status, StatusCode::OK, "another customer's key is its own");
        for bad in [" ", "a b", &"x".repeat(256), "é"] {
            let mut post = request(Method::POST, "/api/v1/quotes", Some(&world.first.key), &world.first.quote());
            post.headers_mut().insert("idempotency-key", HeaderValue::from_bytes(bad.as_bytes()).unwrap());
            assert_eq!(world.send(post).await.status.as_u16(), 422, "{bad:?}");
        }
        let invalid = keyed(&world, "k2", "/api/v1/quotes", "{}").await;
        assert_eq!(invalid.status.as_u16(), 422);
        assert_eq!(
            keyed(&world, "k2", "/api/v1/quotes", "{}").await.bytes,
            invalid.bytes,
            "a no is an answer too"
        );
    }
}

#[tokio::test]
async fn t12_a_key_that_asks_too_fast_is_told_how_long_to_wait() {
    let world = World::new().await;
    let key = world.engine.pipeline_key(&world.first.key).await.unwrap().unwrap();
    world.engine.set_key_rate(world.first.id, key.id, Some(1)).await.unwrap();
    let beat = act("POST", "/productions/none/heartbeat", "{}");
    let first = batch(&world, vec![beat.clone(); 200]).await;
    assert_eq!((first.status, first.header("ratelimit")), (StatusCode::OK, r#""gate";r=56;t=1"#));
    let second = batch(&world, vec![beat; 200]).await;
    assert_eq!((second.status.as_u16(), second.code().as_str()), (429, "rate_limit_exceeded"));
    let wait: i64 = second.header("retry-after").parse().unwrap();
    assert!((1..=201).contains(&wait));
    assert_eq!(
        (&second.json()["retryAfterSeconds"], &second.json()["error"]),
        (&json!(wait), &json!("RATE_LIMIT_EXCEEDED"))
    );
    assert_eq!(world.ask(Method::GET, "/api/v1/productions", "").await.status, StatusCode::OK, "55 are left");
    world.engine.set_key_rate(world.first.id, key.id, Some(0)).await.unwrap();
    let free = world.ask(Method::GET, "/api/v1/productions", "").await;
    assert_eq!((free.status, free.header("ratelimit")), (StatusCode::OK, ""));
}
