//! Who asks over REST: a key of the production pipeline. T12.

use crate::api::problem::{Code, Problem};
use axum::extract::{FromRef, FromRequestParts};
use billing::id::{CustomerId, KeyId};
use engine::Engine;
use http::{header, request::Parts};

/// A key that is alive. Its customer is the only one that the request can reach (T1).
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// Which key.
    pub id: KeyId,
    /// Whose.
    pub customer: CustomerId,
}

impl<S: Send + Sync> FromRequestParts<S> for Key
where
    Engine: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let header = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = header.and_then(bearer).ok_or(Problem::plain(Code::Unauthorized))?;
        let key =
            Engine::from_ref(state).pipeline_key(token).await?.ok_or(Problem::plain(Code::Unauthorized))?;
        Ok(Self { id: key.id, customer: key.customer })
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
}
