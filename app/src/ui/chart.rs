//! A chart: the picture, and the exact table beside it.

use super::Crosshair;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What a colour of a chart stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mark {
    /// The first series; revenue, where it is money.
    First,
    /// The second series.
    Second,
    /// The third series; AI cost, where it is money.
    Third,
    /// The rest.
    Rest,
    /// What is left: the margin.
    Left,
}

impl Mark {
    /// The marks of series that mean nothing but themselves, in order.
    pub const PLAIN: [Self; 4] = [Self::First, Self::Second, Self::Third, Self::Rest];

    /// The value of a `data-series` attribute, and the place in a picture's palette.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::First => 1,
            Self::Second => 2,
            Self::Third => 3,
            Self::Rest => 4,
            Self::Left => 5,
        }
    }
}

/// A chart, drawn on the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartView {
    /// What it shows: `AI cost by day, in £`.
    pub title: String,
    /// The picture for a wide place, and for a narrow one: SVG of our own making.
    pub pictures: [String; 2],
    /// The series by their colours.
    pub series: Vec<(Mark, String)>,
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
    /// What a crosshair reads out, as [`Crosshair`] takes it; none where the chart has no points in a row.
    pub readings: Option<String>,
}

/// A chart with its key and its table.
#[component]
pub fn Chart(
    /// What to show.
    chart: ChartView,
) -> impl IntoView {
    let [wide, narrow] = chart.pictures;
    let key = chart.series.into_iter().map(|(mark, name)| {
        view! { <li data-series=mark.number().to_string()>{name}</li> }
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
    let pictures = view! {
        <div class="chart-picture" data-wide="true" role="img" aria-label=chart.label.clone() inner_html=wide></div>
        <div class="chart-picture" data-wide="false" role="img" aria-label=chart.label inner_html=narrow></div>
    };
    let plot = match chart.readings {
        Some(readings) => {
            view! { <div class="chart-plot">{pictures} <Crosshair readings /></div> }.into_any()
        }
        None => pictures.into_any(),
    };
    view! {
        <figure class="chart">
            <figcaption>
                <h2>{chart.title}</h2>
                <ul class="chart-key">{key.collect_view()}</ul>
            </figcaption>
            {plot}
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
