//! The document that clients are made from: it changes only on purpose.

use crate::support::World;
use http::Method;

#[test]
fn the_document_is_the_one_that_was_agreed() {
    let document = serde_json::to_string_pretty(&server::api::document()).unwrap();
    insta::assert_snapshot!("openapi", document);
}

#[tokio::test]
async fn the_document_is_served_to_everybody() {
    let world = World::new().await;
    let reply = world.ask(Method::GET, "/api/v1/openapi.json", "").await;
    assert_eq!(reply.json(), serde_json::to_value(server::api::document()).unwrap());
}

#[test]
fn every_operation_says_how_it_can_fail() {
    let document = serde_json::to_value(server::api::document()).unwrap();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let answers = operation["responses"].as_object().unwrap();
            let needed = if method == "get" {
                &["200", "401", "403", "404", "422", "500"][..]
            } else {
                &["200", "400", "401", "403", "404", "409", "413", "415", "422", "500", "503"]
            };
            for status in needed {
                assert!(answers.contains_key(*status), "{method} {path} documents no {status}");
            }
            for (status, answer) in answers.iter().filter(|(status, _)| status.as_str() >= "400") {
                assert!(
                    answer["content"]["application/problem+json"].is_object(),
                    "{method} {path} {status}"
                );
            }
            assert!(operation["security"][0]["key"].is_array(), "{method} {path} needs a key");
        }
    }
}
