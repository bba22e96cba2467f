//! What is left, ready to be shown: every number and date is text already, so that the browser formats nothing.

use crate::ui::{Fill, Tape, Tone};
use billing::allowance::Banner;
use serde::{Deserialize, Serialize};

/// One figure of the tape's key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyEntry {
    /// The part that it explains.
    pub fill: Fill,
    /// Its name and number: `Spent 195,000`.
    pub text: String,
}

/// What the banner and the figures of Overview show, true of one instant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageView {
    /// Which of the banner's states this is.
    pub state: Banner,
    /// What it means.
    pub tone: Tone,
    /// The state in one sentence.
    pub headline: String,
    /// Consequence and remedy; none where there is nothing to do.
    pub advice: Option<String>,
    /// What the reader can do about it: where it leads, and what it is called. None for who may not buy.
    pub act: Option<(String, String)>,
    /// The figures in a row. They name the tokens left where the headline does not.
    pub facts: Vec<String>,
    /// The allowance and the extra capacity, in the order in which they are used.
    pub tape: Tape,
    /// The tokens left: `50,200`.
    pub left: String,
    /// Of how many: `of 250,000`.
    pub of: String,
    /// What the parts of the tape are.
    pub key: Vec<KeyEntry>,
    /// How the use compares with the cycle; none without an allowance.
    pub pace: Option<String>,
    /// The instant: `22 Nov 2026, 16:40 UTC`.
    pub as_of: String,
}
