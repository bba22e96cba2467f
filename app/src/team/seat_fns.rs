//! What the pages of a team ask for, and what their forms do.

use super::{AcceptView, ShownSeat, TeamView};
use crate::AppError;
#[cfg(feature = "ssr")]
use crate::{
    reader::Reader,
    team::{
        accept_words::TypedAcceptance,
        answer_words::{TypedAsk, release},
        cap_words::TypedOverride,
        invite_words::{TypedInvite, revoke, send_again},
        seat_words::{TypedSeat, remove},
        session::engine,
    },
};
use leptos::prelude::*;

/// The team, and what stands open beside it.
#[server(name = TeamAndSeats, endpoint = "team-page", prefix = "/act")]
pub async fn team_page(
    /// The id of the member who is edited; empty where nobody is.
    #[server(default)]
    edit: String,
    /// Whether somebody is about to be invited.
    #[server(default)]
    invite: bool,
) -> Result<TeamView, AppError> {
    let (reader, engine) = Reader::of_request().await?;
    TeamView::load(&engine, &edit, invite, &reader).await
}

/// Invites somebody by email.
#[server(endpoint = "invite-member", prefix = "/act")]
pub async fn invite_member(
    /// The address.
    #[server(default)]
    email: String,
    /// The role's word.
    #[server(default)]
    role: String,
    /// Ids of an operator's accounts.
    #[server(default)]
    accounts: Vec<String>,
) -> Result<(), AppError> {
    let (reader, engine) = Reader::of_request().await?;
    TypedInvite { email, role, accounts }.send(&engine, &reader).await
}

/// Sends an invitation again, with another link.
#[server(endpoint = "send-invitation-again", prefix = "/act")]
pub async fn send_invitation_again(
    /// Its id.
    #[server(default)]
    invitation: String,
) -> Result<(), AppError> {
    let (reader, engine) = Reader::of_request().await?;
    send_again(&engine, &invitation, &reader).await
}

/// Takes an invitation back.
#[server(endpoint = "revoke-invitation", prefix = "/act")]
pub async fn revoke_invitation(
    /// Its id.
    #[server(default)]
    invitation: String,
) -> Result<(), AppError> {
    let (reader, engine) = Reader::of_request().await?;
    revoke(&engine, &invitation, &reader).await
}

/// Changes what a member is, what they reach and their cap.
#[server(endpoint = "change-seat", prefix = "/act")]
pub async fn change_seat(
    /// Whose.
    #[server(default)]
    person: String,
    /// The role's word.
    #[server(default)]
    role: String,
    /// Ids of an operator's accounts.
    #[server(default)]
    accounts: Vec<String>,
    /// Tokens a cycle; empty for no cap.
    #[server(default)]
    cap: String,
    /// What the form was made on.
    #[server(default)]
    shown: ShownSeat,
) -> Result<(), AppError> {
    let (reader, engine) = Reader::of_request().await?;
    TypedSeat { person, role, accounts, cap, shown }.save(&engine, &reader).await
}

/// Sets another cap for a time, or ends it.
#[server(endpoint = "override-cap", prefix = "/act")]
pub async fn override_cap(
    /// Whose.
    #[server(default)]
    person: String,
    /// Tokens a cycle.
    #[server(default)]
    tokens: String,
    /// `day` until that day; anything else until the cycle ends.
    #[server(default)]
    last: String,
    /// The day.
    #[server(default)]
    until: String,
    /// `true` ends it.
    #[server(default)]
    end: String,
    /// What the form was made on.
    #[server(default)]
    shown: ShownSeat,
) -> Result<(), AppError> {
    let (reader, engine) = Reader::of_request().await?;
    TypedOverride { person, tokens, last, until, end, shown }.save(&engine, &reader).await
}

/// Removes a member.
#[server(endpoint = "remove-member", prefix = "/act")]
pub async fn remove_member(
    /// Whom.
    #[server(default)]
    person: String,
    /// What the form was made on.
    #[server(default)]
    shown: ShownSeat,
) -> Result<(), AppError> {
    let (reader, engine) = Reader::of_request().await?;
    remove(&engine, &person, &shown, &reader).await
}

/// Ends a production that is stuck, so that what it holds goes back to the pool.
#[server(endpoint = "release-hold", prefix = "/act")]
pub async fn release_hold(
    /// The pipeline's name of it.
    #[server(default)]
    production: String,
    /// Why.
    #[server(default)]
    reason: String,
) -> Result<(), AppError> {
    let (reader, engine) = Reader::of_request().await?;
    release(&engine, &production, &reason, &reader).await
}

/// Asks the administrators for more, where a refusal was by one's own cap or by the capacity.
#[server(name = AskForTokens, endpoint = "ask-for-more", prefix = "/act")]
pub async fn ask_for_more(
    /// The refusal's id.
    #[server(default)]
    refusal: String,
    /// What is said with it.
    #[server(default)]
    words: String,
) -> Result<(), AppError> {
    let (reader, engine) = Reader::of_request().await?;
    TypedAsk { refusal, words }.send(&engine, &reader).await
}

/// Answers a request for more.
#[server(endpoint = "answer-request", prefix = "/act")]
pub async fn answer_request(
    /// Its id.
    #[server(default)]
    request: String,
    /// `granted`, or anything else to decline it.
    #[server(default)]
    answer: String,
) -> Result<(), AppError> {
    let (reader, engine) = Reader::of_request().await?;
    super::answer_words::answer(&engine, &request, &answer, &reader).await
}

/// What the link of an invitation offers.
#[server(name = AcceptOffer, endpoint = "accept-page", prefix = "/act")]
pub async fn accept_page(
    /// The link's token.
    #[server(default)]
    token: String,
) -> Result<AcceptView, AppError> {
    AcceptView::load(&engine()?, &token).await
}

/// Accepts an invitation, and signs in.
#[server(endpoint = "accept-invitation", prefix = "/act")]
pub async fn accept_invitation(
    /// The link's token.
    #[server(default)]
    token: String,
    /// The name of somebody new.
    #[server(default)]
    name: String,
    /// The password.
    #[server(default)]
    password: String,
) -> Result<(), AppError> {
    TypedAcceptance { token, name, password }.accept(&engine()?).await
}
