//! One word on the state of a thing.

use super::Tone;
use leptos::prelude::*;

/// A badge; it never wraps.
#[component]
pub fn Badge(
    /// What the state means.
    tone: Tone,
    /// The word.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    view! { <span class="badge" data-tone=tone.name()>{text}</span> }
}
