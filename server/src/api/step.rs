//! Steps and quantities on the wire. A1, T4, I-48: what is no quantity of the step's kind is a 422 that names the field.

use super::{
    body::Object,
    openapi::words,
    problem::{FieldError, Problem},
    text::Text,
};
use billing::{
    id::StepName,
    production::{
        plan::{Plan, PlanError, Step},
        quantity::{Count, ImageSource, Kind, Length, Quantity},
    },
};
use serde::{
    Deserialize, Deserializer,
    de::{Error, Unexpected, Visitor},
};
use serde_json::value::RawValue;
use std::fmt;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, OneOfBuilder, RefOr, Schema, Type},
};

/// What a quantity is where it may be left out.
const NONE: Count = match Count::new(0) {
    Ok(count) => count,
    Err(_) => panic!("0 is a count"),
};

/// One billable AI call of a plan. Its retries share the name.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = Step)]
pub struct StepBody {
    /// The pipeline's name of it, unique in its production.
    #[schema(value_type = String, pattern = "^[A-Za-z0-9_.-]{1,64}$", example = "voice-1")]
    step: StepName,
    /// What the call does.
    #[schema(schema_with = kinds)]
    kind: Kind,
    /// How much it is expected to take, with the fields of its kind.
    #[schema(value_type = QuantityBody)]
    quantity: Object<QuantityBody>,
    /// The model that is to run it; the kind's default model where there is none.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200)]
    model: Option<Text<200>>,
    /// The pipeline's stage that it belongs to: `"1"` … `"15"`, `"5b"`.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 16)]
    stage: Option<Text<16>>,
}

/// How much a call takes. Which fields a kind has: text `inputTokens`, `outputTokens`, `cachedTokens`; vision `images`;
/// image `images`, `source`; speech `seconds` or `characters`; music, video and transcription `seconds`; variant
/// `variants`; packaging `items`.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = Quantity)]
pub struct QuantityBody {
    /// Read by the model.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    input_tokens: Option<Whole>,
    /// Written by the model.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    output_tokens: Option<Whole>,
    /// Of those read, how many came from the provider's cache; 0 if absent.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    cached_tokens: Option<Whole>,
    /// Images looked at, made or fetched.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    images: Option<Whole>,
    /// Where images come from; `generated` if absent.
    #[serde(default, deserialize_with = "given")]
    #[schema(schema_with = sources)]
    source: Option<ImageSource>,
    /// How long, with at most three decimals and no exponent.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    seconds: Option<Seconds>,
    /// Characters spoken.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    characters: Option<Whole>,
    /// Platform variants.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    variants: Option<Whole>,
    /// Things packaged.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    items: Option<Whole>,
}

/// A field that may be left out but not be null: null is no quantity.
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}

/// A whole number from 0 to 10⁹, written without point, exponent or quotes.
#[derive(Clone, Copy, Debug)]
struct Whole(Count);

/// Seconds as a number or a string of digits with at most three after the point.
#[derive(Clone, Copy, Debug)]
struct Seconds(Length);

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(WholeNumber)
    }
}

struct WholeNumber;

impl Visitor<'_> for WholeNumber {
    type Value = Whole;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "a whole number from 0 to {}", Count::MAX)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Whole, E> {
        Count::new(number).map(Whole).map_err(|_| E::invalid_value(Unexpected::Signed(number), &self))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Whole, E> {
        let count = i64::try_from(number).ok().and_then(|number| Count::new(number).ok());
        count.map(Whole).ok_or_else(|| E::invalid_value(Unexpected::Unsigned(number), &self))
    }
}

impl<'de> Deserialize<'de> for Seconds {
    /// From the text of the number: a float would have lost what was written.
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(from)?;
        let text = raw.get().strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(raw.get());
        text.parse().map(Self).map_err(|_| {
            let most = Count::MAX;
            D::Error::custom(format!(
                "expected seconds from 0 to {most} with at most three decimals and no exponent"
            ))
        })
    }
}

impl QuantityBody {
    /// The quantity of a call of this kind; a missing field, or one of another kind, is refused by its name.
    pub fn into_quantity(mut self, kind: Kind) -> Result<Quantity, FieldError> {
        let quantity = self.take(kind)?;
        match self.first_left() {
            None => Ok(quantity),
            Some(field) => {
                Err(FieldError::new(field, format!("a quantity of kind {kind} has no such field")))
            }
        }
    }

    fn take(&mut self, kind: Kind) -> Result<Quantity, FieldError> {
        Ok(match kind {
            Kind::Text => Quantity::Text {
                input_tokens: whole(&mut self.input_tokens, kind, "inputTokens")?,
                output_tokens: whole(&mut self.output_tokens, kind, "outputTokens")?,
                cached_tokens: self.cached_tokens.take().map_or(NONE, |Whole(count)| count),
            },
            Kind::Vision => Quantity::Vision { images: whole(&mut self.images, kind, "images")? },
            Kind::Image => Quantity::Image {
                images: whole(&mut self.images, kind, "images")?,
                source: self.source.take().unwrap_or_default(),
            },
            Kind::Speech => self.take_speech()?,
            Kind::Music => Quantity::Music { length: self.take_length(kind)? },
            Kind::Video => Quantity::Video { length: self.take_length(kind)? },
            Kind::Variant => Quantity::Variant { variants: whole(&mut self.variants, kind, "variants")? },
            Kind::Transcription => Quantity::Transcription { length: self.take_length(kind)? },
            Kind::Packaging => Quantity::Packaging { items: whole(&mut self.items, kind, "items")? },
        })
    }

    /// By its length or by its text.
    fn take_speech(&mut self) -> Result<Quantity, FieldError> {
        match (self.seconds.take(), self.characters.take()) {
            (Some(Seconds(length)), None) => Ok(Quantity::Speech { length }),
            (None, Some(Whole(characters))) => Ok(Quantity::SpeechText { characters }),
            (None, None) => {
                Err(FieldError::new("seconds", "a quantity of kind speech needs seconds or characters"))
            }
            (Some(_), Some(_)) => Err(FieldError::new("characters", "give seconds or characters, not both")),
        }
    }

    fn take_length(&mut self, kind: Kind) -> Result<Length, FieldError> {
        self.seconds.take().map(|Seconds(length)| length).ok_or_else(|| missing("seconds", kind))
    }

    fn first_left(&self) -> Option<&'static str> {
        let left = [
            ("inputTokens", self.input_tokens.is_some()),
            ("outputTokens", self.output_tokens.is_some()),
            ("cachedTokens", self.cached_tokens.is_some()),
            ("images", self.images.is_some()),
            ("source", self.source.is_some()),
            ("seconds", self.seconds.is_some()),
            ("characters", self.characters.is_some()),
            ("variants", self.variants.is_some()),
            ("items", self.items.is_some()),
        ];
        left.into_iter().find(|(_, given)| *given).map(|(field, _)| field)
    }
}

fn whole(field: &mut Option<Whole>, kind: Kind, name: &str) -> Result<Count, FieldError> {
    field.take().map(|Whole(count)| count).ok_or_else(|| missing(name, kind))
}

fn missing(name: &str, kind: Kind) -> FieldError {
    FieldError::new(name, format!("a quantity of kind {kind} needs this field"))
}

impl StepBody {
    fn into_step(self, index: usize) -> Result<Step, FieldError> {
        let quantity = self.quantity.0.into_quantity(self.kind).map_err(|error| FieldError {
            field: format!("steps[{index}].quantity.{}", error.field),
            message: error.message,
        })?;
        Ok(Step {
            name: self.step,
            quantity,
            model: self.model.map(Into::into),
            stage: self.stage.map(Into::into),
        })
    }
}

/// The plan that these steps are; every step that cannot be one is named.
pub fn into_plan(steps: Vec<Object<StepBody>>) -> Result<Plan, Problem> {
    let (mut planned, mut errors) = (Vec::with_capacity(steps.len()), Vec::new());
    for (index, Object(step)) in steps.into_iter().enumerate() {
        match step.into_step(index) {
            Ok(step) => planned.push(step),
            Err(error) => errors.push(error),
        }
    }
    if !errors.is_empty() {
        errors.truncate(Plan::MAX_STEPS);
        return Err(Problem::fields(errors));
    }
    Plan::new(planned).map_err(|error| {
        let field = match &error {
            PlanError::Size => "steps".to_owned(),
            PlanError::NamedTwice(index, _) => format!("steps[{index}].step"),
            PlanError::CachedBeyondInput(index) => format!("steps[{index}].quantity.cachedTokens"),
        };
        Problem::field(field, error.to_string())
    })
}

/// The schema of a kind.
pub fn kinds() -> RefOr<Schema> {
    words(&Kind::ALL.map(Kind::word))
}

fn sources() -> RefOr<Schema> {
    words(&["generated", "stock"])
}

impl PartialSchema for Whole {
    fn schema() -> RefOr<Schema> {
        let number =
            ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0)).maximum(Some(Count::MAX));
        number.build().into()
    }
}

impl ToSchema for Whole {}

impl PartialSchema for Seconds {
    fn schema() -> RefOr<Schema> {
        let number =
            ObjectBuilder::new().schema_type(Type::Number).minimum(Some(0)).maximum(Some(Count::MAX));
        let text =
            ObjectBuilder::new().schema_type(Type::String).pattern(Some(r"^[0-9]{1,10}(\.[0-9]{1,3})?$"));
        Schema::from(OneOfBuilder::new().item(number).item(text).build()).into()
    }
}

impl ToSchema for Seconds {}

#[cfg(test)]
mod tests {
    use super::*;
    use billing::production::Quantity::{Speech, Text, Vision};
    use proptest::{prelude::*, sample::select};
    use rust_decimal::Decimal;

    fn read(kind: Kind, fields: &str) -> Option<Quantity> {
        let body: QuantityBody = serde_json::from_str(&format!("{{{fields}}}")).ok()?;
        body.into_quantity(kind).ok()
    }

    /// A number as a program writes it, or nearly, with or without quotes.
    fn number() -> impl Strategy<Value = String> {
        let plain = prop_oneof![
            any::<i64>().prop_map(|n| n.to_string()),
            (0..2_000_000_000_u64).prop_map(|n| n.to_string()),
            (0..2_000_000_000_u64, "[0-9]{1,4}").prop_map(|(whole, part)| format!("{whole}.{part}")),
            any::<f64>().prop_map(|n| n.to_string()),
            "[-+]?[0-9]{0,12}[.eE]?[-+]?[0-9]{0,4}",
            Just("null".to_owned()),
        ];
        (plain, any::<bool>()).prop_map(|(text, quoted)| if quoted { format!("\"{text}\"") } else { text })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// I-48: a length that is taken is what was written, to the millisecond.
        #[test]
        fn i48_any_input_of_seconds_is_what_was_written_or_none(text in number()) {
            if let Some(Speech { length }) = read(Kind::Speech, &format!(r#""seconds":{text}"#)) {
                let written: Decimal = text.trim_matches('"').parse().expect("a number");
                prop_assert_eq!(Decimal::new(length.millis(), 3), written);
                prop_assert!((0..=Count::MAX * 1_000).contains(&length.millis()));
            }
        }

        /// I-48: a number that is taken is a whole one from 0 to 10⁹, written plainly.
        #[test]
        fn i48_any_input_of_counts_is_what_was_written_or_none(one in number(), two in number()) {
            let plain = |text: &str| text.parse::<i64>().ok().filter(|n| (0..=Count::MAX).contains(n));
            let images = read(Kind::Vision, &format!(r#""images":{one}"#));
            if let Some(Vision { images }) = images {
                prop_assert_eq!(Some(images.get()), plain(&one));
            }
            if let Some(Text { input_tokens, output_tokens, cached_tokens }) =
                read(Kind::Text, &format!(r#""inputTokens":{one},"outputTokens":{two}"#))
            {
                prop_assert_eq!((Some(input_tokens.get()), Some(output_tokens.get())), (plain(&one), plain(&two)));
                prop_assert_eq!(cached_tokens.get(), 0);
            }
        }

        /// A1: fields of another kind are never left out of account.
        #[test]
        fn a1_any_input_with_a_field_of_another_kind_is_refused(
            kind in select(Kind::ALL.to_vec()),
            fields in proptest::collection::btree_set(select(vec![
                "inputTokens", "outputTokens", "cachedTokens", "images", "seconds", "characters", "variants", "items",
            ]), 0..4),
        ) {
            let all: Vec<String> = fields.iter().map(|field| format!(r#""{field}":1"#)).collect();
            if let Some(quantity) = read(kind, &all.join(",")) {
                prop_assert_eq!(quantity.kind(), kind);
                let kept = serde_json::to_value(quantity).unwrap();
                let numbers = kept.as_object().unwrap().values().filter(|value| value.as_i64().is_some_and(|n| n > 0));
                prop_assert_eq!(numbers.count(), fields.len(), "{}", kept);
            }
        }
    }
}
