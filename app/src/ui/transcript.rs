//! "Prefer to read? Open the step-by-step transcript." X1, X5: a numbered list that folds out without a script.

use leptos::prelude::*;

/// How a page is used, folded away.
#[component]
pub fn Transcript(
    /// What the steps lead to.
    title: &'static str,
    /// Three to five steps; what stands between two pairs of asterisks is bold.
    steps: Vec<&'static str>,
) -> impl IntoView {
    let steps = steps.into_iter().map(|step| view! { <li>{marked(step)}</li> }).collect_view();
    view! {
        <section class="transcript" aria-labelledby="transcript">
            <h2 id="transcript">{title}</h2>
            <details>
                <summary>"Prefer to read? Open the step-by-step transcript"</summary>
                <ol>{steps}</ol>
            </details>
        </section>
    }
}

fn marked(text: &'static str) -> impl IntoView {
    let part = |(place, part): (usize, &'static str)| {
        if place % 2 == 1 { view! { <strong>{part}</strong> }.into_any() } else { part.into_any() }
    };
    text.split("**").enumerate().map(part).collect_view()
}
