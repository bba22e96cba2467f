//! The page that an invitation's link opens: looking changes nothing; a new person sets a name and a password, a known one
//! gives theirs. H7; T11.

use super::seat_fns::accept_page;
use crate::{
    frame::{PlainFrame, loaded},
    ui::Problem,
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

/// Who comes, and so what is asked of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Comes {
    /// They are signed in.
    SignedIn,
    /// They can sign in.
    Known,
    /// They are new.
    New,
}

/// What a link offers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferView {
    /// To whose team.
    pub customer: String,
    /// The address that it is for.
    pub email: String,
    /// What they will be.
    pub role: String,
    /// Until when it works.
    pub until: String,
    /// Who comes.
    pub comes: Comes,
    /// The name, as it was typed.
    pub name: String,
    /// Which field is wrong, and why.
    pub wrong: Option<(String, String)>,
}

/// The page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcceptView {
    /// The link's token.
    pub token: String,
    /// What it offers; nothing where it cannot be used, whatever the cause.
    pub offer: Option<OfferView>,
}

/// What a link opens.
#[component]
pub fn AcceptPage() -> impl IntoView {
    let token = use_query_map().get_untracked().get("token").unwrap_or_default();
    loaded(move || accept_page(token.clone()), move |view| view! { <AcceptContent view /> })
}

/// The page of this link.
#[component]
pub fn AcceptContent(
    /// What to show.
    view: AcceptView,
) -> impl IntoView {
    match view.offer {
        Some(offer) => view! { <Offer token=view.token offer /> }.into_any(),
        None => view! { <Nothing /> }.into_any(),
    }
}

/// The same whatever is wrong with it.
#[component]
fn Nothing() -> impl IntoView {
    view! {
        <Title text="Invitation" />
        <PlainFrame>
            <h1>"This invitation cannot be used"</h1>
            <Problem message="It may have expired, been used or withdrawn, or be for another address than the one you are signed in with. Nothing was changed.">
                <p>"Ask whoever invited you to send it again: the new link works for seven days."</p>
                <p>
                    <a class="button" href="/">
                        "Go to Overview"
                    </a>
                </p>
            </Problem>
        </PlainFrame>
    }
}

#[component]
fn Offer(token: String, offer: OfferView) -> impl IntoView {
    let wrong = offer.wrong.as_ref().map(|(field, _)| field.clone());
    let is_wrong = move |field: &str| (wrong.as_deref() == Some(field)).then_some("true");
    let problem = offer.wrong.map(|(_, message)| view! { <Problem message /> });
    let name = (offer.comes == Comes::New).then(|| {
        view! {
            <div class="field">
                <label for="name">"Your name"</label>
                <input id="name" name="name" autocomplete="name" required maxlength="80" value=offer.name aria-invalid=is_wrong("name") />
            </div>
        }
    });
    let (label, autocomplete) = match offer.comes {
        Comes::New => ("A password of at least 12 characters", "new-password"),
        Comes::Known | Comes::SignedIn => ("Your password", "current-password"),
    };
    let password = (offer.comes != Comes::SignedIn).then(|| {
        view! {
            <div class="field">
                <label for="password">{label}</label>
                <input
                    id="password"
                    name="password"
                    type="password"
                    autocomplete=autocomplete
                    required
                    maxlength="256"
                    aria-invalid=is_wrong("password")
                />
            </div>
        }
    });
    view! {
        <Title text="Invitation" />
        <PlainFrame>
            <h1>"Join " {offer.customer.clone()}</h1>
            {problem}
            <p>
                "You are invited as " <strong>{offer.role}</strong> ", by " <strong>{offer.email}</strong> ". The link works until "
                {offer.until} "."
            </p>
            <form class="stack" method="post" action="/act/accept-invitation">
                <input type="hidden" name="token" value=token />
                {name}
                {password}
                <button class="button" data-kind="primary" type="submit">
                    "Join " {offer.customer}
                </button>
            </form>
        </PlainFrame>
    }
}
