//! A server on an empty database of its own, with two customers, and requests to it.

use crate::postgres;
use axum::{Router, body::Body};
use billing::{
    allowance::Source,
    customer::AccountStatus,
    id::{AccountId, CustomerId},
    money::{Currency, Money},
    team::Role,
    time::Timestamp,
    tokens::Tokens,
};
use engine::{Engine, Settings, payment::StripeSettings, team::NewMember};
use http::{HeaderMap, Method, Request, StatusCode, header};
use serde_json::Value;
use server::{
    config::Site,
    router::router,
    state::{AppState, Stopping},
};
use std::path::Path;
use tempfile::TempDir;
use tokio::sync::watch;
use tower::ServiceExt;

/// The origin that browsers see.
pub const ORIGIN: &str = "https://console.example.com";
/// Tokens that each customer has.
pub const GRANTED: i64 = 10_000;
/// Who can sign in to the first customer.
pub const SIGN_IN: (&str, &str) = ("ada@first.example", "a long password");

/// Which database a test runs on.
#[derive(Clone, Copy, Debug)]
pub enum On {
    /// A file.
    Sqlite,
    /// A database of a throw-away cluster.
    Postgres,
}

impl On {
    /// The address of a fresh database; a file stands in this folder.
    pub async fn fresh(self, folder: &Path) -> String {
        match self {
            Self::Sqlite => format!("sqlite://{}/console.db?mode=rwc", folder.display()),
            Self::Postgres => postgres::fresh_database().await.unwrap(),
        }
    }
}

/// Defines a test that runs on both databases.
macro_rules! both {
    ($(#[$meta:meta])* async fn $name:ident($on:ident: On) $body:block) => {
        mod $name {
            use super::*;

            $(#[$meta])*
            async fn body($on: crate::support::On) $body

            #[tokio::test]
            async fn sqlite() {
                body(crate::support::On::Sqlite).await;
            }

            #[tokio::test]
            async fn postgres() {
                body(crate::support::On::Postgres).await;
            }
        }
    };
}
pub(crate) use both;

/// A server and what its database holds.
pub struct World {
    pub state: AppState,
    pub engine: Engine,
    pub first: Customer,
    pub second: Customer,
    app: Router,
    _stop: watch::Sender<bool>,
    _folder: TempDir,
}

/// A customer with an account that has no limit, one with £1 a month, one that is suspended, and a key.
pub struct Customer {
    pub id: CustomerId,
    pub account: AccountId,
    pub limited: AccountId,
    pub suspended: AccountId,
    pub key: String,
}

/// What a request was answered.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Reply {
    /// The body, read as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// The `code` of a problem, after checking that it is one.
    pub fn code(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.text());
        let problem = self.json();
        assert_eq!(problem["status"], self.status.as_u16());
        problem["code"].as_str().unwrap().to_owned()
    }

    /// A header, empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

impl World {
    /// On a file, in October 2026, priced by the sample lists.
    pub async fn new() -> Self {
        Self::on(On::Sqlite).await
    }

    /// As [`World::new`], on either database.
    pub async fn on(on: On) -> Self {
        Self::build(on, None, in_october).await
    }

    /// With the sample people and what they have done, at the end of which it is 22 October.
    pub async fn with_samples(on: On) -> Self {
        Self::build(on, None, async |engine| {
            engine.load_samples().await.unwrap().expect("an empty sandbox");
        })
        .await
    }

    /// As [`World::on`], where an account of Stripe takes the payments, which nobody answers for; events are signed with this secret.
    pub async fn paid_by_stripe(on: On, secret: &str) -> Self {
        let secrets = [secret.parse().unwrap()];
        let (key, nowhere) = ("sk_test_1".parse().unwrap(), Some("http://127.0.0.1:1"));
        let stripe = StripeSettings::of(Some(&key), &secrets, nowhere, ORIGIN.to_owned(), true).unwrap();
        Self::build(on, stripe, in_october).await
    }

    async fn build(on: On, stripe: Option<StripeSettings>, prepare: impl AsyncFnOnce(&Engine)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database_url = on.fresh(folder.path()).await;
        let engine = Engine::open_with(Settings { database_url, sandbox: true }, stripe).await.unwrap();
        prepare(&engine).await;
        let first = Customer::open(&engine, "First").await;
        let second = Customer::open(&engine, "Second").await;

        let (stop, stopping) = Stopping::switch();
        let site = Site {
            origin: ORIGIN.parse().unwrap(),
            sandbox: false,
            root: Some(folder.path().display().to_string()),
            pricing: "https://jarai.studio/pricing".to_owned(),
            legal: app::team::LegalTexts::default(),
            trusted_proxies: vec!["10.0.0.0/8".parse().unwrap()],
        };
        let state = AppState::new(engine.clone(), site, stopping);
        let app = router(state.clone());
        Self { state, engine, first, second, app, _stop: stop, _folder: folder }
    }

    /// Makes somebody who can sign in to the first customer.
    pub async fn add_person(&self) {
        let (email, password) = SIGN_IN;
        let person = NewMember { name: "Ada", email, password, role: Role::CustomerAdministrator };
        self.engine.add_member(self.first.id, person).await.unwrap();
    }

    /// The reply, with its body still to come.
    pub async fn begin(&self, request: Request<Body>) -> http::Response<Body> {
        self.app.clone().oneshot(request).await.unwrap()
    }

    /// The whole reply.
    pub async fn send(&self, request: Request<Body>) -> Reply {
        let (parts, body) = self.begin(request).await.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Reply { status: parts.status, headers: parts.headers, bytes }
    }

    /// A request of the first customer's pipeline, with a JSON body unless it is empty.
    pub async fn ask(&self, method: Method, path: &str, body: &str) -> Reply {
        self.send(request(method, path, Some(&self.first.key), body)).await
    }

    /// The first customer asks for a production.
    pub async fn admit(&self, production: &str, body: &str) -> Reply {
        self.ask(Method::PUT, &format!("/api/v1/productions/{production}"), body).await
    }

    /// The first customer reports an attempt.
    pub async fn report(&self, production: &str, step: &str, number: u32, body: &str) -> Reply {
        let path = format!("/api/v1/productions/{production}/steps/{step}/attempts/{number}");
        self.ask(Method::PUT, &path, body).await
    }

    /// The first customer ends a production.
    pub async fn finish(&self, production: &str, outcome: &str) -> Reply {
        let body = format!(r#"{{"outcome":"{outcome}"}}"#);
        self.ask(Method::POST, &format!("/api/v1/productions/{production}/finish"), &body).await
    }

    /// Tokens free and held of the first customer, by the gate.
    pub async fn capacity(&self) -> (i64, i64) {
        let reply =
            self.ask(Method::GET, &format!("/api/v1/capacity?account={}", self.first.account), "").await;
        let part = |name: &str| reply.json()["allowance"][name].as_i64().unwrap();
        (part("left"), part("held"))
    }
}

/// Sets the clock, and loads the sample lists.
async fn in_october(engine: &Engine) {
    let at: Timestamp = "2026-10-22T12:00:00Z".parse().unwrap();
    engine.set_sandbox_clock(at).await.unwrap();
    engine.load_catalog_samples().await.unwrap();
}

impl Customer {
    async fn open(engine: &Engine, name: &str) -> Self {
        let id = engine.open_customer(name, Currency::Gbp).await.unwrap();
        let open = async |name, status| engine.open_account(id, name, status).await.unwrap();
        let account = open("Plenty", AccountStatus::Active).await;
        let limited = open("Limited", AccountStatus::Active).await;
        let suspended = open("Suspended", AccountStatus::Suspended).await;
        engine.set_account_limit(id, limited, Some(Money::new(100, Currency::Gbp))).await.unwrap();
        let end = "2026-11-01T00:00:00Z".parse().unwrap();
        engine.grant(id, Source::Allowance, Tokens::new(GRANTED).unwrap(), Some(end), None).await.unwrap();
        let key = engine.add_pipeline_key(id, "Pipeline").await.unwrap();
        Self { id, account, limited, suspended, key }
    }

    /// A plan of one text step `write` of 20 tokens and one image step `draw` of 120.
    pub fn plan(&self) -> String {
        plan(
            self.account,
            r#"{"step":"write","kind":"text","quantity":{"inputTokens":1500,"outputTokens":300}},
               {"step":"draw","kind":"image","quantity":{"images":1}}"#,
        )
    }

    /// The same plan, whose price is asked.
    pub fn quote(&self) -> String {
        self.plan().replace(r#""title":"A production","#, "")
    }

    /// A call outside productions.
    pub fn call(&self) -> String {
        let account = self.account;
        format!(r#"{{"account":"{account}","loop":3,"kind":"vision","quantity":{{"images":2}}}}"#)
    }
}

/// A plan of these steps.
pub fn plan(account: AccountId, steps: &str) -> String {
    format!(r#"{{"account":"{account}","title":"A production","steps":[{steps}]}}"#)
}

/// The step `write` of [`Customer::plan`], as it went.
pub fn wrote(outcome: &str) -> String {
    format!(r#"{{"outcome":"{outcome}","kind":"text","quantity":{{"inputTokens":1500,"outputTokens":300}}}}"#)
}

/// A request of a pipeline.
pub fn request(method: Method, path: &str, key: Option<&str>, body: &str) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path);
    if let Some(key) = key {
        request = request.header(header::AUTHORIZATION, format!("Bearer {key}"));
    }
    if !body.is_empty() {
        request = request.header(header::CONTENT_TYPE, "application/json");
    }
    request.body(Body::from(body.to_owned())).unwrap()
}
