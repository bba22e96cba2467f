//! Every request that the adapter makes, and every answer that our fake gives to it, held against Stripe's own document of its
//! interface.

use super::{Fault, Shop, fake::Asked, order, pounds};
use crate::gateway::{Cancelled, Gateway};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// Requests by method and path, and objects, as Stripe's document has them.
fn document() -> Value {
    serde_json::from_str(include_str!("../../../../tests/it/stripe/document.json")).unwrap()
}

/// What a schema finds wrong with a value; references lead to the document's objects.
fn wrong(schema: &Value, objects: &Value, value: &Value) -> Vec<String> {
    let schema = json!({"allOf": [schema], "objects": objects});
    let judge = jsonschema::validator_for(&schema).unwrap();
    judge.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

/// Fields of a form as the object that they spell: `a[b][0]=1` is `{"a": {"b": [1]}}`.
fn spelled(fields: &[(String, String)]) -> Value {
    let mut whole = json!({});
    for (field, value) in fields {
        let mut place = &mut whole;
        for step in field.split(['[', ']']).filter(|step| !step.is_empty()) {
            place = if let Ok(number) = step.parse::<usize>() {
                let items =
                    if place.is_null() { place.insert_array() } else { place.as_array_mut().unwrap() };
                items.resize(items.len().max(number + 1), Value::Null);
                &mut items[number]
            } else {
                if place.is_null() {
                    *place = Value::Object(Map::new());
                }
                &mut place[step]
            };
        }
        *place = match (value.parse::<i64>(), value.as_str()) {
            (Ok(number), _) => json!(number),
            (_, "true") => json!(true),
            (_, "false") => json!(false),
            (_, text) => json!(text),
        };
    }
    whole
}

trait InsertArray {
    fn insert_array(&mut self) -> &mut Vec<Value>;
}

impl InsertArray for Value {
    fn insert_array(&mut self) -> &mut Vec<Value> {
        *self = json!([]);
        self.as_array_mut().unwrap()
    }
}

/// The path as the document writes it: `/v1/payment_intents/{intent}`.
fn as_written(asked: &Asked, requests: &Value) -> Option<String> {
    let fits = |line: &&String| {
        let (method, path) = line.split_once(' ').unwrap();
        let (mut steps, mut theirs) = (asked.path.split('/'), path.split('/'));
        method == asked.method
            && steps.clone().count() == theirs.clone().count()
            && steps.all(|step| theirs.next().is_some_and(|known| known == step || known.starts_with('{')))
    };
    // A name written out goes before one that stands for any.
    let found = requests.as_object().unwrap().keys().filter(fits);
    found.min_by_key(|line| line.matches('{').count()).cloned()
}

/// What the document finds wrong with a request and its answer; the line of the document that it is.
fn judged(asked: &Asked, document: &Value) -> (String, Vec<String>) {
    let Some(line) = as_written(asked, &document["requests"]) else {
        return (format!("{} {}", asked.method, asked.path), vec!["there is no such request".to_owned()]);
    };
    let (known, objects) = (&document["requests"][&line], &document["objects"]);
    let mut faults = Vec::new();
    for (field, _) in &asked.query {
        let name = field.split('[').next().unwrap();
        if !known["query"].as_array().unwrap().iter().any(|known| known == name) {
            faults.push(format!("asks with {name}, which there is not"));
        }
    }
    if asked.method == "POST" {
        faults.extend(wrong(&known["form"], objects, &spelled(&asked.form)));
    }
    match &asked.said {
        Some((200, body)) => faults.extend(wrong(&known["answer"], objects, body)),
        Some((status, body)) => {
            let words = ["api_error", "card_error", "idempotency_error", "invalid_request_error"];
            let kind = body["error"]["type"].as_str().unwrap_or_default();
            if !(400..=409).contains(status) || !words.contains(&kind) {
                faults.push(format!("is answered {status}, {kind}"));
            }
        }
        None => {}
    }
    (line, faults)
}

#[tokio::test]
async fn every_request_of_ours_and_every_answer_to_it_is_as_stripes_document_says() {
    let shop = Shop::open().await;
    let (fake, stripe) = (&shop.fake, &shop.stripe);
    for (number, card) in [
        (1, "pm_card_visa"),
        (2, "pm_card_chargeDeclined"),
        (3, "pm_card_authenticationRequired"),
        (4, "later"),
    ] {
        fake.cards_become(card);
        shop.charge(&format!("obx_{number}-0")).await.unwrap();
    }
    let cancelled = stripe.cancel_charge(&shop.payer, "obx_3-0").await.unwrap();
    assert_eq!(cancelled, Cancelled::Done);
    let again = order(5, pounds(900), &shop.payer);
    fake.go_wrong("POST /v1/checkout/sessions", Fault::Lose, 3);
    stripe.open_checkout(&again).await.unwrap_err();
    let mut in_other_words = again;
    in_other_words.words = "50.000 Token".to_owned();
    let page = stripe.open_checkout(&in_other_words).await.unwrap();
    stripe.checkout(&page.reference).await.unwrap().unwrap();
    stripe.close_checkout(&page.reference).await.unwrap();
    stripe.close_checkout(&page.reference).await.unwrap();
    stripe.refund("one", &shop.payment, pounds(100)).await.unwrap();
    fake.dispute(&shop.payment);
    stripe.payment(&shop.payment).await.unwrap().unwrap();

    let document = document();
    let mut lines = BTreeSet::new();
    for asked in fake.asked() {
        let (line, faults) = judged(&asked, &document);
        assert!(faults.is_empty(), "{line}: {faults:#?}\n{asked:#?}");
        lines.insert(line);
    }
    let all: BTreeSet<String> = document["requests"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(lines, all, "each request that there is has been made");
    for event in fake.take_events() {
        let object = &event["data"]["object"];
        let schema = json!({"$ref": format!("#/objects/{}", object["object"].as_str().unwrap())});
        assert_eq!(wrong(&schema, &document["objects"], object), Vec::<String>::new(), "{}", event["type"]);
    }
}

#[test]
fn the_document_finds_what_is_wrong() {
    let document = document();
    let asked = |form: &[(&str, &str)], said: Option<(u16, Value)>| {
        let form = form.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let (method, path) = ("POST".to_owned(), "/v1/payment_intents".to_owned());
        judged(&Asked { method, path, form, said, query: Vec::new(), key: None, version: None }, &document).1
    };
    let good = [("amount", "100"), ("currency", "jpy")];
    assert_eq!(asked(&good, None), Vec::<String>::new());
    for (name, value) in [
        ("amount", "1.00"),
        ("metdata[order]", "ord_1"),
        ("confirm", "yes"),
        ("payment_method_types[0]", "1"),
    ] {
        let form: Vec<_> =
            good.into_iter().filter(|(known, _)| *known != name).chain([(name, value)]).collect();
        assert_eq!(asked(&form, None).len(), 1, "{name}={value}");
    }
    assert_eq!(asked(&[("currency", "jpy")], None).len(), 1, "no amount");
    assert!(!asked(&good, Some((200, json!({"object": "payment_intent"})))).is_empty());
}
