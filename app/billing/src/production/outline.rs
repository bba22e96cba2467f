//! What a production would be made of, in the few numbers that a person thinks in: the estimate's form. The pipeline plans
//! call by call; this is the same plan.

use super::{
    plan::{Plan, PlanError, Step},
    quantity::{Count, ImageSource, Length, Quantity},
};
use crate::tokens::OutOfRange;
use serde::{Deserialize, Serialize};

/// How many of what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Outline {
    /// Calls that write: brief, narrative, scripts; 3,000 model tokens each.
    pub texts: i64,
    /// Images that a model makes.
    pub images: i64,
    /// Images that are looked at.
    pub checks: i64,
    /// Seconds of speech.
    pub speech: i64,
    /// Seconds of music.
    pub music: i64,
    /// Seconds of video.
    pub video: i64,
    /// Platform variants.
    pub variants: i64,
    /// Texts for platforms; 5,000 model tokens each.
    pub platforms: i64,
    /// Seconds of captions.
    pub captions: i64,
}

/// The parts in the order in which they are asked: the field's name, the pipeline's step, the most that is asked for.
pub const PARTS: [(&str, &str, i64); 9] = [
    ("texts", "4", 100),
    ("images", "5b", 200),
    ("checks", "6", 150),
    ("speech", "8", 7_200),
    ("music", "9", 7_200),
    ("video", "10", 7_200),
    ("variants", "11", 20),
    ("platforms", "12", 20),
    ("captions", "14a", 7_200),
];

/// An outline that is no plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OutlineError {
    /// A number is negative or too large; the name is the part's.
    #[error("{0} is out of range")]
    OutOfRange(&'static str),
    /// Nothing is asked for, or too many calls.
    #[error("a production has at least one step and at most as many as a plan holds")]
    Plan,
}

impl From<OutOfRange> for OutlineError {
    fn from(_: OutOfRange) -> Self {
        Self::Plan
    }
}

impl From<PlanError> for OutlineError {
    fn from(_: PlanError) -> Self {
        Self::Plan
    }
}

impl Outline {
    /// A standard short video: 6,000 tokens by tariff 1.
    pub const SHORT_VIDEO: Self = Self {
        texts: 10,
        images: 8,
        checks: 8,
        speech: 30,
        music: 30,
        video: 30,
        variants: 3,
        platforms: 3,
        captions: 30,
    };

    /// The numbers, in the order of [`PARTS`].
    #[must_use]
    pub const fn numbers(&self) -> [i64; 9] {
        let Self { texts, images, checks, speech, music, video, variants, platforms, captions } = *self;
        [texts, images, checks, speech, music, video, variants, platforms, captions]
    }

    /// The outline of these numbers.
    #[must_use]
    pub const fn of(numbers: [i64; 9]) -> Self {
        let [texts, images, checks, speech, music, video, variants, platforms, captions] = numbers;
        Self { texts, images, checks, speech, music, video, variants, platforms, captions }
    }

    /// The calls of each part, in the order of [`PARTS`].
    pub fn calls(&self) -> Result<Vec<Vec<Quantity>>, OutlineError> {
        let parts = PARTS.into_iter().zip(self.numbers());
        parts
            .map(|((name, _, most), number)| {
                if !(0..=most).contains(&number) {
                    return Err(OutlineError::OutOfRange(name));
                }
                calls(name, number)
            })
            .collect()
    }

    /// The plan, call by call.
    pub fn plan(&self) -> Result<Plan, OutlineError> {
        let mut steps = Vec::new();
        for ((name, stage, _), calls) in PARTS.into_iter().zip(self.calls()?) {
            for (place, quantity) in calls.into_iter().enumerate() {
                let name = format!("{name}-{}", place + 1).parse().map_err(|_| OutlineError::Plan)?;
                steps.push(Step { name, quantity, model: None, stage: Some(stage.to_owned()) });
            }
        }
        Ok(Plan::new(steps)?)
    }
}

/// What is counted is a call each; what has a length is one call of that length.
fn calls(part: &str, number: i64) -> Result<Vec<Quantity>, OutlineError> {
    let one = Count::new(1)?;
    let text = |input, output| {
        Ok::<_, OutOfRange>(Quantity::Text {
            input_tokens: Count::new(input)?,
            output_tokens: Count::new(output)?,
            cached_tokens: Count::new(0)?,
        })
    };
    let length = Length::from_millis(number * 1_000)?;
    let each = usize::try_from(number).map_err(|_| OutlineError::Plan)?;
    let (call, times) = match part {
        "texts" => (text(2_000, 1_000)?, each),
        "platforms" => (text(4_000, 1_000)?, each),
        "images" => (Quantity::Image { images: one, source: ImageSource::Generated }, each),
        "checks" => (Quantity::Vision { images: one }, each),
        "variants" => (Quantity::Variant { variants: Count::new(number)? }, usize::from(number > 0)),
        "speech" => (Quantity::Speech { length }, usize::from(number > 0)),
        "music" => (Quantity::Music { length }, usize::from(number > 0)),
        "video" => (Quantity::Video { length }, usize::from(number > 0)),
        _ => (Quantity::Transcription { length }, usize::from(number > 0)),
    };
    Ok(vec![call; times])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn a1_the_outline_of_a_short_video_is_6000_tokens() {
        let tariff = sample::tariff().unwrap();
        let plan = Outline::SHORT_VIDEO.plan().unwrap();
        let tokens: i64 = plan.steps().iter().map(|step| tariff.tokens(&step.quantity).unwrap().get()).sum();
        assert_eq!(tokens, 6_000);
        assert_eq!(Outline::of(Outline::SHORT_VIDEO.numbers()), Outline::SHORT_VIDEO);
    }

    #[test]
    fn i48_an_outline_has_no_absurd_number_and_at_least_one_step() {
        let nothing = Outline::of([0; 9]);
        assert_eq!(nothing.plan().err(), Some(OutlineError::Plan));
        for (place, (name, _, most)) in PARTS.into_iter().enumerate() {
            let with = |number| {
                let mut numbers = [0; 9];
                *numbers.get_mut(place).unwrap() = number;
                Outline::of(numbers).plan()
            };
            assert!(with(1).is_ok() && with(most).is_ok(), "{name}");
            for wrong in [-1, most + 1, i64::MAX, i64::MIN] {
                assert_eq!(with(wrong).err(), Some(OutlineError::OutOfRange(name)), "{name} {wrong}");
            }
        }
    }
}
