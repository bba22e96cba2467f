//! Who asks over REST: a key of the production pipeline. T12.

use crate::{
    api::{
        idempotency,
        problem::{Code, Problem},
    },
    limits::Pass,
    state::AppState,
};
use axum::{
    extract::{FromRequestParts, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use engine::{Engine, team::PipelineKey};
use http::{HeaderMap, header, request::Parts};
use std::{num::NonZeroU32, ops::Deref, sync::Arc};

/// A key that is alive. Its customer is the only one that the request can reach (T1), and of that customer its scope alone
/// (T12): the engine decides, by the key that it is handed.
#[derive(Clone, Debug)]
pub struct Key(Arc<PipelineKey>);

impl Deref for Key {
    type Target = PipelineKey;

    fn deref(&self) -> &PipelineKey {
        &self.0
    }
}

/// Lets a request pass whose key is alive and not too fast, once where it says so, and says on its reply how much more it may ask.
pub async fn pass(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let key = match key_of(&state.engine, request.headers()).await {
        Ok(key) => key,
        Err(problem) => return problem.into_response(),
    };
    request.extensions_mut().insert(key.clone());
    match state.limits.take(&key, NonZeroU32::MIN, state.engine.processes()) {
        Pass::Granted(left) => {
            let mut response = idempotency::once(state, request, next).await;
            if let Some(left) = left {
                left.write(response.headers_mut());
            }
            response
        }
        Pass::Wait(left, wait) => {
            let mut response = Problem::too_fast(wait).into_response();
            left.write(response.headers_mut());
            response
        }
    }
}

async fn key_of(engine: &Engine, headers: &HeaderMap) -> Result<Key, Problem> {
    let header = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = header.and_then(bearer).ok_or(Problem::plain(Code::Unauthorized))?;
    let key = engine.pipeline_key(token).await?.ok_or(Problem::plain(Code::Unauthorized))?;
    Ok(Key(Arc::new(key)))
}

/// Only behind [`pass`] is there a key.
impl<S: Send + Sync> FromRequestParts<S> for Key {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or(Problem::plain(Code::Unauthorized))
    }
}

/// The token of `Bearer jk_…`; anything else is not worth a look at the database.
fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && token.starts_with("jk_") && token.len() <= 200).then_some(token)
}

#[cfg(test)]
mod tests {
    use super::bearer;
    use proptest::prelude::*;

    #[test]
    fn only_a_bearer_token_of_our_own_form_is_looked_up() {
        assert_eq!(bearer("Bearer jk_1"), Some("jk_1"));
        assert_eq!(bearer("bearer  jk_1 "), Some("jk_1"));
        for bad in
            ["", "jk_1", "Basic jk_1", "Bearer", "Bearer sk_1", &format!("Bearer jk_{}", "x".repeat(300))]
        {
            assert_eq!(bearer(bad), None, "{bad:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// T12: what is looked up is one whole word of the header, of our form and no longer than it may be.
        #[test]
        fn t12_any_input_of_a_header_is_a_token_of_our_form_or_none(
            header in prop_oneof!["(Bearer|bearer|BEARER|Basic|)[ \t]{0,3}(jk_|sk_|JK_)?[ -~]{0,210}[ ]{0,2}", ".*"],
        ) {
            if let Some(token) = bearer(&header) {
                prop_assert!(token.starts_with("jk_") && token.len() <= 200 && token == token.trim());
                let (scheme, rest) = header.split_once(' ').expect("a scheme");
                prop_assert!(scheme.eq_ignore_ascii_case("bearer") && rest.trim() == token);
                let again = format!("Bearer {token}");
                prop_assert_eq!(bearer(&again), Some(token));
            }
        }
    }
}
