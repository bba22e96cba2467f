//! "Each AI call consumes a budgeted number of tokens. Heavier steps (video composition, long voiceover) cost more than
//! light ones." A1–A3: the weight depends on the kind and on the size of a call.

use crate::{
    production::plan::{ImageSource, Kind, Quantity},
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
    (count + per - 1) / per
}

impl Tariff {
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
