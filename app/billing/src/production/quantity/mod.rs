//! How much an AI call takes, in the unit of its kind. A1, A3, I-48: nothing negative, nothing absurd.

mod size;

pub use size::{Count, Length};

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// What an AI call does; a step's tariff line and unit follow from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    /// A language model writes.
    Text,
    /// A model looks at images.
    Vision,
    /// An image is generated, or taken from stock.
    Image,
    /// Text is spoken.
    Speech,
    /// Music is composed.
    Music,
    /// Video is composed.
    Video,
    /// A finished video is made over for another platform.
    Variant,
    /// Speech is written down.
    Transcription,
    /// Files are put together; no model is called.
    Packaging,
}

impl Kind {
    /// All kinds, light to heavy in the order of the tariff.
    pub const ALL: [Self; 9] = [
        Self::Text,
        Self::Vision,
        Self::Image,
        Self::Speech,
        Self::Music,
        Self::Video,
        Self::Variant,
        Self::Transcription,
        Self::Packaging,
    ];

    /// The word for it in the interface and in the books.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Vision => "vision",
            Self::Image => "image",
            Self::Speech => "speech",
            Self::Music => "music",
            Self::Video => "video",
            Self::Variant => "variant",
            Self::Transcription => "transcription",
            Self::Packaging => "packaging",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A word that names no kind of AI call.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected one of text, vision, image, speech, music, video, variant, transcription, packaging")]
pub struct UnknownKind;

impl FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(word: &str) -> Result<Self, UnknownKind> {
        Self::ALL.into_iter().find(|kind| kind.word() == word).ok_or(UnknownKind)
    }
}

/// Where an image comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ImageSource {
    /// A model makes it.
    #[default]
    Generated,
    /// It is taken from a stock library.
    Stock,
}

/// How much a call takes, in the unit of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Quantity {
    /// Model tokens read and written; the cached ones are a part of those read.
    Text {
        /// Read by the model.
        input_tokens: Count,
        /// Written by the model.
        output_tokens: Count,
        /// Of those read, how many came from the provider's cache.
        cached_tokens: Count,
    },
    /// Images looked at.
    Vision {
        /// How many.
        images: Count,
    },
    /// Images made or fetched.
    Image {
        /// How many.
        images: Count,
        /// From where.
        source: ImageSource,
    },
    /// Speech, by its length.
    Speech {
        /// How long.
        length: Length,
    },
    /// Speech, by its text.
    SpeechText {
        /// Characters spoken; 15 make a second of the tariff.
        characters: Count,
    },
    /// Music.
    Music {
        /// How long.
        length: Length,
    },
    /// Video.
    Video {
        /// How long.
        length: Length,
    },
    /// Platform variants.
    Variant {
        /// How many.
        variants: Count,
    },
    /// Speech written down.
    Transcription {
        /// How long.
        length: Length,
    },
    /// Things packaged.
    Packaging {
        /// How many.
        items: Count,
    },
}

impl Quantity {
    /// Whether it reads no more from the cache than it reads at all; true of every kind but text.
    #[must_use]
    pub const fn caches_within_input(&self) -> bool {
        match self {
            Self::Text { input_tokens, cached_tokens, .. } => cached_tokens.get() <= input_tokens.get(),
            _ => true,
        }
    }

    /// How much two calls of one kind take together; none where they are measured in different units, or the sum is out of
    /// range.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Option<Self> {
        let count = |one: &Count, two: &Count| Count::new(one.get() + two.get()).ok();
        let length = |one: &Length, two: &Length| Length::from_millis(one.millis() + two.millis()).ok();
        Some(match (self, other) {
            (
                Self::Text { input_tokens, output_tokens, cached_tokens },
                Self::Text { input_tokens: input, output_tokens: output, cached_tokens: cached },
            ) => Self::Text {
                input_tokens: count(input_tokens, input)?,
                output_tokens: count(output_tokens, output)?,
                cached_tokens: count(cached_tokens, cached)?,
            },
            (Self::Vision { images }, Self::Vision { images: more }) => {
                Self::Vision { images: count(images, more)? }
            }
            (Self::Image { images, source }, Self::Image { images: more, source: from })
                if source == from =>
            {
                Self::Image { images: count(images, more)?, source: *source }
            }
            (Self::Speech { length: one }, Self::Speech { length: two }) => {
                Self::Speech { length: length(one, two)? }
            }
            (Self::SpeechText { characters }, Self::SpeechText { characters: more }) => {
                Self::SpeechText { characters: count(characters, more)? }
            }
            (Self::Music { length: one }, Self::Music { length: two }) => {
                Self::Music { length: length(one, two)? }
            }
            (Self::Video { length: one }, Self::Video { length: two }) => {
                Self::Video { length: length(one, two)? }
            }
            (Self::Variant { variants }, Self::Variant { variants: more }) => {
                Self::Variant { variants: count(variants, more)? }
            }
            (Self::Transcription { length: one }, Self::Transcription { length: two }) => {
                Self::Transcription { length: length(one, two)? }
            }
            (Self::Packaging { items }, Self::Packaging { items: more }) => {
                Self::Packaging { items: count(items, more)? }
            }
            _ => return None,
        })
    }

    /// The kind of call that is measured like this.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Text { .. } => Kind::Text,
            Self::Vision { .. } => Kind::Vision,
            Self::Image { .. } => Kind::Image,
            Self::Speech { .. } | Self::SpeechText { .. } => Kind::Speech,
            Self::Music { .. } => Kind::Music,
            Self::Video { .. } => Kind::Video,
            Self::Variant { .. } => Kind::Variant,
            Self::Transcription { .. } => Kind::Transcription,
            Self::Packaging { .. } => Kind::Packaging,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_known_by_its_word_and_a_quantity_is_a_plain_number() {
        for kind in Kind::ALL {
            assert_eq!((kind.to_string().parse(), kind.to_string().as_str()), (Ok(kind), kind.word()));
        }
        assert_eq!("smell".parse::<Kind>(), Err(UnknownKind));
        assert_eq!(
            serde_json::to_value((Count::new(7).unwrap(), Length::from_millis(9).unwrap())).unwrap(),
            serde_json::json!([7, 9])
        );
    }

    #[test]
    fn quantities_of_one_kind_and_unit_add() {
        let count = |count| Count::new(count).unwrap();
        let text = |read, wrote, cached| Quantity::Text {
            input_tokens: count(read),
            output_tokens: count(wrote),
            cached_tokens: count(cached),
        };
        assert_eq!(text(1, 2, 1).plus(&text(10, 20, 0)), Some(text(11, 22, 1)));
        let images = |images, source| Quantity::Image { images: count(images), source };
        let (made, stock) = (ImageSource::Generated, ImageSource::Stock);
        assert_eq!(images(1, made).plus(&images(2, made)), Some(images(3, made)));
        assert_eq!(images(1, made).plus(&images(2, stock)), None, "they are charged differently");
        let length = |millis| Length::from_millis(millis).unwrap();
        let of_length: [fn(Length) -> Quantity; 4] = [
            |length| Quantity::Speech { length },
            |length| Quantity::Music { length },
            |length| Quantity::Video { length },
            |length| Quantity::Transcription { length },
        ];
        let of_count: [fn(Count) -> Quantity; 4] = [
            |images| Quantity::Vision { images },
            |characters| Quantity::SpeechText { characters },
            |variants| Quantity::Variant { variants },
            |items| Quantity::Packaging { items },
        ];
        let lengths = of_length.map(|of| [of(length(500)), of(length(700)), of(length(1_200))]);
        let counts = of_count.map(|of| [of(count(5)), of(count(7)), of(count(12))]);
        for [one, two, sum] in lengths.into_iter().chain(counts) {
            assert_eq!(one.plus(&two), Some(sum));
            assert_eq!(one.plus(&text(1, 0, 0)), None);
        }
        let most = Quantity::Vision { images: count(Count::MAX) };
        assert_eq!(most.plus(&most), None, "out of range");
    }
}
