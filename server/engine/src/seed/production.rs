//! What the sample customers produce, and how each production goes.

use crate::{Engine, Error, production::AdmitRequest};
use billing::{
    id::{CustomerId, KeyId},
    production::{
        Attempt, End, Kind, Outcome, Quantity, Step,
        hold::Stage,
        quantity::{Count, Length},
    },
    sample,
    time::{Span, Timestamp},
    tokens::OutOfRange,
};
use futures::future::{join_all, join3};

/// What is produced.
#[derive(Clone, Copy)]
pub(super) enum Make {
    /// A standard short video: 6,000 tokens in 35 calls.
    Short,
    /// A narrated film of so many seconds: 119 tokens a second and 30 for its script.
    Film(i64),
    /// The same, composed by a model that has no price.
    Unpriced(i64),
    /// So many texts: 30 tokens each.
    Texts(i64),
}

/// How a production goes.
#[derive(Clone, Copy)]
pub(super) enum Course {
    /// All is well.
    Published,
    /// The call of this kind has to be made again; then all is well.
    Retried(Kind),
    /// It ends like this after its first step.
    Stops(End),
    /// It waits for approval after its first step.
    Waits,
    /// So many of its steps are done.
    Runs(usize),
    /// It has begun before, and the steps after its first are reported late: they were made half an hour ago.
    CatchesUp,
}

/// A production of somebody's, and how it goes.
pub(super) struct Work {
    pub(super) customer: CustomerId,
    pub(super) key: Option<KeyId>,
    pub(super) request: AdmitRequest,
    pub(super) course: Course,
}

impl Make {
    /// The plan, call by call.
    pub(super) fn steps(self) -> Result<Vec<Step>, OutOfRange> {
        match self {
            Self::Short => sample::short_video(),
            Self::Texts(count) => {
                let text = text(2_000, 1_000)?;
                (1..=count).map(|number| step(&format!("text-{number}"), "12", text)).collect()
            }
            Self::Film(seconds) => film(seconds, None),
            Self::Unpriced(seconds) => film(seconds, Some("sample-avatar")),
        }
    }
}

/// A text call of so many model tokens.
pub(super) fn text(input: i64, output: i64) -> Result<Quantity, OutOfRange> {
    Ok(Quantity::Text {
        input_tokens: Count::new(input)?,
        output_tokens: Count::new(output)?,
        cached_tokens: Count::new(0)?,
    })
}

fn film(seconds: i64, composer: Option<&str>) -> Result<Vec<Step>, OutOfRange> {
    let length = Length::from_millis(seconds * 1_000)?;
    let composition = step("composition", "10", Quantity::Video { length })?;
    Ok(vec![
        step("script", "4", text(2_000, 1_000)?)?,
        step("voiceover", "8", Quantity::Speech { length })?,
        Step { model: composer.map(str::to_owned), ..composition },
        step("captions", "14a", Quantity::Transcription { length })?,
    ])
}

fn step(name: &str, stage: &str, quantity: Quantity) -> Result<Step, OutOfRange> {
    let name = name.parse().map_err(|_| OutOfRange)?;
    Ok(Step { name, quantity, model: None, stage: Some(stage.to_owned()) })
}

impl Course {
    const fn begins(self) -> bool {
        !matches!(self, Self::CatchesUp)
    }

    /// How many of the steps are reported.
    const fn reported(self) -> usize {
        match self {
            Self::Published | Self::CatchesUp | Self::Retried(_) => usize::MAX,
            Self::Stops(_) | Self::Waits => 1,
            Self::Runs(steps) => steps,
        }
    }

    /// Whether this step fails once.
    fn fails(self, step: &Step) -> bool {
        match self {
            Self::Stops(_) | Self::Waits => true,
            Self::Retried(kind) => step.quantity.kind() == kind,
            Self::Published | Self::CatchesUp | Self::Runs(_) => false,
        }
    }

    const fn end(self) -> Option<End> {
        match self {
            Self::Published | Self::Retried(_) | Self::CatchesUp => Some(End::Published),
            Self::Stops(end) => Some(end),
            Self::Waits | Self::Runs(_) => None,
        }
    }
}

impl Work {
    /// The calls that are reported: step, number, and how it went.
    fn calls(&self, at: Timestamp) -> Vec<(&Step, i64, Attempt)> {
        let occurred_at = (!self.course.begins()).then(|| at.before(Span::minutes(30)));
        let mut calls = Vec::new();
        let done = usize::from(!self.course.begins());
        for step in self.request.plan.steps().iter().take(self.course.reported()).skip(done) {
            let failed = self.course.fails(step).then_some(Outcome::Failed);
            for (number, outcome) in (1..).zip(failed.into_iter().chain([Outcome::Succeeded])) {
                let attempt = Attempt { outcome, quantity: step.quantity, model: None, occurred_at };
                calls.push((step, number, attempt));
            }
        }
        calls
    }
}

impl Engine {
    /// All these productions, each as it goes; one that is refused is left at that. What they ask is asked at once and in
    /// order, so that the writer does it in few groups.
    pub(super) async fn produce(&self, works: &[Work]) -> Result<(), Error> {
        join_all(works.iter().map(|work| self.work(work))).await.into_iter().collect()
    }

    async fn work(&self, work: &Work) -> Result<(), Error> {
        let (customer, name) = (work.customer, &work.request.production);
        let admission = async {
            match work.course {
                Course::CatchesUp => Ok(()),
                _ => self.admit(customer, work.key, work.request.clone()).await.map(drop),
            }
        };
        let calls = work.calls(self.now()).into_iter().map(|(step, number, attempt)| {
            self.report_attempt(customer, name.clone(), step.name.clone(), number, attempt)
        });
        let end = async {
            match work.course.end() {
                Some(end) => self.finish(customer, name.clone(), end).await.map(drop),
                None if matches!(work.course, Course::Waits) => {
                    self.heartbeat(customer, name.clone(), Some(Stage::AwaitingApproval)).await.map(drop)
                }
                None => Ok(()),
            }
        };
        let (admission, calls, end) = join3(admission, join_all(calls), end).await;
        match admission {
            Err(Error::Refused(_)) => Ok(()),
            Err(error) => Err(error),
            Ok(()) => calls.into_iter().try_for_each(|call| call.map(drop)).and(end),
        }
    }
}
