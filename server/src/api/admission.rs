//! A production that asks to be admitted, and what it is told. G2, G4.

use super::{
    body::Object,
    money::MoneyBody,
    problem::Problem,
    step::{StepBody, into_plan},
    text::Text,
};
use axum::{
    Json,
    response::{IntoResponse, Response},
};
use billing::{
    allowance::{Draw, Source},
    id::{AccountId, GrantId, PersonId, ProductionId, ProductionName, QuoteId},
    production::{Admission, Priority},
    time::Timestamp,
    tokens::Tokens,
};
use engine::production::{AdmitRequest, Answer};
use http::{StatusCode, header};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A production that asks to be admitted as a whole.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = ProductionPlan)]
pub struct PlanBody {
    /// For which account it is made.
    #[schema(value_type = String, pattern = "^acc_[0-7][0-9A-HJKMNP-TV-Z]{25}$", example = "acc_01K8ZB7Q3W9F6T2R5X4N8M1C0D")]
    account: AccountId,
    /// What people call it.
    #[schema(value_type = String, min_length = 1, max_length = 200, pattern = r"\S")]
    title: Text<200>,
    /// Its AI calls: 1 to 500.
    #[schema(value_type = Vec<StepBody>, min_items = 1, max_items = 500)]
    steps: Vec<Object<StepBody>>,
    /// What kind of output it is.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 64)]
    project_type: Option<Text<64>>,
    /// The member in whose name it is made: their seat's cap counts it.
    #[schema(value_type = Option<String>, pattern = "^per_[0-7][0-9A-HJKMNP-TV-Z]{25}$")]
    member: Option<PersonId>,
    /// The quote whose price it uses; account and steps are those of the quote.
    #[schema(value_type = Option<String>, pattern = "^quo_[0-7][0-9A-HJKMNP-TV-Z]{25}$")]
    quote: Option<QuoteId>,
}

/// An admitted production: what is set aside for it, and until when.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Admitted)]
pub struct AdmittedBody {
    /// The pipeline's name of it.
    #[schema(value_type = String)]
    production: ProductionName,
    /// Ours.
    #[schema(value_type = String)]
    id: ProductionId,
    /// Always `admitted`: how it stands now is in the receipt.
    status: &'static str,
    /// How it is queued: `standard` or `priority`.
    #[schema(value_type = String)]
    priority: Priority,
    /// What is set aside.
    #[schema(inline)]
    hold: AdmittedHold,
}

/// What is set aside.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AdmittedHold {
    /// Tokens.
    #[schema(value_type = i64)]
    tokens: Tokens,
    /// Money that the calls are expected to cost the customer.
    money: MoneyBody,
    /// When the hold lapses unless the production is heard of.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
    /// From which lots the tokens come.
    draws: Vec<DrawBody>,
}

/// Tokens taken from one lot.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Draw)]
struct DrawBody {
    /// The lot.
    #[schema(value_type = String)]
    grant: GrantId,
    /// Where the lot comes from.
    #[schema(value_type = String)]
    source: Source,
    /// How many.
    #[schema(value_type = i64)]
    tokens: Tokens,
}

impl PlanBody {
    /// What the engine is asked, if the steps are a plan.
    pub fn into_request(self, production: ProductionName) -> Result<AdmitRequest, Problem> {
        Ok(AdmitRequest {
            production,
            account: self.account,
            title: self.title.into(),
            project_type: self.project_type.map(Into::into),
            member: self.member,
            quote: self.quote,
            plan: into_plan(self.steps)?,
        })
    }
}

impl From<Draw> for DrawBody {
    fn from(draw: Draw) -> Self {
        Self { grant: draw.grant, source: draw.source, tokens: draw.tokens }
    }
}

impl From<Admission> for AdmittedBody {
    fn from(admission: Admission) -> Self {
        Self {
            production: admission.production,
            id: admission.id,
            status: "admitted",
            priority: admission.priority,
            hold: AdmittedHold {
                tokens: admission.tokens,
                money: admission.money.into(),
                expires_at: admission.expires_at,
                draws: admission.draws.into_iter().map(Into::into).collect(),
            },
        }
    }
}

/// 201 and where to find it the first time; 200 and the same words every time after.
#[must_use]
pub fn answer(answer: Answer<Admission>) -> Response {
    let place = format!("/api/v1/productions/{}", answer.value.production);
    let body = Json(AdmittedBody::from(answer.value));
    if answer.again {
        body.into_response()
    } else {
        (StatusCode::CREATED, [(header::LOCATION, place)], body).into_response()
    }
}
