//! What the forms about money that goes back do, and the page of a credit note asks for.

use super::CreditNoteView;
#[cfg(feature = "ssr")]
use super::reversal_words;
use crate::AppError;
#[cfg(feature = "ssr")]
use crate::reader::Reader;
use leptos::prelude::*;

/// One credit note.
#[server(name = CreditNoteFigures, endpoint = "credit-note-page", prefix = "/act")]
pub async fn credit_note_page(
    /// Its id.
    #[server(default)]
    note: String,
) -> Result<CreditNoteView, AppError> {
    let (reader, engine) = Reader::of_request().await?;
    CreditNoteView::load(&engine, &note, &reader).await
}

/// Gives some of what an invoice was paid with back.
#[server(endpoint = "refund-invoice", prefix = "/act")]
pub async fn refund_invoice(
    /// The invoice's id.
    #[server(default)]
    invoice: String,
    /// The form's own name.
    #[server(default)]
    request: String,
    /// How much, as it was typed.
    #[server(default)]
    amount: String,
    /// Why.
    #[server(default)]
    reason: String,
) -> Result<(), AppError> {
    let (reader, engine) = Reader::of_request().await?;
    reversal_words::refund(&engine, (&invoice, &request), (amount, reason), &reader).await
}

/// Settles what is owed for a dispute.
#[server(endpoint = "settle-debt", prefix = "/act")]
pub async fn settle_debt(
    /// The invoice's id.
    #[server(default)]
    invoice: String,
    /// The provider's name of the dispute.
    #[server(default)]
    dispute: String,
    /// Why.
    #[server(default)]
    reason: String,
) -> Result<(), AppError> {
    let (reader, engine) = Reader::of_request().await?;
    reversal_words::settle(&engine, (&invoice, &dispute), &reason, &reader).await
}

/// Has the sandbox's bank ask for a payment back, or decide about it.
#[server(endpoint = "dispute-in-sandbox", prefix = "/act")]
pub async fn dispute_in_sandbox(
    /// The invoice's id.
    #[server(default)]
    invoice: String,
    /// `open`, `won` or `lost`.
    #[server(default)]
    verdict: String,
) -> Result<(), AppError> {
    let (reader, engine) = Reader::of_request().await?;
    reversal_words::dispute(&engine, &invoice, &verdict, &reader).await
}
