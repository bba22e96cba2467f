//! What a bench prints: times cell by cell, then the ratios that matter; and the same as JSON.

use super::{
    Often,
    cells::{Spread, Time, Times, ratio},
};
use crate::{say, workspace::Workspace};
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

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

/// What a cell's time is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Something that is done once.
    Once,
    /// One of the many that are done in a second.
    Rate,
}

/// What a run has found.
pub struct Found {
    /// What was measured on, in a line each.
    pub on: Vec<String>,
    /// What the times are of.
    pub unit: Unit,
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
    /// None where the two never saw the same disk.
    fn ratio(&self, ratio_of: &Ratio) -> Result<Option<Spread>> {
        let times = |name: &str| self.times.iter().find(|cell| cell.name == name);
        let both = times(&ratio_of.slow).zip(times(&ratio_of.fast));
        let (slow, fast) = both.with_context(|| format!("{} was not measured", ratio_of.what))?;
        Ok(ratio(slow, fast))
    }

    /// Shows it to people, and keeps it for programs. A smoke is not held against what must be reached, and kept beside.
    pub fn tell(mut self, workspace: &Workspace, folder: &Path, name: &str, often: &Often) -> Result<()> {
        if often.smoke {
            self.on.push("one short round shows whether it works, and not how fast it is".to_owned());
            self.ratios.iter_mut().for_each(|ratio| ratio.must = None);
        }
        let ending = if often.smoke { "-smoke.json" } else { ".json" };
        let file: PathBuf = folder.join(format!("{name}{ending}"));
        fs::write(&file, format!("{:#}\n", self.json()?))?;
        println!("{}", self.print()?);
        say::note(&format!("as JSON: {}", workspace.shown(&file)));
        Ok(())
    }

    /// For people.
    pub fn print(&self) -> Result<String> {
        let mut text = String::new();
        for line in &self.on {
            writeln!(text, "{line}")?;
        }
        let flushes = self.times.iter().flat_map(|cell| &cell.rounds);
        if let Some(flush) = Spread::of(flushes.map(|time| time.flush.as_secs_f64())) {
            let [median, least, greatest] = [flush.median, flush.least, flush.greatest].map(shown);
            writeln!(text, "a flush of the disk takes {median} ({least} – {greatest})\n")?;
        }
        let width = widest(self.times.iter().map(|cell| &cell.name));
        for cell in &self.times {
            let spread = spread(cell).with_context(|| format!("{} was not measured", cell.name))?;
            let figures = [spread.median, spread.least, spread.greatest];
            let [median, least, greatest] = match self.unit {
                Unit::Once => figures.map(shown),
                Unit::Rate => [figures[0], figures[2], figures[1]].map(rate),
            };
            writeln!(text, "  {:<width$}  {median:>10}  ({least} – {greatest})", cell.name)?;
        }
        writeln!(text)?;
        let width = widest(self.ratios.iter().map(|ratio| &ratio.what));
        for ratio in &self.ratios {
            let Some(Spread { median, least, greatest }) = self.ratio(ratio)? else {
                writeln!(text, "  {:<width$}  not reported: the disk was never the same", ratio.what)?;
                continue;
            };
            let verdict = match ratio.must {
                None => String::new(),
                Some(must) if median >= must => format!("  must {must}×: reached"),
                Some(must) => format!("  must {must}×: MISSED"),
            };
            let [median, least, greatest] = [median, least, greatest].map(times);
            writeln!(text, "  {:<width$}  {median:>8}×  ({least} – {greatest}){verdict}", ratio.what)?;
        }
        Ok(text)
    }

    /// For programs: all times in seconds.
    pub fn json(&self) -> Result<Value> {
        let seconds = |cell: &Times, of: fn(&Time) -> Duration| {
            cell.rounds.iter().map(|time| of(time).as_secs_f64()).collect::<Vec<_>>()
        };
        let cells: Vec<Value> = self
            .times
            .iter()
            .map(|cell| {
                json!({ "name": cell.name, "seconds": seconds(cell, |time| time.took),
                    "flushSeconds": seconds(cell, |time| time.flush), "spread": spread(cell).map(shape) })
            })
            .collect();
        let ratios = self.ratios.iter().map(|ratio| {
            let spread = self.ratio(ratio)?;
            let reached = spread.zip(ratio.must).map(|(spread, must)| spread.median >= must);
            Ok(json!({ "what": ratio.what, "ratio": spread.map(shape), "must": ratio.must, "reached": reached }))
        });
        let ratios = ratios.collect::<Result<Vec<Value>>>()?;
        Ok(json!({ "on": self.on, "cells": cells, "ratios": ratios }))
    }
}

fn spread(cell: &Times) -> Option<Spread> {
    Spread::of(cell.rounds.iter().map(|time| time.took.as_secs_f64()))
}

fn shape(spread: Spread) -> Value {
    json!({ "median": spread.median, "least": spread.least, "greatest": spread.greatest })
}

/// Seconds for people.
fn shown(seconds: f64) -> String {
    if seconds >= 1.0 { format!("{seconds:.2} s") } else { format!("{:.2} ms", seconds * 1e3) }
}

/// How many a second, where one takes so many seconds.
fn rate(seconds: f64) -> String {
    format!("{:.0}/s", 1.0 / seconds.max(1e-9))
}

/// A ratio for people: three digits, or one behind the point.
fn times(ratio: f64) -> String {
    if ratio < 9.995 { format!("{ratio:.2}") } else { format!("{ratio:.1}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_say_whether_they_are_reached() -> Result<()> {
        let cell = |name: &str, millis: [u64; 3]| Times {
            name: name.to_owned(),
            rounds: millis
                .map(|took| Time { took: Duration::from_millis(took), flush: Duration::from_micros(250) })
                .to_vec(),
        };
        let row = |what: &str, slow: &str, must| Ratio {
            what: what.to_owned(),
            slow: slow.to_owned(),
            fast: "sums".to_owned(),
            must,
        };
        let found = Found {
            on: vec!["a machine".to_owned()],
            unit: Unit::Once,
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
            "  index      10.0×  (5.00 – 10.0)  must 100×: MISSED",
            "  told       10.0×  (5.00 – 10.0)\n",
        ] {
            assert!(text.contains(line), "{line}:\n{text}");
        }
        assert_eq!(found.json()?["ratios"][1]["reached"], false);
        Ok(())
    }
}
