//! The usage banner: a pure view of [`UsageView`].

use super::usage::UsageView;
use crate::ui::{TapeMeter, ToneIcon};
use billing::allowance::Banner;
use leptos::prelude::*;

/// What is left, in one region that says which state it is in.
#[component]
pub fn UsageBanner(
    /// What to show.
    usage: UsageView,
) -> impl IntoView {
    let facts = usage.facts.into_iter().map(|fact| view! { <span>{fact}</span> }).collect_view();
    view! {
        <section class="banner" aria-label="Usage" data-tone=usage.tone.name() data-state=state_name(usage.state)>
            <div class="banner-words">
                <h2>
                    <ToneIcon tone=usage.tone />
                    {usage.headline}
                </h2>
                {usage.advice.map(|advice| view! { <p>{advice}</p> })}
                <p class="facts">{facts}</p>
            </div>
            <TapeMeter tape=usage.tape />
        </section>
    }
}

/// The value of the `data-state` attribute.
const fn state_name(state: Banner) -> &'static str {
    match state {
        Banner::NothingLeft => "nothing-left",
        Banner::Prompt => "prompt",
        Banner::PromptOnExtra => "prompt-on-extra",
        Banner::OnExtra => "on-extra",
        Banner::AutoTopUp => "auto-top-up",
        Banner::Healthy => "healthy",
    }
}
