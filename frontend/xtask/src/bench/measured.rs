//! A program that does what it is asked, line by line, and is timed from outside.

use crate::say;
use anyhow::{Context, Result, bail, ensure};
use std::{
    io::{BufRead, BufReader, Lines, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    time::Duration,
};

/// The program while it runs.
pub struct Measured {
    child: Child,
    questions: Option<ChildStdin>,
    answers: Lines<BufReader<ChildStdout>>,
    /// What it has said first.
    pub greeting: String,
}

impl Measured {
    /// Starts it and waits until it has said what it is.
    pub fn start(command: &mut Command) -> Result<Self> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let questions = child.stdin.take();
        let answers = BufReader::new(child.stdout.take().context("its answers")?).lines();
        let mut measured = Self { child, questions, answers, greeting: String::new() };
        measured.greeting = measured.answer()?;
        Ok(measured)
    }

    /// Asks it to do something and waits for its answer.
    pub fn ask(&mut self, what: &str) -> Result<String> {
        let questions = self.questions.as_mut().context("it takes no more questions")?;
        writeln!(questions, "{what}")?;
        questions.flush()?;
        let answer = self.answer()?;
        if answer.starts_with("error: ") {
            bail!("{what}: {answer}");
        }
        Ok(answer)
    }

    /// How long it takes to do it.
    pub fn time(&mut self, what: &str) -> Result<Duration> {
        let (answer, took) = say::timed(|| self.ask(what));
        answer.map(|_| took)
    }

    /// The same of what is short, once what it reads is in memory: after a scan of everything nothing is, and what counts is how much
    /// has to be read, not from where. Of three times the middle one.
    pub fn time_in_memory(&mut self, what: &str) -> Result<Duration> {
        self.ask(what)?;
        let mut times = [self.time(what)?, self.time(what)?, self.time(what)?];
        times.sort();
        Ok(times[1])
    }

    /// Takes productions through the gate by so many callers, of one customer (`hot`) or of many (`spread`), for so long after a
    /// warm-up. Answers how long an act took, and of how many acts a group was.
    pub fn gate(&mut self, callers: u32, whose: &str, length: Duration) -> Result<(Duration, f64)> {
        let answer = self.ask(&format!("run {callers} {whose} {}", length.as_millis()))?;
        let figures: Vec<f64> = answer.split(' ').map(str::parse).collect::<Result<_, _>>()?;
        let [acts, seconds, groups] = figures[..] else { bail!("not what was asked: {answer}") };
        ensure!(acts > 0.0 && groups > 0.0, "nothing was done: {answer}");
        Ok((Duration::from_secs_f64(seconds / acts), acts / groups))
    }

    fn answer(&mut self) -> Result<String> {
        Ok(self.answers.next().context("it has ended")??)
    }
}

/// It ends when nobody asks any more.
impl Drop for Measured {
    fn drop(&mut self) {
        self.questions.take();
        if let Err(error) = self.child.wait() {
            say::note(&format!("what was measured did not end: {error}"));
        }
    }
}
