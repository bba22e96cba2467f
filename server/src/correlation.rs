//! A name for every request, in the log and on its reply, so that a caller's report can be found.

use axum::extract::{FromRequestParts, Request};
use http::{HeaderName, HeaderValue, request::Parts};
use std::convert::Infallible;
use tower_http::request_id::{MakeRequestId, MakeRequestUuid, RequestId};

/// The header that carries it, both ways.
pub const HEADER: HeaderName = HeaderName::from_static("x-correlation-id");

/// Takes the caller's name for the request where it is fit for a log, makes a fresh one otherwise, and answers it for the reply.
pub fn name(request: &mut Request) -> Option<HeaderValue> {
    let given = request.headers().get(HEADER).filter(|id| is_safe(id.as_bytes())).cloned();
    let id = given.or_else(|| fresh(request))?;
    request.extensions_mut().insert(RequestId::new(id.clone()));
    Some(id)
}

/// The name of a request; empty only where it was given none.
pub fn of(request: &Request) -> String {
    let id = request.extensions().get::<RequestId>().and_then(|id| id.header_value().to_str().ok());
    id.unwrap_or_default().to_owned()
}

/// The name of the request, for a handler that writes it itself.
#[derive(Clone, Debug)]
pub struct Name(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Name {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let id = parts.extensions.get::<RequestId>().and_then(|id| id.header_value().to_str().ok());
        Ok(Self(id.unwrap_or_default().to_owned()))
    }
}

fn fresh(request: &Request) -> Option<HeaderValue> {
    MakeRequestUuid.make_request_id(request).map(RequestId::into_header_value)
}

fn is_safe(id: &[u8]) -> bool {
    (1..=64).contains(&id.len())
        && id.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte))
}

#[cfg(test)]
mod tests {
    use super::is_safe;

    #[test]
    fn only_a_short_plain_name_is_taken_from_a_caller() {
        assert!(is_safe(b"run-7.Step_2") && is_safe(&[b'x'; 64]));
        for bad in [&b""[..], b"a b", b"a\"b", b"<script>", b"{}", "é".as_bytes(), &[b'x'; 65]] {
            assert!(!is_safe(bad), "{bad:?}");
        }
    }
}
