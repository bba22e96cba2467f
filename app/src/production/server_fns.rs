//! What the pages of productions ask for.

#[cfg(feature = "ssr")]
use super::controls_words;
use super::{
    ControlsView, Detail, EstimateQuery, EstimateView, ProductionsPageView, ProductionsQuery, ReceiptView,
    RefusedView, VerdictView,
};
use crate::AppError;
#[cfg(feature = "ssr")]
use crate::reader::Reader;
use leptos::prelude::*;

/// One page of the list.
#[server(endpoint = "productions-list", prefix = "/act")]
pub async fn productions_list(
    /// What was asked in the address.
    #[server(default)]
    query: ProductionsQuery,
) -> Result<ProductionsPageView, AppError> {
    let (reader, engine) = Reader::of_request().await?;
    ProductionsPageView::load(&engine, &query, &reader).await
}

/// Everything that was booked for one production.
#[server(endpoint = "production-receipt", prefix = "/act")]
pub async fn production_receipt(
    /// The pipeline's name of it.
    production: String,
    /// How far into detail.
    #[server(default)]
    detail: Detail,
) -> Result<ReceiptView, AppError> {
    let (reader, engine) = Reader::of_request().await?;
    ReceiptView::load(&engine, &production, detail, &reader).await
}

/// One refusal, with its figures and ways out.
#[server(name = RefusalOfProduction, endpoint = "refusal-page", prefix = "/act")]
pub async fn refusal_page(
    /// Its id.
    refusal: String,
) -> Result<RefusedView, AppError> {
    let (reader, engine) = Reader::of_request().await?;
    RefusedView::load(&engine, &refusal, &reader).await
}

/// What a production would take, and whether it would start now.
#[server(name = EstimateOfProduction, endpoint = "estimate-page", prefix = "/act")]
pub async fn estimate_page(
    /// What was asked in the address.
    #[server(default)]
    query: EstimateQuery,
) -> Result<EstimateView, AppError> {
    let (reader, engine) = Reader::of_request().await?;
    EstimateView::load(&engine, &query, &reader).await
}

/// The same without the page around it, for the form that answers at once; else which part is wrong, and why.
#[server(endpoint = "estimate-verdict", prefix = "/act")]
pub async fn estimate_verdict(
    /// What has been typed.
    #[server(default)]
    query: EstimateQuery,
) -> Result<Result<VerdictView, (String, String)>, AppError> {
    let (reader, engine) = Reader::of_request().await?;
    VerdictView::load(&engine, &query, &reader).await
}

/// The platform's controls.
#[server(name = PlatformControls, endpoint = "controls-page", prefix = "/act")]
pub async fn controls_page() -> Result<ControlsView, AppError> {
    let (reader, engine) = Reader::of_request().await?;
    ControlsView::load(&engine, &reader).await
}

/// Closes the gate for new productions, or opens it again.
#[server(endpoint = "change-mode", prefix = "/act")]
pub async fn change_mode(
    /// `idle` closes it; anything else opens it.
    #[server(default)]
    mode: String,
    /// Why.
    #[server(default)]
    reason: String,
) -> Result<(), AppError> {
    let (reader, engine) = Reader::of_request().await?;
    controls_words::change_mode(&engine, &mode, &reason, &reader).await
}

/// Switches a loop or a feature, and what was agreed to with it.
#[server(endpoint = "switch-control", prefix = "/act")]
pub async fn switch_control(
    /// Its word.
    #[server(default)]
    control: String,
    /// `true` or `false`.
    #[server(default)]
    on: bool,
    /// The words of what is switched with it, with spaces between them.
    #[server(default)]
    agreed: String,
    /// Why.
    #[server(default)]
    reason: String,
) -> Result<(), AppError> {
    let (reader, engine) = Reader::of_request().await?;
    controls_words::switch_control(&engine, (&control, on), &agreed, &reason, &reader).await
}
