//! A box that says what went wrong and what to do.

use super::{Tone, ToneIcon};
use leptos::prelude::*;

/// What happened, what still works, one way on. It takes the focus when the page opens and is read out at once.
#[component]
pub fn Problem(
    /// What happened, in one line; without it the first child says so.
    #[prop(optional, into)]
    title: Option<String>,
    /// What still works, and the way on.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="problem" id="problem" role="alert" tabindex="-1" autofocus>
            {title
                .map(|title| {
                    view! {
                        <p class="problem-title">
                            <ToneIcon tone=Tone::Bad />
                            <strong>{title}</strong>
                        </p>
                    }
                })}
            {children()}
        </div>
    }
}
