//! `/productions/{id}/steps/{step}/attempts/{n}`: what each AI call took. A9, 5.18: tokens once for a step that succeeds,
//! cost for every attempt.

use super::{
    body::{JsonBody, Object},
    money::MoneyBody,
    openapi::{AnyCall, BodyCall, words},
    path::OfAttempt,
    problem::{FieldError, Problem},
    step::{QuantityBody, kinds},
    text::Text,
};
use crate::auth::Key;
use axum::{Json, extract::State};
use billing::{
    id::EntryId,
    production::{Attempt, Capture, Kind, Outcome},
    time::Timestamp,
    tokens::Tokens,
};
use engine::Engine;
use serde::{Deserialize, Serialize};
use utoipa::{
    ToSchema,
    openapi::{RefOr, Schema},
};

/// One AI call, as the pipeline reports it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = Attempt)]
pub struct AttemptBody {
    /// How it went.
    #[schema(schema_with = outcomes)]
    outcome: Outcome,
    /// What it did: the kind that the plan gives the step.
    #[schema(schema_with = kinds)]
    kind: Kind,
    /// The model that ran it; the kind's default model where there is none.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200)]
    model: Option<Text<200>>,
    /// How much it took.
    #[schema(value_type = QuantityBody)]
    quantity: Object<QuantityBody>,
    /// When; now where there is none.
    #[schema(value_type = Option<String>, format = DateTime)]
    occurred_at: Option<Timestamp>,
}

/// What an attempt took.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Capture)]
pub struct CaptureBody {
    /// Tokens charged: once for the attempt that succeeds, else 0.
    #[schema(value_type = i64)]
    tokens: Tokens,
    /// What the call cost the customer; null where it is not known.
    cost: Option<MoneyBody>,
    /// `known` or `unknown`; unknown is never zero.
    cost_state: &'static str,
    /// The ledger entry of the charge; null where no token moved.
    #[schema(value_type = Option<String>)]
    entry: Option<EntryId>,
    /// Tokens that the production still holds.
    #[schema(value_type = i64)]
    hold_left: Tokens,
}

/// Reports one attempt of a step.
///
/// The same body again hears the same answer and is counted once.
#[utoipa::path(
    put, path = "/productions/{id}/steps/{step}/attempts/{n}", operation_id = "reportAttempt", tag = "attempts",
    params(
        ("id" = String, Path, description = "The pipeline's name of the production", pattern = "^[A-Za-z0-9_.-]{1,64}$"),
        ("step" = String, Path, description = "The step's name in the plan", pattern = "^[A-Za-z0-9_.-]{1,64}$"),
        ("n" = u16, Path, description = "Which try", minimum = 1, maximum = 1000),
    ),
    request_body = AttemptBody,
    responses((status = 200, description = "Booked", body = CaptureBody), AnyCall, BodyCall),
    security(("key" = [])),
)]
pub async fn report(
    State(engine): State<Engine>,
    key: Key,
    of: OfAttempt,
    JsonBody(attempt): JsonBody<AttemptBody>,
) -> Result<Json<CaptureBody>, Problem> {
    let attempt = attempt.into_attempt()?;
    let capture = engine.report_attempt_by(&key, of.production, of.step, of.number, attempt).await?;
    Ok(Json(capture.into()))
}

impl AttemptBody {
    /// The attempt, if the quantity is one of its kind.
    pub fn into_attempt(self) -> Result<Attempt, Problem> {
        let quantity = self.quantity.0.into_quantity(self.kind).map_err(|error| {
            Problem::fields(vec![FieldError::new(format!("quantity.{}", error.field), error.message)])
        })?;
        let model = self.model.map(Into::into);
        Ok(Attempt { outcome: self.outcome, quantity, model, occurred_at: self.occurred_at })
    }
}

impl From<Capture> for CaptureBody {
    fn from(capture: Capture) -> Self {
        Self {
            tokens: capture.tokens,
            cost_state: if capture.cost.is_some() { "known" } else { "unknown" },
            cost: capture.cost.map(Into::into),
            entry: capture.entry,
            hold_left: capture.hold_left,
        }
    }
}

fn outcomes() -> RefOr<Schema> {
    words(&["succeeded", "failed"])
}
