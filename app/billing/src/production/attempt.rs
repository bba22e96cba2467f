//! What may become of one attempt of a step. A9, 5.18: tokens once for a step that succeeds, cost for every attempt.

use super::quantity::{Kind, Quantity};
use crate::time::{Span, Timestamp};
use serde::{Deserialize, Serialize};

/// How an AI call went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// The step is done: its tokens are charged.
    Succeeded,
    /// The call cost money and the step is not done.
    Failed,
}

/// One AI call, as the pipeline reports it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Attempt {
    /// How it went.
    pub outcome: Outcome,
    /// How much it took.
    pub quantity: Quantity,
    /// The model that ran it; the kind's default model where there is none.
    pub model: Option<String>,
    /// When; the moment of the report where there is none.
    pub occurred_at: Option<Timestamp>,
}

/// Why an act on a production that exists is refused. Nothing moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "camelCase")]
pub enum Conflict {
    /// The name belongs to another plan, or to another call.
    #[error("this id already names something else")]
    IdReused,
    /// The attempt was reported before, with other content.
    #[error("this attempt was already reported with other content")]
    AttemptReused,
    /// Another attempt of the step has succeeded.
    #[error("this step has already succeeded and was charged once")]
    AlreadyCaptured,
    /// The quote's price no longer holds.
    #[error("the quote has expired")]
    QuoteExpired,
    /// The hold lapsed; the cost was recorded, no tokens moved.
    #[error("the hold of this production has expired; no tokens were moved")]
    HoldExpired,
    /// The production was published.
    #[error("this production is already finished")]
    AlreadyFinished,
    /// The production failed or was cancelled, and its tokens were given back.
    #[error("this production has already ended and its tokens were released")]
    AlreadyReleased,
}

/// What is wrong with a reported attempt, whatever the state of the production.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "camelCase")]
pub enum BadAttempt {
    /// The plan has no such step.
    #[error("the plan of this production names no such step")]
    UnknownStep,
    /// The plan has the step with another kind.
    #[error("the plan names this step with another kind")]
    OtherKind,
    /// More cached than input tokens.
    #[error("cachedTokens is a part of inputTokens and cannot be more")]
    CachedBeyondInput,
    /// More than 35 days ago or more than 5 minutes ahead (T22).
    #[error("occurredAt must be within the last 35 days and at most 5 minutes ahead")]
    OutsideWindow,
}

/// T22, I-41: how far back a call may have happened.
const OLDEST: Span = Span::days(35);
/// How far ahead a caller's clock may run.
const AHEAD: Span = Span::minutes(5);

/// Whether an attempt can belong to a step that was planned with this kind.
pub fn check(planned: Kind, attempt: &Attempt, at: Timestamp) -> Result<(), BadAttempt> {
    if planned != attempt.quantity.kind() {
        return Err(BadAttempt::OtherKind);
    }
    check_call(&attempt.quantity, attempt.occurred_at, at)
}

/// Whether a call can have taken this much, and happened then.
pub fn check_call(
    quantity: &Quantity,
    occurred_at: Option<Timestamp>,
    at: Timestamp,
) -> Result<(), BadAttempt> {
    if !quantity.caches_within_input() {
        return Err(BadAttempt::CachedBeyondInput);
    }
    match occurred_at {
        Some(time) if time < at.before(OLDEST) || time > at.after(AHEAD) => Err(BadAttempt::OutsideWindow),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::production::quantity::Count;

    fn at() -> Timestamp {
        "2026-10-22T16:40:00Z".parse().unwrap()
    }

    fn attempt(occurred_at: Option<Timestamp>) -> Attempt {
        let quantity = Quantity::Vision { images: Count::new(1).unwrap() };
        Attempt { outcome: Outcome::Succeeded, quantity, model: None, occurred_at }
    }

    #[test]
    fn i41_a_call_is_taken_35_days_back_and_5_minutes_ahead() {
        let check_at = |time| check(Kind::Vision, &attempt(Some(time)), at());
        for good in [at(), at().before(Span::days(34)), at().before(OLDEST), at().after(AHEAD)] {
            assert_eq!(check_at(good), Ok(()), "{good}");
        }
        let tick = Span::micros(1);
        for bad in
            [at().before(Span::days(36)), at().before(OLDEST).before(tick), at().after(AHEAD).after(tick)]
        {
            assert_eq!(check_at(bad), Err(BadAttempt::OutsideWindow), "{bad}");
        }
        assert_eq!(check(Kind::Vision, &attempt(None), at()), Ok(()), "now, where nobody says when");
    }

    #[test]
    fn a9_an_attempt_belongs_to_a_step_of_the_plan_and_of_its_kind() {
        assert_eq!(check(Kind::Image, &attempt(None), at()), Err(BadAttempt::OtherKind));
    }

    #[test]
    fn cached_tokens_are_a_part_of_those_read() {
        let text = |cached| {
            let count = |count| Count::new(count).unwrap();
            let quantity = Quantity::Text {
                input_tokens: count(5),
                output_tokens: count(1),
                cached_tokens: count(cached),
            };
            check(Kind::Text, &Attempt { quantity, ..attempt(None) }, at())
        };
        assert_eq!((text(5), text(6)), (Ok(()), Err(BadAttempt::CachedBeyondInput)));
    }
}
