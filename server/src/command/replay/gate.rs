//! The gate as the pipeline reaches it: over HTTP, with a key, in JSON.

use super::trace::Call;
use billing::id::AccountId;
use http::Method;
use serde_json::{Value, json};

/// One production of a trace.
#[derive(Clone, Debug)]
pub struct Production {
    /// The pipeline's name of it.
    pub name: String,
    /// Its calls: one step each.
    pub calls: Vec<Call>,
}

/// What the gate decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Admitted, with so many tokens held.
    Admitted(i64),
    /// Refused, for this reason.
    Refused(String),
}

/// What a production took, by the gate's own account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settled {
    /// Tokens charged.
    pub captured: i64,
    /// Tokens given back.
    pub released: i64,
}

/// An answer that was not expected, in words for the summary.
pub type Unexpected = String;

/// A client with one key of one customer.
#[derive(Clone, Debug)]
pub struct Gate {
    client: reqwest::Client,
    base: String,
    key: String,
    account: AccountId,
    model: Option<String>,
}

impl Gate {
    /// A client of the gate at this base address.
    pub fn new(
        base: &str,
        key: &str,
        account: AccountId,
        model: Option<String>,
    ) -> Result<Self, reqwest::Error> {
        let _ = rustls::crypto::ring::default_provider().install_default(); // asked for even where there is no TLS
        let client = reqwest::Client::builder().no_proxy().tcp_nodelay(true).build()?;
        Ok(Self { client, base: base.to_owned(), key: key.to_owned(), account, model })
    }

    /// Asks for a production as a whole.
    pub async fn admit(&self, production: &Production) -> Result<Decision, Unexpected> {
        let steps: Vec<Value> = production
            .calls
            .iter()
            .enumerate()
            .map(|(index, call)| {
                let mut step = self.call(call);
                step["step"] = json!(step_name(index));
                step
            })
            .collect();
        let plan = json!({ "account": self.account, "title": production.name, "steps": steps });
        let (status, answer) = self.ask(Method::PUT, &path(production), Some(plan)).await?;
        if let Some(reason) = answer["refusal"]["reason"].as_str() {
            return Ok(Decision::Refused(reason.to_owned()));
        }
        let held = expected(status, &answer, answer["hold"]["tokens"].as_i64())?;
        Ok(Decision::Admitted(held))
    }

    /// Reports a call as done and answers the tokens that it was charged.
    pub async fn capture(
        &self,
        production: &Production,
        index: usize,
        call: &Call,
    ) -> Result<i64, Unexpected> {
        let mut attempt = self.call(call);
        attempt["outcome"] = json!("succeeded");
        attempt["occurredAt"] = json!(call.at);
        let path = format!("{}/steps/{}/attempts/1", path(production), step_name(index));
        let (status, answer) = self.ask(Method::PUT, &path, Some(attempt)).await?;
        expected(status, &answer, answer["tokens"].as_i64())
    }

    /// Keeps a production alive.
    pub async fn keep_alive(&self, production: &Production) -> Result<(), Unexpected> {
        let beat = json!({ "state": "producing" });
        let (status, answer) =
            self.ask(Method::POST, &format!("{}/heartbeat", path(production)), Some(beat)).await?;
        expected(status, &answer, Some(()))
    }

    /// Ends a production as published.
    pub async fn finish(&self, production: &Production) -> Result<Settled, Unexpected> {
        let end = json!({ "outcome": "published" });
        let (status, answer) =
            self.ask(Method::POST, &format!("{}/finish", path(production)), Some(end)).await?;
        let settled = answer["captured"].as_i64().zip(answer["released"].as_i64());
        let (captured, released) = expected(status, &answer, settled)?;
        Ok(Settled { captured, released })
    }

    /// Tokens that are free, and tokens that are held.
    pub async fn capacity(&self) -> Result<(i64, i64), Unexpected> {
        let (status, answer) =
            self.ask(Method::GET, &format!("/capacity?account={}", self.account), None).await?;
        let both = |part: &str| Some(answer["allowance"][part].as_i64()? + answer["bought"][part].as_i64()?);
        expected(status, &answer, both("left").zip(both("held")))
    }

    fn call(&self, call: &Call) -> Value {
        let mut json = json!({
            "kind": "text",
            "quantity": { "inputTokens": call.context, "outputTokens": call.generated },
        });
        if let Some(model) = &self.model {
            json["model"] = json!(model);
        }
        json
    }

    async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Result<(u16, Value), Unexpected> {
        let mut request = self.client.request(method, format!("{}{path}", self.base)).bearer_auth(&self.key);
        if let Some(body) = &body {
            request = request.json(body);
        }
        let answer = async {
            let response = request.send().await?;
            let status = response.status().as_u16();
            Ok::<_, reqwest::Error>((status, response.json().await?))
        };
        answer.await.map_err(|error| format!("{path}: {error}"))
    }
}

fn path(production: &Production) -> String {
    format!("/productions/{}", production.name)
}

fn step_name(index: usize) -> String {
    format!("call-{}", index + 1)
}

fn expected<T>(status: u16, answer: &Value, wanted: Option<T>) -> Result<T, Unexpected> {
    match wanted {
        Some(wanted) if (200..300).contains(&status) => Ok(wanted),
        _ => Err(format!("{status} {answer}")),
    }
}
