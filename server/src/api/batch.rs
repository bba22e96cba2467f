//! `POST /batch`: up to 256 acts in one request; each on its own, in order, under one commit where possible.

use super::{
    admission::{AdmittedBody, PlanBody},
    attempts::{AttemptBody, CaptureBody},
    body::{self, JsonBody, Object},
    calls::{CallBody, CallBookedBody},
    openapi::{AnyCall, BodyCall},
    path,
    problem::{Code, Problem},
    productions::{FinishBody, HeartbeatBody, LeaseBody, SettlementBody},
    quotes::{QuoteBody, QuotePlanBody},
};
use crate::{auth::Key, config::Site, correlation::Name, limits::Pass, state::AppState};
use axum::{Json, extract::State, response::IntoResponse, response::Response};
use engine::Engine;
use futures::{
    future::{BoxFuture, FutureExt, maybe_done},
    poll,
};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, value::RawValue};
use std::{num::NonZeroU32, sync::Arc};
use utoipa::ToSchema;

/// The most acts of one request: those of one commit.
const MOST: usize = 256;

/// Acts, in the order in which they are done.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Batch)]
pub struct BatchBody {
    /// 1 to 256 acts.
    #[schema(value_type = Vec<ActBody>, min_items = 1, max_items = 256)]
    acts: Vec<Object<ActBody>>,
}

/// One act, as a request of its own would be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Act)]
struct ActBody {
    /// `PUT` or `POST`.
    #[schema(example = "PUT")]
    method: String,
    /// The path, from `/api/v1` on or without it.
    #[schema(example = "/productions/film-7")]
    path: String,
    /// The body.
    #[serde(default)]
    #[schema(value_type = Option<Value>)]
    body: Option<Box<RawValue>>,
}

/// What each act was answered, in the same order.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = BatchResults)]
pub struct ResultsBody {
    /// One for each act.
    results: Vec<ResultBody>,
}

/// What a request of its own would have been answered.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = BatchResult)]
struct ResultBody {
    /// The HTTP status.
    status: u16,
    /// The body: what the act answers, or a problem.
    #[schema(value_type = Object)]
    body: Value,
}

type Done = Result<(StatusCode, Value), Problem>;

/// Does up to 256 acts: each is answered as a request of its own would be, and none fails another.
#[utoipa::path(
    post, path = "/batch", operation_id = "doBatch", tag = "batch",
    request_body = BatchBody,
    responses((status = 200, description = "What each act was answered", body = ResultsBody), AnyCall, BodyCall),
    security(("key" = [])),
)]
pub async fn run(
    State(state): State<AppState>,
    key: Key,
    Name(correlation_id): Name,
    JsonBody(batch): JsonBody<BatchBody>,
) -> Result<Response, Problem> {
    let count = batch.acts.len();
    if count == 0 || count > MOST {
        return Err(Problem::field("acts", format!("expected 1 to {MOST} acts")));
    }
    // The first act was counted when the request came in.
    let more = u32::try_from(count - 1).ok().and_then(NonZeroU32::new);
    let left = match more
        .map_or(Pass::Granted(None), |more| state.limits.take(&key, more, state.engine.processes()))
    {
        Pass::Granted(left) => left,
        Pass::Wait(_, wait) => return Err(Problem::too_fast(wait)),
    };
    let results = in_order(&state, &key, batch, &correlation_id).await;
    let mut response = Json(ResultsBody { results }).into_response();
    if let Some(left) = left {
        left.write(response.headers_mut());
    }
    Ok(response)
}

/// An act enters the writer's queue when its future is first polled, so all are polled once, in order, before any is waited
/// for: they are decided in this order, and committed together.
async fn in_order(state: &AppState, key: &Key, batch: BatchBody, correlation_id: &str) -> Vec<ResultBody> {
    let mut paths = Vec::with_capacity(batch.acts.len());
    let mut acts = Vec::with_capacity(batch.acts.len());
    for Object(act) in batch.acts {
        paths.push(act.path.clone());
        acts.push(Box::pin(maybe_done(act.start(&state.engine, key.clone()))));
    }
    for act in &mut acts {
        let _ = poll!(act.as_mut());
    }
    let mut results = Vec::with_capacity(acts.len());
    for (mut act, path) in acts.into_iter().zip(paths) {
        act.as_mut().await;
        let done = act.as_mut().take_output().unwrap_or(Err(Problem::plain(Code::InternalError)));
        results.push(written(done, &state.site, path, correlation_id));
    }
    results
}

fn written(done: Done, site: &Arc<Site>, path: String, correlation_id: &str) -> ResultBody {
    match done {
        Ok((status, body)) => ResultBody { status: status.as_u16(), body },
        Err(problem) => {
            let status = problem.code().status().as_u16();
            let body = problem.into_body(site, path, correlation_id.to_owned());
            ResultBody { status, body: serde_json::to_value(body).unwrap_or_default() }
        }
    }
}

impl ActBody {
    /// The act as a future that has not been polled yet; what cannot be one is answered without touching the engine.
    fn start(self, engine: &Engine, key: Key) -> BoxFuture<'static, Done> {
        let engine = engine.clone();
        let path = self.path.strip_prefix("/api/v1").unwrap_or(&self.path).to_owned();
        let segments: Vec<&str> = path.split('/').skip(1).collect();
        let body = self.body.as_ref().map_or("", |body| body.get()).to_owned();
        let started = match (self.method.as_str(), segments.as_slice()) {
            ("POST", ["quotes"]) => quote(engine, key, &body),
            ("PUT", ["productions", name]) => admit(engine, key, name, &body),
            ("PUT", ["productions", name, "steps", step, "attempts", number]) => {
                report(engine, key, [name, step, number], &body)
            }
            ("POST", ["productions", name, "heartbeat"]) => heartbeat(engine, key, name, &body),
            ("POST", ["productions", name, "finish"]) => finish(engine, key, name, &body),
            ("PUT", ["calls", name]) => call(engine, key, name, &body),
            (_, known) if is_path(known) => Err(Problem::plain(Code::MethodNotAllowed)),
            _ => Err(Problem::plain(Code::NotFound)),
        };
        started.unwrap_or_else(|problem| async { Err(problem) }.boxed())
    }
}

/// Whether single requests have such a path, with whatever method.
fn is_path(segments: &[&str]) -> bool {
    match segments {
        ["productions", _, last] => ["heartbeat", "finish"].contains(last),
        ["quotes"] | ["productions" | "calls", _] | ["productions", _, "steps", _, "attempts", _] => true,
        _ => false,
    }
}

type Started = Result<BoxFuture<'static, Done>, Problem>;

fn quote(engine: Engine, key: Key, body: &str) -> Started {
    let request = body::parse::<QuotePlanBody>(body.as_bytes())?.into_request()?;
    Ok(async move { answered(QuoteBody::from(engine.quote_by(&key, request).await?)) }.boxed())
}

fn admit(engine: Engine, key: Key, name: &str, body: &str) -> Started {
    let request = body::parse::<PlanBody>(body.as_bytes())?.into_request(path::name("id", name)?)?;
    Ok(async move {
        let answer = engine.admit_by(&key, request).await?;
        let status = if answer.again { StatusCode::OK } else { StatusCode::CREATED };
        Ok((status, serde_json::to_value(AdmittedBody::from(answer.value)).unwrap_or_default()))
    }
    .boxed())
}

fn report(engine: Engine, key: Key, [name, step, number]: [&str; 3], body: &str) -> Started {
    let (production, step) = (path::name("id", name)?, path::name("step", step)?);
    let number = path::number("n", number)?;
    let attempt = body::parse::<AttemptBody>(body.as_bytes())?.into_attempt()?;
    Ok(async move {
        answered(CaptureBody::from(engine.report_attempt_by(&key, production, step, number, attempt).await?))
    }
    .boxed())
}

fn heartbeat(engine: Engine, key: Key, name: &str, body: &str) -> Started {
    let production = path::name("id", name)?;
    let beat = if body.is_empty() { HeartbeatBody::default() } else { body::parse(body.as_bytes())? };
    Ok(async move { answered(LeaseBody::from(engine.heartbeat_by(&key, production, beat.stage()).await?)) }
        .boxed())
}

fn finish(engine: Engine, key: Key, name: &str, body: &str) -> Started {
    let production = path::name("id", name)?;
    let end = body::parse::<FinishBody>(body.as_bytes())?.end();
    Ok(async move { answered(SettlementBody::from(engine.finish_by(&key, production, end).await?)) }.boxed())
}

fn call(engine: Engine, key: Key, name: &str, body: &str) -> Started {
    let name = path::name("id", name)?;
    let report = body::parse::<CallBody>(body.as_bytes())?.into_report()?;
    Ok(async move { answered(CallBookedBody::from(engine.record_call_by(&key, name, report).await?)) }
        .boxed())
}

#[expect(clippy::unnecessary_wraps, reason = "it is what every act ends in")]
fn answered(body: impl Serialize) -> Done {
    Ok((StatusCode::OK, serde_json::to_value(body).unwrap_or_default()))
}
