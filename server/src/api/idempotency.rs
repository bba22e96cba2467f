//! `Idempotency-Key` on every POST: the same key and request hear the first answer, byte for byte. I-15 to I-17, I-19.

use super::{
    about::About,
    problem::{Code, Problem},
};
use crate::{auth::Key, state::AppState};
use axum::{
    body::{Body, Bytes, to_bytes},
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use billing::id::CustomerId;
use engine::idempotency::{Begun, KeptAnswer};
use http::{HeaderName, HeaderValue, Method, StatusCode, header};
use sha2::{Digest, Sha256};

/// The header that carries the key.
const HEADER: HeaderName = HeaderName::from_static("idempotency-key");
/// The longest key.
const LONGEST: usize = 255;
/// The most that a body under a key may have: that of a batch.
const BODY_LIMIT: usize = super::BATCH_LIMIT;

/// Answers a request that was answered before, or does it and keeps its answer. What was begun is brought to its end in a
/// task of its own, so that a caller who hangs up finds the answer when it comes back.
pub async fn once(state: AppState, request: Request, next: Next) -> Response {
    let Some(header) = request.headers().get(HEADER) else { return next.run(request).await };
    let asked = request.extensions().get::<Key>().cloned();
    let (Some(asked), true) = (asked, request.method() == Method::POST) else {
        return next.run(request).await;
    };
    let Some(key) = header.to_str().ok().filter(|key| is_key(key)).map(str::to_owned) else {
        let message = format!("expected 1 to {LONGEST} visible ASCII characters");
        return Problem::field("Idempotency-Key", message).into_response();
    };
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_LIMIT).await else {
        return Problem::plain(Code::TooLarge).into_response();
    };
    let fingerprint = fingerprint(&parts.method, parts.uri.path(), &body);
    match state.engine.begin_request(asked.customer, &key, &fingerprint).await {
        Ok(Begun::Fresh) => {
            let request = Request::from_parts(parts, Body::from(body));
            let task = tokio::spawn(run_and_keep(state, asked.customer, key, request, next));
            task.await.unwrap_or_else(|_| Problem::plain(Code::InternalError).into_response())
        }
        Ok(Begun::Done(answer)) => sent_again(answer),
        Ok(Begun::Running) => Problem::plain(Code::InProgress).into_response(),
        Ok(Begun::OtherRequest) => {
            Problem::field("Idempotency-Key", "this key was used for another request").into_response()
        }
        Err(error) => Problem::from(error).into_response(),
    }
}

/// Does the request; an answer that says nothing about it for good is not kept.
async fn run_and_keep(
    state: AppState,
    customer: CustomerId,
    key: String,
    request: Request,
    next: Next,
) -> Response {
    let about = About::of(&request);
    let (parts, body) = about.write(next.run(request).await, &state.site).into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let passing = parts.status.is_server_error() || parts.status == StatusCode::TOO_MANY_REQUESTS;
    let kept = match String::from_utf8(body.to_vec()) {
        Ok(body) if !passing => {
            let answer = KeptAnswer { status: parts.status.as_u16(), body };
            state.engine.keep_answer(customer, &key, answer).await
        }
        _ => state.engine.forget_request(customer, &key).await,
    };
    if let Err(error) = kept {
        tracing::error!(%error, "an answer was not kept");
    }
    Response::from_parts(parts, Body::from(body))
}

fn sent_again(answer: KeptAnswer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let kind = if status.is_success() { "application/json" } else { "application/problem+json" };
    (status, [(header::CONTENT_TYPE, HeaderValue::from_static(kind))], answer.body).into_response()
}

fn is_key(key: &str) -> bool {
    (1..=LONGEST).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic())
}

/// What tells two requests of one key apart.
fn fingerprint(method: &Method, path: &str, body: &Bytes) -> String {
    let mut hash = Sha256::new();
    for part in [method.as_str().as_bytes(), path.as_bytes(), body] {
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    }
    URL_SAFE_NO_PAD.encode(hash.finalize())
}
