//! The gate on a file, beside a bare loop of the same writes: on the disk as it is, and with flushes that take longer.

use super::{Asked, Gate, MOST};
use crate::{
    bench::{Effort, books, flush, measured::Measured},
    process::run,
    say, setup,
    workspace::Workspace,
};
use anyhow::{Context, Result};
use std::{
    cell::RefCell,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

/// Makes every flush 4 ms longer.
const SLOW_FLUSH: &str = include_str!("slow_flush.c");
/// A disk that is as slow by itself is not made slower.
const SLOW: Duration = Duration::from_millis(3);
/// Callers that form groups, and what is to be reached beside the bare loop: on the disk as it is, and on the slower one.
const MUSTS: [(u32, f64, f64); 2] = [(64, 0.4, 0.7), (MOST, 0.35, 0.6)];

/// How many times as many acts a crowd's groups do as one caller.
const CROWD_MUST: f64 = 20.0;

/// The sums may be three tenths of a capture: what is left without them.
const SUMS_MUST: f64 = 0.7;

/// The gate and the loop, on the disk as it is and, unless that is slow, on a slower one.
pub struct Sqlite {
    /// On the disk as it is.
    pub usual: Pair,
    /// With longer flushes.
    pub slow: Option<Pair>,
}

/// The gate on a file, and the loop on another one.
pub struct Pair {
    pub gate: Gate,
    bare: RefCell<Measured>,
    /// As the table calls the loop.
    loops: &'static str,
}

impl Sqlite {
    /// Builds the loop, records what it writes, and starts everything.
    pub fn prepare(workspace: &Workspace, program: &Path, folder: &Path, effort: Effort) -> Result<Self> {
        let loops = books::build(workspace, "bare")?;
        for name in ["recorded", "gate", "bare", "gate-slow", "bare-slow"] {
            books::remove(&at(folder, name))?;
        }
        let mut record = Command::new(program);
        record.args(["record", &url(folder, "recorded"), &effort.recorded.to_string()]).stdout(Stdio::null());
        say::step("Recording what the loop writes", || run(&mut record))?;
        let start = |name, of_loop, ending: &str, preloaded: Option<&Path>, effort| {
            let mut bare = Command::new(&loops);
            bare.args([at(folder, "recorded"), at(folder, &format!("bare{ending}"))]);
            let mut gate = Command::new(program);
            for command in [&mut bare, &mut gate] {
                command.envs(preloaded.map(|path| ("LD_PRELOAD", path)));
            }
            let bare = RefCell::new(Measured::start(&mut bare)?);
            let gate = Gate::start(name, gate, &url(folder, &format!("gate{ending}")), effort)?;
            anyhow::Ok(Pair { gate, bare, loops: of_loop })
        };
        let usual = start("SQLite", "bare loop", "", None, effort)?;
        let slow = if flush(folder)? < SLOW {
            let preloaded = slow_flush(folder)?;
            let names = ("SQLite, flushes 4 ms longer", "bare loop, flushes 4 ms longer");
            // Spread traffic is measured on the disk as it is: to open its customers would take longer than all cells here.
            let one = Effort { customers: 0, ..effort };
            Some(start(names.0, names.1, "-slow", Some(&preloaded), one)?)
        } else {
            say::note("a flush takes 3 ms by itself: no slower disk is tried");
            None
        };
        Ok(Self { usual, slow })
    }

    /// What is measured.
    pub fn ask<'a>(&'a self, asked: &mut Asked<'a>) -> Result<()> {
        let usual = MUSTS.map(|(callers, must, _)| (callers, must));
        let many = self.usual.ask(usual, asked)?;
        self.usual.gate.spread(&many.gate, asked);
        self.usual.crowd(&many.gate, asked);
        // What a flush and a transaction are worth beside the writes, where nothing else is done.
        let lone = self.usual.cell(1.0, "", asked);
        asked.ratio("bare loop: groups as 256 callers form them ÷ groups of 1", &many.bare, &lone, None);
        let [with, without] =
            ["captures", "captures without-sums"].map(|what| self.usual.cell(many.group, what, asked));
        asked.ratio(
            "bare loop, captures alone: with the sums ÷ without them",
            &with,
            &without,
            Some(SUMS_MUST),
        );
        if let Some(slow) = &self.slow {
            let many = slow.ask(MUSTS.map(|(callers, _, must)| (callers, must)), asked)?;
            slow.crowd(&many.gate, asked);
        }
        Ok(())
    }
}

/// The names of two cells, and of how many acts the groups of both are.
struct Names {
    gate: String,
    bare: String,
    group: f64,
}

impl Pair {
    /// Both, with groups as so many callers form them. Answers the last ones.
    fn ask<'a>(&'a self, musts: [(u32, f64); 2], asked: &mut Asked<'a>) -> Result<Names> {
        let mut last = Names { gate: String::new(), bare: String::new(), group: 1.0 };
        for (callers, must) in musts {
            let group = self.gate.run(callers, "hot")?.1.round();
            let gate = self.gate.cell(callers, "hot", asked);
            last = Names { gate, bare: self.cell(group, "", asked), group };
            let what = format!("{}: {callers} callers ÷ bare loop", self.gate.name);
            asked.ratio(&what, &last.gate, &last.bare, Some(must));
        }
        Ok(last)
    }

    /// The cell of the most callers beside one of a single caller.
    fn crowd<'a>(&'a self, many: &str, asked: &mut Asked<'a>) {
        let alone = self.gate.cell(1, "hot", asked);
        asked.ratio(&format!("{}: {MOST} callers ÷ 1", self.gate.name), many, &alone, Some(CROWD_MUST));
    }

    /// The loop in groups of so many acts: of the full mix, or of what is said.
    fn cell<'a>(&'a self, group: f64, what: &'static str, asked: &mut Asked<'a>) -> String {
        let of = if what.is_empty() { String::new() } else { format!(", {what}") };
        let name = format!("{}, groups of {group}{of}", self.loops);
        asked.cell(&name, move || self.run(group, what));
        name
    }

    /// How long an act takes the loop.
    fn run(&self, group: f64, what: &str) -> Result<Duration> {
        let answer = self
            .bare
            .borrow_mut()
            .ask(&format!("run {group} {} {what}", self.gate.effort.length.as_millis()))?;
        let (acts, seconds) = answer.split_once(' ').context("not what was asked")?;
        let (acts, seconds): (f64, f64) = (acts.parse()?, seconds.parse()?);
        Ok(Duration::from_secs_f64(seconds / acts))
    }
}

fn at(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.db"))
}

fn url(folder: &Path, name: &str) -> String {
    format!("sqlite://{}?mode=rwc", at(folder, name).display())
}

/// What is preloaded, compiled.
fn slow_flush(folder: &Path) -> Result<PathBuf> {
    setup::c_compiler()?;
    let (source, library) = (folder.join("slow_flush.c"), folder.join("slow_flush.so"));
    fs::write(&source, SLOW_FLUSH)?;
    run(Command::new("cc").args(["-shared", "-fPIC", "-O2", "-o"]).arg(&library).arg(&source))?;
    Ok(library)
}
