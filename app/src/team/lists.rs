//! What stands below a team: who asks for more, who is invited, what is held.

use crate::ui::{Badge, ReasonField, Tone};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Somebody who asks for more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestView {
    /// Its id.
    pub id: String,
    /// `Omar Haddad asks for more`.
    pub title: String,
    /// What for, and what stands against it.
    pub words: String,
    /// What they say.
    pub said: Option<String>,
    /// When.
    pub asked: String,
    /// What the button says that grants it.
    pub grant: String,
    /// Whether it takes bought capacity: that comes first.
    pub buy: bool,
}

/// An invitation that has not ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationView {
    /// Its id.
    pub id: String,
    /// To which address.
    pub email: String,
    /// What they will be, and where.
    pub role: String,
    /// Until when its link works, or that it does no more.
    pub state: (Tone, String),
    /// When it was sent.
    pub sent: String,
}

/// A production that holds tokens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldingView {
    /// The pipeline's name of it.
    pub production: String,
    /// What people call it.
    pub title: String,
    /// In whose name, since when, until when.
    pub facts: Vec<String>,
    /// How many tokens.
    pub held: String,
}

/// Who asks for more, each with both answers.
#[component]
pub(super) fn Requests(requests: Vec<RequestView>) -> impl IntoView {
    (!requests.is_empty()).then(|| {
        view! {
            <section class="panel" id="requests" aria-labelledby="requests-title">
                <h2 id="requests-title">"Asked for more"</h2>
                <ul class="asked">{requests.into_iter().map(request).collect_view()}</ul>
            </section>
        }
    })
}

fn request(request: RequestView) -> impl IntoView {
    let of = request.title.clone();
    let said = request.said.map(|said| view! { <p class="muted">"“" {said} "”"</p> });
    let buy =
        request.buy.then(|| view! { <a class="button" data-kind="primary" href="/buy">"Buy capacity"</a> });
    let kind = (!request.buy).then_some("primary");
    view! {
        <li>
            <div>
                <h3>{request.title}</h3>
                <p>{request.words} " " <span class="muted">{request.asked}</span></p>
                {said}
            </div>
            <form class="acts" method="post" action="/act/answer-request">
                <input type="hidden" name="request" value=request.id />
                {buy}
                <button class="button" data-kind=kind type="submit" name="answer" value="granted">
                    {request.grant} <span class="unseen">": " {of.clone()}</span>
                </button>
                <button class="button" type="submit" name="answer" value="declined">
                    "Decline" <span class="unseen">": " {of}</span>
                </button>
            </form>
        </li>
    }
}

/// Who is invited.
#[component]
pub(super) fn Invitations(invitations: Vec<InvitationView>) -> impl IntoView {
    let list = if invitations.is_empty() {
        view! { <p class="empty">"Nobody is invited. Whoever you invite shows here until they accept."</p> }
            .into_any()
    } else {
        view! { <ul class="invited">{invitations.into_iter().map(invitation).collect_view()}</ul> }.into_any()
    };
    view! {
        <section class="panel" aria-labelledby="invitations">
            <h2 id="invitations">"Invitations"</h2>
            {list}
        </section>
    }
}

fn invitation(one: InvitationView) -> impl IntoView {
    let (tone, state) = one.state;
    let to = one.email.clone();
    view! {
        <li>
            <div>
                <p>
                    <strong>{one.email}</strong> " " <Badge tone text=state />
                </p>
                <p class="facts small">
                    <span>{one.role}</span>
                    <span>{one.sent}</span>
                </p>
            </div>
            <div class="acts">
                <form method="post" action="/act/send-invitation-again">
                    <input type="hidden" name="invitation" value=one.id.clone() />
                    <button class="button" type="submit">
                        "Send again" <span class="unseen">" to " {to.clone()}</span>
                    </button>
                </form>
                <form method="post" action="/act/revoke-invitation">
                    <input type="hidden" name="invitation" value=one.id />
                    <button class="button" data-kind="quiet" type="submit">
                        "Revoke" <span class="unseen">" the invitation to " {to}</span>
                    </button>
                </form>
            </div>
        </li>
    }
}

/// What is held, each with the form that releases it.
#[component]
pub(super) fn Holdings(holdings: Vec<HoldingView>) -> impl IntoView {
    (!holdings.is_empty()).then(|| {
        view! {
            <section class="panel" id="held" aria-labelledby="held-title">
                <h2 id="held-title">"Held right now"</h2>
                <p class="muted">
                    "Running productions hold their tokens. One that is stuck can be released: it ends as cancelled, what it holds goes back to the pool, and later calls of it are refused."
                </p>
                <ul class="held">{holdings.into_iter().map(holding).collect_view()}</ul>
            </section>
        }
    })
}

fn holding(one: HoldingView) -> impl IntoView {
    let (field, title) = (format!("reason-{}", one.production), one.title.clone());
    let facts = one.facts.into_iter().map(|fact| view! { <span>{fact}</span> }).collect_view();
    view! {
        <li>
            <div>
                <p>
                    <a href=format!("/productions/{}", one.production)>{one.title}</a>
                </p>
                <p class="facts small">{facts}</p>
            </div>
            <details>
                <summary>"Release " {one.held.clone()} " tokens" <span class="unseen">" of " {title}</span></summary>
                <form method="post" action="/act/release-hold">
                    <input type="hidden" name="production" value=one.production />
                    <ReasonField id=field label="Reason" />
                    <button class="button" type="submit">
                        "End it and release " {one.held} " tokens"
                    </button>
                </form>
            </details>
        </li>
    }
}
