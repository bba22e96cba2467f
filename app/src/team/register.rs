//! "Sign up": name, email, billing country, and the acceptance of the terms; then a letter. L5, T9.

use super::{Field, LegalTexts, WhatWasWrong, Wrong, server_fns::register_page};
use crate::{
    frame::{PlainFrame, loaded},
    ui::Choice,
};
use leptos::prelude::*;
use leptos_meta::Title;
use serde::{Deserialize, Serialize};

/// The form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisterView {
    /// The name that was typed.
    pub name: String,
    /// The address that was typed.
    pub email: String,
    /// The countries to choose from.
    pub countries: Vec<Choice>,
    /// What is accepted.
    pub texts: LegalTexts,
    /// What was wrong.
    pub wrong: Option<Wrong>,
}

/// Registers somebody.
#[component]
pub fn RegisterPage() -> impl IntoView {
    loaded(register_page, move |view| view! { <RegisterContent view /> })
}

/// The form with these values.
#[component]
pub fn RegisterContent(
    /// What to show.
    view: RegisterView,
) -> impl IntoView {
    let wrong = view.wrong.as_ref().map(|wrong| wrong.field.clone());
    let is_wrong = move |field: &str| wrong.as_deref() == Some(field);
    let country = |choice: Choice| {
        view! {
            <option value=choice.value selected=choice.chosen>
                {choice.words}
            </option>
        }
    };
    view! {
        <Title text="Register" />
        <PlainFrame>
            <h1>"Register"</h1>
            <p class="muted">"You begin on a free evaluation: no card, nothing to cancel."</p>
            <WhatWasWrong wrong=view.wrong />
            <form class="stack" method="post" action="/act/register">
                <Field name="name" label="Your name" autocomplete="name" value=view.name is_wrong=is_wrong("name") />
                <Field name="email" label="Email" kind="email" autocomplete="email" value=view.email is_wrong=is_wrong("email") />
                <div class="field">
                    <label for="country">"Billing country"</label>
                    <select
                        id="country"
                        name="country"
                        autocomplete="country"
                        required
                        aria-describedby="country-hint"
                        aria-invalid=is_wrong("country").then_some("true")
                    >
                        {view.countries.into_iter().map(country).collect_view()}
                    </select>
                    <p class="hint" id="country-hint">
                        "It decides tax and currency."
                    </p>
                </div>
                <label class="option" for="accepted">
                    <input
                        id="accepted"
                        name="accepted"
                        type="checkbox"
                        value="yes"
                        required
                        aria-invalid=is_wrong("accepted").then_some("true")
                    />
                    <span>
                        "I accept the " <a href=view.texts.terms rel="noopener">"Terms"</a> " and the "
                        <a href=view.texts.privacy rel="noopener">"Privacy Notice"</a> "."
                    </span>
                </label>
                <button class="button" data-kind="primary" type="submit">
                    "Send me a link to confirm"
                </button>
            </form>
            <p class="small">
                "Registered already? " <a href="/sign-in">"Sign in"</a>
            </p>
        </PlainFrame>
    }
}
