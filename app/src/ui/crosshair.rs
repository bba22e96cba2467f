//! A line over a chart that the arrow keys move from point to point; what stands at it is read out.

use leptos::prelude::*;

/// The line, what moves it, and what stands at it: the last point until somebody moves it.
///
/// The server has written every reading; the browser only chooses one.
#[island]
pub fn Crosshair(
    /// A line a point: its place in the wide picture and in the narrow one, its name, its figures; tabs between them.
    readings: String,
) -> impl IntoView {
    let last = readings.lines().count().saturating_sub(1);
    let readings = StoredValue::new(readings);
    let at = RwSignal::new(last);
    let part = move |place: usize| {
        let line = |all: &String| {
            all.lines().nth(at.get()).and_then(|line| line.split('\t').nth(place)).map(str::to_owned)
        };
        readings.with_value(line).unwrap_or_default()
    };
    let cross = move |wide: &'static str, place: usize| {
        view! {
            <svg class="crosshair" data-wide=wide aria-hidden="true">
                <rect x=move || part(place) width="1" height="100%" />
            </svg>
        }
    };
    view! {
        {cross("true", 0)}
        {cross("false", 1)}
        <input
            class="crosshair-thumb"
            type="range"
            max=last
            value=last
            aria-label="Read the chart point by point"
            aria-valuetext=move || part(2)
            on:input=move |event| at.set(event_target_value(&event).parse().unwrap_or(last))
        />
        <p class="crosshair-reading">
            <strong>{move || part(2)}</strong>
            <span aria-live="polite">{move || part(3)}</span>
        </p>
    }
}
