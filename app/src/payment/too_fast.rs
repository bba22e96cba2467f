//! That somebody buys too fast, in words: what there was too much of, why that stops, and from when on it goes on. T5.

use crate::format::Format;
use engine::{Hurry, TooFast};

/// What whoever is slowed down is told: nothing was ordered or charged.
#[must_use]
pub(crate) fn too_fast_words(too_fast: &TooFast, format: &Format) -> String {
    let many = match too_fast.of {
        Hurry::PacksOfCustomer => "Many packs were ordered for you in a short time.",
        Hurry::PacksOfCard => "The card that you paid with last has paid for many packs in a short time.",
        Hurry::PacksFrom => "Many packs were ordered from your network in a short time.",
        Hurry::DeclinesOfCustomer => "Many payments of yours were declined in a short time.",
        Hurry::DeclinesFrom => "Many payments from your network were declined in a short time.",
    };
    format!(
        "{many} So that nobody tries out stolen cards, the next order waits until {}. Nothing was charged. Productions and \
         auto-top-up go on as before.",
        format.minute(too_fast.until)
    )
}
