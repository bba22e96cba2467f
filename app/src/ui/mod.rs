//! Controls that know no billing word. Each has its style in `style/ui/` under the same name.

mod badge;
mod bar;
#[cfg(feature = "ssr")]
pub mod bars;
mod chart;
mod choice;
mod crosshair;
#[cfg(feature = "ssr")]
mod drawing;
mod figures;
mod icon;
#[cfg(feature = "ssr")]
pub mod lines;
mod notice;
mod reason;
#[cfg(feature = "ssr")]
mod scale;
pub mod tape;
mod trail;
mod transcript;
#[cfg(feature = "ssr")]
pub mod waterfall;

pub use badge::Badge;
pub use bar::{Bar, Series};
pub use chart::{Chart, ChartView, Mark};
pub use choice::{Choice, PageLinks, Pager, Pages, Segments, Select, Tabs};
pub use crosshair::Crosshair;
pub use figures::{Figure, Figures};
pub use icon::{Logo, ToneIcon};
pub use notice::{Problem, Said};
pub use reason::ReasonField;
pub use tape::{Fill, Place, Tape, TapeMeter, TapePatterns};
pub use trail::{Stop, Trail};
pub use transcript::Transcript;

use serde::{Deserialize, Serialize};

/// What a colour means. It never stands alone: words, and an icon where it warns, say the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tone {
    /// Nothing to say.
    Calm,
    /// It went well.
    Ok,
    /// It is under way.
    Accent,
    /// It will need somebody.
    Warn,
    /// It has stopped something.
    Bad,
}

impl Tone {
    /// The value of a `data-tone` attribute.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Calm => "calm",
            Self::Ok => "ok",
            Self::Accent => "accent",
            Self::Warn => "warn",
            Self::Bad => "bad",
        }
    }
}
