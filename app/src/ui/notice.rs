//! A box that says what went wrong and what to do.

use super::{Tone, ToneIcon};
use leptos::prelude::*;

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
