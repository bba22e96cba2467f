//! A waterfall by charts-rs: bars that each start where the one before ended, drawn as stacks on a base that is not seen.

use super::{
    Mark,
    drawing::{SIZES, centres, draw, mark},
    scale::{Scale, units},
};
use charts_rs::{AxisLabelOverflow, Color, Series};

/// The longest name in the narrow picture, where names stand aslant.
const LONGEST: usize = 9;
/// The letters that all names of the wide picture have room for.
const ROOM: usize = 130;

/// How a picture ends.
const END: &str = "</svg>";
/// How large amounts are in the wide picture and in the narrow one, and how far above their bars.
const SIZE: [u8; 2] = [13, 10];
const GAP: f32 = 5.0;

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
    /// What stands over it: in full, and as short as a narrow picture needs it.
    pub amounts: [String; 2],
}

/// The picture for a wide place and for a narrow one; empty where it cannot be drawn, since the table says the same.
#[must_use]
pub fn waterfall(falls: &[Fall]) -> [String; 2] {
    let ends = || falls.iter().flat_map(|fall| [fall.from, fall.to]);
    let scale = Scale::around(ends().min().unwrap_or_default(), ends().max().unwrap_or_default());
    let [wide, narrow] = SIZES;
    let names = falls.iter().map(|fall| cut(&fall.name, ROOM / falls.len().max(1))).collect();
    let short = falls.iter().map(|fall| cut(&fall.name, LONGEST)).collect();
    let pictures = [
        draw(series(falls), names, wide, &scale, AxisLabelOverflow::Ellipsis),
        draw(series(falls), short, narrow, &scale, AxisLabelOverflow::Rotate),
    ];
    let [in_full, in_short] =
        [0, 1].map(|place| over(falls, place, &scale, SIZES[place].0, &pictures[place]));
    let [wide, narrow] = pictures;
    [with(wide, &in_full), with(narrow, &in_short)]
}

/// A picture with something more in it.
fn with(picture: String, more: &str) -> String {
    match picture.strip_suffix(END) {
        Some(begun) => format!("{begun}{more}{END}"),
        None => picture,
    }
}

/// The amounts over the bars, in our own words; none where the picture cannot be read.
fn over(falls: &[Fall], place: usize, scale: &Scale, width: f32, picture: &str) -> String {
    let Some((top, bottom)) = heights(picture) else { return String::new() };
    let centres = centres(falls.len(), width);
    let text = |(fall, at): (&Fall, f32)| {
        let amount = fall.amounts[place].replace('&', "&amp;").replace('<', "&lt;");
        let y = scale.place(fall.from.max(fall.to), top, bottom) - GAP;
        let size = SIZE[place];
        format!(
            "<text class=\"amount\" font-size=\"{size}\" text-anchor=\"middle\" x=\"{at:.1}\" y=\"{y:.1}\">{amount}</text>"
        )
    };
    falls.iter().zip(centres).map(text).collect()
}

/// Where the axis ends, and where it begins: the uppermost line of the grid, and the line that the names stand below.
fn heights(picture: &str) -> Option<(f32, f32)> {
    let mut lines = picture.split("<path d=\"M").skip(1).filter_map(|path| {
        let (at, _) = path.split_once('h')?;
        at.split_once(' ')?.1.parse::<f32>().ok()
    });
    let top = lines.next()?;
    let bottom = lines.next()?;
    (top < bottom).then_some((top, bottom))
}

/// A name as far as there is room for it.
fn cut(name: &str, longest: usize) -> String {
    if name.chars().count() <= longest {
        return name.to_owned();
    }
    name.chars().take(longest.saturating_sub(1)).chain(['…']).collect()
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
            ["Subscription", "Video composition", "Voiceover"].map(|name| cut(name, LONGEST)),
            ["Subscrip…", "Video co…", "Voiceover"]
        );
        let fall = |from, to, amount: &str| {
            let amounts = [format!("£{amount}"), amount.to_owned()];
            Fall { name: "Video".to_owned(), mark: Mark::Third, from, to, amounts }
        };
        let pictures = waterfall(&[fall(0, 984, "9.8"), fall(984, -16, "10.0")]);
        for picture in &pictures {
            assert!(picture.contains("#030303") && !picture.contains("9.84"), "{picture}");
        }
        // Both stand above where the first bar ends and the second begins, each in the middle of its own.
        let amounts = |picture: &str| {
            picture.split("<text class=\"amount\"").skip(1).map(str::to_owned).collect::<Vec<_>>()
        };
        let [wide, narrow] = pictures.map(|picture| amounts(&picture));
        let says =
            |text: &str, x: &str, amount: &str| text.contains(&format!("x=\"{x}\"")) && text.contains(amount);
        assert!(says(&wide[0], "311.5", ">£9.8<") && says(&wide[1], "820.5", ">£10.0<"), "{wide:?}");
        assert!(says(&narrow[0], "131.5", ">9.8<") && says(&narrow[1], "280.5", ">10.0<"), "{narrow:?}");
    }
}
