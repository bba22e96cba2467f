//! What Overview asks for.

use super::OverviewView;
use crate::AppError;
#[cfg(feature = "ssr")]
use crate::team::session::{current_member, engine};
use leptos::prelude::*;

/// What a customer sees first.
#[server(endpoint = "overview-figures", prefix = "/act")]
pub async fn overview_figures() -> Result<OverviewView, AppError> {
    let member = current_member().await?;
    let overview = engine()?.overview(member.customer).await?;
    OverviewView::of(&overview, &member)
}
