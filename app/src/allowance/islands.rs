//! The two islands of what is left. Both show the server's figures first and follow one stream of newer ones.

use super::{UsageBanner, UsageView, feed, figures::TokensLeft};
use leptos::prelude::*;

/// The usage banner, live. A screen reader hears when its state changes, not each number.
#[island]
pub fn LiveBanner(
    /// What the server knew when it rendered the page.
    initial: UsageView,
    /// Whether it stands in full.
    full: bool,
) -> impl IntoView {
    let (usage, spoken) = (RwSignal::new(initial), RwSignal::new(String::new()));
    feed::follow(move |newer| {
        if newer.state != usage.read_untracked().state {
            spoken.set(newer.headline.clone());
        }
        usage.set(newer);
    });
    view! {
        {move || view! { <UsageBanner usage=usage.get() full /> }}
        <p class="unseen" role="status">
            {spoken}
        </p>
    }
}

/// The large figure of Overview, live.
#[island]
pub fn LiveTokensLeft(
    /// What the server knew when it rendered the page.
    initial: UsageView,
) -> impl IntoView {
    let usage = RwSignal::new(initial);
    let live = feed::follow(move |newer| usage.set(newer));
    view! { {move || view! { <TokensLeft usage=usage.get() live=live.get() /> }} }
}
