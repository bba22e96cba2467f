//! I-48, T4: what is no quantity is the caller's mistake, never a fault of ours and never another number.

use crate::support::{GRANTED, World, both, plan};
use http::{Method, StatusCode};

/// What no count may be, as it stands in the body.
const NO_COUNTS: [&str; 17] = [
    "-1",
    "-0",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551616",
    "1000000001",
    "1e308",
    "1e999",
    "1e3",
    "1000000000000000000000000000000",
    "NaN",
    "Infinity",
    "null",
    "\"5\"",
    "5.0",
    "true",
    "[1]",
];

/// What no length may be: it may be a string and have three decimals.
const NO_SECONDS: [&str; 17] = [
    "-1",
    "-0",
    "1e3",
    "1e308",
    "1E0",
    "1.2345",
    "1000000000.001",
    "10000000000",
    "NaN",
    "null",
    "true",
    "\"\"",
    "\"-1\"",
    "\"1e3\"",
    "\" 1\"",
    "\"1,5\"",
    "{}",
];

/// Kind, quantity with a hole in the field under test, the field.
const COUNTS: [(&str, &str, &str); 9] = [
    ("text", r#"{"inputTokens":?,"outputTokens":1}"#, "inputTokens"),
    ("text", r#"{"inputTokens":1,"outputTokens":?}"#, "outputTokens"),
    ("text", r#"{"inputTokens":1,"outputTokens":1,"cachedTokens":?}"#, "cachedTokens"),
    ("vision", r#"{"images":?}"#, "images"),
    ("image", r#"{"images":?}"#, "images"),
    ("image", r#"{"images":?,"source":"stock"}"#, "images"),
    ("speech", r#"{"characters":?}"#, "characters"),
    ("variant", r#"{"variants":?}"#, "variants"),
    ("packaging", r#"{"items":?}"#, "items"),
];

const LENGTHS: [&str; 4] = ["speech", "music", "video", "transcription"];

/// Kind, quantity with its hole, field, what does not belong into it.
fn cases() -> Vec<(&'static str, &'static str, &'static str, &'static str)> {
    let counts =
        COUNTS.into_iter().flat_map(|(kind, hole, field)| NO_COUNTS.map(|bad| (kind, hole, field, bad)));
    let lengths =
        LENGTHS.into_iter().flat_map(|kind| NO_SECONDS.map(|bad| (kind, r#"{"seconds":?}"#, "seconds", bad)));
    counts.chain(lengths).collect()
}

/// Whether the text is JSON at all: what is not is a 400, and no field can be named.
fn is_json(text: &str) -> bool {
    serde_json::from_str::<serde_json::Value>(text).is_ok()
}

both! {
    async fn i48_a_plan_with_no_quantity_is_refused_by_its_field(on: On) {
        let world = World::on(on).await;
        let good = r#"{"step":"good","kind":"vision","quantity":{"images":1}}"#;
        for (kind, hole, field, bad) in cases() {
            let quantity = hole.replace('?', bad);
            let step = format!(r#"{{"step":"bad","kind":"{kind}","quantity":{quantity}}}"#);
            let reply = world.admit("numbers", &plan(world.first.account, &format!("{good},{step}"))).await;
            if is_json(bad) {
                assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{step}: {}", reply.text());
                assert_eq!(reply.json()["errors"][0]["field"], format!("steps[1].quantity.{field}"), "{step}");
            } else {
                assert_eq!(
                    (reply.status, reply.code().as_str()),
                    (StatusCode::BAD_REQUEST, "malformed_request"),
                    "{step}"
                );
            }
        }
        assert_eq!(world.capacity().await, (GRANTED, 0));
    }
}

both! {
    async fn i48_an_attempt_with_no_quantity_is_refused_by_its_field(on: On) {
        let world = World::on(on).await;
        world.admit("numbers", &world.first.plan()).await;
        for (kind, hole, field, bad) in cases() {
            let quantity = hole.replace('?', bad);
            let attempt = format!(r#"{{"outcome":"succeeded","kind":"{kind}","quantity":{quantity}}}"#);
            let reply = world.report("numbers", "write", 1, &attempt).await;
            if is_json(bad) {
                assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{attempt}: {}", reply.text());
                assert_eq!(reply.json()["errors"][0]["field"], format!("quantity.{field}"), "{attempt}");
            } else {
                assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{attempt}");
            }
        }
        assert_eq!(world.capacity().await, (GRANTED - 140, 140));
    }
}

both! {
    async fn i48_zero_and_the_largest_quantity_are_quantities(on: On) {
        let world = World::on(on).await;
        let step = |number: usize, kind: &str, quantity: &str| {
            format!(r#"{{"step":"s{number}","kind":"{kind}","quantity":{quantity}}}"#)
        };
        let filled = |value: &str| {
            let lengths = LENGTHS.map(|kind| (kind, r#"{"seconds":?}"#, "seconds"));
            let all = COUNTS.into_iter().chain(lengths).filter(|(_, _, field)| *field != "cachedTokens");
            let steps =
                all.enumerate().map(|(number, (kind, hole, _))| step(number, kind, &hole.replace('?', value)));
            plan(world.first.account, &steps.collect::<Vec<_>>().join(","))
        };
        assert_eq!(world.admit("zero", &filled("0")).await.status, StatusCode::CREATED);
        let most = world.admit("most", &filled("1000000000")).await;
        assert_eq!((most.status, most.code().as_str()), (StatusCode::CONFLICT, "budget_limit_reached"));

        let steps: Vec<String> =
            (0..500).map(|number| step(number, "variant", r#"{"variants":1000000000}"#)).collect();
        let sum = world.admit("sum", &plan(world.first.account, &steps.join(","))).await;
        assert_eq!(
            (sum.status, sum.code().as_str()),
            (StatusCode::CONFLICT, "budget_limit_reached"),
            "no sum wraps"
        );
        assert_eq!(sum.json()["refusal"]["needed"], 125_000_000_000_000_i64);

        for seconds in ["1", "1.5", "0.001", "\"1\"", "\"1.5\"", "\"58.125\""] {
            let video = format!(r#"{{"step":"v","kind":"transcription","quantity":{{"seconds":{seconds}}}}}"#);
            let name = format!("seconds-{}", seconds.trim_matches('"'));
            let again = world.admit(&name, &plan(world.first.account, &video)).await;
            assert!(again.status.is_success(), "{seconds}: {}", again.text());
        }
    }
}

both! {
    async fn i48_a_quantity_has_the_fields_of_its_kind_and_no_others(on: On) {
        let world = World::on(on).await;
        for (kind, quantity, field) in [
            ("text", r#"{"inputTokens":1}"#, "outputTokens"),
            ("text", r#"{"outputTokens":1}"#, "inputTokens"),
            ("text", r#"{"inputTokens":1,"outputTokens":1,"images":1}"#, "images"),
            ("text", r#"{"inputTokens":1,"outputTokens":1,"cachedTokens":2}"#, "cachedTokens"),
            ("vision", r#"{"images":1,"source":"stock"}"#, "source"),
            ("image", r#"{"images":1,"source":"drawn"}"#, "source"),
            ("image", r#"{"images":1,"price":0}"#, "price"),
            ("speech", r#"{"seconds":1,"characters":1}"#, "characters"),
            ("speech", "{}", "seconds"),
            ("video", r#"{"characters":1}"#, "seconds"),
            ("packaging", r#"{"items":1,"items":2}"#, "items"),
        ] {
            let step = format!(r#"{{"step":"s","kind":"{kind}","quantity":{quantity}}}"#);
            let reply = world.admit("fields", &plan(world.first.account, &step)).await;
            assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{step}");
            assert_eq!(reply.json()["errors"][0]["field"], format!("steps[0].quantity.{field}"), "{step}");
        }
    }
}

#[tokio::test]
async fn an_attempt_has_a_number_from_1_to_1000() {
    let world = World::new().await;
    world.admit("numbers", &world.first.plan()).await;
    for bad in ["0", "-1", "01", "+1", "1001", "1.0", "1e2", "9223372036854775808", "x", "%00", "%ff"] {
        let path = format!("/api/v1/productions/numbers/steps/write/attempts/{bad}");
        let reply = world.ask(Method::PUT, &path, &crate::support::wrote("succeeded")).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{bad}: {}", reply.text());
    }
}
