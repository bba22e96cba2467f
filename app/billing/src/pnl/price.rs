//! Providers' unit prices in pico-units (10⁻¹² of a major unit): more than half of real prices for a token read are below
//! a micro-unit.

use crate::production::quantity::{ImageSource, Quantity};
use serde::{Deserialize, Serialize};

/// What a provider charges for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PriceUnit {
    /// A token read.
    InputToken,
    /// A token read from the provider's cache.
    CachedToken,
    /// A token written.
    OutputToken,
    /// An image looked at or made.
    Image,
    /// An image from stock.
    StockImage,
    /// A second of sound or picture.
    Second,
    /// A character spoken.
    Character,
    /// A platform variant.
    Variant,
    /// A packaged item.
    Item,
}

/// The prices of one model in one currency: pico-units for one unit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitPrices(pub Vec<(PriceUnit, i64)>);

/// An amount in femto-units (10⁻¹⁵): pico-units times milliseconds need three digits more than pico-units.
pub(super) const FEMTO_IN_MICRO: i128 = 1_000_000_000;

impl UnitPrices {
    /// Whether every unit has the same price, in whatever order.
    #[must_use]
    pub fn same_as(&self, other: &Self) -> bool {
        let sorted = |prices: &Self| {
            let mut prices = prices.0.clone();
            prices.sort_unstable();
            prices
        };
        sorted(self) == sorted(other)
    }

    fn pico(&self, unit: PriceUnit) -> Option<i128> {
        self.0.iter().find(|(priced, _)| *priced == unit).map(|(_, pico)| i128::from(*pico))
    }

    /// The exact price of a call in femto-units; none where one of its units has no price. Nothing is guessed: a call by
    /// the second is not priced by the character.
    #[must_use]
    pub(super) fn femto(&self, quantity: &Quantity) -> Option<i128> {
        let of = |unit: PriceUnit, thousandths: i128| {
            if thousandths == 0 { Some(0) } else { self.pico(unit)?.checked_mul(thousandths) }
        };
        let count = |unit: PriceUnit, count: i64| of(unit, i128::from(count) * 1_000);
        match quantity {
            Quantity::Text { input_tokens, output_tokens, cached_tokens } => {
                let fresh = count(PriceUnit::InputToken, input_tokens.get() - cached_tokens.get())?;
                let cached = count(PriceUnit::CachedToken, cached_tokens.get())?;
                fresh.checked_add(cached)?.checked_add(count(PriceUnit::OutputToken, output_tokens.get())?)
            }
            Quantity::Vision { images } | Quantity::Image { images, source: ImageSource::Generated } => {
                count(PriceUnit::Image, images.get())
            }
            Quantity::Image { images, source: ImageSource::Stock } => {
                count(PriceUnit::StockImage, images.get())
            }
            Quantity::Speech { length }
            | Quantity::Music { length }
            | Quantity::Video { length }
            | Quantity::Transcription { length } => of(PriceUnit::Second, i128::from(length.millis())),
            Quantity::SpeechText { characters } => count(PriceUnit::Character, characters.get()),
            Quantity::Variant { variants } => count(PriceUnit::Variant, variants.get()),
            Quantity::Packaging { items } => count(PriceUnit::Item, items.get()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p11_a_list_is_the_same_in_whatever_order() {
        let prices = |all: &[(PriceUnit, i64)]| UnitPrices(all.to_vec());
        let (image, second) = ((PriceUnit::Image, 1), (PriceUnit::Second, 2));
        assert!(prices(&[image, second]).same_as(&prices(&[second, image])));
        assert!(!prices(&[image]).same_as(&prices(&[image, second])));
        assert!(!prices(&[image]).same_as(&prices(&[(PriceUnit::Image, 2)])));
    }
}
