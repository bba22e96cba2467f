//! What Overview asks for.

use super::OverviewView;
use crate::AppError;
#[cfg(feature = "ssr")]
use crate::reader::Reader;
use leptos::prelude::*;

/// What a customer sees first.
#[server(endpoint = "overview-figures", prefix = "/act")]
pub async fn overview_figures() -> Result<OverviewView, AppError> {
    let (reader, engine) = Reader::of_request().await?;
    OverviewView::of(&engine.overview(&reader.member).await?, engine.is_sandbox(), &reader)
}
