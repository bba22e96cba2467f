//! Letters as they leave, as a page and as plain text; and what somebody does who wants no more of a kind. N3.

#[cfg(feature = "ssr")]
mod sheet;
mod stop;
mod stop_fns;
#[cfg(feature = "ssr")]
mod stop_words;

#[cfg(feature = "ssr")]
pub use sheet::{Sheet, Written};
pub use stop::{StopContent, StopPage, StopView};
