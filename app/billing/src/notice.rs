//! What people are told about allowance and payments, in the same words wherever they read it: in the console and by letter.
//! State, consequence, remedy, date. N3, I5, B2, 5.14.

use crate::{money::Money, time::Timestamp, tokens::Tokens};

/// How amounts, tokens and dates are written; whoever tells of them is handed one way.
pub trait Writing: std::fmt::Debug + Sync {
    /// `£21.60`.
    fn money(&self, money: Money) -> String;
    /// `50,000`.
    fn tokens(&self, tokens: Tokens) -> String;
    /// A UTC day: `22 Nov`.
    fn day(&self, at: Timestamp) -> String;
    /// `78%`.
    fn percent(&self, percent: i64) -> String;
}

/// For whoever was handed no way of writing: exact, and understood everywhere.
#[derive(Clone, Copy, Debug)]
pub struct Plain;

impl Writing for Plain {
    fn money(&self, money: Money) -> String {
        format!("{} {money}", money.currency())
    }

    fn tokens(&self, tokens: Tokens) -> String {
        tokens.to_string()
    }

    fn day(&self, at: Timestamp) -> String {
        at.day().to_string()
    }

    fn percent(&self, percent: i64) -> String {
        format!("{percent}%")
    }
}

/// The banner's prompt: what is to be done about an allowance that is nearly used up.
pub const BUY: &str = "Buy extra capacity so that productions don’t stall mid-month.";
/// A charge did not go through, and its grace runs.
pub const PAYMENT_FAILED: &str = "A payment failed";
/// What is to be done about it.
pub const SETTLE_BEFORE: &str = "Settle it before then.";
/// The grace is over.
pub const OVERDUE: &str = "A payment is overdue";
/// What follows.
pub const REFUSED: &str = "New productions are refused.";
/// What is to be done about it.
pub const SETTLE: &str = "Settle it to go on.";

/// How much of the allowance is used.
#[must_use]
pub fn used(percent: &str) -> String {
    format!("{percent} of this month’s allowance is used")
}

/// 5.14: what there is besides the allowance, always named.
#[must_use]
pub fn in_reserve(extra: Tokens, written: &str) -> String {
    if extra.is_zero() { "no extra capacity".to_owned() } else { format!("{written} extra in reserve") }
}

/// 5.33: until when nothing changes although a payment has failed.
#[must_use]
pub fn works_until(day: &str) -> String {
    format!("Everything works until {day}.")
}
