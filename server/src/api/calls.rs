//! `PUT /calls/{id}`: an AI call outside a production. 5.19: cost and budget, no tokens.

use super::{
    body::{JsonBody, Object},
    money::MoneyBody,
    openapi::{AnyCall, BodyCall},
    path::OfCall,
    problem::{FieldError, Problem},
    step::{QuantityBody, kinds},
    text::Text,
};
use crate::auth::Key;
use axum::{Json, extract::State};
use billing::{id::AccountId, production::Kind, time::Timestamp};
use engine::{
    Engine,
    production::{CallBooked, CallReport},
};
use serde::{Deserialize, Deserializer, Serialize, de::Error};
use utoipa::ToSchema;

/// An AI call outside a production.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = Call)]
pub struct CallBody {
    /// For which account.
    #[schema(value_type = String, pattern = "^acc_[0-7][0-9A-HJKMNP-TV-Z]{25}$", example = "acc_01K8ZB7Q3W9F6T2R5X4N8M1C0D")]
    account: AccountId,
    /// The loop that made it: 1 production, 2 distribution, 3 engagement, 4 performance, 5 promotion.
    #[serde(rename = "loop")]
    #[schema(value_type = i64, minimum = 1, maximum = 5)]
    by: LoopNumber,
    /// What it did.
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

/// 1 to 5.
#[derive(Clone, Copy, Debug)]
struct LoopNumber(i64);

impl<'de> Deserialize<'de> for LoopNumber {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let number = i64::deserialize(from)?;
        if (1..=5).contains(&number) {
            Ok(Self(number))
        } else {
            Err(D::Error::custom("expected a loop from 1 to 5"))
        }
    }
}

/// What such a call cost.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CallBooked)]
pub struct CallBookedBody {
    /// What it cost the customer; null where that is not known.
    cost: Option<MoneyBody>,
    /// `known` or `unknown`; unknown is never zero.
    cost_state: &'static str,
}

/// Reports an AI call outside a production.
///
/// The same body again hears the same answer and is counted once.
#[utoipa::path(
    put, path = "/calls/{id}", operation_id = "reportCall", tag = "calls",
    params(("id" = String, Path, description = "The pipeline's name of the call", pattern = "^[A-Za-z0-9_.-]{1,64}$")),
    request_body = CallBody,
    responses((status = 200, description = "Booked", body = CallBookedBody), AnyCall, BodyCall),
    security(("key" = [])),
)]
pub async fn report(
    State(engine): State<Engine>,
    key: Key,
    OfCall(name): OfCall,
    JsonBody(call): JsonBody<CallBody>,
) -> Result<Json<CallBookedBody>, Problem> {
    let booked = engine.record_call_by(&key, name, call.into_report()?).await?;
    Ok(Json(booked.into()))
}

impl CallBody {
    /// What the engine is told, if the quantity is one of its kind.
    pub fn into_report(self) -> Result<CallReport, Problem> {
        let quantity = self.quantity.0.into_quantity(self.kind).map_err(|error| {
            Problem::fields(vec![FieldError::new(format!("quantity.{}", error.field), error.message)])
        })?;
        Ok(CallReport {
            account: self.account,
            r#loop: self.by.0,
            quantity,
            model: self.model.map(Into::into),
            occurred_at: self.occurred_at,
        })
    }
}

impl From<CallBooked> for CallBookedBody {
    fn from(booked: CallBooked) -> Self {
        Self {
            cost_state: if booked.cost.is_some() { "known" } else { "unknown" },
            cost: booked.cost.map(Into::into),
        }
    }
}
