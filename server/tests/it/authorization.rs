//! Who may ask for what. T1, T12, I-47: one row a route; a route without a row fails.

use crate::support::{World, request, wrote};
use http::{Method, StatusCode};

/// Method, path as the document has it, and a body that would be accepted.
const ROUTES: [(&str, &str, &str); 11] = [
    ("GET", "/api/v1/capacity", ""),
    ("GET", "/api/v1/productions/{id}", ""),
    ("GET", "/api/v1/entries", ""),
    ("GET", "/api/v1/productions", ""),
    ("POST", "/api/v1/batch", "BATCH"),
    ("POST", "/api/v1/productions/{id}/finish", r#"{"outcome":"cancelled"}"#),
    ("POST", "/api/v1/productions/{id}/heartbeat", "{}"),
    ("POST", "/api/v1/quotes", "QUOTE"),
    ("PUT", "/api/v1/calls/{id}", "CALL"),
    ("PUT", "/api/v1/productions/{id}", "PLAN"),
    ("PUT", "/api/v1/productions/{id}/steps/{step}/attempts/{n}", "ATTEMPT"),
];

/// Routes that name nothing of anybody's: they answer of the caller's own.
const OWN_LISTS: [&str; 3] = ["/api/v1/batch", "/api/v1/entries", "/api/v1/productions"];

/// Every operation of the document.
pub fn operations() -> Vec<(Method, String)> {
    let document = serde_json::to_value(server::api::document()).unwrap();
    let paths = document["paths"].as_object().unwrap();
    let methods = |(path, item): (&String, &serde_json::Value)| {
        let all =
            item.as_object().unwrap().keys().filter_map(|key| key.to_uppercase().parse::<Method>().ok());
        all.filter(|method| ["GET", "PUT", "POST", "PATCH", "DELETE"].contains(&method.as_str()))
            .map(|method| (method, path.clone()))
            .collect::<Vec<_>>()
    };
    paths.iter().flat_map(methods).collect()
}

/// The same rows with ids of the first customer filled in.
fn filled(world: &World) -> Vec<(Method, String, String)> {
    let fill = |(method, path, body): (&str, &str, &str)| {
        let mut path = path.replace("{id}", "theirs").replace("{step}", "write").replace("{n}", "1");
        if path.ends_with("/capacity") {
            path = format!("{path}?account={}", world.first.account);
        }
        let body = body.replace("PLAN", &world.first.plan()).replace("ATTEMPT", &wrote("succeeded"));
        let batch = r#"{"acts":[{"method":"POST","path":"/productions/theirs/heartbeat","body":{}}]}"#;
        let body = body.replace("BATCH", batch);
        let body = body.replace("QUOTE", &world.first.quote()).replace("CALL", &world.first.call());
        (method.parse().unwrap(), path, body)
    };
    ROUTES.into_iter().map(fill).collect()
}

#[test]
fn i47_every_route_of_the_document_has_a_row() {
    let mut documented: Vec<String> =
        operations().iter().map(|(method, path)| format!("{method} {path}")).collect();
    let mut rows: Vec<String> = ROUTES.iter().map(|(method, path, _)| format!("{method} {path}")).collect();
    documented.sort();
    rows.sort();
    assert_eq!(documented, rows);
}

#[tokio::test]
async fn i47_without_a_living_key_nothing_is_answered() {
    let world = World::new().await;
    world.add_person().await;
    let unknown = format!("jk_{}", "0".repeat(64));
    for (method, path, body) in filled(&world) {
        for key in [None, Some(unknown.as_str()), Some(""), Some("jk_"), Some(&world.first.key[..20])] {
            let reply = world.send(request(method.clone(), &path, key, &body)).await;
            assert_eq!(reply.status, StatusCode::UNAUTHORIZED, "{method} {path} with {key:?}");
            assert_eq!((reply.code().as_str(), reply.header("www-authenticate")), ("unauthorized", "Bearer"));
        }
    }
}

#[tokio::test]
async fn t1_another_customers_things_do_not_exist() {
    let world = World::new().await;
    assert_eq!(world.admit("theirs", &world.first.plan()).await.status, StatusCode::CREATED);
    let before = world.ask(Method::GET, "/api/v1/productions/theirs", "").await;
    for (method, path, body) in filled(&world) {
        let reply = world.send(request(method.clone(), &path, Some(&world.second.key), &body)).await;
        if OWN_LISTS.contains(&path.as_str()) {
            assert_eq!(reply.status, StatusCode::OK, "{method} {path} answers of one's own");
            assert!(
                !reply.text().contains("theirs") || reply.text().contains("not_found"),
                "{method} {path}"
            );
        } else {
            let said = (reply.status, reply.code());
            assert_eq!(said, (StatusCode::NOT_FOUND, "not_found".to_owned()), "{method} {path}");
        }
        for word in ["First", "Plenty", "A production"] {
            assert!(!reply.text().contains(word), "{method} {path} tells {word}");
        }
    }
    let after = world.ask(Method::GET, "/api/v1/productions/theirs", "").await;
    assert_eq!(before.text(), after.text(), "nothing was changed by them");
}

#[tokio::test]
async fn t1_the_same_name_is_another_production_of_another_customer() {
    let world = World::new().await;
    assert_eq!(world.admit("intro", &world.first.plan()).await.status, StatusCode::CREATED);
    let own =
        request(Method::PUT, "/api/v1/productions/intro", Some(&world.second.key), &world.second.plan());
    assert_eq!(world.send(own).await.status, StatusCode::CREATED);
}
