//! What a bench prints: times cell by cell, then the ratios that matter; and the same as JSON.

use super::cells::{Spread, Times, ratio};
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::{fmt::Write, time::Duration};

/// A row of the table: how many times as long one cell takes as another.
#[derive(Clone, Debug)]
pub struct Ratio {
    /// What it says.
    pub what: String,
    /// The cell that is held against.
    pub slow: String,
    /// The cell that is measured.
    pub fast: String,
    /// What it must reach; none where it is only told.
    pub must: Option<f64>,
}

/// What a run has found.
pub struct Found {
    /// What was measured on, in a line each.
    pub on: Vec<String>,
    /// The disk's own flush.
    pub flush: Duration,
    /// Cell by cell.
    pub times: Vec<Times>,
    /// What matters.
    pub ratios: Vec<Ratio>,
}

/// Characters of the longest name of a column.
fn widest<'a>(names: impl Iterator<Item = &'a String>) -> usize {
    names.map(|name| name.chars().count()).max().unwrap_or_default()
}

impl Found {
    fn ratio(&self, ratio_of: &Ratio) -> Result<Spread> {
        let times = |name: &str| self.times.iter().find(|cell| cell.name == name);
        let both = times(&ratio_of.slow).zip(times(&ratio_of.fast));
        let spread = both.and_then(|(slow, fast)| ratio(slow, fast));
        spread.with_context(|| format!("{} was not measured", ratio_of.what))
    }

    /// For people.
    pub fn print(&self) -> Result<String> {
        let mut text = String::new();
        for line in &self.on {
            writeln!(text, "{line}")?;
        }
        writeln!(text, "a flush of the disk takes {}\n", shown(self.flush.as_secs_f64()))?;
        let width = widest(self.times.iter().map(|cell| &cell.name));
        for cell in &self.times {
            let spread = spread(cell).with_context(|| format!("{} was not measured", cell.name))?;
            let (median, least, greatest) =
                (shown(spread.median), shown(spread.least), shown(spread.greatest));
            writeln!(text, "  {:<width$}  {median:>10}  ({least} – {greatest})", cell.name)?;
        }
        writeln!(text)?;
        let width = widest(self.ratios.iter().map(|ratio| &ratio.what));
        for ratio in &self.ratios {
            let spread = self.ratio(ratio)?;
            let verdict = match ratio.must {
                None => String::new(),
                Some(must) if spread.median >= must => format!("  must {must:.0}×: reached"),
                Some(must) => format!("  must {must:.0}×: MISSED"),
            };
            let Spread { median, least, greatest } = spread;
            writeln!(
                text,
                "  {:<width$}  {median:>8.1}×  ({least:.1} – {greatest:.1}){verdict}",
                ratio.what
            )?;
        }
        Ok(text)
    }

    /// For programs: all times in seconds.
    pub fn json(&self) -> Result<Value> {
        let seconds = |cell: &Times| cell.rounds.iter().map(Duration::as_secs_f64).collect::<Vec<_>>();
        let cells: Vec<Value> = self
            .times
            .iter()
            .map(|cell| json!({ "name": cell.name, "seconds": seconds(cell), "spread": spread(cell).map(shape) }))
            .collect();
        let ratios = self.ratios.iter().map(|ratio| {
            let spread = self.ratio(ratio)?;
            Ok(json!({ "what": ratio.what, "ratio": shape(spread), "must": ratio.must,
                "reached": ratio.must.map(|must| spread.median >= must) }))
        });
        let ratios = ratios.collect::<Result<Vec<Value>>>()?;
        Ok(
            json!({ "on": self.on, "flushSeconds": self.flush.as_secs_f64(), "cells": cells, "ratios": ratios }),
        )
    }
}

fn spread(cell: &Times) -> Option<Spread> {
    Spread::of(cell.rounds.iter().map(Duration::as_secs_f64))
}

fn shape(spread: Spread) -> Value {
    json!({ "median": spread.median, "least": spread.least, "greatest": spread.greatest })
}

/// Seconds for people.
fn shown(seconds: f64) -> String {
    if seconds >= 1.0 { format!("{seconds:.2} s") } else { format!("{:.2} ms", seconds * 1e3) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_say_whether_they_are_reached() -> Result<()> {
        let cell = |name: &str, millis: [u64; 3]| Times {
            name: name.to_owned(),
            rounds: millis.map(Duration::from_millis).to_vec(),
        };
        let row = |what: &str, slow: &str, must| Ratio {
            what: what.to_owned(),
            slow: slow.to_owned(),
            fast: "sums".to_owned(),
            must,
        };
        let found = Found {
            on: vec!["a machine".to_owned()],
            flush: Duration::from_micros(250),
            times: vec![cell("sums", [2, 1, 4]), cell("scan", [400, 200, 400]), cell("index", [20, 10, 20])],
            ratios: vec![
                row("scan", "scan", Some(100.0)),
                row("index", "index", Some(100.0)),
                row("told", "index", None),
            ],
        };
        let text = found.print()?;
        for line in [
            "  sums      2.00 ms  (1.00 ms – 4.00 ms)",
            "  scan      200.0×  (100.0 – 200.0)  must 100×: reached",
            "  index      10.0×  (5.0 – 10.0)  must 100×: MISSED",
            "  told       10.0×  (5.0 – 10.0)\n",
        ] {
            assert!(text.contains(line), "{line}:\n{text}");
        }
        assert_eq!(found.json()?["ratios"][1]["reached"], false);
        Ok(())
    }
}
