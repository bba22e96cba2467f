//! Three times as many callers as a process has room for: who is not served is told when to come back, whoever floods the gate
//! waits for itself, and the books have just what was answered *yes*. T15.

use crate::{
    served::Served,
    support::{On, both, plan},
};
use anyhow::{Context, Result, bail, ensure};
use billing::{
    allowance::Source,
    customer::AccountStatus,
    id::{AccountId, CustomerId},
    money::Currency,
    tokens::Tokens,
};
use engine::{Engine, Settings};
use futures::future::try_join_all;
use reqwest::{Client, StatusCode, header};
use sea_orm::{ConnectionTrait, Database, Statement};
use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};
use tokio::{time::sleep, try_join};

/// Acts that the server lets wait; half of them of one customer.
const ROOM: usize = 16;
/// Callers of the noisy customer by a key without a limit.
const NOISY: usize = 3 * ROOM;
/// Its callers by a key that may ask little.
const HASTY: usize = 8;
/// Acts a second of that key.
const RATE: u32 = 1;
/// Productions that the quiet customer begins, one after the other, at least: it goes on until the others were told to come back.
const QUIET: usize = 20;
/// After so many of them nobody will be told any more.
const MOST: usize = 100 * QUIET;

both! {
    async fn t15_at_three_times_capacity_callers_are_told_to_come_back_and_nobody_else_waits(on: On) {
        overloaded(on).await.unwrap();
    }
}

/// Accounts of a customer: each runs at most a hundred productions at once.
const ACCOUNTS: usize = 4;

/// A customer with accounts, and more tokens than it can use.
struct Flood {
    id: CustomerId,
    accounts: Vec<AccountId>,
    client: Client,
}

/// A caller: it begins a production, ends it, and begins the next.
struct Caller {
    name: String,
    account: AccountId,
    begun: usize,
    runs: bool,
}

/// What there was until now, whatever the speed of the machine.
#[derive(Default)]
struct Seen {
    busy: AtomicBool,
    too_fast: AtomicBool,
    over: AtomicBool,
}

/// What callers heard.
#[derive(Default)]
struct Heard {
    admitted: BTreeSet<String>,
    busy: usize,
    too_fast: usize,
}

async fn overloaded(on: On) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let url = on.fresh(folder.path()).await;
    let engine = Engine::open(Settings { database_url: url.clone(), sandbox: true }).await?;
    engine.load_catalog_samples().await?;
    let (noisy, quiet) = (Flood::new(&engine, "Noisy").await?, Flood::new(&engine, "Quiet").await?);
    let (free, slow, others) =
        (noisy.key(&engine, 0).await?, noisy.key(&engine, RATE).await?, quiet.key(&engine, 0).await?);
    engine.close().await;

    let server = Served::with(&url, &["--queue", &ROOM.to_string()])?;
    let base = server.base.as_str();
    let seen = Seen::default();
    let flooding = async {
        let (free, seen, noisy) = (free.as_str(), &seen, &noisy);
        try_join_all((0..NOISY).map(|caller| noisy.ask_until(seen, base, free, noisy.caller("free", caller))))
            .await
    };
    let hurrying = async {
        let (slow, seen, noisy) = (slow.as_str(), &seen, &noisy);
        try_join_all((0..HASTY).map(|caller| noisy.ask_until(seen, base, slow, noisy.caller("slow", caller))))
            .await
    };
    let asking = async {
        sleep(Duration::from_millis(500)).await; // the flood is there first
        let (mut heard, mut caller) = (Heard::default(), quiet.caller("quiet", 0));
        while heard.busy + heard.too_fast == 0 && seen.wants_more(heard.admitted.len()) {
            quiet.ask(base, &others, &mut caller, &mut heard).await?;
        }
        seen.over.store(true, Ordering::Relaxed);
        anyhow::Ok(heard)
    };
    let (flooded, hurried, calm) = try_join!(flooding, hurrying, asking)?;
    server.stop()?;

    ensure!(
        calm.admitted.len() >= QUIET && (calm.busy, calm.too_fast) == (0, 0),
        "the quiet customer was turned away: {} admitted, {} busy, {} too fast",
        calm.admitted.len(),
        calm.busy,
        calm.too_fast
    );
    let (flooded, hurried) = (Heard::all(flooded), Heard::all(hurried));
    ensure!(flooded.busy > 0, "{NOISY} callers found room for all their acts: nothing was tried");
    ensure!(hurried.too_fast > 0, "{HASTY} callers were not too fast for {RATE} acts a second");
    ensure!(flooded.too_fast == 0, "a key without a limit was told that it is too fast");
    println!(
        "{on:?}: {} admitted and {} told to come back of the flood, {} and {} of the hasty, {} and none of the other",
        flooded.admitted.len(),
        flooded.busy,
        hurried.admitted.len(),
        hurried.too_fast + hurried.busy,
        calm.admitted.len()
    );
    let violations = engine::verify::verify(&url).await?;
    ensure!(violations.is_empty(), "the books are not sound: {violations:#?}");
    let told: BTreeSet<String> = flooded.admitted.into_iter().chain(hurried.admitted).collect();
    ensure!(kept(&url, noisy.id).await? == told, "the books have not just what was admitted");
    ensure!(kept(&url, quiet.id).await? == calm.admitted, "the books have not just what was admitted");
    Ok(())
}

/// The productions of a customer that are in the books.
async fn kept(url: &str, customer: CustomerId) -> Result<BTreeSet<String>> {
    let database = Database::connect(url).await?;
    let sql = format!(
        "SELECT p.name AS name FROM production p JOIN token_hold h ON h.production = p.name AND h.customer_id = p.customer_id \
         WHERE p.customer_id = '{customer}'"
    );
    let rows = database.query_all_raw(Statement::from_string(database.get_database_backend(), sql)).await?;
    let names = rows.iter().map(|row| Ok(row.try_get("", "name")?)).collect();
    database.close().await?;
    names
}

impl Flood {
    async fn new(engine: &Engine, name: &str) -> Result<Self> {
        let id = engine.open_customer(name, Currency::Gbp).await?;
        let mut accounts = Vec::new();
        for number in 0..ACCOUNTS {
            let account =
                engine.open_account(id, &format!("Kitchen {number}"), AccountStatus::Active).await?;
            engine.set_concurrency(id, account, Some(100)).await?;
            accounts.push(account);
        }
        engine.grant(id, Source::TopUp, Tokens::new(1_000_000_000)?, None, None).await?;
        let _ = rustls::crypto::ring::default_provider().install_default();
        Ok(Self { id, accounts, client: Client::builder().timeout(Duration::from_mins(2)).build()? })
    }

    fn caller(&self, kind: &str, number: usize) -> Caller {
        let account = self.accounts[number % ACCOUNTS];
        Caller { name: format!("{kind}-{number}"), account, begun: 0, runs: false }
    }

    /// A key that may ask so many acts a second; 0: any number.
    async fn key(&self, engine: &Engine, rate: u32) -> Result<String> {
        let key = engine.add_pipeline_key(self.id, &format!("Pipeline {rate}")).await?;
        let known = engine.pipeline_key(&key).await?.context("the key")?;
        engine.set_key_rate(self.id, known.id, Some(rate)).await?;
        Ok(key)
    }

    /// A caller works until somebody says that it is over.
    async fn ask_until(&self, seen: &Seen, base: &str, key: &str, mut caller: Caller) -> Result<Heard> {
        let mut heard = Heard::default();
        while !seen.over.load(Ordering::Relaxed) {
            self.ask(base, key, &mut caller, &mut heard).await?;
            seen.busy.fetch_or(heard.busy > 0, Ordering::Relaxed);
            seen.too_fast.fetch_or(heard.too_fast > 0, Ordering::Relaxed);
        }
        Ok(heard)
    }

    /// A caller asks for its next thing. Anything but a yes, or a no that says when to come back, is a failure.
    async fn ask(&self, base: &str, key: &str, caller: &mut Caller, heard: &mut Heard) -> Result<()> {
        let production = format!("{}-{}", caller.name, caller.begun);
        let place = format!("{base}/api/v1/productions/{production}");
        let steps = r#"{"step":"read","kind":"speech","quantity":{"seconds":10}}"#;
        let asked = if caller.runs {
            self.client.post(format!("{place}/finish")).body(r#"{"outcome":"cancelled"}"#)
        } else {
            self.client.put(place).body(plan(caller.account, steps))
        };
        let asked = asked.header(header::CONTENT_TYPE, "application/json").bearer_auth(key);
        let reply = asked.send().await.with_context(|| production.clone())?;
        let (status, headers) = (reply.status(), reply.headers().clone());
        match status {
            StatusCode::CREATED if !caller.runs => {
                heard.admitted.insert(production);
                caller.runs = true;
                return Ok(());
            }
            StatusCode::OK if caller.runs => {
                (caller.begun, caller.runs) = (caller.begun + 1, false);
                return Ok(());
            }
            StatusCode::SERVICE_UNAVAILABLE => heard.busy += 1,
            StatusCode::TOO_MANY_REQUESTS => heard.too_fast += 1,
            _ => bail!("{production}: {status} {}", reply.text().await?),
        }
        let wait = headers.get(header::RETRY_AFTER).context("no Retry-After")?.to_str()?.parse::<u64>()?;
        ensure!(wait >= 1, "{production} may come back at once: {status}");
        sleep(Duration::from_millis(50)).await; // sooner than it was told
        Ok(())
    }
}

impl Seen {
    /// Whether the quiet customer is to begin more than the productions that it has begun.
    fn wants_more(&self, begun: usize) -> bool {
        let all = self.busy.load(Ordering::Relaxed) && self.too_fast.load(Ordering::Relaxed);
        begun < QUIET || (!all && begun < MOST)
    }
}

impl Heard {
    fn all(heard: Vec<Self>) -> Self {
        heard.into_iter().fold(Self::default(), |mut all, one| {
            all.admitted.extend(one.admitted);
            all.busy += one.busy;
            all.too_fast += one.too_fast;
            all
        })
    }
}
