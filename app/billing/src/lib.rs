//! What JARAI billing decides, as functions of values.
//!
//! No clock, no randomness, no input or output, no floating point: a caller hands in what is known and the instant
//! `at`, and gets a decision. The server runs it on rows of two databases, the browser runs it for estimates, and the
//! tests run it against a slow, obvious model. Rule numbers in the comments (B2, G2, U1 …) are listed in the README.

#![deny(missing_docs)]
#![deny(
    clippy::as_conversions,
    clippy::expect_used,
    clippy::float_arithmetic,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

pub mod allowance;
pub mod audit;
pub mod budget;
pub mod customer;
pub mod id;
pub mod money;
pub mod notice;
pub mod payment;
pub mod pnl;
pub mod production;
pub mod refusal;
pub mod sample;
pub mod team;
pub mod tier;
pub mod time;
pub mod tokens;
pub mod top_up;

pub use refusal::Refusal;
