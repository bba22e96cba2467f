//! `POST /quotes`: what a plan would take, promised for a quarter of an hour, and whether it fits now.

use super::{
    body::{JsonBody, Object},
    money::MoneyBody,
    openapi::{AnyCall, BodyCall},
    problem::Problem,
    refusal::RefusalBody,
    step::{StepBody, into_plan},
};
use crate::auth::Key;
use axum::{Json, extract::State};
use billing::{
    id::{AccountId, QuoteId, StepName},
    production::{EstimateLine, Quote},
    time::Timestamp,
    tokens::Tokens,
};
use engine::{Engine, production::QuoteRequest};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A plan whose price is asked.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = QuotePlan)]
pub struct QuotePlanBody {
    /// For which account it would be made.
    #[schema(value_type = String, pattern = "^acc_[0-7][0-9A-HJKMNP-TV-Z]{25}$", example = "acc_01K8ZB7Q3W9F6T2R5X4N8M1C0D")]
    account: AccountId,
    /// Its AI calls: 1 to 500.
    #[schema(value_type = Vec<StepBody>, min_items = 1, max_items = 500)]
    steps: Vec<Object<StepBody>>,
}

/// A promised price, and the gate's answer now.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Quote)]
pub struct QuoteBody {
    /// Which quote: an admission that names it pays its price.
    #[schema(value_type = String)]
    quote: QuoteId,
    /// Until when a production may be admitted at this price.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
    /// By which tariff.
    tariff_version: i64,
    /// All tokens.
    #[schema(value_type = i64)]
    tokens: Tokens,
    /// What the calls are expected to cost the customer, as far as that is known.
    money: MoneyBody,
    /// Step by step.
    lines: Vec<LineBody>,
    /// Whether the gate would admit it now.
    fits: bool,
    /// Why it would not; null where it fits.
    refusal: Option<RefusalBody>,
}

/// One step of a quote.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = QuoteLine)]
struct LineBody {
    /// The step.
    #[schema(value_type = String)]
    step: StepName,
    /// What its success takes from the allowance.
    #[schema(value_type = i64)]
    tokens: Tokens,
    /// What it is expected to cost; null where its model has no price.
    money: Option<MoneyBody>,
}

/// Promises the price of a plan and says whether it fits; nothing is held.
#[utoipa::path(
    post, path = "/quotes", operation_id = "quotePlan", tag = "quotes",
    request_body = QuotePlanBody,
    responses((status = 200, description = "The price, until it expires", body = QuoteBody), AnyCall, BodyCall),
    security(("key" = [])),
)]
pub async fn ask(
    State(engine): State<Engine>,
    key: Key,
    JsonBody(plan): JsonBody<QuotePlanBody>,
) -> Result<Json<QuoteBody>, Problem> {
    let quote = engine.quote_by(&key, plan.into_request()?).await?;
    Ok(Json(quote.into()))
}

impl QuotePlanBody {
    /// What the engine is asked, if the steps are a plan.
    pub fn into_request(self) -> Result<QuoteRequest, Problem> {
        Ok(QuoteRequest { account: self.account, plan: into_plan(self.steps)? })
    }
}

impl From<Quote> for QuoteBody {
    fn from(quote: Quote) -> Self {
        Self {
            quote: quote.id,
            expires_at: quote.expires_at,
            tariff_version: quote.tariff_version,
            tokens: quote.tokens,
            money: quote.money.into(),
            lines: quote.lines.into_iter().map(Into::into).collect(),
            fits: quote.refusal.is_none(),
            refusal: quote.refusal.map(Into::into),
        }
    }
}

impl From<EstimateLine> for LineBody {
    fn from(line: EstimateLine) -> Self {
        Self { step: line.step, tokens: line.tokens, money: line.money.map(Into::into) }
    }
}
