//! The usage banner: a pure view of [`UsageView`].

use super::usage::UsageView;
use crate::ui::{TapeMeter, ToneIcon};
use billing::allowance::Banner;
use leptos::prelude::*;

/// How many facts the one line has: the tokens left, and where the next come from.
const LINE_FACTS: usize = 2;

/// What is left, in one region that says which state it is in.
#[component]
pub fn UsageBanner(
    /// What to show.
    usage: UsageView,
    /// Whether it stands in full; else it is one line, with the tokens left all the same.
    #[prop(optional)]
    full: bool,
    /// What the region is called: apart from others where several stand on one page.
    #[prop(default = "Usage".to_owned())]
    label: String,
) -> impl IntoView {
    let shown = if full { usage.facts.len() } else { usage.facts.len().min(LINE_FACTS) };
    let facts = usage.facts.into_iter().take(shown).map(|fact| view! { <span>{fact}</span> }).collect_view();
    view! {
        <section class="banner" aria-label=label data-tone=usage.tone.name() data-state=state_name(usage.state) data-full=full.to_string()>
            <div class="banner-words">
                <h2>
                    <ToneIcon tone=usage.tone />
                    {usage.headline}
                </h2>
                {usage.advice.map(|advice| view! { <p>{advice}</p> })}
                <p class="facts">{facts}</p>
            </div>
            {usage.act.map(|(address, words)| view! { <a class="banner-act" href=address>{words}</a> })}
            {full.then(|| view! { <TapeMeter tape=usage.tape /> })}
        </section>
    }
}

/// The value of the `data-state` attribute.
const fn state_name(state: Banner) -> &'static str {
    match state {
        Banner::PaymentOverdue => "payment-overdue",
        Banner::NothingLeft => "nothing-left",
        Banner::AutoTopUpFailed => "auto-top-up-failed",
        Banner::PaymentFailed => "payment-failed",
        Banner::Prompt => "prompt",
        Banner::PromptOnExtra => "prompt-on-extra",
        Banner::OnExtra => "on-extra",
        Banner::AutoTopUp => "auto-top-up",
        Banner::Healthy => "healthy",
    }
}
