//! What the page of the log asks for, and what its form does.

#[cfg(feature = "ssr")]
use super::words;
use super::{AuditPageView, AuditQuery};
use crate::AppError;
#[cfg(feature = "ssr")]
use crate::reader::Reader;
use leptos::prelude::*;

/// A page of the log.
#[server(name = AuditFigures, endpoint = "audit-page", prefix = "/act")]
pub async fn audit_page(
    /// What was asked in the address.
    #[server(default)]
    query: AuditQuery,
) -> Result<AuditPageView, AppError> {
    let (reader, engine) = Reader::of_request().await?;
    AuditPageView::load(&engine, &query, &reader).await
}

/// Puts back what an entry has changed, or says why it cannot be.
#[server(endpoint = "revert-entry", prefix = "/act")]
pub async fn revert_entry(
    /// The entry's id.
    #[server(default)]
    entry: String,
    /// Why.
    #[server(default)]
    reason: String,
    /// Where to go afterwards.
    #[server(default)]
    next: String,
) -> Result<(), AppError> {
    let (reader, engine) = Reader::of_request().await?;
    words::revert(&engine, &entry, &reason, &next, &reader).await
}
