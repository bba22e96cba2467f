//! What the pages of plans ask for, and what their forms do.

#[cfg(feature = "ssr")]
use super::words;
use super::{PlanQuery, PlanView, PricingView};
use crate::AppError;
#[cfg(feature = "ssr")]
use crate::{reader::Reader, team::session::engine};
use leptos::prelude::*;

/// A customer's plan, and what a change would come to.
#[server(name = PlanFigures, endpoint = "plan-page", prefix = "/act")]
pub async fn plan_page(
    /// What was asked in the address.
    #[server(default)]
    query: PlanQuery,
) -> Result<PlanView, AppError> {
    let (reader, engine) = Reader::of_request().await?;
    PlanView::load(&engine, &query, &reader).await
}

/// The prices, for everybody.
#[server(name = PricingFigures, endpoint = "pricing-page", prefix = "/act")]
pub async fn pricing_page(
    /// `annual`, or anything else for monthly.
    #[server(default)]
    billing: String,
    /// A currency's code; pounds where it is none.
    #[server(default)]
    currency: String,
) -> Result<PricingView, AppError> {
    PricingView::load(&engine()?, &billing, &currency).await
}

/// Changes to another plan: at once and through the payment provider, or when the term ends.
#[server(endpoint = "change-plan", prefix = "/act")]
pub async fn change_plan(
    /// The tier.
    #[server(default)]
    tier: String,
    /// `annual`, or anything else for monthly.
    #[server(default)]
    billing: String,
    /// For how many seats.
    #[server(default)]
    seats: String,
    /// The form's own name: sent twice, it orders once.
    #[server(default)]
    request: String,
    /// The plan that the preview was made on.
    #[server(default)]
    shown: String,
) -> Result<(), AppError> {
    let (reader, engine) = Reader::of_request().await?;
    words::change(&engine, (&tier, &billing, &seats), (&request, &shown), &reader).await
}

/// Decides what becomes of a subscription when its term ends: `pause`, `cancel`, or anything else to go on.
#[server(endpoint = "decide-plan", prefix = "/act")]
pub async fn decide_plan(
    /// Which subscription.
    #[server(default)]
    subscription: String,
    /// What becomes of it.
    #[server(default)]
    next: String,
    /// The plan that the decision was made on.
    #[server(default)]
    shown: String,
) -> Result<(), AppError> {
    let (reader, engine) = Reader::of_request().await?;
    words::decide(&engine, &subscription, (&next, &shown), &reader).await
}
