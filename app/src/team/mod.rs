//! Getting in, and what somebody sees and changes of their own sign-in. Rules L1, L2, L5, H8; threats T7, T10, T21.
//!
//! Every form is a plain one. What was wrong comes back through the session, never in the address; whether an address is
//! known is said in letters alone.
//!
//! Who belongs to a customer: the page of its team, invitations, seats and their caps; and the keys of its pipeline. A7,
//! H4–H7, T12, 5.23.

mod accept;
#[cfg(feature = "ssr")]
mod accept_words;
#[cfg(feature = "ssr")]
mod answer_words;
mod arrive;
mod ask;
mod assign_fns;
#[cfg(feature = "ssr")]
mod assign_words;
mod assignments;
#[cfg(feature = "ssr")]
mod cap_words;
mod code;
#[cfg(feature = "ssr")]
mod entry;
mod factor;
mod invite;
#[cfg(feature = "ssr")]
pub mod invite_words;
mod key;
mod key_fns;
#[cfg(feature = "ssr")]
mod key_words;
mod keys;
#[cfg(feature = "ssr")]
mod keys_words;
mod letter;
#[cfg(feature = "ssr")]
mod letter_words;
mod lists;
mod mailbox;
mod own;
mod register;
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
mod sign_in;
mod you;
mod you_fns;
#[cfg(feature = "ssr")]
mod you_words;

pub use accept::{AcceptContent, AcceptPage, AcceptView, Comes, OfferView};
pub use arrive::{Arrival, ArriveContent, ArriveView, EnterPage, JoinPage, ResetPage};
pub use ask::{AskForMore, AskForMoreView};
pub use assign_fns::*;
pub use assignments::{
    Access, AssignmentsContent, AssignmentsPage, AssignmentsView, OperatorForm, PersonForm, Tick,
};
pub use code::{CodeContent, CodePage, CodeView, ConfirmContent, ConfirmPage, ConfirmView};
pub use factor::{CodesContent, CodesPage, CodesView, FactorContent, FactorPage, FactorView};
pub use invite::{AccountChoice, InviteForm, RoleChoice};
pub use key::{KeyContent, KeyForm, KeyPage, KeyView, NewKeyContent, NewKeyPage, NewKeyView};
pub use key_fns::*;
pub use keys::{KeyRow, KeysContent, KeysPage, KeysView, Token};
pub use letter::{AskContent, AskForLinkPage, AskForResetPage, AskView, SentContent, SentPage, SentView};
pub use lists::{HoldingView, InvitationView, RequestView};
pub use mailbox::{LetterView, MailboxContent, MailboxPage, MailboxView};
pub use own::{OwnSeat, OwnSeatView};
pub use register::{RegisterContent, RegisterPage, RegisterView};
pub use roster::{MemberRow, Open, TeamContent, TeamPage, TeamView};
pub use seat::{OverrideForm, SeatForm, ShownSeat};
pub use seat_fns::*;
pub use server_fns::*;
pub use sign_in::{SignInContent, SignInPage, SignInView};
pub use you::{DeviceView, LetterChoice, YouContent, YouPage, YouView};
pub use you_fns::*;

use crate::ui::Problem;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Where JARAI's terms and its privacy notice are published: the server knows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegalTexts {
    /// The address of the terms.
    pub terms: String,
    /// The address of the privacy notice.
    pub privacy: String,
}

/// What was wrong with a form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wrong {
    /// With which of its fields.
    pub field: String,
    /// What, and what to do.
    pub message: String,
    /// After how many seconds it can be tried again, where there were too many tries.
    pub wait_seconds: Option<u64>,
}

/// What was wrong, above the form.
#[component]
fn WhatWasWrong(wrong: Option<Wrong>) -> impl IntoView {
    wrong.map(|wrong| view! { <Problem message=wrong.message /> })
}

/// A field with a label and a hint.
#[component]
fn Field(
    /// Its name in the form.
    name: &'static str,
    /// What it asks for.
    #[prop(into)]
    label: String,
    /// Its type.
    #[prop(default = "text")]
    kind: &'static str,
    /// What a browser may fill in.
    autocomplete: &'static str,
    /// What it holds.
    #[prop(optional)]
    value: String,
    /// What is to be known of it.
    #[prop(optional, into)]
    hint: Option<String>,
    /// Whether it was wrong.
    #[prop(optional)]
    is_wrong: bool,
) -> impl IntoView {
    let email = (kind == "email" || autocomplete == "username").then_some("none");
    let hint_id = format!("{name}-hint");
    let hinted = hint.is_some().then(|| hint_id.clone());
    let (invalid, reason) = is_wrong.then_some(("true", "problem".to_owned())).unzip();
    let described = [hinted, reason].into_iter().flatten().collect::<Vec<_>>().join(" ");
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <input
                id=name
                name=name
                type=kind
                autocomplete=autocomplete
                autocapitalize=email
                spellcheck=(kind != "text").then_some("false")
                required
                value=(kind != "password").then_some(value)
                aria-invalid=invalid
                aria-describedby=(!described.is_empty()).then_some(described)
            />
            {hint.map(|hint| view! { <p class="hint" id=hint_id>{hint}</p> })}
        </div>
    }
}
