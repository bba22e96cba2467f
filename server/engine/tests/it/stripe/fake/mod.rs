//! A Stripe on loopback, with a memory: enough of the interface for our adapter and for Stripe's own command line, answering
//! with whole objects made of Stripe's own examples. It keeps what it was asked and what it said, so that both can be judged,
//! and can hang, fail, or do a thing and lose the answer.

mod money;
mod objects;

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    response::Response,
};
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// The key that it lets in.
pub const KEY: &str = "sk_test_fake";
/// What it signs events with.
pub const SECRET: &str = "whsec_fake";

/// Fields of a form or a query, in their order.
pub type Fields = Vec<(String, String)>;

/// A request as it came, and what was said to it.
#[derive(Clone, Debug)]
pub struct Asked {
    pub method: String,
    pub path: String,
    pub query: Fields,
    pub form: Fields,
    pub key: Option<String>,
    pub version: Option<String>,
    pub said: Option<(u16, Value)>,
}

impl Asked {
    /// A field of the form or the query.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.form.iter().chain(&self.query).find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    fn number(&self, name: &str) -> Option<i64> {
        self.field(name)?.parse().ok()
    }

    /// The fields below a name: `metadata[order]` is `order` of `metadata`.
    fn below(&self, name: &str) -> Value {
        let inner = |field: &str| {
            let rest = field.strip_prefix(name)?.strip_prefix('[')?.strip_suffix(']')?;
            (!rest.contains('[')).then(|| rest.to_owned())
        };
        let pairs = self.form.iter().filter_map(|(field, value)| Some((inner(field)?, json!(value))));
        Value::Object(pairs.collect())
    }
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing is answered, and nothing done.
    Hang,
    /// It is not done, and this is answered.
    Fail(u16),
    /// It is done, and the answer is lost.
    Lose,
}

/// What it knows.
#[derive(Debug, Default)]
struct Memory {
    made: u64,
    /// Objects in the order in which they were made.
    objects: Vec<Value>,
    /// What the payment of a session is to carry; it is not shown on the session.
    intent_metadata: HashMap<String, Value>,
    /// How a way to pay behaves, by its id.
    cards: HashMap<String, String>,
    keys: HashMap<String, (Asked, u16, Value)>,
    asked: Vec<Asked>,
    events: Vec<Value>,
    faults: Vec<(String, Fault, u32)>,
}

/// The server.
#[derive(Clone, Debug)]
pub struct Fake {
    /// Where it listens.
    pub base: String,
    memory: Arc<Mutex<Memory>>,
}

impl Fake {
    /// Listens on a free port until the test is over.
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        let fake = Self { base, memory: Arc::default() };
        let app = Router::new().fallback(answer).with_state(fake.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        fake
    }

    /// What has happened since this was last asked.
    pub fn take_events(&self) -> Vec<Value> {
        std::mem::take(&mut self.memory().events)
    }

    /// Everything that it was asked, with its answers.
    pub fn asked(&self) -> Vec<Asked> {
        self.memory().asked.clone()
    }

    /// How often it was asked this.
    pub fn times(&self, method: &str, path: &str) -> usize {
        let is_it = |asked: &&Asked| asked.method == method && asked.path == path;
        self.memory().asked.iter().filter(is_it).count()
    }

    /// The objects of a kind, oldest first.
    pub fn all(&self, kind: &str) -> Vec<Value> {
        self.memory().objects.iter().filter(|object| object["object"] == kind).cloned().collect()
    }

    /// Changes what it says of an object.
    pub fn tamper(&self, id: &str, field: &str, value: &Value) {
        self.memory().object(id).expect("an object")[field] = value.clone();
    }

    /// Goes wrong so many times where a request begins so: `POST /v1/refunds`, or a path of any method.
    pub fn go_wrong(&self, request: &str, fault: Fault, times: u32) {
        self.memory().faults.push((request.to_owned(), fault, times));
    }

    /// Answers as ever from now on.
    pub fn recover(&self) {
        self.memory().faults.clear();
    }

    /// Forgets every object: another account than the one before.
    pub fn forget(&self) {
        let mut memory = self.memory();
        memory.objects.clear();
        memory.keys.clear();
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn answer(State(fake): State<Fake>, request: Request) -> Response {
    let asked = read(request).await;
    let fault = fake.memory().fault(&asked);
    let (status, body) = match fault {
        Some(Fault::Hang) => {
            fake.memory().asked.push(asked);
            tokio::time::sleep(Duration::from_mins(2)).await;
            (500, Value::Null)
        }
        Some(Fault::Fail(status)) => {
            let body = refusal("api_error", json!({}));
            fake.memory().asked.push(asked);
            (status, body)
        }
        _ => fake.memory().take(asked),
    };
    let status = if fault == Some(Fault::Lose) { 503 } else { status };
    let response = Response::builder().status(status).header("request-id", "req_fake");
    response
        .header("content-type", "application/json")
        .body(Body::from(body.to_string()))
        .expect("a response")
}

async fn read(request: Request) -> Asked {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap_or_default();
    let fields = |text: &str| -> Fields {
        let url = reqwest::Url::parse(&format!("http://127.0.0.1/?{text}")).expect("an address");
        url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
    };
    let header = |name: &str| Some(parts.headers.get(name)?.to_str().ok()?.to_owned());
    let authorized = header("authorization").is_some_and(|value| value == format!("Bearer {KEY}"));
    Asked {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: fields(parts.uri.query().unwrap_or_default()),
        form: fields(&String::from_utf8_lossy(&body)),
        key: header("idempotency-key"),
        version: header("stripe-version"),
        said: (!authorized).then(|| (401, refusal("invalid_request_error", json!({})))),
    }
}

/// Puts fields into an object.
fn put(object: &mut Value, fields: Value) {
    if let Value::Object(fields) = fields {
        for (name, value) in fields {
            object[name] = value;
        }
    }
}

/// An error in Stripe's form.
fn refusal(kind: &str, more: Value) -> Value {
    let mut error = json!({"type": kind, "message": "words with sk_test_fake in them"});
    put(&mut error, more);
    json!({"error": error})
}

impl Memory {
    fn fault(&mut self, asked: &Asked) -> Option<Fault> {
        let line = format!("{} {}", asked.method, asked.path);
        let is_of = |begins: &str| asked.path.starts_with(begins) || line.starts_with(begins);
        let place = self.faults.iter().position(|(begins, _, left)| is_of(begins) && *left > 0)?;
        self.faults[place].2 -= 1;
        Some(self.faults[place].1)
    }

    /// Takes a request: once a key.
    fn take(&mut self, mut asked: Asked) -> (u16, Value) {
        let known = asked.key.as_ref().and_then(|key| self.keys.get(key));
        let (status, body) = match (asked.said.take(), known) {
            (Some(unauthorized), _) => unauthorized,
            (None, Some((first, ..))) if (&first.path, &first.form) != (&asked.path, &asked.form) => {
                (400, refusal("idempotency_error", json!({})))
            }
            (None, Some((_, status, body))) => (*status, body.clone()),
            (None, None) => {
                let (status, body) = self.perform(&asked);
                if let Some(key) = &asked.key {
                    self.keys.insert(key.clone(), (asked.clone(), status, body.clone()));
                }
                (status, body)
            }
        };
        self.asked.push(Asked { said: Some((status, body.clone())), ..asked });
        (status, body)
    }

    fn perform(&mut self, asked: &Asked) -> (u16, Value) {
        let path: Vec<&str> = asked.path.trim_start_matches("/v1/").split('/').collect();
        let done = match (asked.method.as_str(), path.as_slice()) {
            ("POST", ["customers"]) => Ok(self.make_customer(asked)),
            ("POST", ["products" | "prices" | "payment_methods"]) => Ok(self.make_plain(path[0], asked)),
            ("POST", ["checkout", "sessions"]) => self.make_session(asked),
            ("POST", ["checkout", "sessions", id, "expire"]) => self.expire(id),
            ("GET", ["payment_pages", id]) => self.named(id).map(|_| json!({"id": id})),
            ("POST", ["payment_pages", id, "confirm"]) => self.confirm_page(id, asked),
            ("GET", ["checkout", "sessions"]) => Ok(self.list("checkout.session", asked)),
            ("GET", ["payment_intents"]) => Ok(self.list("payment_intent", asked)),
            ("GET", ["disputes"]) => Ok(self.list("dispute", asked)),
            ("GET", ["checkout", "sessions", id] | ["payment_intents" | "charges", id]) => {
                self.named(id).map(|object| self.expanded(object, asked))
            }
            ("POST", ["payment_intents"]) => self.make_intent(asked),
            ("POST", ["payment_intents", id, "cancel"]) => self.cancel_intent(id),
            ("POST", ["refunds"]) => self.refund(asked),
            ("POST", ["disputes", id, "close"]) => self.close_dispute(id),
            ("POST", ["disputes", id]) => self.named(id),
            _ => Err((404, refusal("invalid_request_error", json!({"code": "resource_missing"})))),
        };
        done.map_or_else(|refused| refused, |object| (200, object))
    }
}
