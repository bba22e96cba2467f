//! Names in a path: the pipeline's own, so what is no name is the caller's mistake and not merely unknown.

use super::problem::Problem;
use axum::extract::{FromRequestParts, Path};
use billing::id::{CallName, ProductionName, StepName};
use http::request::Parts;
use std::{collections::HashMap, str::FromStr};

/// The highest number that an attempt of a step may have.
const MOST_ATTEMPTS: i64 = 1_000;

/// `/productions/{id}`.
#[derive(Clone, Debug)]
pub struct OfProduction(pub ProductionName);

/// `/calls/{id}`.
#[derive(Clone, Debug)]
pub struct OfCall(pub CallName);

/// `/productions/{id}/steps/{step}/attempts/{n}`.
#[derive(Clone, Debug)]
pub struct OfAttempt {
    /// Which production.
    pub production: ProductionName,
    /// Which of its steps.
    pub step: StepName,
    /// Which try, from 1.
    pub number: i64,
}

impl<S: Send + Sync> FromRequestParts<S> for OfProduction {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        Segments::read(parts, state).await?.name("id").map(Self)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for OfCall {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        Segments::read(parts, state).await?.name("id").map(Self)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for OfAttempt {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let segments = Segments::read(parts, state).await?;
        Ok(Self {
            production: segments.name("id")?,
            step: segments.name("step")?,
            number: segments.number("n")?,
        })
    }
}

struct Segments(HashMap<String, String>);

impl Segments {
    async fn read<S: Send + Sync>(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let segments = Path::from_request_parts(parts, state).await;
        let Path(segments) = segments.map_err(|_| Problem::field("path", "expected UTF-8"))?;
        Ok(Self(segments))
    }

    fn text(&self, segment: &str) -> &str {
        self.0.get(segment).map_or("", String::as_str)
    }

    fn name<T: FromStr<Err: ToString>>(&self, segment: &str) -> Result<T, Problem> {
        name(segment, self.text(segment))
    }

    fn number(&self, segment: &str) -> Result<i64, Problem> {
        number(segment, self.text(segment))
    }
}

/// A name of the caller's.
pub fn name<T: FromStr<Err: ToString>>(segment: &str, text: &str) -> Result<T, Problem> {
    text.parse().map_err(|error: T::Err| Problem::field(segment, error.to_string()))
}

/// The number of an attempt.
pub fn number(segment: &str, text: &str) -> Result<i64, Problem> {
    attempt_number(text).ok_or_else(|| Problem::field(segment, format!("expected 1 to {MOST_ATTEMPTS}")))
}

/// One spelling only, since attempts are told apart by it: no sign, no leading zero.
fn attempt_number(text: &str) -> Option<i64> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    text.parse().ok().filter(|number| digits && (1..=MOST_ATTEMPTS).contains(number))
}

#[cfg(test)]
mod tests {
    use super::attempt_number;

    #[test]
    fn an_attempt_number_has_one_spelling() {
        assert_eq!((attempt_number("1"), attempt_number("1000")), (Some(1), Some(1_000)));
        for bad in ["", "0", "01", "+1", "-1", "1001", "1.0", "1e2", "x", "99999999999999999999"] {
            assert_eq!(attempt_number(bad), None, "{bad:?}");
        }
    }
}
