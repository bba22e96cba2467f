//! Who signs in, and out. The handbook takes it for granted; rules L1 and L2: email and password, and a sign-out that ends
//! the session of that device.
//!
//! The form is a plain one. What was wrong comes back through the session, never in the address.
//!
//! Who belongs to a customer: the page of its team, invitations, seats and their caps. A7, H4–H7, 5.23.

#[cfg(feature = "ssr")]
mod answer_words;
mod ask;
#[cfg(feature = "ssr")]
mod cap_words;
mod invite;
#[cfg(feature = "ssr")]
pub mod invite_words;
mod join;
#[cfg(feature = "ssr")]
mod join_words;
mod lists;
mod own;
mod roster;
#[cfg(feature = "ssr")]
pub mod roster_words;
mod seat;
mod seat_fns;
#[cfg(feature = "ssr")]
pub mod seat_words;
mod server_fns;
#[cfg(feature = "ssr")]
pub mod session;

pub use ask::{AskForMore, AskView};
pub use invite::{AccountChoice, InviteForm, RoleChoice};
pub use join::{Comes, JoinContent, JoinPage, JoinView, OfferView};
pub use lists::{HoldingView, InvitationView, RequestView};
pub use own::{OwnSeat, OwnSeatView};
pub use roster::{MemberRow, Open, TeamContent, TeamPage, TeamView};
pub use seat::{OverrideForm, SeatForm, ShownSeat};
pub use seat_fns::{
    AcceptInvitation, AnswerRequest, AskForTokens, ChangeSeat, InviteMember, JoinOffer, OverrideCap,
    ReleaseHold, RemoveMember, RevokeInvitation, SendInvitationAgain, TeamAndSeats, accept_invitation,
    answer_request, ask_for_more, change_seat, invite_member, join_page, override_cap, release_hold,
    remove_member, revoke_invitation, send_invitation_again, team_page,
};
pub use server_fns::{SignIn, SignInForm, SignOut, sign_in, sign_in_form, sign_out};

use crate::{
    frame::{PlainFrame, loaded, own_address},
    ui::Problem,
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

/// What the sign-in page shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInView {
    /// The email address that was sent, to be corrected.
    pub email: String,
    /// Why the sign-in before this page failed.
    pub message: Option<String>,
    /// Whether there are sample people to sign in as.
    pub samples: bool,
}

/// Signs a person in.
#[component]
pub fn SignInPage() -> impl IntoView {
    let wanted = use_query_map().get_untracked().get("next");
    let next = wanted.as_deref().and_then(own_address).map(str::to_owned);
    loaded(sign_in_form, move |view| view! { <SignInContent view next=next.clone() /> })
}

/// The form, empty or as it was sent; a password never comes back.
#[component]
pub fn SignInContent(
    /// What was sent before.
    view: SignInView,
    /// Where to go afterwards.
    next: Option<String>,
) -> impl IntoView {
    let failed = view.message.is_some();
    view! {
        <Title text="Sign in" />
        <PlainFrame>
            <h1>"Sign in"</h1>
            {view.message.map(|message| view! { <Problem message /> })}
            <form class="stack" method="post" action="/act/sign-in">
                <Credentials email=view.email failed />
                {next.map(|next| view! { <input type="hidden" name="next" value=next /> })}
                <button class="button" data-kind="primary" type="submit">
                    "Sign in"
                </button>
            </form>
            {view.samples.then(|| view! {
                <p class="small muted">
                    "This is an installation with sample data. "
                    <a href="/sandbox">"See whom to sign in as"</a>
                </p>
            })}
        </PlainFrame>
    }
}

/// Email and password.
#[component]
fn Credentials(email: String, failed: bool) -> impl IntoView {
    let (invalid, reason) = failed.then_some(("true", "problem")).unzip();
    view! {
        <div class="field">
            <label for="email">"Email"</label>
            <input
                id="email"
                name="email"
                type="email"
                autocomplete="username"
                autocapitalize="none"
                spellcheck="false"
                required
                value=email
                aria-invalid=invalid
                aria-describedby=reason
            />
        </div>
        <div class="field">
            <label for="password">"Password"</label>
            <input
                id="password"
                name="password"
                type="password"
                autocomplete="current-password"
                required
                aria-invalid=invalid
                aria-describedby=reason
            />
        </div>
    }
}
