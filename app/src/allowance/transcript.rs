//! "Prefer to read? Open the step-by-step transcript."

use leptos::prelude::*;

/// The handbook's four steps, word for word.
const STEPS: [&str; 4] = [
    "Your tier sets a monthly token allowance (Creator / Pro / Atelier).",
    "Each AI step consumes tokens; the billing banner shows what’s left.",
    "At ~75% used (without auto-top-up) a banner prompts you to buy extra capacity.",
    "Track cost vs revenue on the Account P&L dashboard.",
];

/// How tokens, allowance and top-ups work, folded away.
#[component]
pub fn Transcript() -> impl IntoView {
    view! {
        <section class="transcript" aria-labelledby="transcript">
            <h2 id="transcript">"Tokens, allowance & top-ups"</h2>
            <details>
                <summary>"Prefer to read? Open the step-by-step transcript"</summary>
                <ol>{STEPS.map(|step| view! { <li>{step}</li> })}</ol>
            </details>
        </section>
    }
}
