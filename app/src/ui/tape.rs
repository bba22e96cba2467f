//! The one meter: an amount in the order in which it is used up, with a notch and a playhead.
//!
//! Geometry is in per cent of an SVG without `viewBox`, so that notch, hatch and playhead never stretch.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A place on a tape, or a length of it: hundredths of a per cent of the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place(u16);

impl Place {
    const WHOLE: i128 = 10_000;

    /// Where `part` of `whole` ends, rounded to the nearest place; never before the start or beyond the end.
    #[must_use]
    pub fn of(part: i128, whole: i128) -> Self {
        let places =
            part.saturating_mul(2 * Self::WHOLE).saturating_add(whole).checked_div(2 * whole).unwrap_or(0);
        Self(u16::try_from(places.clamp(0, Self::WHOLE)).unwrap_or(0))
    }

    /// Whole per cent, rounded down.
    #[must_use]
    pub const fn percent(self) -> u16 {
        self.0 / 100
    }

    const fn after(self, start: Self) -> Self {
        Self(self.0.saturating_sub(start.0))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}%", self.0 / 100, self.0 % 100)
    }
}

/// What became of a part of the tape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Fill {
    /// It is used.
    Spent,
    /// It is set aside.
    Held,
    /// It is free.
    Left,
    /// It is free, and used last.
    Extra,
    /// It would lie beyond the limit.
    Beyond,
}

impl Fill {
    /// The value of a `data-fill` attribute.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Spent => "spent",
            Self::Held => "held",
            Self::Left => "left",
            Self::Extra => "extra",
            Self::Beyond => "beyond",
        }
    }
}

/// A part of the tape: from where, how long, what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    from: Place,
    length: Place,
    fill: Fill,
}

/// A tape. Without parts nothing limits the amount: it is drawn as a dotted line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tape {
    /// The parts, in the order in which they are used up.
    pub parts: Vec<Part>,
    /// Where somebody is told.
    pub notch: Option<Place>,
    /// Where the limit is, where the parts go beyond it.
    pub limit: Option<Place>,
    /// How far the period has gone.
    pub head: Option<Place>,
    /// The same in words.
    pub label: String,
}

impl Tape {
    /// The parts of these amounts, which end where the whole ends; amounts of nothing are left out.
    #[must_use]
    pub fn parts(amounts: &[(Fill, i64)]) -> Vec<Part> {
        let whole = amounts.iter().map(|(_, amount)| i128::from(*amount)).sum();
        let mut end = 0;
        let part = |(fill, amount): &(Fill, i64)| {
            let from = Place::of(end, whole);
            end += i128::from(*amount);
            Part { from, length: Place::of(end, whole).after(from), fill: *fill }
        };
        amounts.iter().filter(|(_, amount)| *amount > 0).map(part).collect()
    }
}

/// How high a tape is drawn: where its band begins and ends, and the playhead's outline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Height {
    /// 18 pixels, the band 8 of them.
    #[default]
    Line,
    /// 30 pixels, the band 12 of them: one a page.
    Big,
}

impl Height {
    const fn name(self) -> &'static str {
        match self {
            Self::Line => "line",
            Self::Big => "big",
        }
    }

    const fn band(self) -> (u8, u8) {
        match self {
            Self::Line => (7, 15),
            Self::Big => (11, 23),
        }
    }

    const fn head(self) -> &'static str {
        match self {
            Self::Line => "M-5.5 0h11l-5.5 6z",
            Self::Big => "M-7 0h14l-7 9z",
        }
    }
}

/// Draws a tape.
#[component]
pub fn TapeMeter(
    /// What to draw.
    tape: Tape,
    /// How high.
    #[prop(optional)]
    height: Height,
) -> impl IntoView {
    let (top, bottom) = height.band();
    let cuts = tape.parts.iter().skip(1).map(|part| cross("tape-cut", part.from, top, bottom)).collect_view();
    let open = tape.parts.is_empty().then(|| {
        let middle = u8::midpoint(top, bottom);
        view! { <line class="tape-open" x1="0" x2="100%" y1=middle y2=middle /> }
    });
    let band = tape.parts.iter().map(|part| bar(*part, top, bottom)).collect_view();
    let notch = tape.notch.map(|place| {
        (cross("tape-case", place, top, bottom), cross("tape-notch", place, top - 3, bottom + 3))
    });
    let limit = tape.limit.map(|place| cross("tape-limit", place, top - 3, bottom + 3));
    let head = tape.head.map(|place| {
        view! {
            <svg class="tape-head" x=place.to_string()>
                <path d=height.head() />
            </svg>
        }
    });
    view! {
        <svg class="tape" data-height=height.name() role="img" aria-label=tape.label>
            {open}
            {band}
            {cuts}
            {notch}
            {limit}
            {head}
        </svg>
    }
}

fn bar(part: Part, top: u8, bottom: u8) -> impl IntoView {
    // The hatch is a pattern of the document. As an attribute its address is the page's, not the style sheet's.
    let pattern = (part.fill == Fill::Held).then_some("url(#hatch)");
    view! {
        <rect
            data-fill=part.fill.name()
            fill=pattern
            x=part.from.to_string()
            y=top
            width=part.length.to_string()
            height=bottom - top
        />
    }
}

fn cross(class: &'static str, place: Place, top: u8, bottom: u8) -> impl IntoView {
    let x = place.to_string();
    view! { <line class=class x1=x.clone() x2=x y1=top y2=bottom /> }
}

/// The hatch of what is held: one pattern a page, which all tapes refer to.
#[component]
pub fn TapePatterns() -> impl IntoView {
    view! {
        <svg class="tape-patterns" width="0" height="0" aria-hidden="true">
            <defs>
                <pattern
                    id="hatch"
                    width="6"
                    height="6"
                    patternUnits="userSpaceOnUse"
                    patternTransform="rotate(45)"
                >
                    <rect class="hatch-ground" width="6" height="6" />
                    <rect class="hatch-line" width="3" height="6" />
                </pattern>
            </defs>
        </svg>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_rounded_once_and_stay_on_the_tape() {
        assert_eq!(Place::of(195_000, 250_000).to_string(), "78.00%");
        assert_eq!(Place::of(1, 3).to_string(), "33.33%");
        assert_eq!(Place::of(2, 3).to_string(), "66.67%");
        assert_eq!([Place::of(-1, 3), Place::of(4, 3), Place::of(1, 0)].map(Place::percent), [0, 100, 0]);
    }

    #[test]
    fn parts_leave_no_gap_and_end_at_the_end() {
        let parts = Tape::parts(&[(Fill::Spent, 1), (Fill::Held, 1), (Fill::Left, 0), (Fill::Extra, 1)]);
        let ends: Vec<_> = parts.iter().map(|part| part.from.0 + part.length.0).collect();
        assert_eq!(ends, [3_333, 6_667, 10_000]);
        assert!(parts.iter().skip(1).zip(ends).all(|(part, end)| part.from.0 == end));
        assert_eq!(Tape::parts(&[(Fill::Spent, 0)]), []);
    }
}
