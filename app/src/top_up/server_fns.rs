//! What the page of packs asks for, and what its form does.

use super::BuyView;
#[cfg(feature = "ssr")]
use super::words;
use crate::AppError;
#[cfg(feature = "ssr")]
use crate::reader::Reader;
use leptos::prelude::*;

/// The packs, and the order that one of them would be.
#[server(name = BuyFigures, endpoint = "buy-page", prefix = "/act")]
pub async fn buy_page(
    /// The tokens of the pack that is chosen.
    #[server(default)]
    pack: String,
    /// The account whose limit of this month is lifted.
    #[server(default)]
    lift: String,
) -> Result<BuyView, AppError> {
    let (reader, engine) = Reader::of_request().await?;
    BuyView::load(&engine, &pack, &lift, &reader).await
}

/// Orders a pack and goes on to payment.
#[server(endpoint = "order-pack", prefix = "/act")]
pub async fn order_pack(
    /// The tokens of the pack.
    #[server(default)]
    pack: String,
    /// The account whose limit of this month is lifted.
    #[server(default)]
    lift: String,
    /// The form's own name: sent twice, it orders once.
    #[server(default)]
    request: String,
) -> Result<(), AppError> {
    let (reader, engine) = Reader::of_request().await?;
    words::order(&engine, &pack, &lift, &request, &reader).await
}
