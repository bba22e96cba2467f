//! What all pictures by charts-rs have in common.

use super::scale::{Scale, units};
use charts_rs::{AxisLabelOverflow, BarChart, Color, Series};

/// Width and height of a picture for a narrow place.
pub(super) const NARROW: (f32, f32) = (360.0, 220.0);
/// Those of the two pictures that have the whole width of a page.
pub(super) const SIZES: [(f32, f32); 2] = [(1080.0, 240.0), NARROW];
/// What the axis' numbers take of a picture's width, and the edge that the library leaves around it.
const AXIS: f32 = 52.0;
const EDGE: f32 = 5.0;
/// How large names are that stand aslant.
const ASLANT: f32 = 10.0;

/// A picture of these series; colours are marks that the style sheet gives their meaning.
pub(super) fn draw(
    series: Vec<Series>,
    categories: Vec<String>,
    (width, height): (f32, f32),
    scale: &Scale,
    overflow: AxisLabelOverflow,
) -> String {
    let indices: Vec<Option<usize>> = series.iter().map(|series| series.index).collect();
    let mut chart = BarChart::new(series, categories);
    for (series, index) in chart.series_list.iter_mut().zip(indices) {
        series.index = index.or(series.index);
    }
    (chart.width, chart.height, chart.compact) = (width, height, true);
    chart.legend.show = Some(false);
    chart.margin = EDGE.into();
    chart.margin.top = 10.0;
    chart.background_color = Color::transparent();
    if overflow == AxisLabelOverflow::Rotate {
        chart.x_axis.font.size = ASLANT;
    }
    chart.x_axis.label_overflow = overflow;
    chart.series.colors = (1..=6).map(mark).collect();
    if let Some(axis) = chart.y_axis_configs.first_mut() {
        (axis.min, axis.max) = (Some(units(scale.low)), Some(units(scale.high)));
        (axis.split_number, axis.width) = (scale.parts, Some(AXIS));
    }
    // A true minus, as everywhere.
    plain(&chart.svg().unwrap_or_default(), width, height).replace(">-", ">\u{2212}")
}

/// The colour that stands for a mark.
pub(super) const fn mark(number: u8) -> Color {
    Color { r: number, g: number, b: number, a: 255 }
}

/// Where each of so many categories has its middle in a picture of this width.
pub(super) fn centres(count: usize, width: f32) -> Vec<f32> {
    let count = u16::try_from(count).unwrap_or(u16::MAX);
    let left = EDGE + AXIS;
    let centre =
        |point: u16| left + (width - left - EDGE) * (f32::from(point) + 0.5) / f32::from(count.max(1));
    (0..count).map(centre).collect()
}

/// Without the fixed size, the font and the values in `f32` that the library writes along.
fn plain(svg: &str, width: f32, height: f32) -> String {
    let mut text = svg.replacen(&format!("width=\"{width}\" height=\"{height}\" "), "", 1).replacen(
        " font-family=\"Roboto\"",
        "",
        1,
    );
    for attribute in [" data-series=\"", " data-category=\"", " data-value=\""] {
        let parts: Vec<&str> = text
            .split(attribute)
            .enumerate()
            .map(
                |(place, part)| {
                    if place == 0 { part } else { part.split_once('"').map_or(part, |(_, rest)| rest) }
                },
            )
            .collect();
        text = parts.concat();
    }
    text
}
