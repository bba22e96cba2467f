//! What JARAI Console shows: pages rendered on the server, and the few islands that a browser wakes.
//!
//! Every page and every form works without scripts. Views are pure functions of values that carry their own "as of"
//! time; server functions ask the engine and decide nothing.

#![recursion_limit = "256"]
#![expect(clippy::must_use_candidate, reason = "components are only ever used inside a view")]

pub mod allowance;
pub mod app;
pub mod audit;
pub mod budget;
pub mod customer;
pub mod error;
pub mod flash;
#[cfg(feature = "ssr")]
pub mod format;
pub mod frame;
pub mod help;
pub mod jobs;
pub mod mail;
pub mod payment;
pub mod pnl;
pub mod production;
#[cfg(feature = "ssr")]
pub mod reader;
#[cfg(feature = "ssr")]
pub mod request;
#[cfg(feature = "ssr")]
pub mod respond;
pub mod sandbox;
#[cfg(feature = "ssr")]
pub mod sheet;
#[cfg(feature = "ssr")]
pub mod shell;
pub mod team;
pub mod tier;
pub mod top_up;
pub mod ui;
mod writing;

pub use app::App;
pub use error::AppError;
#[cfg(feature = "ssr")]
pub use shell::{form_failed, shell};
