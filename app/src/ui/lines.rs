//! Series over time by charts-rs, as bars and lines that may fall below zero; and where each point stands in the picture.

use super::{
    Mark,
    bars::{plain, units},
};
use charts_rs::{AxisLabelOverflow, BarChart, Color, Series, SeriesCategory, Symbol};

/// Width and height of the two pictures: of a page, and of a narrow one.
pub(super) const SIZES: [(f32, f32); 2] = [(1080.0, 240.0), (360.0, 220.0)];
/// From here on bars would be too thin to be told apart.
const MOST_BARS: usize = 31;
/// What the axis' numbers take of a picture's width, and the edge that the library leaves around it.
const AXIS: f32 = 52.0;
const EDGE: f32 = 5.0;
/// How large names are that stand aslant.
const ASLANT: f32 = 10.0;
/// The most parts that an axis has.
const PARTS: i64 = 5;

/// What is drawn over time.
pub struct Lines {
    /// What stands below the points.
    pub categories: Vec<String>,
    /// The series.
    pub series: Vec<Drawn>,
}

/// One series: hundredths of a unit, one a category; none leaves a gap.
pub struct Drawn {
    /// Its colour.
    pub mark: Mark,
    /// Its name.
    pub name: String,
    /// Whether it is a line even where there is room for bars.
    pub line: bool,
    /// Its values.
    pub values: Vec<Option<i64>>,
}

impl Lines {
    /// The picture for a wide place and for a narrow one; empty where it cannot be drawn, since the table says the same.
    #[must_use]
    pub fn pictures(&self) -> [String; 2] {
        let values = || self.series.iter().flat_map(|series| &series.values).flatten().copied();
        let scale = Scale::around(values().min().unwrap_or_default(), values().max().unwrap_or_default());
        SIZES.map(|size| {
            let series = self.series.iter().map(|series| self.one(series)).collect();
            draw(series, self.categories.clone(), size, &scale, AxisLabelOverflow::Thin)
        })
    }

    fn one(&self, drawn: &Drawn) -> Series {
        let values = drawn.values.iter().map(|value| value.map(units)).collect();
        let mut series = Series::new_nullable(drawn.name.clone(), values);
        series.index = Some(usize::from(drawn.mark.number()) - 1);
        if drawn.line || self.categories.len() > MOST_BARS {
            series.category = Some(SeriesCategory::Line);
            (series.smooth, series.fill, series.symbol) = (Some(false), Some(false), Some(Symbol::None));
        }
        series
    }

    /// Where each point stands in the wide picture and in the narrow one: `12.34%` of its width.
    #[must_use]
    pub fn places(&self) -> Vec<[String; 2]> {
        let [wide, narrow] = SIZES.map(|(width, _)| {
            let share = move |at: f32| format!("{:.2}%", at * 100.0 / width);
            centres(self.categories.len(), width).into_iter().map(share)
        });
        wide.zip(narrow).map(|(wide, narrow)| [wide, narrow]).collect()
    }
}

/// Where each of so many categories has its middle in a picture of this width.
pub(super) fn centres(count: usize, width: f32) -> Vec<f32> {
    let count = u16::try_from(count).unwrap_or(u16::MAX);
    let left = EDGE + AXIS;
    let centre =
        |point: u16| left + (width - left - EDGE) * (f32::from(point) + 0.5) / f32::from(count.max(1));
    (0..count).map(centre).collect()
}

/// An axis that ends at round numbers: hundredths of a unit, and into how many parts it is divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Scale {
    low: i64,
    high: i64,
    parts: usize,
}

impl Scale {
    /// The finest one that has zero, both values and eight per cent of head room.
    pub(super) fn around(low: i64, high: i64) -> Self {
        let room = |value: i64| value.max(0).saturating_mul(108) / 100;
        let (below, above) = (room(low.saturating_neg()), room(high));
        let mut power = 10;
        loop {
            for step in [10, 20, 25, 50] {
                let step = step * power / 10;
                let parts = |value: i64| value / step + i64::from(value % step != 0);
                let under = parts(below);
                let over = parts(above).max(i64::from(under == 0));
                if under + over <= PARTS {
                    let parts = usize::try_from(under + over).unwrap_or(1);
                    return Self { low: -under * step, high: over * step, parts };
                }
            }
            power *= 10;
        }
    }

    /// How high a value stands in a picture whose axis ends at `top` and begins at `bottom`.
    pub(super) fn place(&self, value: i64, top: f32, bottom: f32) -> f32 {
        let share = units(value.saturating_sub(self.low)) / units(self.high - self.low);
        bottom - (bottom - top) * share
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_has_zero_and_ends_at_round_numbers_beyond_the_values() {
        let scale = |low, high| {
            let Scale { low, high, parts } = Scale::around(low, high);
            (low, high, parts)
        };
        assert_eq!(scale(0, 11_250), (0, 12_500, 5));
        assert_eq!(scale(-300, 900), (-500, 1_000, 3));
        assert_eq!(scale(0, 0), (0, 10, 1));
        assert_eq!(scale(5, 40), (0, 50, 5));
        assert_eq!(scale(-40, -10), (-50, 0, 5), "zero is always on it");
    }

    #[test]
    fn a_picture_has_no_amount_and_a_place_for_each_point() {
        let drawn = |mark, line, values| Drawn { mark, name: "Revenue".to_owned(), line, values };
        let lines = Lines {
            categories: vec!["1".to_owned(), "2".to_owned()],
            series: vec![
                drawn(Mark::First, false, vec![Some(984), Some(0)]),
                drawn(Mark::Left, true, vec![Some(-16), None]),
            ],
        };
        for picture in lines.pictures() {
            assert!(picture.starts_with("<svg viewBox=") && picture.contains("#010101"), "{picture}");
            assert!(!picture.contains("9.84") && !picture.contains("data-value"), "{picture}");
        }
        assert_eq!(lines.places(), [["28.84%", "36.53%"], ["75.97%", "77.92%"]]);
    }
}
