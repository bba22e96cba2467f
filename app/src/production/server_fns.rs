//! What the pages of productions ask for.

use super::{Detail, ProductionsPageView, ProductionsQuery, ReceiptView};
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
