//! One key: making it, and changing, rotating and revoking it. T12.

use super::key_fns::{key_page, new_key_page};
use crate::{
    budget::AmountField,
    frame::{Frame, FrameView, PageHeader, loaded},
    ui::{Badge, Choice, Problem, ReasonField, Select, Stop, Tone, Trail},
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use serde::{Deserialize, Serialize};

/// What a key is made with, or changed to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyForm {
    /// What it is called.
    pub name: String,
    /// What it may do.
    pub acts: Vec<Choice>,
    /// Whether it is for all accounts, those that are opened later too.
    pub all_accounts: bool,
    /// The accounts.
    pub accounts: Vec<Choice>,
    /// What stands before an amount: `£`.
    pub unit: String,
    /// What it may spend a month, as it was set or typed.
    pub limit: String,
    /// Acts a second, as they were set or typed.
    pub rate: String,
    /// Which field is wrong, and why.
    pub wrong: Option<(String, String)>,
}

/// The page of a new key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewKeyView {
    /// What stands around it.
    pub frame: FrameView,
    /// The form.
    pub form: KeyForm,
    /// The form's own name: sent twice, it makes one key.
    pub request: String,
}

/// The page of a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyView {
    /// What stands around it.
    pub frame: FrameView,
    /// Its id.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// That it is revoked, or that two tokens live.
    pub notice: Option<(Tone, String)>,
    /// The line of facts.
    pub facts: Vec<String>,
    /// The form; none once it is revoked.
    pub form: Option<KeyForm>,
    /// How long the old token may live on.
    pub overlaps: Vec<Choice>,
    /// What a rotation does now.
    pub rotation: String,
    /// The form's own name: sent twice, it rotates once.
    pub request: String,
}

/// A new key.
#[component]
pub fn NewKeyPage() -> impl IntoView {
    loaded(new_key_page, move |view| view! { <NewKeyContent view /> })
}

/// One key.
#[component]
pub fn KeyPage() -> impl IntoView {
    let key = use_params_map().get_untracked().get("key").unwrap_or_default();
    loaded(move || key_page(key.clone()), move |view| view! { <KeyContent view /> })
}

fn trail(name: String) -> Vec<Stop> {
    let keys = Stop { words: "Pipeline keys".to_owned(), address: Some("/keys".to_owned()) };
    vec![keys, Stop { words: name, address: None }]
}

/// The page of a new key.
#[component]
pub fn NewKeyContent(
    /// What to show.
    view: NewKeyView,
) -> impl IntoView {
    view! {
        <Title text="Make a key" />
        <Frame frame=view.frame path="/keys">
            <Trail stops=trail("Make a key".to_owned()) />
            <PageHeader title="Make a key" facts=vec!["The key is shown once, on the next page".to_owned()] />
            <form class="panel stack details" method="post" action="/act/make-key">
                <input type="hidden" name="request" value=view.request />
                <Fields form=view.form />
                <button class="button" data-kind="primary" type="submit">
                    "Make the key"
                </button>
            </form>
        </Frame>
    }
}

/// The page of a key.
#[component]
pub fn KeyContent(
    /// What to show.
    view: KeyView,
) -> impl IntoView {
    let id = view.id.clone();
    let forms = view.form.map(|form| {
        view! {
            <div class="columns key-columns">
                <form class="panel stack" method="post" action="/act/change-key" aria-labelledby="change">
                    <h2 id="change">"What it may do"</h2>
                    <input type="hidden" name="key" value=id.clone() />
                    <Fields form />
                    <button class="button" data-kind="primary" type="submit">
                        "Save changes"
                    </button>
                </form>
                <div class="stack">
                    <form class="panel stack" method="post" action="/act/rotate-key" aria-labelledby="rotate">
                        <h2 id="rotate">"Rotate"</h2>
                        <p class="muted">{view.rotation}</p>
                        <input type="hidden" name="key" value=id.clone() />
                        <input type="hidden" name="request" value=view.request />
                        <Select name="overlap" label="The old token lives on for" choices=view.overlaps />
                        <button class="button" type="submit">
                            "Make a new token"
                        </button>
                    </form>
                    <form class="panel stack" method="post" action="/act/revoke-key" aria-labelledby="revoke">
                        <h2 id="revoke">"Revoke"</h2>
                        <p class="muted">
                            "Every token of it is dead at once. Productions that it has started run on and settle; it starts nothing new. This cannot be undone."
                        </p>
                        <input type="hidden" name="key" value=id />
                        <ReasonField id="reason" />
                        <button class="button" type="submit">
                            "Revoke the key"
                        </button>
                    </form>
                </div>
            </div>
        }
    });
    view! {
        <Title text=view.name.clone() />
        <Frame frame=view.frame path="/keys">
            <Trail stops=trail(view.name.clone()) />
            <PageHeader title=view.name facts=view.facts>
                {view.notice.map(|(tone, text)| view! { <Badge tone text /> })}
            </PageHeader>
            {forms}
        </Frame>
    }
}

/// The fields of a key, with what was typed and what was wrong with it.
#[component]
fn Fields(form: KeyForm) -> impl IntoView {
    let wrong = form.wrong.as_ref().map(|(field, _)| field.clone());
    let is_wrong = move |field: &str| wrong.as_deref() == Some(field);
    let ticked = |name: &'static str| {
        move |choice: Choice| {
            view! {
                <label class="option">
                    <input type="checkbox" name=name value=choice.value checked=choice.chosen />
                    {choice.words}
                </label>
            }
        }
    };
    let name_wrong = is_wrong("name").then_some("true");
    let rate_wrong = is_wrong("rate").then_some("true");
    view! {
        {form.wrong.map(|(_, message)| view! { <Problem message /> })}
        <div class="field">
            <label for="name">"Name"</label>
            <input id="name" name="name" required maxlength="80" autocomplete="off" value=form.name aria-invalid=name_wrong />
        </div>
        <fieldset>
            <legend>"What it may do"</legend>
            {form.acts.into_iter().map(ticked("acts[]")).collect_view()}
        </fieldset>
        <fieldset>
            <legend>"For which accounts"</legend>
            <label class="option">
                <input type="radio" name="reach" value="all" checked=form.all_accounts />
                "All, those that are opened later too"
            </label>
            <label class="option">
                <input type="radio" name="reach" value="some" checked=!form.all_accounts />
                "Only these:"
            </label>
            <div class="key-accounts">{form.accounts.into_iter().map(ticked("accounts[]")).collect_view()}</div>
        </fieldset>
        <AmountField
            name="limit"
            label="It may spend a month"
            hint="AI cost at your rates. Leave it empty for no limit of its own; those of accounts and customer apply all the same."
            unit=form.unit
            value=form.limit
            wrong=is_wrong("limit")
        />
        <div class="field">
            <label for="rate">"Acts a second"</label>
            <input id="rate" name="rate" inputmode="numeric" autocomplete="off" value=form.rate aria-invalid=rate_wrong aria-describedby="rate-hint" />
            <p class="hint" id="rate-hint">"1 to 10,000. Leave it empty for 1,200."</p>
        </div>
    }
}
