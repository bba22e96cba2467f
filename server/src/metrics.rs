//! `/metrics` for Prometheus, on an address of its own: what it says is for whoever runs the installation.
//!
//! Counters and histograms are written where things happen (the gate's decisions, the writer's groups, requests); what is a
//! state, such as how much waits, is asked for when somebody looks. No label names a customer.

use crate::config::ConfigError;
use axum::{
    Router,
    extract::{MatchedPath, Request, State},
    response::{IntoResponse, Response},
    routing::get,
};
use engine::{Engine, Vitals, jobs::Waiting};
use http::{Method, StatusCode, header};
use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::time::Instant;

/// Prometheus' text format, version 0.0.4.
const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";
/// Bounds of times, in seconds.
const SECONDS: [f64; 14] =
    [0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];
/// Bounds of the writer's groups, in acts.
const ACTS: [f64; 9] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];
/// Bounds of how late events of the payment provider are, in seconds.
const LAG: [f64; 8] = [1.0, 2.0, 5.0, 15.0, 60.0, 300.0, 3_600.0, 86_400.0];

/// Begins to count; once a process.
pub fn start() -> Result<PrometheusHandle, ConfigError> {
    let full = |name: &str| Matcher::Full(name.to_owned());
    let builder = PrometheusBuilder::new()
        .set_buckets_for_metric(full("writer_group_acts"), &ACTS)
        .and_then(|builder| builder.set_buckets_for_metric(full("payment_event_lag_seconds"), &LAG))
        .and_then(|builder| builder.set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS));
    let handle = builder.and_then(PrometheusBuilder::install_recorder);
    let handle = handle.map_err(|error| ConfigError::Metrics(error.to_string()))?;
    describe();
    Ok(handle)
}

fn describe() {
    describe_counter!(
        "gate_decisions_total",
        "What the gate said of productions: admitted, again, failed, or why not"
    );
    describe_histogram!("writer_group_acts", Unit::Count, "Acts of one commit");
    describe_histogram!("writer_group_seconds", Unit::Seconds, "How long a group took, with its commit");
    describe_histogram!("writer_commit_seconds", Unit::Seconds, "How long a commit took: the disk's flush");
    describe_histogram!("payment_event_lag_seconds", Unit::Seconds, "How late events of the provider came");
    describe_counter!("http_requests_total", "Requests, by route, method and status");
    describe_histogram!("http_request_seconds", Unit::Seconds, "How long requests took, by route");
    describe_gauge!("books_writable", "Whether the last commit was kept: 1, or 0");
    describe_gauge!("writer_waiting_acts", "Acts that wait for this process's writer");
    describe_gauge!("holds_open", "Productions that run");
    describe_gauge!(
        "holds_oldest_seconds",
        Unit::Seconds,
        "For how long the oldest of them has been running"
    );
    describe_gauge!("outbox_waiting", "What was decided and not yet done outside, by kind");
    describe_gauge!("outbox_oldest_seconds", Unit::Seconds, "Since when the oldest of it waits, by kind");
    describe_gauge!("job_failing", "Whether a job failed when it was last tried: 1, or 0");
    describe_gauge!("job_ran_seconds", Unit::Seconds, "How long ago a job last ran well");
}

/// What Prometheus asks.
pub fn router(engine: Engine, handle: PrometheusHandle) -> Router {
    Router::new().route("/metrics", get(answer)).with_state((engine, handle))
}

async fn answer(State((engine, handle)): State<(Engine, PrometheusHandle)>) -> Response {
    match engine.vitals().await {
        Ok(vitals) => note(&engine, &vitals),
        // What was counted is still true, and says more than nothing.
        Err(error) => {
            tracing::warn!(%error, "how things stand was not found out");
            gauge!("books_writable").set(0.0);
        }
    }
    handle.run_upkeep();
    ([(header::CONTENT_TYPE, CONTENT_TYPE)], handle.render()).into_response()
}

#[expect(clippy::cast_precision_loss, reason = "a gauge is a float, and nobody counts so far")]
fn note(engine: &Engine, vitals: &Vitals) {
    let now = engine.now();
    let ago = |at: billing::time::Timestamp| (now.micros() - at.micros()) as f64 / 1e6;
    gauge!("books_writable").set(f64::from(u8::from(vitals.writes)));
    gauge!("writer_waiting_acts").set(vitals.acts_waiting as f64);
    gauge!("holds_open").set(vitals.holds as f64);
    gauge!("holds_oldest_seconds").set(vitals.oldest_hold_seconds as f64);
    let outbox = |kind: &'static str, waiting: &Waiting| {
        gauge!("outbox_waiting", "kind" => kind).set(waiting.count as f64);
        gauge!("outbox_oldest_seconds", "kind" => kind).set(waiting.oldest.map_or(0.0, ago));
    };
    outbox("letters", &vitals.letters);
    outbox("charges", &vitals.charges);
    for line in &vitals.jobs {
        let job = line.job.title();
        gauge!("job_failing", "job" => job).set(f64::from(u8::from(line.is_failing())));
        if let Some(ran_at) = line.ran_at {
            gauge!("job_ran_seconds", "job" => job).set(ago(ran_at));
        }
    }
}

/// A request that is counted under the pattern of its route, never its path, which would name people's things.
pub struct Counted {
    begun: Instant,
    route: Option<MatchedPath>,
    method: Method,
}

impl Counted {
    /// It has come.
    #[expect(clippy::disallowed_methods, reason = "how long a request takes is no time of the books")]
    pub fn of(request: &Request) -> Self {
        let route = request.extensions().get::<MatchedPath>().cloned();
        Self { begun: Instant::now(), route, method: request.method().clone() }
    }

    /// It is answered.
    pub fn end(self, status: StatusCode) {
        let route = self.route.as_ref().map_or("none", MatchedPath::as_str).to_owned();
        let (method, status) = (self.method.to_string(), status.as_str().to_owned());
        counter!("http_requests_total", "route" => route.clone(), "method" => method, "status" => status)
            .increment(1);
        histogram!("http_request_seconds", "route" => route).record(self.begun.elapsed());
    }
}
