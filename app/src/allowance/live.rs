//! What the stream of newer figures sends.

use super::UsageView;
use crate::AppError;
use engine::{Engine, team::Member};

/// What is left, as the islands show it to this member; the server sends it as JSON in each message of `/live/usage`.
pub async fn usage_view(engine: &Engine, member: &Member) -> Result<UsageView, AppError> {
    let usage = engine.usage(member.customer).await?;
    Ok(UsageView::of(&usage, member.role))
}
