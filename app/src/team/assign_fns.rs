//! What the page of assignments asks for, and what its forms do.

use super::AssignmentsView;
#[cfg(feature = "ssr")]
use super::assign_words::{TypedAccess, TypedCustomers};
use crate::AppError;
#[cfg(feature = "ssr")]
use crate::reader::Reader;
use leptos::prelude::*;

/// The assignments.
#[server(name = Assignments, endpoint = "assignments-page", prefix = "/act")]
pub async fn assignments_page(
    /// `customers`, or anything else for accounts.
    #[server(default)]
    tab: String,
    /// The id of the customer that it is narrowed to; empty for all.
    #[server(default)]
    customer: String,
) -> Result<AssignmentsView, AppError> {
    let (reader, engine) = Reader::of_request().await?;
    AssignmentsView::load(&engine, &tab, &customer, &reader).await
}

/// Sets which accounts of a customer an operator reaches.
#[server(endpoint = "assign-operator", prefix = "/act")]
pub async fn assign_operator(
    /// The customer's id.
    #[server(default)]
    customer: String,
    /// Whose.
    #[server(default)]
    person: String,
    /// Ids of the accounts that the form was made on, with spaces between them.
    #[server(default)]
    shown: String,
    /// Ids of the accounts that are ticked.
    #[server(default)]
    accounts: Vec<String>,
    /// The customer that the page is narrowed to.
    #[server(default)]
    narrowed: String,
) -> Result<(), AppError> {
    let (reader, engine) = Reader::of_request().await?;
    TypedAccess { customer, person, shown, accounts, narrowed }.save(&engine, &reader).await
}

/// Sets which customers somebody reaches.
#[server(endpoint = "assign-customers", prefix = "/act")]
pub async fn assign_customers(
    /// Whose.
    #[server(default)]
    person: String,
    /// The customers that the form was made on: `cus_…:viewer`, with spaces between them.
    #[server(default)]
    shown: String,
    /// Ids of the customers that stay.
    #[server(default)]
    keep: Vec<String>,
    /// The id of one that comes to them; empty for none.
    #[server(default)]
    add: String,
    /// As what.
    #[server(default)]
    role: String,
    /// The customer that the page is narrowed to.
    #[server(default)]
    narrowed: String,
) -> Result<(), AppError> {
    let (reader, engine) = Reader::of_request().await?;
    TypedCustomers { person, shown, keep, add, role, narrowed }.save(&engine, &reader).await
}
