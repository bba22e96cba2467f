//! What the pages of getting in ask for, and what their forms do.

use super::{
    Arrival, ArriveView, AskView, CodeView, ConfirmView, MailboxView, RegisterView, SentView, SignInView,
};
#[cfg(feature = "ssr")]
use super::{
    entry,
    letter_words::{self, TypedRegistration},
    session,
};
use crate::AppError;
use leptos::prelude::*;

/// What the sign-in page shows, once: whether a sign-in has failed just now.
#[server(endpoint = "sign-in-form", prefix = "/act")]
pub async fn sign_in_form() -> Result<SignInView, AppError> {
    SignInView::load().await
}

/// Signs in whose email and password these are, and leads to Overview or to `next`; else back to the form.
#[server(endpoint = "sign-in", prefix = "/act")]
pub async fn sign_in(
    /// The email address as it was typed.
    #[server(default)]
    email: String,
    /// The password.
    #[server(default)]
    password: String,
    /// Where to go afterwards.
    #[server(default)]
    next: String,
) -> Result<(), AppError> {
    entry::sign_in(&email, &password, &next).await
}

/// The second step.
#[server(name = SecondStep, endpoint = "sign-in-code-form", prefix = "/act")]
pub async fn code_page() -> Result<CodeView, AppError> {
    CodeView::load().await
}

/// Signs in whose code this is, after the password.
#[server(endpoint = "sign-in-code", prefix = "/act")]
pub async fn sign_in_code(
    /// A code of the app, or a recovery code.
    #[server(default)]
    code: String,
) -> Result<(), AppError> {
    entry::sign_in_code(&code).await
}

/// Ends the session.
#[server(endpoint = "sign-out", prefix = "/act")]
pub async fn sign_out() -> Result<(), AppError> {
    session::end().await
}

/// The form of a registration.
#[server(name = Registration, endpoint = "register-form", prefix = "/act")]
pub async fn register_page() -> Result<RegisterView, AppError> {
    RegisterView::load().await
}

/// Has a letter sent that confirms an address; the answer is the same whether somebody has it.
#[server(endpoint = "register", prefix = "/act")]
pub async fn register(
    /// The name.
    #[server(default)]
    name: String,
    /// The address.
    #[server(default)]
    email: String,
    /// The billing country's two letters.
    #[server(default)]
    country: String,
    /// `yes`, or nothing is sent.
    #[server(default)]
    accepted: String,
) -> Result<(), AppError> {
    TypedRegistration { name, email, country, accepted }.send().await
}

/// The form that asks for a link.
#[server(name = AskForLink, endpoint = "link-form", prefix = "/act")]
pub async fn ask_page() -> Result<AskView, AppError> {
    AskView::load().await
}

/// Has a link sent; the answer is the same whether somebody has the address.
#[server(endpoint = "send-link", prefix = "/act")]
pub async fn send_link(
    /// `passwordReset`, or anything else for one that signs in.
    #[server(default)]
    kind: String,
    /// The address.
    #[server(default)]
    email: String,
) -> Result<(), AppError> {
    letter_words::send_link(&kind, &email).await
}

/// The one answer.
#[server(name = LetterIsSent, endpoint = "sent-page", prefix = "/act")]
pub async fn sent_page() -> Result<SentView, AppError> {
    SentView::load().await
}

/// The page of a link.
#[server(name = LinkArrives, endpoint = "link-page", prefix = "/act")]
pub async fn arrive_page(
    /// What it is for.
    arrival: Arrival,
    /// Its token.
    #[server(default)]
    token: String,
) -> Result<ArriveView, AppError> {
    ArriveView::load(arrival, token).await
}

/// Confirms an address, sets a first password, opens a customer and signs in.
#[server(endpoint = "join", prefix = "/act")]
pub async fn join(
    /// The link's token.
    #[server(default)]
    token: String,
    /// The password.
    #[server(default)]
    password: String,
) -> Result<(), AppError> {
    Arrival::Join.use_link(&token, &password).await
}

/// Signs in by a link.
#[server(endpoint = "enter", prefix = "/act")]
pub async fn enter(
    /// The link's token.
    #[server(default)]
    token: String,
) -> Result<(), AppError> {
    Arrival::Enter.use_link(&token, "").await
}

/// Sets another password by a link, and signs every device out.
#[server(endpoint = "reset-password", prefix = "/act")]
pub async fn reset_password(
    /// The link's token.
    #[server(default)]
    token: String,
    /// The password.
    #[server(default)]
    password: String,
) -> Result<(), AppError> {
    Arrival::Reset.use_link(&token, &password).await
}

/// The question whether it is still the same person.
#[server(name = ConfirmFigures, endpoint = "confirm-form", prefix = "/act")]
pub async fn confirm_page() -> Result<ConfirmView, AppError> {
    ConfirmView::load().await
}

/// Proves who one is, and goes back.
#[server(endpoint = "confirm", prefix = "/act")]
pub async fn confirm(
    /// The password, or a code.
    #[server(default)]
    proof: String,
    /// Where to go afterwards.
    #[server(default)]
    next: String,
) -> Result<(), AppError> {
    entry::confirm(&proof, &next).await
}

/// The letters of a sandbox.
#[server(name = SandboxMailbox, endpoint = "mailbox-page", prefix = "/act")]
pub async fn mailbox_page(
    /// To whom; everybody's where it is empty.
    #[server(default)]
    to: String,
) -> Result<MailboxView, AppError> {
    MailboxView::load(to).await
}
