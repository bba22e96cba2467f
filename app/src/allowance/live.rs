//! What the stream of newer figures sends.

use super::UsageView;
use crate::{AppError, reader::Reader};
use engine::Engine;

/// What is left, as the islands show it to this reader; the server sends it as JSON in each message of `/live/usage`.
pub async fn usage_view(engine: &Engine, reader: &Reader) -> Result<UsageView, AppError> {
    let usage = engine.usage(reader.member.customer).await?;
    Ok(UsageView::of(&usage, reader))
}
