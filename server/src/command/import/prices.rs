//! Prices of AI models: a JSON object of models, each with its provider, its mode, and costs by unit in US dollars.
//!
//! Only what says plainly what one unit of our kinds costs is taken. Everything else is listed with its reason and never
//! guessed: a model priced by the pixel, by the query or by tiers has no price here, and its calls are of unknown cost.

use super::decimal;
use billing::{
    money::Currency,
    pnl::{PriceUnit, UnitPrices},
    production::Kind,
};
use chrono::NaiveDate;
use engine::pnl::{ImportedPrices, PricedModel};
use serde_json::value::RawValue;
use std::{
    collections::{BTreeMap, HashSet},
    fmt::Write,
};

/// What such lists are in.
pub const CURRENCY: Currency = Currency::Usd;
/// The longest name that a plan can give a model.
const LONGEST_NAME: usize = 200;

/// The costs that say what one unit of a kind costs. Where several stand for one unit, they must agree.
type Units = &'static [(&'static str, PriceUnit)];

const TEXT: Units = &[
    ("input_cost_per_token", PriceUnit::InputToken),
    ("cache_read_input_token_cost", PriceUnit::CachedToken),
    ("output_cost_per_token", PriceUnit::OutputToken),
];
const IMAGE: Units = &[("output_cost_per_image", PriceUnit::Image)];
const SPEECH: Units =
    &[("input_cost_per_character", PriceUnit::Character), ("output_cost_per_second", PriceUnit::Second)];
const TRANSCRIPTION: Units =
    &[("input_cost_per_second", PriceUnit::Second), ("output_cost_per_second", PriceUnit::Second)];
const VIDEO: Units =
    &[("output_cost_per_second", PriceUnit::Second), ("output_cost_per_video_per_second", PriceUnit::Second)];

/// The kind of call that a mode runs, and its units.
fn kind(mode: &str) -> Option<(Kind, Units)> {
    Some(match mode {
        "chat" | "completion" | "responses" => (Kind::Text, TEXT),
        "image_generation" | "image_edit" => (Kind::Image, IMAGE),
        "audio_speech" => (Kind::Speech, SPEECH),
        "audio_transcription" => (Kind::Transcription, TRANSCRIPTION),
        "video_generation" => (Kind::Video, VIDEO),
        _ => return None,
    })
}

/// A list that was read.
#[derive(Clone, Debug, Default)]
pub struct PriceList {
    /// Models with at least one price.
    pub models: Vec<PricedModel>,
    /// Prices that say more than a pico-unit: model, cost, as written, in pico-units.
    rounded: Vec<(String, String, String, i64)>,
    /// Models without any price of ours, and why.
    left_out: Vec<(String, String)>,
    /// Costs of priced models that are not a price of ours, and of how many models.
    unused: BTreeMap<String, usize>,
}

/// Reads the list. A list that is no JSON object of objects, or that prices nothing, is refused as a whole.
pub fn read(text: &str) -> Result<PriceList, String> {
    let all: BTreeMap<String, BTreeMap<String, Box<RawValue>>> = serde_json::from_str(text)
        .map_err(|error| format!("expected a JSON object of models with their costs: {error}"))?;
    let mut list = PriceList::default();
    for (name, fields) in all {
        if let Err(why) = list.take(&name, &fields) {
            list.left_out.push((name, why));
        }
    }
    if list.models.is_empty() {
        return Err("none of its models has a price that is known here".to_owned());
    }
    Ok(list)
}

impl PriceList {
    fn take(&mut self, name: &str, fields: &BTreeMap<String, Box<RawValue>>) -> Result<(), String> {
        let text = |field: &str| {
            fields.get(field).and_then(|value| serde_json::from_str::<String>(value.get()).ok())
        };
        if name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
            return Err(format!("its name is not 1 to {LONGEST_NAME} printable characters"));
        }
        let mode = text("mode").ok_or("it has no mode")?;
        let (kind, units) = kind(&mode).ok_or_else(|| format!("mode {mode} is none of our kinds"))?;
        let (mut prices, mut rounded) = (BTreeMap::new(), Vec::new());
        for (field, unit) in units {
            let Some(raw) = fields.get(*field).map(|value| value.get()).filter(|raw| *raw != "null") else {
                continue;
            };
            let (pico, lost) = price(raw).ok_or_else(|| format!("{field} is {raw}, which is no price"))?;
            if lost {
                rounded.push((name.to_owned(), (*field).to_owned(), raw.to_owned(), pico));
            }
            add(&mut prices, *unit, pico)
                .map_err(|other| format!("{field} says {pico}, another cost {other}"))?;
        }
        if prices.is_empty() {
            return Err(format!("mode {mode} without a cost by {}", spoken(units)));
        }
        let used: HashSet<&str> = units.iter().map(|(field, _)| *field).collect();
        for field in fields.keys().filter(|field| field.contains("cost") && !used.contains(field.as_str())) {
            *self.unused.entry(field.clone()).or_default() += 1;
        }
        let provider = text("litellm_provider").unwrap_or_else(|| "unknown".to_owned());
        let prices = UnitPrices(prices.into_iter().collect());
        self.models.push(PricedModel { name: name.to_owned(), provider, kind, prices });
        self.rounded.append(&mut rounded);
        Ok(())
    }
}

/// Pico-units of a JSON number that is not negative; whether it had to be rounded.
fn price(raw: &str) -> Option<(i64, bool)> {
    decimal::scaled(decimal::parse(raw)?, 12).filter(|(pico, _)| *pico >= 0)
}

/// Two costs of one unit: equal ones are one price, and one that is zero says nothing beside another. Answers the other
/// where they differ.
fn add(prices: &mut BTreeMap<PriceUnit, i64>, unit: PriceUnit, pico: i64) -> Result<(), i64> {
    match prices.insert(unit, pico) {
        Some(other) if other != pico && other != 0 && pico != 0 => Err(other),
        Some(other) => {
            prices.insert(unit, pico.max(other));
            Ok(())
        }
        None => Ok(()),
    }
}

fn spoken(units: Units) -> String {
    units.iter().map(|(field, _)| *field).collect::<Vec<_>>().join(" or ")
}

/// What was imported, what was not, and why.
pub fn report(list: &PriceList, imported: &ImportedPrices, from: NaiveDate) -> String {
    let mut text = String::new();
    for (model, why) in &list.left_out {
        let _ = writeln!(text, "left out  {model}: {why}");
    }
    for model in &imported.other_kind {
        let _ = writeln!(text, "left out  {model}: it is known as running another kind of call");
    }
    for (field, models) in &list.unused {
        let _ = writeln!(text, "not used  {field} of {models} models");
    }
    for (model, field, written, pico) in &list.rounded {
        let _ = writeln!(text, "rounded   {model} {field}: {written} to {pico} pico-units");
    }
    let _ = writeln!(
        text,
        "prices    from {from}: {} models added, {} changed, {} unchanged, {} left out; {} prices rounded",
        imported.added,
        imported.changed,
        imported.unchanged,
        list.left_out.len() + imported.other_kind.len(),
        list.rounded.len()
    );
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(json: &str) -> Result<PricedModel, String> {
        let list =
            read(&format!(r#"{{"m":{json},"sure":{{"mode":"chat","input_cost_per_token":1}}}}"#)).unwrap();
        match list.models.into_iter().find(|model| model.name == "m") {
            Some(model) => Ok(model),
            None => Err(list.left_out[0].1.clone()),
        }
    }

    #[test]
    fn p11_each_mode_has_its_kind_and_its_units() {
        let model = |json: &str| one(json).map(|model| (model.kind, model.prices.0)).unwrap();
        assert_eq!(
            model(
                r#"{"mode":"chat","litellm_provider":"x","input_cost_per_token":1e-07,"output_cost_per_token":4.0E-7,
                    "cache_read_input_token_cost":2.5e-8,"input_cost_per_token_batches":1e-9}"#
            ),
            (
                Kind::Text,
                vec![
                    (PriceUnit::InputToken, 100_000),
                    (PriceUnit::CachedToken, 25_000),
                    (PriceUnit::OutputToken, 400_000)
                ]
            )
        );
        assert_eq!(
            model(
                r#"{"mode":"audio_transcription","input_cost_per_second":0.0001,"output_cost_per_second":0.0}"#
            ),
            (Kind::Transcription, vec![(PriceUnit::Second, 100_000_000)])
        );
        assert_eq!(
            model(r#"{"mode":"image_generation","output_cost_per_image":0.04}"#).1,
            [(PriceUnit::Image, 40_000_000_000)]
        );
        assert_eq!(
            model(r#"{"mode":"audio_speech","input_cost_per_character":1.5e-5}"#).1,
            [(PriceUnit::Character, 15_000_000)]
        );
        assert_eq!(
            model(
                r#"{"mode":"video_generation","output_cost_per_second":0.1,"output_cost_per_second_4k":0.4}"#
            )
            .1,
            [(PriceUnit::Second, 100_000_000_000)]
        );
    }

    #[test]
    fn what_cannot_be_priced_is_left_out_with_its_reason() {
        for (json, why) in [
            (r#"{"input_cost_per_token":1}"#, "no mode"),
            (r#"{"mode":"rerank","input_cost_per_query":1}"#, "none of our kinds"),
            (
                r#"{"mode":"image_generation","input_cost_per_pixel":1e-8}"#,
                "without a cost by output_cost_per_image",
            ),
            (r#"{"mode":"chat","input_cost_per_token":-1}"#, "no price"),
            (r#"{"mode":"chat","input_cost_per_token":"1"}"#, "no price"),
            (r#"{"mode":"chat","input_cost_per_token":1e30}"#, "no price"),
            (r#"{"mode":"chat","input_cost_per_token":null}"#, "without a cost"),
            (
                r#"{"mode":"audio_transcription","input_cost_per_second":0.1,"output_cost_per_second":0.2}"#,
                "another cost",
            ),
        ] {
            let error = one(json).unwrap_err();
            assert!(error.contains(why), "{json}: {error}");
        }
    }

    #[test]
    fn what_is_no_list_of_prices_is_refused_and_what_was_rounded_is_named() {
        for bad in ["", "[]", "{\"m\":1}", "{}", "{\"m\":{\"mode\":\"rerank\"}}"] {
            assert!(read(bad).is_err(), "{bad:?}");
        }
        let list = read(r#"{"m":{"mode":"chat","input_cost_per_token":1.23456789012345e-07}}"#).unwrap();
        let said = report(&list, &ImportedPrices::default(), "2026-10-01".parse().unwrap());
        assert!(
            said.contains("rounded   m input_cost_per_token: 1.23456789012345e-07 to 123457 pico-units"),
            "{said}"
        );
    }
}
