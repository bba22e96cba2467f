//! What the forms of a customer's contacts, risk score, plan and loops do.

use super::ContactFields;
use crate::AppError;
#[cfg(feature = "ssr")]
use crate::{
    customer::{
        contact_words::{TypedContact, choose_main_contact as put_main, switch_contact as put_contact},
        standing_words::{TypedPlan, reset_risk as put_risk, set_account_loops as put_loops},
    },
    reader::Reader,
};
use leptos::prelude::*;

/// Keeps a contact; or what was typed, and says what is wrong.
#[server(endpoint = "save-contact", prefix = "/act")]
pub async fn save_contact(
    /// The customer's id.
    #[server(default)]
    customer: String,
    /// The contact's id; empty for a new one.
    #[server(default)]
    contact: String,
    /// What the form was made on.
    #[server(default)]
    shown: ContactFields,
    /// What it is to be.
    #[server(default)]
    to: ContactFields,
) -> Result<(), AppError> {
    let (reader, engine) = Reader::of_request().await?;
    TypedContact { customer, contact, shown, to }.save(&engine, &reader).await
}

/// Makes a contact active or inactive.
#[server(endpoint = "switch-contact", prefix = "/act")]
pub async fn switch_contact(
    /// The customer's id.
    #[server(default)]
    customer: String,
    /// The contact's id.
    #[server(default)]
    contact: String,
    /// `true` or `false`.
    #[server(default)]
    active: bool,
    /// Why.
    #[server(default)]
    reason: String,
) -> Result<(), AppError> {
    let (reader, engine) = Reader::of_request().await?;
    put_contact(&engine, (&customer, &contact), active, &reason, &reader).await
}

/// Singles a contact out for an account.
#[server(endpoint = "choose-main-contact", prefix = "/act")]
pub async fn choose_main_contact(
    /// The customer's id.
    #[server(default)]
    customer: String,
    /// The account's id.
    #[server(default)]
    account: String,
    /// The contact that the form was made on; empty where there was none.
    #[server(default)]
    shown: String,
    /// The contact's id; empty for nobody.
    #[server(default)]
    contact: String,
) -> Result<(), AppError> {
    let (reader, engine) = Reader::of_request().await?;
    put_main(&engine, (&customer, &account), (&shown, &contact), &reader).await
}

/// Sets a customer's risk score to nothing.
#[server(endpoint = "reset-risk", prefix = "/act")]
pub async fn reset_risk(
    /// The customer's id.
    #[server(default)]
    customer: String,
    /// The score that the form was made on.
    #[server(default)]
    shown: i64,
    /// Why.
    #[server(default)]
    reason: String,
) -> Result<(), AppError> {
    let (reader, engine) = Reader::of_request().await?;
    put_risk(&engine, &customer, shown, &reason, &reader).await
}

/// Sets a customer's plan up, where it has none at work.
#[server(endpoint = "set-up-plan", prefix = "/act")]
pub async fn set_up_plan(
    /// The customer's id.
    #[server(default)]
    customer: String,
    /// The tier.
    #[server(default)]
    tier: String,
    /// `annual`, or anything else for monthly.
    #[server(default)]
    billing: String,
    /// For how many seats.
    #[server(default)]
    seats: String,
) -> Result<(), AppError> {
    let (reader, engine) = Reader::of_request().await?;
    TypedPlan { customer, tier, billing, seats }.set_up(&engine, &reader).await
}

/// Sets which loops run for an account.
#[server(endpoint = "set-account-loops", prefix = "/act")]
pub async fn set_account_loops(
    /// The customer's id.
    #[server(default)]
    customer: String,
    /// The account's id.
    #[server(default)]
    account: String,
    /// The loops that were off when the form was made, with spaces between them.
    #[server(default)]
    shown: String,
    /// The loops that run.
    #[server(default)]
    on: Vec<String>,
) -> Result<(), AppError> {
    let (reader, engine) = Reader::of_request().await?;
    put_loops(&engine, (&customer, &account), (&shown, &on), &reader).await
}
