//! What the pages of payment ask for, and what their forms do.

use super::{DetailsView, InvoiceView, InvoicesView, OrderView, SandboxPayView};
#[cfg(feature = "ssr")]
use super::{details::TypedDetails, order_words, sandbox};
use crate::AppError;
#[cfg(feature = "ssr")]
use crate::{reader::Reader, team::session::engine};
use leptos::prelude::*;

/// An order, and what became of it; a payment that nobody has told of is looked for.
#[server(name = OrderFigures, endpoint = "order-page", prefix = "/act")]
pub async fn order_page(
    /// The order's id.
    #[server(default)]
    order: String,
    /// Whether its buyer came back without paying.
    #[server(default)]
    back: bool,
) -> Result<OrderView, AppError> {
    let (reader, engine) = Reader::of_request().await?;
    OrderView::load(&engine, &order, back, &reader).await
}

/// Sends the browser to the payment provider.
#[server(endpoint = "pay-order", prefix = "/act")]
pub async fn pay_order(
    /// The order's id.
    #[server(default)]
    order: String,
) -> Result<(), AppError> {
    let (reader, engine) = Reader::of_request().await?;
    order_words::pay(&engine, &order, &reader).await
}

/// Gives an order up.
#[server(endpoint = "give-up-order", prefix = "/act")]
pub async fn give_up_order(
    /// The order's id.
    #[server(default)]
    order: String,
) -> Result<(), AppError> {
    let (reader, engine) = Reader::of_request().await?;
    order_words::give_up(&engine, &order, &reader).await
}

/// Orders the payment of an invoice that is outstanding, and goes on to it.
#[server(endpoint = "pay-invoice", prefix = "/act")]
pub async fn pay_invoice(
    /// The invoice's id.
    #[server(default)]
    invoice: String,
    /// The form's own name.
    #[server(default)]
    request: String,
) -> Result<(), AppError> {
    let (reader, engine) = Reader::of_request().await?;
    order_words::pay_invoice(&engine, &invoice, &request, &reader).await
}

/// The invoices.
#[server(name = InvoicesFigures, endpoint = "invoices-page", prefix = "/act")]
pub async fn invoices_page() -> Result<InvoicesView, AppError> {
    let (reader, engine) = Reader::of_request().await?;
    InvoicesView::load(&engine, &reader).await
}

/// One invoice.
#[server(name = InvoiceFigures, endpoint = "invoice-page", prefix = "/act")]
pub async fn invoice_page(
    /// Its id.
    #[server(default)]
    invoice: String,
) -> Result<InvoiceView, AppError> {
    let (reader, engine) = Reader::of_request().await?;
    InvoiceView::load(&engine, &invoice, &reader).await
}

/// To whom invoices are made out.
#[server(name = YourBillingDetails, endpoint = "billing-details-page", prefix = "/act")]
pub async fn billing_details_page() -> Result<DetailsView, AppError> {
    let (reader, engine) = Reader::of_request().await?;
    DetailsView::load(&engine, &reader).await
}

/// Says to whom invoices are made out from now on.
#[server(endpoint = "save-billing-details", prefix = "/act")]
pub async fn save_billing_details(
    /// The name on the invoice.
    #[server(default)]
    name: String,
    /// The address, a line each.
    #[server(default)]
    address: String,
    /// The country's two letters.
    #[server(default)]
    country: String,
    /// Where invoices are sent.
    #[server(default)]
    email: String,
    /// The customer's own tax number.
    #[server(default)]
    tax_id: String,
) -> Result<(), AppError> {
    let (reader, engine) = Reader::of_request().await?;
    TypedDetails { name, address, country, email, tax_id }.save(&engine, &reader).await
}

/// The sandbox's hosted page.
#[server(name = SandboxPayFigures, endpoint = "sandbox-pay-page", prefix = "/act")]
pub async fn sandbox_pay_page(
    /// The provider's name of the page.
    #[server(default)]
    checkout: String,
) -> Result<SandboxPayView, AppError> {
    SandboxPayView::load(&engine()?, &checkout).await
}

/// Pays on the sandbox's hosted page.
#[server(endpoint = "pay-in-sandbox", prefix = "/act")]
pub async fn pay_in_sandbox(
    /// The provider's name of the page.
    #[server(default)]
    checkout: String,
    /// The number of a test card.
    #[server(default)]
    card: String,
) -> Result<(), AppError> {
    sandbox::pay(&engine()?, &checkout, &card).await
}

/// Answers the second step of the sandbox's bank.
#[server(endpoint = "confirm-in-sandbox", prefix = "/act")]
pub async fn confirm_in_sandbox(
    /// The provider's name of the page.
    #[server(default)]
    checkout: String,
    /// `yes`, or anything else.
    #[server(default)]
    agreed: String,
) -> Result<(), AppError> {
    sandbox::confirm(&engine()?, &checkout, agreed == "yes").await
}
