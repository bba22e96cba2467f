//! The order in which a trace is driven: admissions one after the other, their calls side by side, time only forward.

use super::{
    ReplayError, ReplayOptions,
    gate::{Decision, Gate, Production},
    tally::Tally,
    trace::Call,
};
use billing::time::{Span, Timestamp};
use engine::Engine;
use indicatif::{ProgressBar, ProgressStyle};
use std::{
    collections::BTreeMap,
    io::{self, IsTerminal},
};
use tokio::task::JoinSet;

/// Consecutive calls that are one production.
const CALLS: usize = 7;
/// How far time may go on beyond the oldest production at work: an admitted one that is silent lapses after ten minutes.
const AHEAD_OF_OLDEST: Span = Span::minutes(5);
/// A call may be reported five minutes before it happens; a production that takes longer than this is driven alone.
const SHORT: Span = Span::minutes(4);
/// How far time goes on without a sign of life of a production that is driven alone: its lease is a day.
const ALONE: Span = Span::hours(12);
/// A step of the clock that is not worth a write.
const CLOSE: Span = Span::micros(1_000_000);

/// Everything that drives a trace.
#[derive(Debug)]
pub struct Drive {
    engine: Engine,
    gate: Gate,
    in_flight: usize,
    granted: i64,
}

/// Productions at work, by their place in the file, with the instant of their first call.
#[derive(Default)]
struct Running {
    tasks: JoinSet<(usize, Tally)>,
    since: BTreeMap<usize, Timestamp>,
}

impl Drive {
    /// Drives through this gate by this engine's clock.
    pub fn new(engine: Engine, gate: Gate, options: &ReplayOptions) -> Self {
        Self { engine, gate, in_flight: usize::from(options.in_flight), granted: options.tokens }
    }

    /// Drives all calls; what became of them.
    pub async fn run(&self, calls: &[Call]) -> Result<Tally, ReplayError> {
        let (mut tally, mut running) = (Tally::default(), Running::default());
        let progress = Progress::new(calls.len().div_ceil(CALLS));
        for (index, calls) in calls.chunks(CALLS).enumerate() {
            let production = Production { name: format!("trace-{:06}", index + 1), calls: calls.to_vec() };
            let Some(first) = calls.first().map(|call| call.at) else { break };
            let alone = calls.iter().any(|call| call.at > first.after(SHORT));
            while running.must_wait(self.in_flight, first, alone) {
                running.wait(&mut tally).await;
            }
            self.advance(first).await?;
            let decision = self.gate.admit(&production).await;
            tally.asked(&decision);
            match decision {
                Ok(Decision::Admitted(_)) if alone => tally.add(self.drive_alone(&production).await?),
                Ok(Decision::Admitted(_)) => running.start(index, first, self.gate.clone(), production),
                Ok(Decision::Refused(_)) | Err(_) => {}
            }
            progress.step();
        }
        while running.wait(&mut tally).await {}
        tally.close(self.granted, self.gate.capacity().await, progress.end());
        Ok(tally)
    }

    /// A production whose calls lie far apart: time goes on from call to call, with signs of life where they are needed.
    async fn drive_alone(&self, production: &Production) -> Result<Tally, ReplayError> {
        let mut tally = Tally::default();
        for (index, call) in production.calls.iter().enumerate() {
            while self.engine.now().after(ALONE) < call.at {
                self.advance(self.engine.now().after(ALONE)).await?;
                tally.kept_alive(self.gate.keep_alive(production).await);
            }
            self.advance(call.at).await?;
            tally.reported(self.gate.capture(production, index, call).await);
        }
        tally.finished(tally.captured(), self.gate.finish(production).await);
        Ok(tally)
    }

    /// Never back: where the trace is behind, the clock stays where it is.
    async fn advance(&self, to: Timestamp) -> Result<(), ReplayError> {
        if to > self.engine.now().after(CLOSE) {
            self.engine.set_sandbox_clock(to).await?;
        }
        Ok(())
    }
}

impl Running {
    /// Whether somebody has to finish before a production at this instant may be asked for.
    fn must_wait(&self, most: usize, at: Timestamp, alone: bool) -> bool {
        let oldest = self.since.values().min();
        let too_far = oldest.is_some_and(|oldest| at > oldest.after(AHEAD_OF_OLDEST));
        self.since.len() >= most || too_far || (alone && !self.since.is_empty())
    }

    fn start(&mut self, index: usize, first: Timestamp, gate: Gate, production: Production) {
        self.since.insert(index, first);
        self.tasks.spawn(async move { (index, drive(&gate, &production).await) });
    }

    /// Waits for one to finish; whether there was one.
    async fn wait(&mut self, tally: &mut Tally) -> bool {
        match self.tasks.join_next().await {
            Some(Ok((index, finished))) => {
                self.since.remove(&index);
                tally.add(finished);
                true
            }
            Some(Err(error)) => {
                self.since.clear(); // which one it was is not known, and must not hold up the rest
                tally.note(format!("a production was not driven to its end: {error}"));
                true
            }
            None => {
                self.since.clear();
                false
            }
        }
    }
}

/// Reports the calls of one production in their order, then ends it.
async fn drive(gate: &Gate, production: &Production) -> Tally {
    let mut tally = Tally::default();
    for (index, call) in production.calls.iter().enumerate() {
        tally.reported(gate.capture(production, index, call).await);
    }
    tally.finished(tally.captured(), gate.finish(production).await);
    tally
}

/// How far it is: a bar for people, a line now and then for a log. Standard output stays free for the summary.
struct Progress {
    bar: ProgressBar,
    lines_every: Option<u64>,
}

impl Progress {
    fn new(productions: usize) -> Self {
        let productions = u64::try_from(productions).unwrap_or(u64::MAX);
        let bar = ProgressBar::new(productions);
        if let Ok(style) =
            ProgressStyle::with_template("{bar:40} {human_pos} of {human_len} productions, {eta} to go")
        {
            bar.set_style(style);
        }
        let terminal = io::stdout().is_terminal() && io::stderr().is_terminal();
        let lines_every = (!terminal).then_some((productions / 10).max(1));
        if !terminal {
            bar.set_draw_target(indicatif::ProgressDrawTarget::hidden());
        }
        Self { bar, lines_every }
    }

    fn step(&self) {
        self.bar.inc(1);
        let done = self.bar.position();
        if self.lines_every.is_some_and(|every| done.is_multiple_of(every)) {
            eprintln!("{done} of {} productions", self.bar.length().unwrap_or_default());
        }
    }

    fn end(self) -> std::time::Duration {
        let took = self.bar.elapsed();
        self.bar.finish_and_clear();
        took
    }
}
