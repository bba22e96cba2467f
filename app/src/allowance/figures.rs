//! The tokens left, large, with the tape and its key.

use super::usage::UsageView;
use crate::ui::{TapeMeter, tape::Height};
use leptos::prelude::*;

/// The first figure of Overview.
#[component]
pub fn TokensLeft(
    /// What to show.
    usage: UsageView,
    /// Whether changes arrive by themselves; where they do not, the instant says how old the figures are.
    live: bool,
) -> impl IntoView {
    let key = usage.key.into_iter().map(|entry| view! { <li data-fill=entry.fill.name()>{entry.text}</li> });
    view! {
        <section class="panel tokens-left" aria-labelledby="tokens-left">
            <div class="tokens-left-top">
                <div>
                    <h2 id="tokens-left">"Tokens left this cycle"</h2>
                    <p class="hero">
                        <strong>{usage.left}</strong>
                        " "
                        <span>{usage.of}</span>
                    </p>
                </div>
                <ul class="key">{key.collect_view()}</ul>
            </div>
            <TapeMeter tape=usage.tape height=Height::Big />
            <div class="tokens-left-foot">
                <p>{usage.pace}</p>
                <p data-live=live.to_string()>{if live { "Live, as of " } else { "As of " }} {usage.as_of}</p>
            </div>
        </section>
    }
}
