//! The gate's contract: what each act is answered, the first time and every time after. G2, I-15, I-16, 5.18.

use crate::support::{Customer, GRANTED, Reply, World, both, plan, wrote};
use billing::time::Span;
use futures::future::join_all;
use http::{Method, StatusCode};
use serde_json::json;

fn said(reply: &Reply) -> (u16, String) {
    (reply.status.as_u16(), reply.code())
}

fn problem(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

#[tokio::test]
async fn an_admission_says_what_is_set_aside_and_where_to_read_it() {
    let world = World::new().await;
    let reply = world.admit("intro", &world.first.plan()).await;
    assert_eq!((reply.status, reply.header("location")), (StatusCode::CREATED, "/api/v1/productions/intro"));
    let body = reply.json();
    assert_eq!(
        (&body["production"], &body["status"], &body["priority"]),
        (&json!("intro"), &json!("admitted"), &json!("standard"))
    );
    assert!(body["id"].as_str().unwrap().starts_with("prd_"));
    assert_eq!(body["hold"]["tokens"], 140);
    assert_eq!(body["hold"]["money"]["currency"], "GBP");
    assert_eq!(
        (&body["hold"]["draws"][0]["source"], &body["hold"]["draws"][0]["tokens"]),
        (&json!("allowance"), &json!(140))
    );
    assert!(
        body["hold"]["expiresAt"].as_str().unwrap().starts_with("2026-10-22T12:1"),
        "a lease of ten minutes"
    );

    let receipt = world.ask(Method::GET, reply.header("location"), "").await.json();
    assert_eq!(
        (&receipt["id"], &receipt["status"], &receipt["hold"]["state"]),
        (&body["id"], &json!("admitted"), &json!("open"))
    );
    assert_eq!((&receipt["hold"]["drawn"], &receipt["hold"]["left"]), (&json!(140), &json!(140)));
    assert_eq!(receipt["hold"]["draws"][0]["source"], "allowance");
}

both! {
    async fn i15_the_same_admission_64_times_at_once_is_one_and_sounds_the_same(on: On) {
        let world = World::on(on).await;
        let body = world.first.plan();
        let replies = join_all((0..64).map(|_| world.admit("intro", &body))).await;
        let first: Vec<&Reply> = replies.iter().filter(|reply| reply.status == StatusCode::CREATED).collect();
        assert_eq!(first.len(), 1);
        for reply in &replies {
            assert!(matches!(reply.status.as_u16(), 200 | 201));
            assert_eq!(reply.bytes, first[0].bytes);
        }
        assert_eq!(world.admit("intro", &body).await.bytes, first[0].bytes);
        assert_eq!(world.capacity().await, (GRANTED - 140, 140));
    }
}

both! {
    async fn i15_the_same_report_16_times_at_once_is_one_and_sounds_the_same(on: On) {
        let world = World::on(on).await;
        world.admit("intro", &world.first.plan()).await;
        let body = wrote("succeeded");
        let replies = join_all((0..16).map(|_| world.report("intro", "write", 1, &body))).await;
        for reply in &replies {
            assert_eq!((reply.status, &reply.bytes), (StatusCode::OK, &replies[0].bytes));
        }
        let capture = replies[0].json();
        assert_eq!(
            (&capture["tokens"], &capture["holdLeft"], &capture["costState"]),
            (&json!(20), &json!(120), &json!("known"))
        );
        assert!(capture["entry"].as_str().unwrap().starts_with("ent_"));
        assert_eq!(world.capacity().await, (GRANTED - 140, 120));
    }
}

both! {
    async fn i16_another_body_under_the_same_name_is_a_conflict_without_effect(on: On) {
        let world = World::on(on).await;
        world.admit("intro", &world.first.plan()).await;
        let other = world.first.plan().replace("1500", "1501");
        assert_eq!(said(&world.admit("intro", &other).await), problem(409, "id_reused"));

        world.report("intro", "write", 1, &wrote("failed")).await;
        assert_eq!(
            said(&world.report("intro", "write", 1, &wrote("succeeded")).await),
            problem(409, "attempt_reused")
        );
        assert_eq!(world.capacity().await, (GRANTED - 140, 140));
    }
}

#[tokio::test]
async fn a_step_is_charged_once_and_only_as_it_was_planned() {
    let world = World::new().await;
    world.admit("intro", &world.first.plan()).await;
    let failed = world.report("intro", "write", 1, &wrote("failed")).await.json();
    assert_eq!((&failed["tokens"], &failed["entry"]), (&json!(0), &json!(null)));
    assert_eq!(failed["costState"], "known", "a call that failed has cost money too");
    assert_eq!(world.report("intro", "write", 2, &wrote("succeeded")).await.json()["tokens"], 20);
    assert_eq!(
        said(&world.report("intro", "write", 3, &wrote("succeeded")).await),
        problem(409, "already_captured")
    );

    let unknown = world.report("intro", "sing", 1, &wrote("succeeded")).await;
    assert_eq!(
        (said(&unknown), &unknown.json()["errors"][0]["field"]),
        (problem(422, "unknown_step"), &json!("step"))
    );
    let other = world.report("intro", "draw", 1, &wrote("succeeded")).await;
    assert_eq!(
        (said(&other), &other.json()["errors"][0]["field"]),
        (problem(422, "unknown_step"), &json!("kind"))
    );

    for (at, field) in [
        ("2026-09-16T12:00:00Z", "occurredAt"),
        ("2026-10-22T12:30:00Z", "occurredAt"),
        ("yesterday", "occurredAt"),
    ] {
        let body = wrote("failed").replace("\"outcome\"", &format!(r#""occurredAt":"{at}","outcome""#));
        let reply = world.report("intro", "write", 9, &body).await;
        assert_eq!(
            (reply.status.as_u16(), &reply.json()["errors"][0]["field"]),
            (422, &json!(field)),
            "{at}"
        );
    }
}

#[tokio::test]
async fn a_production_ends_once_and_says_how() {
    let world = World::new().await;
    for (name, outcome, conflict, state) in [
        ("a", "published", "already_finished", "finished"),
        ("b", "failed", "already_released", "failed"),
        ("c", "cancelled", "already_released", "cancelled"),
    ] {
        world.admit(name, &world.first.plan()).await;
        world.report(name, "write", 1, &wrote("succeeded")).await;
        let settled = world.finish(name, outcome).await;
        assert_eq!(
            (settled.status, settled.json()),
            (StatusCode::OK, json!({ "captured": 20, "released": 120 }))
        );
        for other in ["published", "failed", "cancelled"].iter().filter(|other| **other != outcome) {
            assert_eq!(said(&world.finish(name, other).await), problem(409, conflict), "{name} as {other}");
        }
        assert_eq!(
            said(
                &world
                    .report(
                        name,
                        "draw",
                        1,
                        &wrote("succeeded")
                            .replace("text", "image")
                            .replace(r#"{"inputTokens":1500,"outputTokens":300}"#, r#"{"images":1}"#)
                    )
                    .await
            ),
            problem(409, conflict)
        );
        let beat = world.ask(Method::POST, &format!("/api/v1/productions/{name}/heartbeat"), "").await;
        assert_eq!(said(&beat), problem(409, conflict));
        let receipt = world.ask(Method::GET, &format!("/api/v1/productions/{name}"), "").await.json();
        assert_eq!(
            (&receipt["status"], &receipt["hold"]["state"], &receipt["error"]),
            (&json!(outcome), &json!(state), &json!(null))
        );
    }
    assert_eq!(world.capacity().await, (GRANTED - 60, 0));
}

both! {
    async fn i11_a_production_that_nobody_speaks_for_expires_and_says_so(on: On) {
        let world = World::on(on).await;
        world.admit("silent", &world.first.plan()).await;
        world.admit("alive", &world.first.plan()).await;
        let beat = world
            .ask(Method::POST, "/api/v1/productions/alive/heartbeat", r#"{"state":"awaitingApproval"}"#)
            .await;
        assert!(beat.json()["expiresAt"].as_str().unwrap().starts_with("2026-11-21T"), "{}", beat.text());
        world.engine.advance_sandbox_clock(Span::minutes(11)).await.unwrap();

        assert_eq!(
            said(&world.report("silent", "write", 1, &wrote("succeeded")).await),
            problem(409, "hold_expired")
        );
        let receipt = world.ask(Method::GET, "/api/v1/productions/silent", "").await.json();
        assert_eq!((&receipt["status"], &receipt["hold"]["state"]), (&json!("failed"), &json!("expired")));
        assert_eq!(receipt["error"], "PRODUCTION_EXPIRED");
        assert_eq!(world.capacity().await, (GRANTED - 140, 140), "only the one that is alive holds tokens");
    }
}

/// One refusal: the plan, and what the problem must say.
struct Refused<'a> {
    steps: &'a str,
    account: fn(&Customer) -> billing::id::AccountId,
    status: u16,
    code: &'a str,
    error: &'a str,
    reason: &'a str,
    unit: Option<&'a str>,
}

const REFUSED: [Refused; 4] = [
    Refused {
        steps: r#"{"step":"v","kind":"video","quantity":{"seconds":"91"}}"#,
        account: |customer| customer.account,
        status: 409,
        code: "budget_limit_reached",
        error: "CAPACITY_EXCEEDED",
        reason: "not_enough_capacity",
        unit: Some("tokens"),
    },
    Refused {
        steps: r#"{"step":"v","kind":"video","quantity":{"seconds":"90"}}"#,
        account: |customer| customer.limited,
        status: 409,
        code: "budget_limit_reached",
        error: "BUDGET_GATE_1_FAILED",
        reason: "account_budget",
        unit: Some("money"),
    },
    Refused {
        steps: r#"{"step":"v","kind":"text","model":"no-such-model","quantity":{"inputTokens":1,"outputTokens":1}}"#,
        account: |customer| customer.limited,
        status: 409,
        code: "budget_limit_reached",
        error: "BUDGET_GATE_1_FAILED",
        reason: "price_unknown",
        unit: None,
    },
    Refused {
        steps: r#"{"step":"v","kind":"vision","quantity":{"images":1}}"#,
        account: |customer| customer.suspended,
        status: 403,
        code: "account_not_active",
        error: "ACCOUNT_NOT_ACTIVE",
        reason: "account_not_active",
        unit: None,
    },
];

#[tokio::test]
async fn g2_a_refusal_names_the_limit_its_figures_and_what_helps() {
    let world = World::new().await;
    for case in REFUSED {
        let reply = world.admit("refused", &plan((case.account)(&world.first), case.steps)).await;
        assert_eq!(said(&reply), problem(case.status, case.code), "{}", case.reason);
        let body = reply.json();
        assert_eq!((&body["error"], &body["refusal"]["reason"]), (&json!(case.error), &json!(case.reason)));
        assert_eq!(
            body["title"],
            if case.status == 409 { "Budget limit reached" } else { "Account not active" }
        );
        assert_eq!(body["message"], body["detail"]);
        assert_eq!(
            (&body["instance"], &body["retryAfterSeconds"]),
            (&json!("/api/v1/productions/refused"), &json!(null))
        );
        assert_eq!(body["type"], format!("https://console.example.com/problems/{}", case.code));
        assert!(!body["refusal"]["remedies"].as_array().unwrap().is_empty());
        assert_eq!(body["refusal"]["unit"], json!(case.unit));
        for figure in ["limit", "used", "held", "needed", "available", "shortBy"] {
            let figure = &body["refusal"][figure];
            match case.unit {
                Some("tokens") => assert!(figure.is_i64(), "{figure}"),
                Some(_) => assert_eq!(figure["currency"], "GBP"),
                None => assert!(figure.is_null()),
            }
        }
        let missing = world.ask(Method::GET, "/api/v1/productions/refused", "").await;
        assert_eq!(said(&missing), problem(404, "not_found"), "a refusal leaves no production");
    }
    assert_eq!(world.capacity().await, (GRANTED, 0));
    let named_anew = world.admit("refused", &world.first.plan()).await;
    assert_eq!(named_anew.status, StatusCode::CREATED, "a refusal does not use up its name");
}

#[tokio::test]
async fn a_page_explains_every_code() {
    let world = World::new().await;
    for code in server::api::code::Code::ALL {
        let page = world.ask(Method::GET, &format!("/problems/{}", code.word()), "").await;
        assert!(page.status == StatusCode::OK && page.text().contains(code.title()), "{code:?}");
    }
    assert_eq!(world.ask(Method::GET, "/problems/%3Cscript%3E", "").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_body_is_json_of_this_shape_and_size() {
    let world = World::new().await;
    let good = world.first.plan();
    for (body, field) in [
        (good.replacen('{', r#"{"quote":"quo_1","#, 1), "quote"),
        (good.replacen('{', r#"{"member":"per_1","#, 1), "member"),
        (good.replacen('{', r#"{"tenant":"cus_1","#, 1), "tenant"),
        (good.replace(r#""step":"draw""#, r#""step":"draw","price":0"#), "steps[1].price"),
        (good.replace(r#""step":"draw""#, r#""step":"write""#), "steps[1].step"),
        (good.replace(r#""step":"draw""#, r#""step":"a/b""#), "steps[1].step"),
        (good.replace("\"image\"", "\"hologram\""), "steps[1].kind"),
        (good.replace("A production", ""), "title"),
        (good.replace("A production", "A\\u0000production"), "title"),
        (good.replace("A production", &"x".repeat(201)), "title"),
        (good.replace("acc_", "cus_"), "account"),
        (plan(world.first.account, ""), "steps"),
        (r#"{"title":"A","steps":[]}"#.to_owned(), "account"),
        ("[]".to_owned(), "body"),
        (format!(r#"["{}","A",[]]"#, world.first.account), "body"),
        (plan(world.first.account, r#"["s","vision",{"images":1},null,null]"#), "steps[0]"),
    ] {
        let reply = world.admit("shape", &body).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}: {}", reply.text());
        assert_eq!(reply.json()["errors"][0]["field"], field, "{body}");
    }
    for broken in ["{", &(good.clone() + "}"), "nonsense", "{\"account\":\"\\ud800\"}"] {
        assert_eq!(said(&world.admit("shape", broken).await), problem(400, "malformed_request"), "{broken}");
    }
    let mut untyped =
        crate::support::request(Method::PUT, "/api/v1/productions/shape", Some(&world.first.key), &good);
    untyped.headers_mut().insert("content-type", "text/plain".parse().unwrap());
    assert_eq!(said(&world.send(untyped).await), problem(415, "unsupported_media_type"));

    let blanks = |count: usize| " ".repeat(count);
    assert_eq!(
        said(&world.admit("shape", &(blanks(1024 * 1024) + &good)).await),
        problem(413, "body_too_large")
    );
    let large = blanks(64 * 1024) + &wrote("succeeded");
    assert_eq!(said(&world.report("shape", "write", 1, &large).await), problem(413, "body_too_large"));
    assert_eq!(
        world.admit("large", &(blanks(512 * 1024) + &good)).await.status,
        StatusCode::CREATED,
        "plans may be long"
    );
}

#[tokio::test]
async fn names_in_a_path_keep_to_their_alphabet() {
    let world = World::new().await;
    for bad in ["a%20b", "%C3%A9", "a%2Fb", &"x".repeat(65)] {
        let reply = world.admit(bad, &world.first.plan()).await;
        assert_eq!(
            (reply.status.as_u16(), &reply.json()["errors"][0]["field"]),
            (422, &json!("id")),
            "{bad}"
        );
    }
    assert_eq!(world.admit("A-z_0.9", &world.first.plan()).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn capacity_shows_the_account_its_limit() {
    let world = World::new().await;
    let ask = async |account: &str| {
        world.ask(Method::GET, &format!("/api/v1/capacity?account={account}"), "").await
    };
    let plenty = ask(&world.first.account.to_string()).await.json();
    assert_eq!(plenty["budget"], json!(null));
    assert_eq!(plenty["allowance"]["refreshesAt"], "2026-11-01T00:00:00Z");
    assert_eq!((&plenty["bought"]["left"], &plenty["forecast"]), (&json!(0), &json!(null)));
    let limited = ask(&world.first.limited.to_string()).await.json();
    let pounds = |amount: &str| json!({ "amount": amount, "currency": "GBP" });
    assert_eq!((&limited["budget"]["limit"], &limited["budget"]["left"]), (&pounds("1.00"), &pounds("1.00")));
    assert_eq!(limited["budget"]["resetsAt"], "2026-11-01T00:00:00Z");

    assert_eq!(said(&ask("nobody").await), problem(422, "invalid_request"));
    assert_eq!(said(&ask("acc_01K8ZB7Q3W9F6T2R5X4N8M1C0D").await), problem(404, "not_found"));
    assert_eq!(said(&world.ask(Method::GET, "/api/v1/capacity", "").await), problem(422, "invalid_request"));
}
