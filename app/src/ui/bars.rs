//! Stacked bars as SVG by charts-rs, which measures and draws; numbers, money and colours are ours.
//!
//! Its series are `f32`, so nothing that it prints is an amount: its axis has round numbers that we chose, its colours are
//! marks that the style sheet gives their meaning.

use super::{
    drawing::{NARROW, draw},
    scale::{Scale, units},
};
use charts_rs::{AxisLabelOverflow, Series};

/// Names of the categories, and of each series its values in hundredths of a unit, one a category.
pub struct Bars {
    /// What stands below the bars.
    pub categories: Vec<String>,
    /// Name and values.
    pub series: Vec<(String, Vec<i64>)>,
}

/// Width and height of the two pictures. The wide one has something beside it: were it drawn for a whole page, its figures would
/// be too small to be read.
const SIZES: [(f32, f32); 2] = [(640.0, 260.0), NARROW];

impl Bars {
    /// The picture for a wide place and for a narrow one; empty where it cannot be drawn, since the table says the same.
    #[must_use]
    pub fn pictures(&self) -> [String; 2] {
        let sums = (0..self.categories.len()).map(|place| {
            self.series.iter().map(|(_, values)| values.get(place).copied().unwrap_or_default()).sum::<i64>()
        });
        let scale = Scale::around(0, sums.max().unwrap_or_default());
        SIZES.map(|size| draw(self.stacks(), self.categories.clone(), size, &scale, AxisLabelOverflow::Thin))
    }

    fn stacks(&self) -> Vec<Series> {
        let stack = |(name, values): &(String, Vec<i64>)| {
            let mut series = Series::new(name.clone(), values.iter().map(|value| units(*value)).collect());
            series.stack = Some("all".to_owned());
            series
        };
        self.series.iter().map(stack).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
