//! "Ask for more", where a refusal was by one's own cap or by the capacity. A7, 5.3.

use crate::ui::{Said, Tone};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What can be asked, and what has become of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskForMoreView {
    /// The refusal's id.
    pub refusal: String,
    /// Whether they may ask now.
    pub may: bool,
    /// What has become of what they have asked.
    pub said: Option<(Tone, String)>,
}

/// It.
#[component]
pub fn AskForMore(
    /// What to show.
    ask: AskForMoreView,
) -> impl IntoView {
    let form = ask.may.then(|| {
        view! {
            <section class="panel ask" aria-labelledby="ask-title">
                <h2 id="ask-title">"Ask for more"</h2>
                <form class="stack" method="post" action="/act/ask-for-more">
                    <input type="hidden" name="refusal" value=ask.refusal />
                    <div class="field">
                        <label for="ask-words">"What it is for"</label>
                        <input id="ask-words" name="words" maxlength="300" autocomplete="off" aria-describedby="ask-hint" />
                        <p class="hint" id="ask-hint">
                            "Your administrators get it by letter and on their Overview. You get a letter when it is answered."
                        </p>
                    </div>
                    <button class="button" data-kind="primary" type="submit">
                        "Ask your administrators"
                    </button>
                </form>
            </section>
        }
    });
    view! {
        {ask.said.map(|(tone, words)| view! { <Said tone words /> })}
        {form}
    }
}
