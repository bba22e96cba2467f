//! Series over time by charts-rs, as bars and lines that may fall below zero; and where each point stands in the picture.

use super::{
    Mark,
    drawing::{SIZES, centres, draw},
    scale::{Scale, units},
};
use charts_rs::{AxisLabelOverflow, Series, SeriesCategory, Symbol};

/// From here on bars would be too thin to be told apart.
const MOST_BARS: usize = 31;

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

#[cfg(test)]
mod tests {
    use super::*;

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
