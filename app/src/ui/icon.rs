//! Pictures that repeat what the words beside them say.

use super::Tone;
use leptos::prelude::*;

/// The mark of the console: a tape with its playhead's cut.
#[component]
pub fn Logo() -> impl IntoView {
    view! {
        <svg class="logo" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
            <rect class="logo-ground" width="20" height="20" rx="4" />
            <rect class="logo-spent" x="4" y="8" width="7" height="4" />
            <rect class="logo-bought" x="12" y="8" width="4" height="4" />
        </svg>
    }
}

/// A triangle or a circle with an exclamation mark where a tone warns, a tick where it went well; else nothing.
#[component]
pub fn ToneIcon(
    /// What is said beside it.
    tone: Tone,
) -> impl IntoView {
    let path = match tone {
        Tone::Warn => "M8 1.8 15 14H1zM8 6.2v3.4M8 11.4v.9",
        Tone::Bad => "M1.4 8a6.6 6.6 0 1 0 13.2 0a6.6 6.6 0 1 0-13.2 0M8 4.6v4M8 10.6v.9",
        Tone::Ok => "M1.4 8a6.6 6.6 0 1 0 13.2 0a6.6 6.6 0 1 0-13.2 0M5 8.2l2.1 2.1L11 6",
        Tone::Calm | Tone::Accent => return None,
    };
    Some(view! {
        <svg class="icon" data-tone=tone.name() viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
            <path d=path />
        </svg>
    })
}
