//! A box that says what went wrong and what to do.

use super::{Tone, ToneIcon};
use leptos::prelude::*;

/// What was done, once, on the page after it.
#[component]
pub fn Said(
    /// What it means.
    tone: Tone,
    /// In a sentence or two.
    #[prop(into)]
    words: String,
) -> impl IntoView {
    view! {
        <p class="notice" role="status" data-tone=tone.name()>
            <ToneIcon tone />
            {words}
        </p>
    }
}

/// What happened, what still works, one way on. It takes the focus when the page opens and is read out at once.
#[component]
pub fn Problem(
    /// What happened, or what still works.
    #[prop(into)]
    message: String,
    /// The way on.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="problem" id="problem" role="alert" tabindex="-1" autofocus>
            <p class="problem-message">
                <ToneIcon tone=Tone::Bad />
                {message}
            </p>
            {children.map(|children| children())}
        </div>
    }
}
