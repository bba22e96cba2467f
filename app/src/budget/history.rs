//! Who has set which limit, from what to what: folded away below the form.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// One amount that somebody has changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeView {
    /// Which amount.
    pub what: String,
    /// What held before, and what has held since.
    pub amounts: [String; 2],
    /// Who, and when.
    pub who: String,
}

/// The changes, newest first.
#[component]
pub(super) fn LimitHistory(changes: Vec<ChangeView>) -> impl IntoView {
    let list = if changes.is_empty() {
        view! { <p class="muted small">"Nobody has changed a limit yet. Who does, and when, shows here."</p> }
            .into_any()
    } else {
        let change = |change: ChangeView| {
            let [before, after] = change.amounts;
            view! {
                <li>
                    <p>
                        {change.what} ": " {before} " → " <strong>{after}</strong>
                    </p>
                    <p class="muted">{change.who}</p>
                </li>
            }
        };
        view! { <ol class="history small">{changes.into_iter().map(change).collect_view()}</ol> }.into_any()
    };
    view! {
        <details>
            <summary>"History"</summary>
            {list}
        </details>
    }
}

#[cfg(feature = "ssr")]
mod on_the_server {
    use super::ChangeView;
    use crate::format::Format;
    use billing::{budget::LimitKind, money::Money};
    use engine::budget::LimitHistory;

    impl ChangeView {
        /// A change as a page says it.
        #[must_use]
        pub fn of(change: &LimitHistory, format: &Format) -> Self {
            let (what, none) = match change.moved.kind {
                LimitKind::StopAt => ("Stop every month".to_owned(), "no limit"),
                LimitKind::StopThisMonthAt => {
                    (format!("Stop in {} only", format.month(change.at)), "no limit")
                }
                LimitKind::TellAt => ("Tell me".to_owned(), "nothing"),
            };
            let amount =
                |amount: Option<Money>| amount.map_or(none.to_owned(), |amount| format.money(amount));
            let by = change.by.as_deref().unwrap_or("JARAI");
            Self {
                what,
                amounts: [amount(change.moved.before), amount(change.moved.after)],
                who: format!("{by}, {}", format.instant(change.at)),
            }
        }
    }
}
