//! Who may ask for what, and what it leaves behind: every route by everybody. T1, T2, T12, I-47, N1.

use crate::{
    routes::{Answers, Leaves, ROUTES, Route},
    scene::Scene,
    support::{World, both, request},
};
use http::{Method, StatusCode};
use serde_json::Value;
use std::{collections::BTreeSet, fs, path::Path};

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

/// A path with `{}` for whatever it names.
fn shape(path: &str) -> String {
    let path = path.split('?').next().unwrap_or_default().replace("/attempts/1", "/attempts/{n}");
    let path = path.replace("/steps/write/", "/steps/{step}/");
    let segment = |segment: &str| match segment {
        named if named.starts_with([':', '{']) && named.strip_suffix(".csv").is_some() => "{}.csv".to_owned(),
        named if named.starts_with([':', '{']) => "{}".to_owned(),
        fixed => fixed.to_owned(),
    };
    path.split('/').map(segment).collect::<Vec<_>>().join("/")
}

/// What the server really routes: pages, their server functions, their tables, the interface, and what stands beside them in
/// the source.
fn routed() -> BTreeSet<String> {
    let pages = server::page::PAGES.iter().map(|page| format!("GET {}", shape(page.path())));
    let functions = leptos::server_fn::axum::server_fn_paths();
    let functions = functions.map(|(path, method)| format!("{method} {path}"));
    let tables = server::export::SHEETS.into_iter().map(|page| format!("GET {page}.csv"));
    let interface = operations().into_iter().map(|(method, path)| format!("{method} {}", shape(&path)));
    let mut all: BTreeSet<String> = pages.chain(functions).chain(tables).chain(interface).collect();
    all.insert("GET /productions/{}.csv".to_owned());
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let text = fs::read_to_string(&path).unwrap();
                for (path, rest) in text.split(".route(\"").skip(1).filter_map(|part| part.split_once('"')) {
                    let method = if rest.starts_with(", post") { "POST" } else { "GET" };
                    all.insert(format!("{method} {}", shape(path)));
                }
            }
        }
    }
    all.remove("GET /metrics"); // on an address of its own: see `operations`
    all
}

#[tokio::test]
async fn i47_every_route_has_a_row_and_every_row_a_route() {
    let rows: Vec<String> =
        ROUTES.iter().map(|route| format!("{} {}", route.method, shape(route.path))).collect();
    let known: BTreeSet<String> = rows.iter().cloned().collect();
    assert_eq!(known.len(), rows.len(), "a route has one row");
    let routed = routed();
    let missing: Vec<_> = routed.difference(&known).collect();
    let gone: Vec<_> = known.difference(&routed).collect();
    assert!(missing.is_empty() && gone.is_empty(), "without a row: {missing:#?}; without a route: {gone:#?}");
}

/// The status, where a redirection to the sign-in page is a 401 and what a server function says is the status of the page
/// that would say so.
async fn said(scene: &Scene, asked: http::Request<axum::body::Body>) -> (u16, String) {
    let reply = scene.world.begin(asked).await;
    let (parts, body) = reply.into_parts();
    let header = |name: &str| parts.headers.get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
    if parts.status.is_redirection() {
        let status = if header("location").starts_with("/sign-in") { 401 } else { parts.status.as_u16() };
        return (status, header("location"));
    }
    if header("content-type").starts_with("text/event-stream") {
        return (parts.status.as_u16(), String::new());
    }
    let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let code =
        serde_json::from_str::<Value>(&text).ok().and_then(|body| body["code"].as_str().map(str::to_owned));
    let status = match (parts.status, code.as_deref()) {
        (StatusCode::INTERNAL_SERVER_ERROR, Some("signed_out")) => 401,
        (StatusCode::INTERNAL_SERVER_ERROR, Some("forbidden")) => 403,
        (StatusCode::INTERNAL_SERVER_ERROR, Some("not_found")) => 404,
        (StatusCode::INTERNAL_SERVER_ERROR, Some("invalid")) => 400,
        (StatusCode::INTERNAL_SERVER_ERROR, Some("refused")) => 409,
        (status, _) => status.as_u16(),
    };
    (status, text)
}

const PEOPLE: [&str; 7] =
    ["nobody", "viewer", "operator", "administrator", "finance", "platform", "another customer’s"];

/// Who asks a route, with a cookie or a key, and what is expected.
fn askers<'scene>(
    route: &Route,
    scene: &'scene Scene,
) -> Vec<(&'static str, &'scene str, Option<&'scene str>, u16)> {
    let (cookies, keys, world) = (&scene.cookies, &scene.keys, &scene.world);
    let people = |statuses: [u16; 7]| {
        let columns = PEOPLE.into_iter().zip(cookies).zip(statuses);
        columns.map(|((name, cookie), status)| (name, cookie.as_str(), None, status)).collect::<Vec<_>>()
    };
    let dead = [("a revoked key", keys.revoked.as_str()), ("a replaced key", keys.replaced.as_str())];
    match route.answers {
        Answers::People(statuses) => {
            let key = ("a key", "", Some(world.first.key.as_str()), statuses[0]);
            let dead = dead.map(|(name, key)| (name, "", Some(key), statuses[0]));
            [people(statuses), vec![key], dead.to_vec()].concat()
        }
        Answers::Everybody(status) => {
            let key = ("a key", "", Some(world.first.key.as_str()), status);
            [people([status; 7]), vec![key]].concat()
        }
        Answers::Keys(needs, [may, lacks, elsewhere, other]) => {
            let without =
                &keys.without[billing::team::KeyAct::ALL.iter().position(|act| *act == needs).unwrap()];
            let dead = dead.map(|(name, key)| (name, "", Some(key), 401));
            let alive = vec![
                ("a key without the act", "", Some(without.as_str()), lacks),
                ("a key of another account", "", Some(keys.elsewhere.as_str()), elsewhere),
                ("another customer’s key", "", Some(world.second.key.as_str()), other),
                ("a key", "", Some(world.first.key.as_str()), may),
            ];
            [people([401; 7]), dead.to_vec(), alive].concat()
        }
    }
}

both! {
    /// The matrix: every route by everybody, with ids of the first customer.
    async fn i47_every_route_answers_everybody_as_the_table_says(on: On) {
        let scene = Scene::on(on).await;
        let mut wrong = Vec::new();
        for route in ROUTES {
            let (path, sent) = (scene.fill(route.path).await, scene.fill(route.sent).await);
            for (who, cookie, key, expected) in askers(route, &scene) {
                let asked = scene.asked(route.method, &path, &sent, cookie, key);
                let (status, text) = said(&scene, asked).await;
                if status != expected {
                    let told: String = text.chars().take(160).collect();
                    wrong.push(format!("{} {path} for {who}: {status}, expected {expected}: {told}", route.method));
                }
                let hidden = status == 404 || status == 403;
                for word in ["Plenty", "A production"] {
                    assert!(!hidden || !text.contains(word), "{} {path} tells {who} {word}", route.method);
                }
            }
        }
        assert!(wrong.is_empty(), "{} answers differ from the table:\n{}", wrong.len(), wrong.join("\n"));
    }
}

/// The column of an administrator, or of the platform where only that may; and what it answers them.
fn who_may(route: &Route) -> (usize, u16) {
    match route.answers {
        Answers::People(statuses) if statuses[3] == 403 => (5, statuses[5]),
        Answers::People(statuses) => (3, statuses[3]),
        _ => (3, 303),
    }
}

both! {
    /// N1, T17: every route that changes something is in the table with the entry that it leaves; each is asked by who may,
    /// and the entry is there.
    async fn n1_every_mutation_leaves_the_entry_that_the_table_says(on: On) {
        let scene = Scene::on(on).await;
        let mut audited = 0;
        for route in ROUTES {
            match route.leaves {
                Leaves::Entry(act) => {
                    let (path, sent) = (scene.fill(route.path).await, scene.fill(route.sent).await);
                    let before = scene.entries(act).await.len();
                    let (who, expected) = who_may(route);
                    let asked = scene.asked(route.method, &path, &sent, &scene.cookies[who], None);
                    let (status, text) = said(&scene, asked).await;
                    assert_eq!(status, expected, "{path}: {text}");
                    let after = scene.entries(act).await.len();
                    assert!(after > before, "{path} leaves no entry of {act:?}; it led to {text}");
                    audited += 1;
                }
                Leaves::Nothing(why) | Leaves::Itself(why) => assert!(!why.is_empty(), "{}", route.path),
            }
            let reads = matches!(route.leaves, Leaves::Nothing(_));
            assert!(route.method != "PUT" || !reads, "{} changes something", route.path);
        }
        assert!(audited >= 16, "{audited}");
    }
}

#[tokio::test]
async fn t12_each_act_of_a_batch_needs_its_scope() {
    let scene = Scene::on(crate::support::On::Sqlite).await;
    let body = scene.fill("{batch}").await;
    let [_, reports, _] = &scene.keys.without;
    for (key, status, code) in [
        (reports, 403, "insufficient_scope"),
        (&scene.keys.elsewhere, 404, "not_found"),
        (&scene.world.second.key, 404, "not_found"),
    ] {
        let reply = scene.world.send(request(Method::POST, "/api/v1/batch", Some(key), &body)).await;
        let result = &reply.json()["results"][0];
        assert_eq!((&result["status"], &result["body"]["code"]), (&Value::from(status), &Value::from(code)));
    }
}

#[tokio::test]
async fn i47_without_a_living_key_nothing_is_answered() {
    let world = World::new().await;
    let unknown = format!("jk_{}", "0".repeat(64));
    for (method, path) in operations() {
        for key in [None, Some(unknown.as_str()), Some(""), Some("jk_"), Some(&world.first.key[..20])] {
            let reply = world.send(request(method.clone(), &path, key, "{}")).await;
            assert_eq!(reply.status, StatusCode::UNAUTHORIZED, "{method} {path} with {key:?}");
            assert_eq!((reply.code().as_str(), reply.header("www-authenticate")), ("unauthorized", "Bearer"));
        }
    }
}

#[tokio::test]
async fn t1_another_customers_things_do_not_exist() {
    let world = World::new().await;
    assert_eq!(world.admit("theirs", &world.first.plan()).await.status, StatusCode::CREATED);
    for path in ["/api/v1/productions", "/api/v1/entries"] {
        let reply = world.send(request(Method::GET, path, Some(&world.second.key), "")).await;
        for word in ["theirs", "First", "Plenty", "A production"] {
            assert!(!reply.text().contains(word), "{path} tells {word}");
        }
    }
}

#[tokio::test]
async fn t1_the_same_name_is_another_production_of_another_customer() {
    let world = World::new().await;
    assert_eq!(world.admit("intro", &world.first.plan()).await.status, StatusCode::CREATED);
    let own =
        request(Method::PUT, "/api/v1/productions/intro", Some(&world.second.key), &world.second.plan());
    assert_eq!(world.send(own).await.status, StatusCode::CREATED);
}
