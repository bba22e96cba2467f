//! The tour: four steps, one at a time, each with an address of its own. X3, X4.

use leptos::prelude::*;

/// The tour's four steps: what is seen, and where to see it oneself.
const TOUR: [Step; 4] = [
    Step {
        title: "Your tier sets the allowance",
        words: "Each billing cycle starts with the tokens of your tier: Creator for individuals, Pro for regular producers, \
                Atelier for teams that share one pool.",
        place: Some(("/", "See what is left on Overview")),
    },
    Step {
        title: "Each AI step takes tokens",
        words: "A production is admitted whole: its tokens are held before it starts, charged step by step as it runs, and \
                what it did not need goes back to where it came from.",
        place: Some(("/productions", "Open a production’s receipt")),
    },
    Step {
        title: "At about 75% the banner prompts",
        words: "With auto-top-up off, the banner says when it will run out at your pace, and who can buy more. What you buy \
                is used after the allowance and stays at the refresh.",
        place: None,
    },
    Step {
        title: "Track cost against revenue",
        words: "Every AI call’s cost is kept beside its tokens. Where an account has a monthly limit, new productions that \
                do not fit are refused up front; none runs in part.",
        place: None,
    },
];

struct Step {
    title: &'static str,
    words: &'static str,
    place: Option<(&'static str, &'static str)>,
}

/// The tour, one step at a time; each has an address.
#[component]
pub(super) fn Tour(
    /// Which step is open, from 1.
    step: usize,
) -> impl IntoView {
    let last = TOUR.len();
    let step = step.clamp(1, last);
    let dots = TOUR.iter().enumerate().map(|(place, of)| {
        let number = place + 1;
        view! {
            <li>
                <a href=format!("/help?step={number}#tour") aria-current=(number == step).then_some("step")>
                    {number} ". " {of.title}
                </a>
            </li>
        }
    });
    let open = TOUR.into_iter().nth(step - 1).map(|of| {
        let place = of.place.map(|(address, words)| view! { <a class="button" href=address>{words}</a> });
        view! {
            <h3>{of.title}</h3>
            <p class="prose">{of.words}</p>
            {place}
        }
    });
    let back = (step > 1)
        .then(|| view! { <a class="button" href=format!("/help?step={}#tour", step - 1)>"Back"</a> });
    let next = (step < last).then(|| {
        view! {
            <a class="button" data-kind="primary" href=format!("/help?step={}#tour", step + 1)>
                "Next"
            </a>
        }
    });
    view! {
        <section class="panel tour" id="tour" aria-labelledby="tour-title">
            <h2 id="tour-title">"Tour: step " {step} " of " {last}</h2>
            <ol class="dots">{dots.collect_view()}</ol>
            {open}
            <div class="acts">{back} {next}</div>
        </section>
    }
}
