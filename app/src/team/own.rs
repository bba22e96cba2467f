//! What a member with a cap sees of themselves. A7.

use crate::ui::{Tape, TapeMeter};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A member's own use and cap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnSeatView {
    /// `138,000 of 160,000 tokens used this cycle`.
    pub title: String,
    /// Held, left, when it starts again, what holds for a time.
    pub facts: Vec<String>,
    /// Used, held, left.
    pub tape: Tape,
}

/// It.
#[component]
pub fn OwnSeat(
    /// What to show.
    seat: OwnSeatView,
) -> impl IntoView {
    let facts = seat.facts.into_iter().map(|fact| view! { <span>{fact}</span> }).collect_view();
    view! {
        <section class="panel own-seat" aria-labelledby="own-seat">
            <h2 id="own-seat">"Your seat"</h2>
            <p>{seat.title}</p>
            <TapeMeter tape=seat.tape />
            <p class="facts small">{facts}</p>
        </section>
    }
}

#[cfg(feature = "ssr")]
mod on_the_server {
    use super::OwnSeatView;
    use crate::{
        format::Format,
        ui::{Fill, Tape},
    };
    use billing::time::Timestamp;
    use engine::team::OwnSeat;

    impl OwnSeatView {
        /// A seat as it stands at this instant.
        #[must_use]
        pub fn of(seat: &OwnSeat, at: Timestamp, format: &Format) -> Self {
            let cap = seat.limit.at(at);
            let (used, held) = (seat.taken.used, seat.taken.held);
            let left = cap.beyond(used).beyond(held);
            let title = format!(
                "{} of your cap of {} tokens used this cycle",
                format.tokens(used),
                format.tokens(cap)
            );
            let facts = [
                (!held.is_zero()).then(|| format!("{} held", format.tokens(held))),
                Some(format!("{} left", format.tokens(left))),
                Some(format!("refreshes {}", format.day(seat.resets_at))),
                seat.limit.override_at(at).map(|instead| {
                    format!("{} again from {}", format.tokens(seat.limit.cap), format.minute(instead.until))
                }),
            ];
            let parts = [(Fill::Spent, used), (Fill::Held, held), (Fill::Left, left)];
            let parts = parts.map(|(fill, tokens)| (fill, tokens.get()));
            Self {
                tape: Tape {
                    parts: Tape::parts(&parts),
                    notch: None,
                    limit: None,
                    head: None,
                    label: title.clone(),
                },
                facts: facts.into_iter().flatten().collect(),
                title,
            }
        }
    }
}
