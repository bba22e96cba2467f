//! What the pages of the P&L ask for.

use super::{PnlPageQuery, PnlPageView};
use crate::AppError;
#[cfg(feature = "ssr")]
use crate::reader::Reader;
use leptos::prelude::*;

/// What the accounts that the reader reaches have earned and cost.
#[server(name = PnlFigures, endpoint = "pnl-page", prefix = "/act")]
pub async fn pnl_page(
    /// What was asked in the address.
    #[server(default)]
    query: PnlPageQuery,
) -> Result<PnlPageView, AppError> {
    let (reader, engine) = Reader::of_request().await?;
    PnlPageView::load(&engine, &query, &reader).await
}

/// What every customer has earned and cost.
#[server(name = PlatformPnlFigures, endpoint = "platform-pnl-page", prefix = "/act")]
pub async fn platform_pnl_page(
    /// What was asked in the address.
    #[server(default)]
    query: PnlPageQuery,
) -> Result<PnlPageView, AppError> {
    let (reader, engine) = Reader::of_request().await?;
    PnlPageView::load_platform(&engine, &query, &reader).await
}
