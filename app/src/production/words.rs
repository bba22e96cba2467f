//! What kinds of calls, sizes, tariff lines and lots are called.

use crate::{format::Format, ui::Tone};
use billing::{
    allowance::{Source, TariffLine, tariff::Unit},
    production::{Kind, Quantity, quantity::ImageSource},
    refusal::Reason,
    time::Timestamp,
};

/// The kind of a call.
#[must_use]
pub const fn kind_words(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "Text",
        Kind::Vision => "Vision",
        Kind::Image => "Image",
        Kind::Speech => "Voice",
        Kind::Music => "Music",
        Kind::Video => "Video",
        Kind::Variant => "Variant",
        Kind::Transcription => "Speech to text",
        Kind::Packaging => "Packaging",
    }
}

/// How much a call takes: `3,000 model tokens`, `30 s`.
#[must_use]
pub fn size_words(quantity: &Quantity, format: &Format) -> String {
    let counted = |count: i64, one, many| format.counted(count.unsigned_abs(), one, many);
    match quantity {
        Quantity::Text { input_tokens, output_tokens, .. } => {
            counted(input_tokens.get() + output_tokens.get(), "model token", "model tokens")
        }
        Quantity::Vision { images } | Quantity::Image { images, source: ImageSource::Generated } => {
            counted(images.get(), "image", "images")
        }
        Quantity::Image { images, source: ImageSource::Stock } => {
            counted(images.get(), "stock image", "stock images")
        }
        Quantity::Speech { length }
        | Quantity::Music { length }
        | Quantity::Video { length }
        | Quantity::Transcription { length } => {
            format!("{} s", format.thousandths(length.millis()))
        }
        Quantity::SpeechText { characters } => counted(characters.get(), "character", "characters"),
        Quantity::Variant { variants } => counted(variants.get(), "variant", "variants"),
        Quantity::Packaging { items } => counted(items.get(), "item", "items"),
    }
}

/// What a tariff counts: one, and several.
#[must_use]
pub const fn unit_words(unit: Unit) -> (&'static str, &'static str) {
    match unit {
        Unit::ModelToken => ("model token", "model tokens"),
        Unit::Image => ("image", "images"),
        Unit::StockImage => ("stock image", "stock images"),
        Unit::Second => ("second", "seconds"),
        Unit::Variant => ("variant", "variants"),
        Unit::Item => ("item", "items"),
    }
}

/// What a unit takes: `5 for 1,000 model tokens, at least 10`.
#[must_use]
pub fn line_words(line: &TariffLine, format: &Format) -> String {
    if line.tokens.is_zero() && line.minimum.is_zero() {
        return "no charge".to_owned();
    }
    let (one, many) = unit_words(line.unit);
    let each = match line.per {
        1 => format!("{} a {one}", format.tokens(line.tokens)),
        per => {
            format!("{} for {}", format.tokens(line.tokens), format.counted(per.unsigned_abs(), one, many))
        }
    };
    let minimum = (!line.minimum.is_zero()).then(|| format!(", at least {}", format.tokens(line.minimum)));
    format!("{each}{}", minimum.unwrap_or_default())
}

/// A lot: `October allowance`, `top-up of 24 Oct`.
#[must_use]
pub fn source_words(source: Source, effective_at: Timestamp, format: &Format) -> String {
    let of_day = |name: &str| format!("{name} of {}", format.day(effective_at));
    match source {
        Source::Allowance => format!("{} allowance", format.month(effective_at)),
        Source::Evaluation => "evaluation tokens".to_owned(),
        Source::Promotion => of_day("promotion"),
        Source::Adjustment => of_day("adjustment"),
        Source::TopUp => of_day("top-up"),
        Source::AutoTopUp => of_day("auto-top-up"),
    }
}

/// The reason in a few words; the headline is the same for several.
#[must_use]
pub fn reason_words(reason: Reason) -> (Tone, String) {
    let (tone, words) = match reason {
        Reason::Maintenance => (Tone::Calm, "Maintenance"),
        Reason::PaymentRequired => (Tone::Bad, "Payment outstanding"),
        Reason::AccountNotActive => (Tone::Warn, "Account not active"),
        Reason::ProductionTooLarge => (Tone::Warn, "Too large for the plan"),
        Reason::Concurrency => (Tone::Warn, "Too many at once"),
        Reason::PriceUnknown => (Tone::Warn, "Price unknown"),
        Reason::KeyBudget => (Tone::Bad, "Key’s limit reached"),
        Reason::AccountBudget => (Tone::Bad, "Budget limit reached"),
        Reason::CustomerBudget => (Tone::Bad, "Customer’s limit reached"),
        Reason::SeatCap => (Tone::Warn, "Seat’s cap reached"),
        Reason::NotEnoughCapacity => (Tone::Warn, "Not enough capacity"),
    };
    (tone, words.to_owned())
}
