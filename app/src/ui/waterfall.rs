//! A waterfall by charts-rs: bars that each start where the one before ended, drawn as stacks on a base that is not seen.

use super::{
    Mark,
    bars::{SIZES, units},
    lines::{Scale, draw, mark},
};
use charts_rs::{AxisLabelOverflow, Color, Series};

/// The longest name in the narrow picture.
const LONGEST: usize = 9;

/// One bar: from where to where, in hundredths of a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fall {
    /// What stands below it.
    pub name: String,
    /// Its colour.
    pub mark: Mark,
    /// Where it starts.
    pub from: i64,
    /// Where it ends.
    pub to: i64,
}

/// The picture for a wide place and for a narrow one; empty where it cannot be drawn, since the table says the same.
#[must_use]
pub fn waterfall(falls: &[Fall]) -> [String; 2] {
    let ends = || falls.iter().flat_map(|fall| [fall.from, fall.to]);
    let scale = Scale::around(ends().min().unwrap_or_default(), ends().max().unwrap_or_default());
    let [wide, narrow] = SIZES;
    let names = falls.iter().map(|fall| fall.name.clone()).collect();
    let short = falls.iter().map(|fall| cut(&fall.name)).collect();
    [
        draw(series(falls), names, wide, &scale, AxisLabelOverflow::Ellipsis),
        draw(series(falls), short, narrow, &scale, AxisLabelOverflow::Rotate),
    ]
}

/// A name as far as there is room for it in the narrow picture, where names stand aslant.
fn cut(name: &str) -> String {
    if name.chars().count() <= LONGEST {
        return name.to_owned();
    }
    name.chars().take(LONGEST - 1).chain(['…']).collect()
}

/// What is not seen, and what is seen above zero and below it.
fn series(falls: &[Fall]) -> Vec<Series> {
    let parts: Vec<[i64; 3]> = falls.iter().map(|fall| parts(fall.from, fall.to)).collect();
    let colours: Vec<Option<Color>> = falls.iter().map(|fall| Some(mark(fall.mark.number()))).collect();
    let one = |place: usize| {
        let values = parts.iter().filter_map(|parts| parts.get(place)).map(|value| units(*value)).collect();
        let mut series = Series::new(String::new(), values);
        series.stack = Some("all".to_owned());
        series.colors = match place {
            0 => Some(vec![Some(Color::transparent()); falls.len()]),
            _ => Some(colours.clone()),
        };
        series
    };
    (0..3).map(one).collect()
}

/// The base, the part above zero and the part below it.
fn parts(from: i64, to: i64) -> [i64; 3] {
    let (low, high) = (from.min(to), from.max(to));
    if low >= 0 {
        [low, high - low, 0]
    } else if high <= 0 {
        [high, 0, low - high]
    } else {
        [0, high, low]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_starts_where_the_one_before_ended_on_either_side_of_zero() {
        assert_eq!([parts(0, 900), parts(900, 500)], [[0, 900, 0], [500, 400, 0]]);
        assert_eq!([parts(100, -50), parts(-50, -80)], [[0, 100, -50], [-50, 0, -30]]);
        assert_eq!(
            [cut("Subscription"), cut("Video composition"), cut("Voiceover")],
            ["Subscrip…", "Video co…", "Voiceover"]
        );
        let fall = |from, to| Fall { name: "Video".to_owned(), mark: Mark::Third, from, to };
        for picture in waterfall(&[fall(0, 984), fall(984, -16)]) {
            assert!(picture.contains("#030303") && !picture.contains("9.84"), "{picture}");
        }
    }
}
