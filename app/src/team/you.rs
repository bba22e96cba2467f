//! Profile & security: what somebody is called, how they get in, and where they are signed in. L1, L2, H3, T10.

use super::{Field, WhatWasWrong, Wrong, you_fns::you_page};
use crate::{
    frame::{Frame, FrameView, PageHeader, loaded},
    ui::{Badge, Tone, ToneIcon},
};
use leptos::prelude::*;
use leptos_meta::Title;
use serde::{Deserialize, Serialize};

/// A device that is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceView {
    /// Its name for the form.
    pub id: String,
    /// `Firefox on Windows`.
    pub device: String,
    /// `192.0.2.1`, since when, and when it was last seen.
    pub facts: Vec<String>,
    /// Whether it is the one that looks.
    pub is_this: bool,
}

/// A kind of letters that can be switched off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetterChoice {
    /// Its name for the form.
    pub kind: String,
    /// What it is about.
    pub title: String,
    /// Whether it is wanted.
    pub wanted: bool,
}

/// The page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct YouView {
    /// What stands around it.
    pub frame: FrameView,
    /// Their address, and what they are to the customer.
    pub facts: Vec<String>,
    /// Their name, or what was typed.
    pub name: String,
    /// Their address.
    pub email: String,
    /// The fewest characters of a password.
    pub shortest: usize,
    /// Whether the second factor is on: then how many recovery codes are left, in words.
    pub factor: Option<String>,
    /// Where they are signed in.
    pub devices: Vec<DeviceView>,
    /// Letters that can be switched off, where they get such letters.
    pub letters: Vec<LetterChoice>,
    /// That their account will be deleted, and when.
    pub leaving: Option<String>,
    /// What was wrong.
    pub wrong: Option<Wrong>,
}

/// Profile & security.
#[component]
pub fn YouPage() -> impl IntoView {
    loaded(you_page, move |view| view! { <YouContent view /> })
}

/// The page of this person.
#[component]
pub fn YouContent(
    /// What to show.
    view: YouView,
) -> impl IntoView {
    let wrong = view.wrong.as_ref().map(|wrong| wrong.field.clone());
    let is_wrong = move |field: &str| wrong.as_deref() == Some(field);
    let hint = format!("At least {} characters. Your other devices are signed out.", view.shortest);
    view! {
        <Title text="Profile & security" />
        <Frame frame=view.frame path="/you">
            <PageHeader title="Profile & security" facts=view.facts>
                <a class="button" href="/you/privacy">
                    "Privacy"
                </a>
            </PageHeader>
            {view
                .leaving
                .map(|words| {
                    view! {
                        <p class="notice" data-tone="warn">
                            <ToneIcon tone=Tone::Warn />
                            <span>{words} " " <a href="/you/privacy">"Keep it under Privacy"</a></span>
                        </p>
                    }
                })}
            <WhatWasWrong wrong=view.wrong />
            <div class="columns you-forms">
                <section class="panel" aria-labelledby="profile">
                    <h2 id="profile">"Name"</h2>
                    <form class="stack" method="post" action="/act/rename">
                        <Field name="name" label="Your name" autocomplete="name" value=view.name is_wrong=is_wrong("name") />
                        <button class="button" type="submit">
                            "Save name"
                        </button>
                    </form>
                </section>
                <section class="panel" aria-labelledby="password-title">
                    <h2 id="password-title">"Password"</h2>
                    <form class="stack" method="post" action="/act/change-password">
                        <input
                            class="unseen"
                            type="email"
                            autocomplete="username"
                            value=view.email
                            readonly
                            tabindex="-1"
                            aria-hidden="true"
                        />
                        <Field
                            name="password"
                            label="New password"
                            kind="password"
                            autocomplete="new-password"
                            hint
                            is_wrong=is_wrong("password")
                        />
                        <button class="button" type="submit">
                            "Change password"
                        </button>
                    </form>
                </section>
            </div>
            <Factor left=view.factor />
            <Letters choices=view.letters />
            <Devices devices=view.devices />
        </Frame>
    }
}

/// The second factor: on, with what is left of the recovery codes; or how it is turned on.
#[component]
fn Factor(left: Option<String>) -> impl IntoView {
    let state = match left {
        Some(left) => view! {
            <p>
                <Badge tone=Tone::Ok text="On" />
                " A sign-in asks for a code from your authenticator app. "
                {left}
            </p>
            <div class="acts">
                <form method="post" action="/act/new-recovery-codes">
                    <button class="button" type="submit">
                        "Make new recovery codes"
                    </button>
                </form>
                <form method="post" action="/act/turn-factor-off">
                    <button class="button" data-kind="quiet" type="submit">
                        "Turn the second factor off"
                    </button>
                </form>
            </div>
        }
        .into_any(),
        None => view! {
            <p>
                <Badge tone=Tone::Calm text="Off" />
                " With it, a sign-in also asks for a code from an app on your phone: a password alone is worth nothing then."
            </p>
            <form method="post" action="/act/begin-factor">
                <button class="button" data-kind="primary" type="submit">
                    "Turn on the second factor"
                </button>
            </form>
        }
        .into_any(),
    };
    view! {
        <section class="panel stack" aria-labelledby="factor">
            <h2 id="factor">"Second factor"</h2>
            {state}
        </section>
    }
}

/// N3: which letters they want; what concerns sign-in, invoices and payments that fail is sent in any case.
#[component]
fn Letters(choices: Vec<LetterChoice>) -> impl IntoView {
    let choice = |choice: LetterChoice| {
        view! {
            <label class="option">
                <input type="checkbox" name="wanted[]" value=choice.kind checked=choice.wanted />
                {choice.title}
            </label>
        }
    };
    (!choices.is_empty()).then(|| view! {
        <section class="panel" aria-labelledby="letters">
            <h2 id="letters">"Letters"</h2>
            <form class="stack" method="post" action="/act/choose-letters">
                <fieldset>
                    <legend>"Write to me when"</legend>
                    {choices.into_iter().map(choice).collect_view()}
                </fieldset>
                <p class="note">
                    "Invoices go to the billing email. Letters about payments that fail, your sign-in and your data always reach you."
                </p>
                <button class="button" type="submit">
                    "Save letters"
                </button>
            </form>
        </section>
    })
}

#[component]
fn Devices(devices: Vec<DeviceView>) -> impl IntoView {
    let others = devices.iter().filter(|device| !device.is_this).count();
    let row = |device: DeviceView| {
        let facts = device.facts.into_iter().map(|fact| view! { <span>{fact}</span> }).collect_view();
        let act = if device.is_this {
            view! { <Badge tone=Tone::Ok text="This one" /> }.into_any()
        } else {
            view! {
                <form method="post" action="/act/end-session">
                    <input type="hidden" name="device" value=device.id />
                    <button class="button" type="submit">
                        "Sign it out" <span class="unseen">": " {device.device.clone()}</span>
                    </button>
                </form>
            }
            .into_any()
        };
        view! {
            <li>
                <div>
                    <h3>{device.device}</h3>
                    <p class="facts small">{facts}</p>
                </div>
                {act}
            </li>
        }
    };
    view! {
        <section class="panel stack" aria-labelledby="devices">
            <h2 id="devices">"Signed-in devices"</h2>
            <ul class="devices">{devices.into_iter().map(row).collect_view()}</ul>
            {(others > 0).then(|| view! {
                <form method="post" action="/act/end-other-sessions">
                    <button class="button" type="submit">
                        "Sign out all others"
                    </button>
                </form>
            })}
            <p class="note">
                "A device that is signed out is out at once. Unused, a sign-in ends after 12 hours; used, after 7 days."
            </p>
        </section>
    }
}
