//! `/productions/{id}`: admission, receipt, sign of life, end. G2, G4, S2, S3.

use super::{
    admission::{self, AdmittedBody, PlanBody},
    body::JsonBody,
    openapi::{AnyCall, BodyCall, words},
    path::OfProduction,
    problem::Problem,
    receipt::ReceiptBody,
};
use crate::auth::Key;
use axum::{Json, extract::State, response::Response};
use billing::{
    production::{End, Lease, Settlement, hold::Stage},
    time::Timestamp,
    tokens::Tokens,
};
use engine::Engine;
use serde::{Deserialize, Serialize};
use utoipa::{
    ToSchema,
    openapi::{RefOr, Schema},
};

/// A sign of life; the state stays what it is where none is given.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Heartbeat)]
pub struct HeartbeatBody {
    /// What the production does now.
    #[schema(schema_with = doings)]
    state: Option<Doing>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Doing {
    Producing,
    AwaitingApproval,
}

/// Until when a hold lives.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Lease)]
pub struct LeaseBody {
    /// When the hold lapses unless the production is heard of again.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

/// The end of a production.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Finish)]
pub struct FinishBody {
    /// How it ended.
    #[schema(schema_with = ends)]
    outcome: Ending,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Ending {
    Published,
    Failed,
    Cancelled,
}

/// How a hold was settled.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(as = Settlement)]
pub struct SettlementBody {
    /// Tokens charged in all.
    #[schema(value_type = i64)]
    captured: Tokens,
    /// Tokens that were set aside and not needed.
    #[schema(value_type = i64)]
    released: Tokens,
}

/// Admits a whole production, or refuses it.
///
/// One decision, all or nothing, before anything runs. The same body again hears the same answer; a refusal holds
/// nothing, and the same id asked again is decided anew.
#[utoipa::path(
    put, path = "/productions/{id}", operation_id = "admitProduction", tag = "productions",
    params(("id" = String, Path, description = "The pipeline's name of the production", pattern = "^[A-Za-z0-9_.-]{1,64}$")),
    request_body = PlanBody,
    responses(
        (status = 201, description = "Admitted", body = AdmittedBody, headers(("Location" = String, description = "Its receipt"))),
        (status = 200, description = "Admitted before: the same answer again", body = AdmittedBody),
        AnyCall, BodyCall,
    ),
    security(("key" = [])),
)]
pub async fn admit(
    State(engine): State<Engine>,
    key: Key,
    OfProduction(production): OfProduction,
    JsonBody(plan): JsonBody<PlanBody>,
) -> Result<Response, Problem> {
    let request = plan.into_request(production)?;
    let admitted = engine.admit_by(&key, request).await?;
    Ok(admission::answer(admitted))
}

/// A production and everything that was booked for it.
#[utoipa::path(
    get, path = "/productions/{id}", operation_id = "readProduction", tag = "productions",
    params(("id" = String, Path, description = "The pipeline's name of the production", pattern = "^[A-Za-z0-9_.-]{1,64}$")),
    responses((status = 200, description = "The receipt", body = ReceiptBody), AnyCall),
    security(("key" = [])),
)]
pub async fn read(
    State(engine): State<Engine>,
    key: Key,
    OfProduction(production): OfProduction,
) -> Result<Json<ReceiptBody>, Problem> {
    let receipt = engine.receipt_by(&key, &production).await?;
    Ok(Json(receipt.into()))
}

/// Keeps a production's hold alive.
#[utoipa::path(
    post, path = "/productions/{id}/heartbeat", operation_id = "keepAlive", tag = "productions",
    params(("id" = String, Path, description = "The pipeline's name of the production", pattern = "^[A-Za-z0-9_.-]{1,64}$")),
    request_body = HeartbeatBody,
    responses((status = 200, description = "Kept alive", body = LeaseBody), AnyCall, BodyCall),
    security(("key" = [])),
)]
pub async fn heartbeat(
    State(engine): State<Engine>,
    key: Key,
    OfProduction(production): OfProduction,
    body: Option<JsonBody<HeartbeatBody>>,
) -> Result<Json<LeaseBody>, Problem> {
    let stage = body.and_then(|JsonBody(beat)| beat.stage());
    let lease = engine.heartbeat_by(&key, production, stage).await?;
    Ok(Json(lease.into()))
}

/// Ends a production: what it still holds is given back. Exactly one end wins.
#[utoipa::path(
    post, path = "/productions/{id}/finish", operation_id = "finishProduction", tag = "productions",
    params(("id" = String, Path, description = "The pipeline's name of the production", pattern = "^[A-Za-z0-9_.-]{1,64}$")),
    request_body = FinishBody,
    responses((status = 200, description = "Ended", body = SettlementBody), AnyCall, BodyCall),
    security(("key" = [])),
)]
pub async fn finish(
    State(engine): State<Engine>,
    key: Key,
    OfProduction(production): OfProduction,
    JsonBody(finish): JsonBody<FinishBody>,
) -> Result<Json<SettlementBody>, Problem> {
    let settlement = engine.finish_by(&key, production, finish.end()).await?;
    Ok(Json(settlement.into()))
}

impl HeartbeatBody {
    /// What it does now; none leaves it in the stage that it is in.
    #[must_use]
    pub fn stage(self) -> Option<Stage> {
        self.state.map(Stage::from)
    }
}

impl FinishBody {
    /// How it ended.
    #[must_use]
    pub fn end(self) -> End {
        self.outcome.into()
    }
}

impl From<Doing> for Stage {
    fn from(doing: Doing) -> Self {
        match doing {
            Doing::Producing => Self::Producing,
            Doing::AwaitingApproval => Self::AwaitingApproval,
        }
    }
}

impl From<Ending> for End {
    fn from(ending: Ending) -> Self {
        match ending {
            Ending::Published => Self::Published,
            Ending::Failed => Self::Failed,
            Ending::Cancelled => Self::Cancelled,
        }
    }
}

impl From<Lease> for LeaseBody {
    fn from(lease: Lease) -> Self {
        Self { expires_at: lease.expires_at }
    }
}

impl From<Settlement> for SettlementBody {
    fn from(settlement: Settlement) -> Self {
        Self { captured: settlement.captured, released: settlement.released }
    }
}

fn doings() -> RefOr<Schema> {
    words(&["producing", "awaitingApproval"])
}

fn ends() -> RefOr<Schema> {
    words(&["published", "failed", "cancelled"])
}
