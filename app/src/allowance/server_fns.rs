//! What Overview and Usage ask for.

use super::{OverviewView, UsagePageView, UsageQuery};
use crate::AppError;
#[cfg(feature = "ssr")]
use crate::reader::Reader;
use leptos::prelude::*;

/// What a customer sees first.
#[server(endpoint = "overview-figures", prefix = "/act")]
pub async fn overview_figures() -> Result<OverviewView, AppError> {
    let (reader, engine) = Reader::of_request().await?;
    OverviewView::load(&engine, &reader).await
}

/// Where the tokens of a range of days went.
#[server(name = UsageReportPage, endpoint = "usage-page", prefix = "/act")]
pub async fn usage_page(
    /// What was asked in the address.
    #[server(default)]
    query: UsageQuery,
) -> Result<UsagePageView, AppError> {
    let (reader, engine) = Reader::of_request().await?;
    UsagePageView::load(&engine, &query, &reader).await
}
