//! "Each AI call consumes a budgeted number of tokens. Heavier steps (video composition, long voiceover) cost more than
//! light ones." A1–A3: the weight depends on the kind and on the size of a call.

use crate::{
    production::quantity::{ImageSource, Kind, Quantity},
    tokens::{OutOfRange, Tokens},
};
use serde::{Deserialize, Serialize};

/// What a tariff line counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Unit {
    /// A language model's tokens, read and written.
    ModelToken,
    /// An image looked at or generated.
    Image,
    /// An image taken from stock.
    StockImage,
    /// A second begun.
    Second,
    /// A platform variant.
    Variant,
    /// A packaged item.
    Item,
}

/// The price of one kind of call in tokens: `tokens` for every `per` units begun, at least `minimum` a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TariffLine {
    /// The kind of call.
    pub kind: Kind,
    /// What is counted.
    pub unit: Unit,
    /// How many units one charge covers.
    pub per: i64,
    /// The charge.
    pub tokens: Tokens,
    /// The least that a call is charged.
    pub minimum: Tokens,
}

/// One version of the price list in tokens; entries keep the version they were charged by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tariff {
    /// Rises by one with each change; never reused.
    pub version: i64,
    /// One line for each kind and unit.
    pub lines: Vec<TariffLine>,
}

/// A call that a tariff cannot price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TariffError {
    /// There is no line for the kind and unit.
    #[error("the tariff has no line for {0}")]
    NoLine(Kind),
    /// The charge does not fit.
    #[error(transparent)]
    OutOfRange(#[from] OutOfRange),
}

/// A tariff that must not be imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadTariff {
    /// A production that has such a call could not be priced.
    #[error("there is no line for {0} by {1:?}")]
    Missing(Kind, Unit),
    /// Two prices for one call.
    #[error("there are two lines for {0} by {1:?}")]
    Twice(Kind, Unit),
    /// Every so many units, and nothing more: at least one.
    #[error("{0} by {1:?} is charged for every 0 units or less")]
    Per(Kind, Unit),
}

/// What calls are counted by; see [`measure`].
const CALLS: [(Kind, Unit); 10] = [
    (Kind::Text, Unit::ModelToken),
    (Kind::Vision, Unit::Image),
    (Kind::Image, Unit::Image),
    (Kind::Image, Unit::StockImage),
    (Kind::Speech, Unit::Second),
    (Kind::Music, Unit::Second),
    (Kind::Video, Unit::Second),
    (Kind::Transcription, Unit::Second),
    (Kind::Variant, Unit::Variant),
    (Kind::Packaging, Unit::Item),
];

/// Characters that are spoken in one second of the tariff.
const CHARACTERS_A_SECOND: i64 = 15;

/// What the tariff counts of a quantity: its unit and how many of it.
const fn measure(quantity: &Quantity) -> (Unit, i64) {
    match quantity {
        Quantity::Text { input_tokens, output_tokens, .. } => {
            (Unit::ModelToken, input_tokens.get() + output_tokens.get())
        }
        Quantity::Vision { images } | Quantity::Image { images, source: ImageSource::Generated } => {
            (Unit::Image, images.get())
        }
        Quantity::Image { images, source: ImageSource::Stock } => (Unit::StockImage, images.get()),
        Quantity::Speech { length }
        | Quantity::Music { length }
        | Quantity::Video { length }
        | Quantity::Transcription { length } => (Unit::Second, length.seconds_begun()),
        Quantity::SpeechText { characters } => (Unit::Second, begun(characters.get(), CHARACTERS_A_SECOND)),
        Quantity::Variant { variants } => (Unit::Variant, variants.get()),
        Quantity::Packaging { items } => (Unit::Item, items.get()),
    }
}

const fn begun(count: i64, per: i64) -> i64 {
    count.saturating_add(per - 1) / per
}

impl Tariff {
    /// Nothing, where every call has just one price.
    pub fn check(&self) -> Result<(), BadTariff> {
        for (kind, unit) in CALLS {
            let mut lines = self.lines.iter().filter(|line| line.kind == kind && line.unit == unit);
            let line = lines.next().ok_or(BadTariff::Missing(kind, unit))?;
            if lines.next().is_some() {
                return Err(BadTariff::Twice(kind, unit));
            }
            if line.per < 1 {
                return Err(BadTariff::Per(kind, unit));
            }
        }
        Ok(())
    }

    /// The line that prices a call of this size and kind.
    pub fn line(&self, quantity: &Quantity) -> Result<&TariffLine, TariffError> {
        let (unit, _) = measure(quantity);
        let kind = quantity.kind();
        self.lines.iter().find(|line| line.kind == kind && line.unit == unit).ok_or(TariffError::NoLine(kind))
    }

    /// What a successful call takes from the allowance.
    pub fn tokens(&self, quantity: &Quantity) -> Result<Tokens, TariffError> {
        let line = self.line(quantity)?;
        let (_, count) = measure(quantity);
        let charges = begun(count, line.per.max(1));
        let tokens = charges.checked_mul(line.tokens.get()).ok_or(OutOfRange)?;
        Ok(Tokens::new(tokens)?.max(line.minimum))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        production::quantity::{Count, Length},
        sample,
    };

    fn charged(quantity: &Quantity) -> i64 {
        sample::tariff().unwrap().tokens(quantity).unwrap().get()
    }

    fn count(count: i64) -> Count {
        Count::new(count).unwrap()
    }

    #[test]
    fn a1_a_tariff_has_just_one_price_for_every_call() {
        let sample = sample::tariff().unwrap();
        assert_eq!(sample.check(), Ok(()));
        for (place, line) in sample.lines.iter().enumerate() {
            let mut other = sample.clone();
            other.lines[place].per = 0;
            assert_eq!(other.check(), Err(BadTariff::Per(line.kind, line.unit)));
            other.lines[place] = *line;
            other.lines.push(*line);
            assert_eq!(other.check(), Err(BadTariff::Twice(line.kind, line.unit)));
            other.lines.retain(|kept| kept != line);
            assert_eq!(other.check(), Err(BadTariff::Missing(line.kind, line.unit)));
        }
    }

    #[test]
    fn a1_text_is_charged_by_the_thousand_begun_read_and_written_together() {
        for (read, written, tokens) in
            [(0, 0, 10), (1, 0, 10), (700, 300, 10), (700, 301, 20), (0, 5_000, 50)]
        {
            let cached_tokens = count(read / 2); // a part of what is read, not more of it
            let (input_tokens, output_tokens) = (count(read), count(written));
            let call = Quantity::Text { input_tokens, output_tokens, cached_tokens };
            assert_eq!(charged(&call), tokens, "{read} read, {written} written");
        }
    }

    #[test]
    fn a1_sound_and_picture_are_charged_by_the_second_begun() {
        for (millis, seconds) in [(0, 0), (1, 1), (1_000, 1), (1_001, 2), (180_000, 180)] {
            let length = Length::from_millis(millis).unwrap();
            assert_eq!(charged(&Quantity::Speech { length }), 8 * seconds);
            assert_eq!(charged(&Quantity::Music { length }), 5 * seconds);
            assert_eq!(charged(&Quantity::Video { length }), 110 * seconds);
            assert_eq!(charged(&Quantity::Transcription { length }), seconds);
        }
        for (characters, seconds) in [(0, 0), (15, 1), (16, 2)] {
            assert_eq!(charged(&Quantity::SpeechText { characters: count(characters) }), 8 * seconds);
        }
    }

    #[test]
    fn a1_the_rest_is_charged_by_the_piece() {
        let images = count(3);
        assert_eq!(charged(&Quantity::Vision { images }), 45);
        assert_eq!(charged(&Quantity::Image { images, source: ImageSource::Generated }), 360);
        assert_eq!(charged(&Quantity::Image { images, source: ImageSource::Stock }), 30);
        assert_eq!(charged(&Quantity::Variant { variants: count(3) }), 750);
        assert_eq!(charged(&Quantity::Packaging { items: count(3) }), 0);
    }

    #[test]
    fn a1_what_a_tariff_does_not_list_has_no_price_rather_than_none() {
        let call = Quantity::Vision { images: count(1) };
        let none = Tariff { version: 1, lines: Vec::new() };
        assert_eq!(none.tokens(&call), Err(TariffError::NoLine(Kind::Vision)));
    }

    #[test]
    fn i48_a_charge_that_the_books_cannot_hold_is_refused() {
        let (kind, unit, per, tokens) = (Kind::Vision, Unit::Image, 1, Tokens::MAX);
        let dear =
            Tariff { version: 1, lines: vec![TariffLine { kind, unit, per, tokens, minimum: Tokens::ZERO }] };
        assert_eq!(dear.tokens(&Quantity::Vision { images: count(1) }), Ok(Tokens::MAX));
        for images in [2, Count::MAX] {
            let too_much = dear.tokens(&Quantity::Vision { images: count(images) });
            assert_eq!(too_much, Err(TariffError::OutOfRange(OutOfRange)));
        }
    }
}
