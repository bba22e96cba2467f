//! I-26: a caller that hangs up leaves a whole act or none.

use crate::{
    served::Served,
    support::{GRANTED, On, World, both, request},
};
use anyhow::{Context, Result, ensure};
use billing::{allowance::Source, customer::AccountStatus, money::Currency, tokens::Tokens};
use engine::{Engine, Settings};
use futures::{StreamExt, TryStreamExt, stream};
use http::Method;
use sea_orm::{ConnectionTrait, Database, DbBackend, Statement};
use serde_json::{Value, json};
use std::{env, time::Duration};
use tokio::{
    io::AsyncWriteExt,
    net::TcpStream,
    time::{sleep, timeout},
};

/// Hang-ups where nobody asks for more.
const HANG_UPS: u64 = 200;
/// Callers at once.
const CALLERS: usize = 16;

#[tokio::test]
async fn i26_a_caller_that_hangs_up_leaves_no_half_act() {
    let world = World::new().await;
    let tiny = world.first.plan().replace("1500", "1").replace(r#""images":1"#, r#""images":0"#);
    let mut heard = 0;
    for number in 0_u64..200 {
        let path = format!("/api/v1/productions/p{number}");
        let asked = request(Method::PUT, &path, Some(&world.first.key), &tiny);
        let patience = Duration::from_micros(number * number);
        heard += i64::from(timeout(patience, world.send(asked)).await.is_ok());
    }
    assert!(heard < 200, "some must have been cut off");

    // Whoever hung up asks again: either it hears the first answer again or is admitted now.
    for number in 0..200 {
        let reply = world.admit(&format!("p{number}"), &tiny).await;
        assert!(reply.status.is_success(), "{}", reply.text());
        let receipt = world.ask(Method::GET, &format!("/api/v1/productions/p{number}"), "").await.json();
        let entries = receipt["entries"].as_array().unwrap();
        assert_eq!((entries.len(), &receipt["hold"]["drawn"]), (1, &entries[0]["tokens"]), "{receipt}");
    }
    let held = 200 * 10;
    assert_eq!(world.capacity().await, (GRANTED - held, held));
}

both! {
    /// The same at a server of its own: each caller sends a request, or half of one, closes its connection within 50 ms, and asks
    /// again later. `JARAI_HANG_UPS` says how many.
    async fn i26_connections_that_are_cut_are_asked_again_and_done_once(on: On) {
        cut(on).await.unwrap();
    }
}

/// Who hangs up at whom.
struct Cut {
    base: String,
    key: String,
    client: reqwest::Client,
}

impl Cut {
    /// Sends a request and does not stay for the answer: patience and what is sent differ by number.
    async fn hang_up(&self, method: Method, path: &str, body: &Value, number: u64) -> Result<()> {
        let (address, body) = (self.base.strip_prefix("http://").context("plain HTTP")?, body.to_string());
        let head =
            format!("{method} {path} HTTP/1.1\r\nHost: console\r\nAuthorization: Bearer {}\r\n", self.key);
        let length = format!("Content-Type: application/json\r\nContent-Length: {}\r\n\r\n", body.len());
        let whole = [head, length, body].concat();
        let sent = if number.is_multiple_of(7) { whole.len() * 9 / 10 } else { whole.len() };
        let mut connection = TcpStream::connect(address).await?;
        connection.write_all(&whole.as_bytes()[..sent]).await?;
        sleep(Duration::from_micros(number * 7_919 % 50_000)).await;
        Ok(()) // the connection is closed here
    }

    /// Asks until somebody answers.
    async fn ask(&self, method: Method, path: &str, body: &Value) -> Result<()> {
        let asked =
            self.client.request(method, format!("{}{path}", self.base)).bearer_auth(&self.key).json(body);
        let reply = asked.send().await?;
        let status = reply.status();
        ensure!(status.is_success(), "{path}: {status} {}", reply.text().await?);
        Ok(())
    }

    /// A production whose start, capture and end are each hung up on, and asked for again.
    async fn produce(&self, account: &str, number: u64) -> Result<()> {
        let (place, speech) = (format!("/api/v1/productions/cut-{number}"), json!({"seconds": 10}));
        let steps = json!([{"step": "voice", "kind": "speech", "quantity": speech}]);
        let attempt = json!({"outcome": "succeeded", "kind": "speech", "quantity": speech});
        let asks = [
            (Method::PUT, place.clone(), json!({"account": account, "title": "Cut", "steps": steps})),
            (Method::PUT, format!("{place}/steps/voice/attempts/1"), attempt),
            (Method::POST, format!("{place}/finish"), json!({"outcome": "published"})),
        ];
        for (n, (method, path, body)) in (0_u64..).zip(asks) {
            self.hang_up(method.clone(), &path, &body, number * 3 + n).await?;
            self.ask(method, &path, &body).await?;
        }
        Ok(())
    }
}

async fn cut(on: On) -> Result<()> {
    let hang_ups =
        env::var("JARAI_HANG_UPS").map_or(Ok(HANG_UPS), |text| text.parse()).context("JARAI_HANG_UPS")?;
    let folder = tempfile::tempdir()?;
    let url = on.fresh(folder.path()).await;
    let engine = Engine::open(Settings { database_url: url.clone(), sandbox: true }).await?;
    engine.load_catalog_samples().await?;
    let customer = engine.open_customer("Northlight Films", Currency::Gbp).await?;
    let account = engine.open_account(customer, "Slow Kitchen", AccountStatus::Active).await?;
    engine.set_concurrency(customer, account, Some(100)).await?;
    engine.grant(customer, Source::TopUp, Tokens::new(10_000_000)?, None, None).await?;
    let key = engine.add_pipeline_key(customer, "Pipeline").await?;
    let known = engine.pipeline_key(&key).await?.context("a key")?;
    engine.set_key_rate(customer, known.id, Some(0)).await?;
    engine.close().await;

    let server = Served::start(&url)?;
    let cut = Cut { base: server.base.clone(), key, client: reqwest::Client::new() };
    let productions = hang_ups.div_ceil(3);
    let account = account.to_string();
    let all = stream::iter(0..productions).map(|number| cut.produce(&account, number));
    all.buffer_unordered(CALLERS).try_collect::<()>().await?;
    let database = Database::connect(&url).await?;
    let one = async |sql: &str| -> Result<i64> {
        let sql = Statement::from_string(
            database.get_database_backend(),
            format!("SELECT CAST(({sql}) AS BIGINT)"),
        );
        Ok(database.query_one_raw(sql).await?.context("a row")?.try_get_by_index(0)?)
    };
    if database.get_database_backend() == DbBackend::Postgres {
        let left_open = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
                         AND state LIKE 'idle in transaction%'";
        ensure!(one(left_open).await? == 0, "transactions that nobody works on");
    }
    server.stop()?;
    let made = i64::try_from(productions)?;
    for (what, sql) in [
        ("productions", "SELECT count(*) FROM production"),
        ("published", "SELECT count(*) FROM token_hold WHERE state = 'published' AND captured_tokens = 80"),
        ("attempts", "SELECT count(*) FROM step_attempt"),
        ("used", "SELECT sum(tokens) / 80 FROM token_entry WHERE credit_pool = 'used'"),
    ] {
        ensure!(one(sql).await? == made, "{} {what} of {made}", one(sql).await?);
    }
    database.close().await?;
    let violations = engine::verify::verify(&url).await?;
    ensure!(violations.is_empty(), "the books are not sound: {violations:#?}");
    println!("{on:?}: {} hang-ups, each done once, 0 violations", productions * 3);
    Ok(())
}
