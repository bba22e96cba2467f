//! Somebody's own data: taking a copy, what they agree to, asking that it be left alone, and having the account deleted. Y1.

use super::{
    LeavingView,
    leaving::{Delete, Leaving},
    privacy_fns::privacy_page,
};
use crate::{
    frame::{Frame, FrameView, PageHeader, loaded},
    team::Wrong,
    ui::{Badge, Problem, Stop, Tone, Trail},
};
use leptos::prelude::*;
use leptos_meta::Title;
use serde::{Deserialize, Serialize};

/// Something that can be agreed to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentView {
    /// What it is.
    pub title: String,
    /// Whether it is agreed to.
    pub state: (Tone, String),
    /// Since when, and to which version.
    pub record: String,
    /// What turns it on or off: its kind, what is wanted, and what the button says.
    pub change: Option<(String, String, String)>,
}

/// What was asked before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedView {
    /// Its id.
    pub id: String,
    /// What was asked.
    pub title: String,
    /// How it stands.
    pub state: (Tone, String),
    /// When it was asked, acknowledged, and is or was resolved.
    pub facts: Vec<String>,
    /// What they said, and what was answered.
    pub words: Vec<String>,
    /// Whether it can be withdrawn here.
    pub may_withdraw: bool,
}

/// What was typed and has to be corrected.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypedPrivacy {
    /// What is asked: `restriction` or `objection`.
    pub kind: String,
    /// What was said to it.
    pub words: String,
}

/// The page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrivacyView {
    /// What stands around it.
    pub frame: FrameView,
    /// The line of facts.
    pub facts: Vec<String>,
    /// The deletion that is under way.
    pub leaving: Option<LeavingView>,
    /// Why the account cannot be deleted now.
    pub alone: Option<String>,
    /// The address that is typed to say that the account is meant.
    pub email: String,
    /// On which day it would be deleted.
    pub would_end: String,
    /// What they agree to.
    pub consents: Vec<ConsentView>,
    /// What they have asked, newest first.
    pub asked: Vec<AskedView>,
    /// What was typed.
    pub typed: TypedPrivacy,
    /// What was wrong with it.
    pub wrong: Option<Wrong>,
}

/// Somebody's own data.
#[component]
pub fn PrivacyPage() -> impl IntoView {
    loaded(privacy_page, move |view| view! { <PrivacyContent view /> })
}

/// The page of this person.
#[component]
pub fn PrivacyContent(
    /// What to show.
    view: PrivacyView,
) -> impl IntoView {
    let trail = vec![
        Stop { words: "Profile & security".to_owned(), address: Some("/you".to_owned()) },
        Stop { words: "Privacy".to_owned(), address: None },
    ];
    let wrong = view.wrong.as_ref().map(|wrong| wrong.field.clone());
    let is_wrong = move |field: &str| (wrong.as_deref() == Some(field)).then_some("true");
    let asked = (!view.asked.is_empty()).then(|| {
        view! {
            <section class="panel" aria-labelledby="asked">
                <h2 id="asked">"What you have asked"</h2>
                <ul class="accounts">{view.asked.into_iter().map(asked).collect_view()}</ul>
            </section>
        }
    });
    let under_way = view.leaving.is_some();
    view! {
        <Title text="Privacy" />
        <Frame frame=view.frame path="/you">
            <Trail stops=trail />
            <PageHeader title="Privacy" facts=view.facts />
            {view.wrong.map(|wrong| view! { <Problem message=wrong.message /> })}
            {view.leaving.map(|leaving| view! { <Leaving leaving /> })}
            <div class="columns key-columns privacy">
                <div class="stack">
                    <Copy />
                    <Ask typed=view.typed invalid=is_wrong("words") />
                    {(!under_way)
                        .then(|| {
                            view! {
                                <Delete alone=view.alone email=view.email ends=view.would_end invalid=is_wrong("typed") />
                            }
                        })}
                </div>
                <div class="stack">
                    <section class="panel" aria-labelledby="agreed">
                        <h2 id="agreed">"What you agree to"</h2>
                        <ul class="accounts">{view.consents.into_iter().map(consent).collect_view()}</ul>
                    </section>
                    {asked}
                </div>
            </div>
        </Frame>
    }
}

/// The copy: a plain form, whose answer is a file.
#[component]
fn Copy() -> impl IntoView {
    view! {
        <section class="panel stack" aria-labelledby="copy">
            <h2 id="copy">"A copy of your data"</h2>
            <p>
                "One ZIP with everything that is kept of you: profile, memberships, devices, invitations, keys that you made, "
                "productions in your name, requests, consents, letters, and your entries of the audit log. Each is there as JSON "
                "and as CSV. Passwords, keys and links are not in it."
            </p>
            <form method="post" action="/you/privacy/archive">
                <button class="button" type="submit">
                    "Download my data"
                </button>
            </form>
        </section>
    }
}

/// What staff answer.
#[component]
fn Ask(typed: TypedPrivacy, invalid: Option<&'static str>) -> impl IntoView {
    let choice = |value: &'static str, words: &'static str, chosen: bool| {
        view! {
            <label class="option">
                <input type="radio" name="kind" value=value checked=chosen />
                {words}
            </label>
        }
    };
    let objects = typed.kind == "objection";
    view! {
        <form class="panel stack details" method="post" action="/act/ask-about-privacy" aria-labelledby="ask">
            <h2 id="ask">"Restrict or object"</h2>
            <p>
                "Somebody at JARAI acknowledges it within 72 hours and resolves it within 30 days. You are told by letter, and "
                "both days stand here."
            </p>
            <fieldset>
                <legend>"You ask"</legend>
                {choice("restriction", "To keep my data and not use it otherwise", !objects)}
                {choice("objection", "To end a use of my data", objects)}
            </fieldset>
            <div class="field">
                <label for="words">"Which data, or which use"</label>
                <textarea id="words" name="words" rows="3" maxlength="1000" aria-invalid=invalid>
                    {typed.words}
                </textarea>
            </div>
            <button class="button" type="submit">
                "Send the request"
            </button>
        </form>
    }
}

fn consent(consent: ConsentView) -> impl IntoView {
    let (tone, state) = consent.state;
    let change = consent.change.map(|(kind, given, words)| {
        view! {
            <form method="post" action="/act/set-consent">
                <input type="hidden" name="kind" value=kind />
                <input type="hidden" name="given" value=given />
                <button class="button" type="submit">
                    {words}
                </button>
            </form>
        }
    });
    view! {
        <li>
            <h3>{consent.title} " " <Badge tone text=state /></h3>
            <p class="muted small">{consent.record}</p>
            {change}
        </li>
    }
}

fn asked(asked: AskedView) -> impl IntoView {
    let (tone, state) = asked.state;
    let facts = asked.facts.into_iter().map(|fact| view! { <span>{fact}</span> }).collect_view();
    let words = asked.words.into_iter().map(|words| view! { <p>{words}</p> }).collect_view();
    let withdraw = asked.may_withdraw.then(|| {
        view! {
            <form method="post" action="/act/withdraw-request">
                <input type="hidden" name="request" value=asked.id />
                <button class="button" data-kind="quiet" type="submit">
                    "Withdraw it"
                </button>
            </form>
        }
    });
    view! {
        <li>
            <h3>{asked.title} " " <Badge tone text=state /></h3>
            <p class="facts small">{facts}</p>
            {words}
            {withdraw}
        </li>
    }
}
