//! Three server processes on one PostgreSQL: nothing is oversold, nothing undersold. I-5, I-12.

use crate::{postgres, served::Served};
use anyhow::{Context, Result, ensure};
use billing::{allowance::Source, customer::AccountStatus, money::Currency, tokens::Tokens};
use engine::{Engine, Settings};
use futures::future::join_all;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// Plans that ask at once, and how many of them fit.
const PLANS: usize = 400;
const FIT: usize = 31;
/// Tokens of one plan: seven steps of ten seconds of speech.
const NEEDED: i64 = 560;

/// Whoever holds connections open with heads that never end is let go, and nobody waits for them meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn t14_a_head_that_never_ends_holds_nobody_up() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let server = Served::start(&format!("sqlite://{}/console.db?mode=rwc", folder.path().display()))?;
    let address = server.base.strip_prefix("http://").context("plain HTTP")?;
    let slow = (0..64).map(async |_| {
        let mut connection = TcpStream::connect(address).await?;
        connection.write_all(b"GET /healthz HTTP/1.1\r\nHost: console\r\nX-Slow: ").await?;
        Ok::<_, anyhow::Error>(connection)
    });
    let slow: Vec<TcpStream> = join_all(slow).await.into_iter().collect::<Result<_>>()?;
    let reply = reqwest::get(format!("{}/healthz", server.base)).await?;
    assert_eq!(reply.status(), 200);
    for mut connection in slow {
        let mut said = Vec::new();
        // Hangs where the server waits for ever; whether it says why is its own affair.
        let _ended = connection.read_to_end(&mut said).await;
        assert!(!said.starts_with(b"HTTP/1.1 200"), "answered before it was asked");
    }
    server.stop()
}

#[tokio::test(flavor = "multi_thread")]
async fn i12_three_processes_admit_31_of_400_plans() -> Result<()> {
    let url = postgres::empty_database().await?;
    let engine = Engine::open(Settings { database_url: url.clone(), sandbox: true }).await?;
    engine.load_catalog_samples().await?;
    let customer = engine.open_customer("Northlight Films", Currency::Gbp).await?;
    let account = engine.open_account(customer, "Slow Kitchen", AccountStatus::Active).await?;
    engine.set_concurrency(customer, account, Some(100)).await?;
    let tokens = Tokens::new(NEEDED * i64::try_from(FIT)? + NEEDED - 1)?;
    engine.grant(customer, Source::TopUp, tokens, None, None).await?;
    let key = engine.add_pipeline_key(customer, "Pipeline").await?;

    let servers: Vec<Served> = (0..3).map(|_| Served::start(&url)).collect::<Result<_>>()?;
    let steps: Vec<Value> = (1..=7)
        .map(|n| json!({"step": format!("step-{n}"), "kind": "speech", "quantity": {"seconds": 10}}))
        .collect();
    let plan = json!({"account": account, "title": "One of many", "steps": steps});
    let client = reqwest::Client::new();
    let asks = (0..PLANS).map(|n| {
        let place = format!("{}/api/v1/productions/p{n}", servers[n % servers.len()].base);
        let asked = client.put(place).bearer_auth(&key).json(&plan).send();
        async move {
            let reply = asked.await?;
            let status = reply.status().as_u16();
            Ok::<_, reqwest::Error>((status, reply.json::<Value>().await?))
        }
    });
    let mut admitted = 0;
    for reply in join_all(asks).await {
        let (status, body) = reply?;
        if status == 201 {
            assert_eq!(body["hold"]["tokens"], NEEDED);
            admitted += 1;
            continue;
        }
        assert_eq!((status, body["code"].as_str()), (409, Some("budget_limit_reached")), "{body}");
        let refusal = &body["refusal"];
        assert_eq!((&refusal["reason"], &refusal["unit"]), (&json!("not_enough_capacity"), &json!("tokens")));
        let part = |name: &str| refusal[name].as_i64().unwrap();
        assert_eq!((part("needed"), part("shortBy")), (NEEDED, NEEDED - part("available")));
        assert_eq!(refusal["remedies"], json!(["buy_capacity"]));
    }
    assert_eq!(admitted, FIT);
    let capacity = engine.usage(customer).await?.capacity;
    assert_eq!((capacity.left().get(), capacity.held().get()), (NEEDED - 1, NEEDED * i64::try_from(FIT)?));
    for server in servers {
        server.stop()?;
    }
    engine.close().await;
    let violations = engine::verify::verify(&url).await?;
    ensure!(violations.is_empty(), "the books are not sound: {violations:#?}");
    Ok(())
}
