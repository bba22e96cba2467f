//! Three processes at one `PostgreSQL`: one customer that all of them ask for beside a thousand for each, and a race for the last
//! tokens of a wallet, of which none may be given twice and none kept back.

use super::{Effort, measured::Measured};
use crate::{cluster::Cluster, say};
use anyhow::{Context, Result, ensure};
use std::{
    cell::{RefCell, RefMut},
    path::Path,
    process::Command,
    thread,
    time::Duration,
};

/// Callers of each process.
const CALLERS: u32 = 85;

/// The processes, and how much they do.
pub struct Processes {
    all: [RefCell<Measured>; 3],
    effort: Effort,
}

impl Processes {
    /// Starts them on a database of their own. The first one opens the customer that the others join.
    pub fn start(program: &Path, cluster: &Cluster, effort: Effort) -> Result<Self> {
        cluster.make("processes")?;
        let url = cluster.url("processes");
        let start = |joined: Option<&str>| {
            let mut command = Command::new(program);
            command.args(["gate", &url, &effort.customers.to_string()]).args(joined);
            Measured::start(&mut command)
        };
        say::step("Opening customers in PostgreSQL from three processes", || {
            let mut first = start(None)?;
            let customer = first.ask("customer")?;
            let [second, third] = [start(Some(&customer))?, start(Some(&customer))?];
            Ok(Self { all: [first, second, third].map(RefCell::new), effort })
        })
    }

    /// How long an act takes, all processes together, of the one customer (`hot`) or of many (`spread`).
    pub fn run(&self, whose: &str) -> Result<Duration> {
        let mut rate = 0.0;
        for answer in self.ask(&format!("run {CALLERS} {whose} {}", self.effort.length.as_millis()))? {
            let figures: Vec<f64> = answer.split(' ').map(str::parse).collect::<Result<_, _>>()?;
            rate += figures[0] / figures[1];
        }
        ensure!(rate > 0.0, "nothing was done");
        Ok(Duration::from_secs_f64(1.0 / rate))
    }

    /// Lets all of them take from a wallet that pays for so many acts, until each is told that nothing is left; then checks the
    /// books and what is in them. Answers what happened.
    pub fn race(&self) -> Result<String> {
        let affordable = self.effort.affordable;
        let wallet = self.all[0].borrow_mut().ask(&format!("open {affordable}"))?;
        let mut accepted = Vec::new();
        for answer in self.ask(&format!("race {wallet} {CALLERS}"))? {
            accepted.push(answer.split(' ').next().context("no count")?.parse::<u64>()?);
        }
        let all: u64 = accepted.iter().sum();
        ensure!(
            all == affordable,
            "{affordable} acts were affordable, and {all} were accepted: {accepted:?}"
        );
        let [first, others @ ..] = &self.all;
        let mut counts = [0_u64; 3];
        for other in others {
            let done = other.borrow_mut().ask("done")?;
            for (count, of_other) in counts.iter_mut().zip(done.split(' ')) {
                *count += of_other.parse::<u64>()?;
            }
        }
        let [admitted, captured, released] = counts;
        let sound = first.borrow_mut().ask(&format!("check {admitted} {captured} {released}"))?;
        Ok(format!(
            "of {affordable} affordable acts three processes accepted {accepted:?}, none too much and none too little; {sound}"
        ))
    }

    /// Asks all of them at once.
    fn ask(&self, what: &str) -> Result<Vec<String>> {
        let mut all: Vec<RefMut<Measured>> = self.all.iter().map(RefCell::borrow_mut).collect();
        let asked = thread::scope(|scope| {
            let asked: Vec<_> = all
                .iter_mut()
                .map(|process| {
                    let process: &mut Measured = process;
                    scope.spawn(move || process.ask(what))
                })
                .collect();
            asked.into_iter().map(thread::ScopedJoinHandle::join).collect::<Vec<_>>()
        });
        let answered = |answer: thread::Result<Result<String>>| {
            answer.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        asked.into_iter().map(answered).collect()
    }
}
