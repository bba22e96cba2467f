//! Lists page by page: stable under inserts, the caller's own rows only, and every wrong parameter named.

use crate::support::{World, request, wrote};
use http::{Method, StatusCode};
use serde_json::{Value, json};

async fn page(world: &World, path: &str) -> Value {
    let reply = world.ask(Method::GET, path, "").await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text());
    reply.json()
}

#[tokio::test]
async fn productions_are_listed_newest_first_and_no_insert_moves_a_page() {
    let world = World::new().await;
    for n in 0..5 {
        world.admit(&format!("p{n}"), &world.first.plan()).await;
    }
    let names = |page: &Value| -> Vec<String> {
        page["productions"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["production"].as_str().unwrap().to_owned())
            .collect()
    };
    let first = page(&world, "/api/v1/productions?limit=2").await;
    assert_eq!(names(&first), ["p4", "p3"]);
    world.admit("later", &world.first.plan()).await;
    let next = format!("/api/v1/productions?limit=2&cursor={}", first["nextCursor"].as_str().unwrap());
    let second = page(&world, &next).await;
    assert_eq!(names(&second), ["p2", "p1"]);
    let third = page(
        &world,
        &format!("/api/v1/productions?limit=2&cursor={}", second["nextCursor"].as_str().unwrap()),
    )
    .await;
    assert_eq!((names(&third), &third["nextCursor"]), (vec!["p0".to_owned()], &Value::Null));
    let row = &first["productions"][0];
    assert_eq!(
        (&row["status"], &row["tokens"], &row["held"]),
        (&json!("admitted"), &json!(140), &json!(140))
    );
    let theirs = request(Method::GET, "/api/v1/productions", Some(&world.second.key), "");
    assert_eq!(world.send(theirs).await.json()["productions"], json!([]));
}

#[tokio::test]
async fn entries_are_the_whole_ledger_in_its_order() {
    let world = World::new().await;
    world.admit("a", &world.first.plan()).await;
    world.report("a", "write", 1, &wrote("succeeded")).await;
    world.finish("a", "published").await;
    let (mut cursor, mut seen) = (String::new(), Vec::new());
    loop {
        let found = page(&world, &format!("/api/v1/entries?limit=1{cursor}")).await;
        seen.extend(found["entries"].as_array().unwrap().iter().map(|row| {
            (
                row["seq"].as_i64().unwrap(),
                row["debit"].as_str().unwrap().to_owned(),
                row["tokens"].as_i64().unwrap(),
            )
        }));
        match found["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    let moved: Vec<_> = seen.iter().map(|(seq, debit, tokens)| (*seq, debit.as_str(), *tokens)).collect();
    assert_eq!(moved[1..], [(2, "available", 140), (3, "held", 20), (4, "held", 120)]);
    let of_account = page(&world, &format!("/api/v1/entries?account={}", world.first.account)).await;
    assert_eq!(of_account["entries"].as_array().unwrap().len(), 3, "a grant concerns no account");
}

#[tokio::test]
async fn a_wrong_parameter_is_named() {
    let world = World::new().await;
    world.admit("a", &world.first.plan()).await;
    world.admit("b", &world.first.plan()).await;
    let cursor = page(&world, "/api/v1/productions?limit=1").await["nextCursor"].as_str().unwrap().to_owned();
    for (query, field) in [
        ("limit=0".to_owned(), "limit"),
        ("limit=101".to_owned(), "limit"),
        ("limit=x".to_owned(), "limit"),
        ("account=acc_1".to_owned(), "account"),
        ("cursor=x".to_owned(), "cursor"),
        ("cursor=".to_owned(), "cursor"),
        (format!("cursor={cursor}"), "cursor"),
        ("page=2".to_owned(), "page"),
        ("limit=1&limit=2".to_owned(), "limit"),
    ] {
        let reply = world.ask(Method::GET, &format!("/api/v1/entries?{query}"), "").await;
        assert_eq!(
            (reply.status.as_u16(), &reply.json()["errors"][0]["field"]),
            (422, &json!(field)),
            "{query}"
        );
    }
}

#[tokio::test]
async fn capacity_names_its_lots() {
    let world = World::new().await;
    let tokens = billing::tokens::Tokens::new(50).unwrap();
    world.engine.grant(world.first.id, billing::allowance::Source::TopUp, tokens, None, None).await.unwrap();
    let body = page(&world, &format!("/api/v1/capacity?account={}", world.first.account)).await;
    let lot = &body["bought"]["lots"][0];
    assert_eq!((&lot["source"], &lot["left"], &lot["amount"]), (&json!("topUp"), &json!(50), &json!(50)));
    assert_eq!((&body["bought"]["left"], &body["forecast"]), (&json!(50), &Value::Null));
}
