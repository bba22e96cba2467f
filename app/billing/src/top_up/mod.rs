//! "When you need more than your tier includes, buy extra capacity on top of the subscription."
//!
//! The packs that are sold; and capacity that is bought without asking: what was agreed, when it buys, and what stops it.
//! U1, U5, readings 5.14 and 5.33.

mod automatic;
mod packs;

pub use automatic::{
    AutoTopUp, AutoTopUpState, EndReason, GIVEN_UP_AFTER, PurchaseState, Situation, Terms, TermsError,
    Verdict, next_try, verdict,
};
pub use packs::{Pack, PricedPack, cover};
