//! Stacked bars as SVG by charts-rs, which measures and draws; numbers, money and colours are ours.
//!
//! Its series are `f32`, so nothing that it prints is an amount: its axis has round numbers that we chose, its colours are
//! marks that the style sheet gives their meaning.

use charts_rs::{BarChart, Color, Series};

/// Names of the categories, and of each series its values in hundredths of a unit, one a category.
pub struct Bars {
    /// What stands below the bars.
    pub categories: Vec<String>,
    /// Name and values.
    pub series: Vec<(String, Vec<i64>)>,
}

/// Width and height of the two pictures. The wide one has something beside it: were it drawn for a whole page, its figures would
/// be too small to be read.
const SIZES: [(f32, f32); 2] = [(640.0, 260.0), (360.0, 220.0)];
/// How many parts the axis has.
const PARTS: u16 = 4;

impl Bars {
    /// The picture for a wide place and for a narrow one; empty where it cannot be drawn, since the table says the same.
    #[must_use]
    pub fn pictures(&self) -> [String; 2] {
        let sums = (0..self.categories.len()).map(|place| {
            self.series.iter().map(|(_, values)| values.get(place).copied().unwrap_or_default()).sum::<i64>()
        });
        let most = round_above(sums.max().unwrap_or_default());
        SIZES.map(|size| self.picture(size, most))
    }

    fn picture(&self, (width, height): (f32, f32), most: i64) -> String {
        let series = self.series.iter().map(|(name, values)| {
            let mut series = Series::new(name.clone(), values.iter().map(|value| units(*value)).collect());
            series.stack = Some("all".to_owned());
            series
        });
        let mut chart = BarChart::new(series.collect(), self.categories.clone());
        (chart.width, chart.height, chart.compact) = (width, height, true);
        chart.legend.show = Some(false);
        chart.margin.top = 10.0;
        chart.background_color = Color::transparent();
        let mark = |place| Color { r: place, g: place, b: place, a: 255 };
        chart.series.colors = (1..=6).map(mark).collect();
        if let Some(axis) = chart.y_axis_configs.first_mut() {
            (axis.min, axis.max, axis.split_number) = (Some(0.0), Some(units(most)), PARTS.into());
        }
        plain(&chart.svg().unwrap_or_default(), width, height)
    }
}

/// A value in whole units, as far as a picture needs it.
#[expect(
    clippy::cast_precision_loss,
    reason = "a picture is as exact as its pixels; the table has the amounts"
)]
pub(super) fn units(hundredths: i64) -> f32 {
    hundredths as f32 / 100.0
}

/// The next round number that leaves eight per cent of head room and divides into the axis' parts.
fn round_above(most: i64) -> i64 {
    let wanted = most.saturating_mul(108) / 100 + 1;
    let mut power = 100;
    loop {
        for step in [10, 20, 25, 50] {
            let top = step * power / 10 * i64::from(PARTS);
            if top >= wanted {
                return top;
            }
        }
        power *= 10;
    }
}

/// Without the fixed size, the font and the values in `f32` that the library writes along.
pub(super) fn plain(svg: &str, width: f32, height: f32) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_ends_at_a_round_number_above_the_bars() {
        assert_eq!([0, 100, 1_125, 11_250].map(round_above), [40_00 / 10, 400, 2_000, 20_000]);
    }

    #[test]
    fn a_picture_has_no_size_no_font_and_no_amount() {
        let bars = Bars {
            categories: vec!["1".to_owned(), "2".to_owned()],
            series: vec![("Video".to_owned(), vec![984, 0]), ("Voice".to_owned(), vec![8, 16])],
        };
        for picture in bars.pictures() {
            assert!(picture.starts_with("<svg viewBox="), "{picture}");
            assert!(picture.contains("fill=\"#010101\"") && picture.contains("fill=\"#020202\""));
            for word in ["Roboto", "data-value", "style=", "<script", "9.84"] {
                assert!(!picture.contains(word), "{word}: {picture}");
            }
        }
    }
}
