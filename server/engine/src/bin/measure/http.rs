//! The gate's interface under callers. `measure customer URL` opens a customer in an empty database and says a key of it without a
//! rate and its accounts; `measure http GATE ECHO KEY ACCOUNT,…` asks a server on that database, and one that answers JSON with
//! itself, over as many connections as there are callers, and answers
//!
//! * `capture CALLERS MILLIS`: acts and seconds, each act a step of a production that its caller has begun before;
//! * `batch CALLERS MILLIS`: the same of requests of 64 acts, each a production from its admission to its end;
//! * `echo CALLERS MILLIS`: requests and seconds, each what a capture sends.

use super::{Outcome, customer::open, gate::instant, say};
use engine::Engine;
use futures::future::try_join_all;
use reqwest::{Client, Method};
use serde_json::{Value, json};
use std::{
    io::{BufRead, stdin},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{sync::Barrier, time::sleep};

/// Accounts of the customer: none runs more productions at once than it may.
const ACCOUNTS: usize = 10;
/// Steps of a caller's production: more than it captures in a run.
const STEPS: usize = 200;
/// Acts of one request.
const BATCH: usize = 64;
/// What is not counted yet.
const WARM_UP: Duration = Duration::from_millis(300);

/// Opens the customer.
pub async fn customer(url: &str) -> Outcome<()> {
    let engine = Engine::attach_sandbox(url).await?;
    engine.load_catalog_samples().await?;
    let customer = open(&engine, ACCOUNTS).await?;
    let key = engine.add_pipeline_key(customer.id, "Over HTTP").await?;
    let known = engine.pipeline_key(&key).await?.ok_or("no key")?;
    engine.set_key_rate(customer.id, known.id, Some(0)).await?;
    engine.close().await;
    let accounts: Vec<String> = customer.accounts.iter().map(ToString::to_string).collect();
    say(&format!("{key} {}", accounts.join(",")))
}

/// Answers one question after the other.
pub async fn http(gate: &str, echo: &str, key: &str, accounts: &str) -> Outcome<()> {
    let _ = rustls::crypto::ring::default_provider().install_default(); // the client asks for it even where there is no TLS
    let callers = Arc::new(Callers {
        client: Client::new(),
        gate: format!("{gate}/api/v1"),
        echo: echo.to_owned(),
        key: key.to_owned(),
        accounts: accounts.split(',').map(str::to_owned).collect(),
        named: AtomicU64::default(),
        acts: AtomicU64::default(),
    });
    say("callers over HTTP")?;
    for line in stdin().lock().lines() {
        let answer = match line?.split_whitespace().collect::<Vec<_>>()[..] {
            [what, count, millis] => {
                let what = match what {
                    "capture" => Ok(What::Capture),
                    "batch" => Ok(What::Batch),
                    "echo" => Ok(What::Echo),
                    _ => Err("nothing that can be measured"),
                };
                callers.run(what?, count.parse()?, Duration::from_millis(millis.parse()?)).await
            }
            _ => Err("no such question".into()),
        };
        say(&answer.unwrap_or_else(|error| format!("error: {error}")))?;
    }
    Ok(())
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Capture,
    Batch,
    Echo,
}

type Told<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

struct Callers {
    client: Client,
    gate: String,
    echo: String,
    key: String,
    accounts: Vec<String>,
    /// Productions that were named.
    named: AtomicU64,
    acts: AtomicU64,
}

impl Callers {
    /// So many callers for so long.
    async fn run(self: &Arc<Self>, what: What, count: usize, length: Duration) -> Outcome<String> {
        let (enough, ready) = (Arc::new(AtomicBool::new(false)), Arc::new(Barrier::new(count + 1)));
        let calls: Vec<_> = (0..count)
            .map(|_| {
                let (callers, enough, ready) = (Arc::clone(self), Arc::clone(&enough), Arc::clone(&ready));
                tokio::spawn(async move { callers.call(what, &enough, &ready).await })
            })
            .collect();
        ready.wait().await;
        sleep(WARM_UP).await;
        let (begun, before) = (instant(), self.acts.load(Ordering::Relaxed));
        sleep(length).await;
        let (took, acts) = (begun.elapsed(), self.acts.load(Ordering::Relaxed) - before);
        enough.store(true, Ordering::Relaxed);
        for call in try_join_all(calls).await? {
            call.map_err(|error| error.to_string())?;
        }
        Ok(format!("{acts} {}", took.as_secs_f64()))
    }

    /// One caller. What it needs beforehand is there before anybody begins, or it has failed.
    async fn call(&self, what: What, enough: &AtomicBool, ready: &Barrier) -> Told<()> {
        let production = self.name();
        let begun = match what {
            What::Capture => self.ask(Method::PUT, &production, &self.plan(STEPS)).await.map(drop),
            What::Batch | What::Echo => Ok(()),
        };
        ready.wait().await;
        begun?;
        let attempt = attempt();
        for step in 1.. {
            if enough.load(Ordering::Relaxed) {
                break;
            }
            let acts = match what {
                What::Capture => {
                    let path = format!("{production}/steps/step-{step}/attempts/1");
                    self.ask(Method::PUT, &path, &attempt).await?;
                    1
                }
                What::Batch => self.batch().await?,
                What::Echo => {
                    let path = format!("{}{production}/steps/step-{step}/attempts/1", self.echo);
                    let reply = self.client.put(path).bearer_auth(&self.key).json(&attempt).send().await?;
                    let answer: Value = reply.error_for_status()?.json().await?;
                    if answer != attempt {
                        return Err("it has answered something else".into());
                    }
                    1
                }
            };
            self.acts.fetch_add(acts, Ordering::Relaxed);
        }
        if what == What::Capture {
            self.ask(Method::POST, &format!("{production}/finish"), &end()).await?;
        }
        Ok(())
    }

    /// A production from its admission to its end in one request. Answers how many acts that were.
    async fn batch(&self) -> Told<u64> {
        let (production, steps) = (self.name(), BATCH - 2);
        let act =
            |method: &str, path: &str, body: Value| json!({"method": method, "path": path, "body": body});
        let mut acts = vec![act("PUT", &production, self.plan(steps))];
        for step in 1..=steps {
            acts.push(act("PUT", &format!("{production}/steps/step-{step}/attempts/1"), attempt()));
        }
        acts.push(act("POST", &format!("{production}/finish"), end()));
        let answer = self.ask(Method::POST, "/batch", &json!({"acts": acts})).await?;
        let results = answer["results"].as_array().ok_or("no results")?;
        let done = |result: &&Value| result["status"].as_u64().is_some_and(|status| status < 300);
        match results.iter().find(|result| !done(result)) {
            Some(failed) => Err(failed.to_string().into()),
            None => Ok(results.len().try_into()?),
        }
    }

    /// A request, and what a success was answered.
    async fn ask(&self, method: Method, path: &str, body: &Value) -> Told<Value> {
        let asked = self.client.request(method, format!("{}{path}", self.gate));
        let reply = asked.bearer_auth(&self.key).json(body).send().await?;
        let status = reply.status();
        if !status.is_success() {
            return Err(format!("{path}: {status} {}", reply.text().await?).into());
        }
        Ok(reply.json().await?)
    }

    /// The path of a production that is not there yet.
    fn name(&self) -> String {
        format!("/productions/production-{}", self.named.fetch_add(1, Ordering::Relaxed))
    }

    /// A plan of so many steps, for one of the accounts.
    fn plan(&self, steps: usize) -> Value {
        let place = usize::try_from(self.named.load(Ordering::Relaxed)).unwrap_or_default();
        let step =
            |number| json!({"step": format!("step-{number}"), "kind": "speech", "quantity": {"seconds": 10}});
        let account = &self.accounts[place % self.accounts.len()];
        json!({"account": account, "title": "Measured", "steps": (1..=steps).map(step).collect::<Vec<_>>()})
    }
}

/// What a step took.
fn attempt() -> Value {
    json!({"outcome": "succeeded", "kind": "speech", "quantity": {"seconds": 9}})
}

fn end() -> Value {
    json!({"outcome": "published"})
}
