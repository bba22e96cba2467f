//! A chart: the picture, and the exact table beside it.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A chart, drawn on the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartView {
    /// What it shows: `AI cost by day, in £`.
    pub title: String,
    /// The picture for a wide place, and for a narrow one: SVG of our own making.
    pub pictures: [String; 2],
    /// The series, in the order of their colours.
    pub series: Vec<String>,
    /// What the picture says, for whoever does not see it.
    pub label: String,
    /// The names of the table's columns.
    pub columns: Vec<String>,
    /// Its rows; the first cell names the row.
    pub rows: Vec<Vec<String>>,
    /// The sums.
    pub total: Vec<String>,
    /// What is missing from it.
    pub note: Option<String>,
}

/// A chart with its key and its table.
#[component]
pub fn Chart(
    /// What to show.
    chart: ChartView,
) -> impl IntoView {
    let [wide, narrow] = chart.pictures;
    let key = chart.series.into_iter().enumerate().map(|(place, name)| {
        view! { <li data-series=(place + 1).to_string()>{name}</li> }
    });
    let head = chart.columns.into_iter().enumerate().map(|(place, name)| {
        view! {
            <th scope="col" class:number=place != 0>
                {name}
            </th>
        }
    });
    let row = |cells: Vec<String>| {
        let cells = cells.into_iter().enumerate().map(|(place, cell)| match place {
            0 => view! { <th scope="row">{cell}</th> }.into_any(),
            _ => view! { <td class="number">{cell}</td> }.into_any(),
        });
        view! { <tr>{cells.collect_view()}</tr> }
    };
    view! {
        <figure class="chart">
            <figcaption>
                <h2>{chart.title}</h2>
                <ul class="chart-key">{key.collect_view()}</ul>
            </figcaption>
            <div class="chart-picture" data-wide="true" role="img" aria-label=chart.label.clone() inner_html=wide></div>
            <div class="chart-picture" data-wide="false" role="img" aria-label=chart.label inner_html=narrow></div>
            {chart.note.map(|note| view! { <p class="note">{note}</p> })}
            <details>
                <summary>"Show as a table"</summary>
                <div class="chart-table" tabindex="0" role="region" aria-label="The chart as a table">
                    <table class="list" data-dense="true">
                        <thead>
                            <tr>{head.collect_view()}</tr>
                        </thead>
                        <tbody>{chart.rows.into_iter().map(row).collect_view()}</tbody>
                        <tfoot>{row(chart.total)}</tfoot>
                    </table>
                </div>
            </details>
        </figure>
    }
}
