//! What became of a trace.

use super::{
    ReplayError,
    gate::{Decision, Settled, Unexpected},
};
use engine::pnl::RawCosts;
use serde_json::{Value, json};
use std::{collections::BTreeMap, fmt, time::Duration};

/// Counts and sums of a replay.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    productions: u64,
    admitted: u64,
    refused: BTreeMap<String, u64>,
    held: i64,
    captured: i64,
    released: i64,
    left: i64,
    acts: u64,
    unexpected: u64,
    first_unexpected: Option<Unexpected>,
    raw: RawCosts,
    took: Duration,
}

impl Tally {
    /// One production was asked for.
    pub fn asked(&mut self, decision: &Result<Decision, Unexpected>) {
        self.productions += 1;
        self.acts += 1;
        match decision {
            Ok(Decision::Admitted(tokens)) => {
                self.admitted += 1;
                self.held += tokens;
            }
            Ok(Decision::Refused(reason)) => *self.refused.entry(reason.clone()).or_default() += 1,
            Err(unexpected) => self.note(unexpected.clone()),
        }
    }

    /// One call was reported.
    pub fn reported(&mut self, tokens: Result<i64, Unexpected>) {
        self.acts += 1;
        match tokens {
            Ok(tokens) => self.captured += tokens,
            Err(unexpected) => self.note(unexpected),
        }
    }

    /// One production was kept alive.
    pub fn kept_alive(&mut self, alive: Result<(), Unexpected>) {
        self.acts += 1;
        if let Err(unexpected) = alive {
            self.note(unexpected);
        }
    }

    /// One production was finished, after its calls had been charged `tokens`.
    pub fn finished(&mut self, tokens: i64, settled: Result<Settled, Unexpected>) {
        self.acts += 1;
        match settled {
            Ok(settled) => {
                self.released += settled.released;
                if settled.captured != tokens {
                    self.note(format!(
                        "calls were charged {tokens} tokens, their production {}",
                        settled.captured
                    ));
                }
            }
            Err(unexpected) => self.note(unexpected),
        }
    }

    /// The productions of one task.
    pub fn add(&mut self, other: Self) {
        self.captured += other.captured;
        self.released += other.released;
        self.acts += other.acts;
        self.unexpected += other.unexpected;
        self.first_unexpected = self.first_unexpected.take().or(other.first_unexpected);
    }

    /// Tokens charged so far.
    pub const fn captured(&self) -> i64 {
        self.captured
    }

    /// The end: what the gate says is left must be what was granted and not captured, and nothing may be held.
    pub fn close(&mut self, granted: i64, capacity: Result<(i64, i64), Unexpected>, took: Duration) {
        self.took = took;
        match capacity {
            Ok((left, held)) => {
                self.left = left;
                if held != 0 || granted - left != self.captured {
                    let (captured, gone) = (self.captured, granted - left);
                    self.note(format!(
                        "{captured} tokens were captured, {gone} are gone and {held} are still held"
                    ));
                }
            }
            Err(unexpected) => self.note(unexpected),
        }
    }

    /// What the calls cost in the providers' currencies.
    pub fn cost(&mut self, raw: RawCosts) {
        self.raw = raw;
    }

    /// Something was not as expected.
    pub fn note(&mut self, unexpected: Unexpected) {
        self.unexpected += 1;
        self.first_unexpected.get_or_insert(unexpected);
    }

    /// Whether all was as expected.
    pub fn verdict(self) -> Result<(), ReplayError> {
        match self.first_unexpected {
            Some(first) => Err(ReplayError::Unexpected { count: self.unexpected, first }),
            None => Ok(()),
        }
    }

    /// For programs.
    pub fn json(&self) -> Value {
        json!({
            "productions": self.productions,
            "admitted": self.admitted,
            "refused": self.refused,
            "tokens": { "held": self.held, "captured": self.captured, "released": self.released, "left": self.left },
            "rawCost": self.raw.known.values().map(|cost| json!({"currency": cost.currency(), "micros": cost.micros()})).collect::<Vec<_>>(),
            "unknownCosts": self.raw.unknown,
            "acts": self.acts,
            "seconds": self.took.as_secs_f64(),
            "actsPerSecond": self.acts_per_second(),
            "unexpected": self.unexpected,
        })
    }

    /// In whole acts; timing needs no more.
    fn acts_per_second(&self) -> u128 {
        u128::from(self.acts) * 1_000 / self.took.as_millis().max(1)
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let refused: u64 = self.refused.values().sum();
        writeln!(f, "productions     {:>15}", self.productions)?;
        writeln!(f, "  admitted      {:>15}", self.admitted)?;
        writeln!(f, "  refused       {refused:>15}")?;
        for (reason, count) in &self.refused {
            writeln!(f, "    {reason:<24}{count:>3}")?;
        }
        writeln!(f, "tokens held     {:>15}", self.held)?;
        writeln!(f, "tokens captured {:>15}", self.captured)?;
        writeln!(f, "tokens released {:>15}", self.released)?;
        writeln!(f, "tokens left     {:>15}", self.left)?;
        for cost in self.raw.known.values() {
            writeln!(f, "AI cost     {} {:>15}", cost.currency(), cost.to_string())?;
        }
        writeln!(f, "  not known of  {:>15}", self.raw.unknown)?;
        writeln!(f, "acts            {:>15}", self.acts)?;
        writeln!(f, "seconds         {:>15.1}", self.took.as_secs_f64())?;
        writeln!(f, "acts a second   {:>15}", self.acts_per_second())?;
        writeln!(f, "unexpected      {:>15}", self.unexpected)
    }
}
