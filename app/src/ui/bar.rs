//! A bar in a table: all of one table share a scale, the longest fills its column.

use super::Place;
use leptos::prelude::*;

/// What the amounts are, which decides the colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Series {
    /// Tokens, revenue.
    First,
    /// AI cost.
    Third,
}

/// One bar; the number beside it says the same.
#[component]
pub fn Bar(
    /// How long, of the column.
    length: Place,
    /// What is measured.
    series: Series,
) -> impl IntoView {
    let series = match series {
        Series::First => "1",
        Series::Third => "3",
    };
    view! {
        <svg class="bar" data-series=series aria-hidden="true">
            <rect width=length.to_string() height="8" rx="1" />
        </svg>
    }
}
