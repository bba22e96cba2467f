//! What staff's pages of customers ask for, and what their forms do.

use super::{CustomerView, CustomersView, NewCustomerView};
#[cfg(feature = "ssr")]
use super::{
    change_words::{
        save_notes as keep_notes, set_account_status as put_status, set_residency as put_residency,
    },
    staff_words::TypedCustomer,
};
use crate::AppError;
#[cfg(feature = "ssr")]
use crate::reader::Reader;
use leptos::prelude::*;

/// Every customer.
#[server(name = CustomersFigures, endpoint = "customers-page", prefix = "/act")]
pub async fn customers_page() -> Result<CustomersView, AppError> {
    let (reader, engine) = Reader::of_request().await?;
    CustomersView::load(&engine, &reader).await
}

/// The form of a new customer.
#[server(name = NewCustomerFigures, endpoint = "new-customer-page", prefix = "/act")]
pub async fn new_customer_page() -> Result<NewCustomerView, AppError> {
    let (reader, engine) = Reader::of_request().await?;
    NewCustomerView::load(&engine, &reader).await
}

/// One customer.
#[server(name = CustomerFigures, endpoint = "customer-page", prefix = "/act")]
pub async fn customer_page(
    /// Its id.
    #[server(default)]
    customer: String,
    /// The contact that is open: its id, its person's, or `new`.
    #[server(default)]
    contact: String,
) -> Result<CustomerView, AppError> {
    let (reader, engine) = Reader::of_request().await?;
    CustomerView::load(&engine, &customer, &contact, &reader).await
}

/// Opens a customer; or keeps what was typed and says what is wrong.
#[server(endpoint = "open-customer", prefix = "/act")]
pub async fn open_customer(
    /// Its name.
    #[server(default)]
    name: String,
    /// Where its invoices are sent.
    #[server(default)]
    email: String,
    /// The country's two letters.
    #[server(default)]
    country: String,
    /// The currency's code.
    #[server(default)]
    currency: String,
    /// `uk`, `eu`, `us` or `global`.
    #[server(default)]
    residency: String,
) -> Result<(), AppError> {
    let (reader, engine) = Reader::of_request().await?;
    TypedCustomer { name, email, country, currency, residency }.open(&engine, &reader).await
}

/// Sets where a customer's data are kept.
#[server(endpoint = "set-residency", prefix = "/act")]
pub async fn set_residency(
    /// The customer's id.
    #[server(default)]
    customer: String,
    /// `uk`, `eu`, `us` or `global`.
    #[server(default)]
    residency: String,
) -> Result<(), AppError> {
    let (reader, engine) = Reader::of_request().await?;
    put_residency(&engine, &customer, &residency, &reader).await
}

/// Saves what staff have noted of a customer.
#[server(endpoint = "save-notes", prefix = "/act")]
pub async fn save_notes(
    /// The customer's id.
    #[server(default)]
    customer: String,
    /// The notes, whole.
    #[server(default)]
    notes: String,
) -> Result<(), AppError> {
    let (reader, engine) = Reader::of_request().await?;
    keep_notes(&engine, &customer, notes, &reader).await
}

/// Sets whether an account may produce.
#[server(endpoint = "set-account-status", prefix = "/act")]
pub async fn set_account_status(
    /// The customer's id.
    #[server(default)]
    customer: String,
    /// The account's id.
    #[server(default)]
    account: String,
    /// `active`, `pilot`, `suspended` or `closed`.
    #[server(default)]
    status: String,
    /// Why.
    #[server(default)]
    reason: String,
) -> Result<(), AppError> {
    let (reader, engine) = Reader::of_request().await?;
    put_status(&engine, (&customer, &account), &status, &reason, &reader).await
}
