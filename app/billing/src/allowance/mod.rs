//! "Your tier sets a monthly token allowance; each AI step consumes tokens; the billing banner shows what's left."
//!
//! Lots of tokens, the order in which they are used up, what is left, and the ledger that proves it. Rules A1–A9, B1–B5,
//! U1, readings 5.13, 5.14, 5.17, 5.20; laws I-1, I-2, I-7, I-10.

pub mod banner;
pub mod capacity;
pub mod draw;
pub mod forecast;
pub mod grant;
pub mod ledger;
pub mod tariff;
pub mod wallet;

pub use banner::{Banner, BannerSettings, banner};
pub use capacity::Capacity;
pub use draw::{DRAW_ORDER, Draw};
pub use forecast::{Forecast, forecast};
pub use grant::{Grant, Source};
pub use ledger::{Cause, Entry, Head, Pool, Posting, Transfer};
pub use tariff::{BadTariff, Tariff, TariffError, TariffLine, Unit};
pub use wallet::Wallet;
