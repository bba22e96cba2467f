//! What strangers send, as texts and numbers of any kind: whatever is taken reads back as what was written and lies within its
//! limits, and everything else is refused. I-48, C1.
//!
//! Some hundreds of cases in every run; `cargo xtask torture inputs` asks for very many more (`PROPTEST_CASES`). One that fails prints
//! the smallest case it can find; copy that into a test of its own beside the code that was wrong.

use billing::{
    id::{AccountId, CustomerId, IdError, KeyId, ProductionName, StepName},
    money::{Cost, Currency, Money},
    payment::Country,
    production::{
        Quantity,
        quantity::{Count, ImageSource, Kind, Length},
    },
    team::KeyAct,
    time::{Month, Span, Timestamp},
    tokens::Tokens,
};
use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};
use proptest::{prelude::*, sample::select};
use rust_decimal::Decimal;
use ulid::Ulid;

/// No file of failed cases is kept.
fn config() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::default() }
}

/// A good text with some characters put in, taken out or replaced: near enough to pass where a check is missing.
fn bent(good: impl Strategy<Value = String> + 'static) -> BoxedStrategy<String> {
    let strange = select(vec![
        "", " ", "0", "9", "-", "+", ".", ",", "e", "E", "_", "'", "\0", "\u{660}", "é", "\u{202e}", ":",
        "Z", "T",
    ]);
    let bend = (any::<prop::sample::Index>(), strange, any::<bool>());
    let bends = prop::collection::vec(bend, 0..4);
    (good, bends)
        .prop_map(|(good, bends)| {
            let mut text: Vec<char> = good.chars().collect();
            for (place, strange, replaces) in bends {
                let at = place.index(text.len() + 1);
                let end = if replaces { (at + 1).min(text.len()) } else { at };
                text.splice(at..end, strange.chars());
            }
            text.into_iter().collect()
        })
        .boxed()
}

fn currency() -> impl Strategy<Value = Currency> {
    select(Currency::ALL.to_vec())
}

/// A number as people and programs write it, or nearly.
fn number() -> BoxedStrategy<String> {
    let plain = prop_oneof![
        any::<i64>().prop_map(|n| n.to_string()),
        any::<u32>().prop_map(|n| n.to_string()),
        (any::<u32>(), 0..1_000_u32).prop_map(|(whole, part)| format!("{whole}.{part}")),
        (0..2_000_000_000_u64, "[0-9]{0,4}").prop_map(|(whole, part)| format!("{whole}.{part}")),
        any::<f64>().prop_map(|n| n.to_string()),
        "[0-9]{1,24}",
        "[0-9]{1,12}[.,][0-9]{0,4}",
    ];
    prop_oneof![4 => bent(plain), 1 => ".*"].boxed()
}

fn time() -> BoxedStrategy<String> {
    let micros = -70_000_000_000_000_000_i64..260_000_000_000_000_000;
    let plain = prop_oneof![
        micros
            .prop_filter_map("an instant", |micros| Timestamp::from_micros(micros).ok())
            .prop_map(|at| at.to_string()),
        "[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{1,9})?(Z|[+-][0-2][0-9]:[0-6][0-9])",
    ];
    prop_oneof![4 => bent(plain), 1 => ".*"].boxed()
}

fn count() -> impl Strategy<Value = Count> {
    prop_oneof![0..=Count::MAX, Just(0), Just(Count::MAX)].prop_map(|n| Count::new(n).expect("a count"))
}

fn length() -> impl Strategy<Value = Length> {
    (0..=Count::MAX * 1_000).prop_map(|n| Length::from_millis(n).expect("a length"))
}

fn quantity() -> impl Strategy<Value = Quantity> {
    prop_oneof![
        (count(), count(), count()).prop_map(|(input_tokens, output_tokens, cached_tokens)| Quantity::Text {
            input_tokens,
            output_tokens,
            cached_tokens
        }),
        count().prop_map(|images| Quantity::Vision { images }),
        (count(), any::<bool>()).prop_map(|(images, made)| {
            Quantity::Image { images, source: if made { ImageSource::Generated } else { ImageSource::Stock } }
        }),
        length().prop_map(|length| Quantity::Speech { length }),
        count().prop_map(|characters| Quantity::SpeechText { characters }),
        length().prop_map(|length| Quantity::Music { length }),
        length().prop_map(|length| Quantity::Video { length }),
        count().prop_map(|variants| Quantity::Variant { variants }),
        length().prop_map(|length| Quantity::Transcription { length }),
        count().prop_map(|items| Quantity::Packaging { items }),
    ]
}

proptest! {
    #![proptest_config(config())]

    /// An amount that is taken is the number that was typed, to the minor unit.
    #[test]
    fn c1_any_input_of_money_is_the_amount_that_was_typed_or_none(text in number(), currency in currency()) {
        if let Ok(money) = Money::typed(&text, currency) {
            prop_assert!(money.minor() >= 0 && money.currency() == currency);
            let typed: Decimal = text.trim().replace(',', ".").trim_end_matches('.').parse().expect("a number");
            prop_assert_eq!(typed, Decimal::new(money.minor(), currency.digits()), "{}", text);
            prop_assert_eq!(Money::typed(&money.to_string(), currency), Ok(money), "what is shown can be typed");
        }
    }

    /// What is shown of money and of cost is the number, and what is kept of it as JSON reads back.
    #[test]
    fn c1_any_input_of_units_is_shown_exactly(units in any::<i64>(), currency in currency()) {
        let (money, cost) = (Money::new(units, currency), Cost::new(units, currency));
        prop_assert_eq!(money.to_string().parse::<Decimal>().ok(), Some(Decimal::new(units, currency.digits())));
        prop_assert_eq!(cost.to_string().parse::<Decimal>().ok(), Some(Decimal::new(units, 6)));
        prop_assert_eq!(serde_json::from_value::<Money>(serde_json::to_value(money).unwrap()).ok(), Some(money));
        prop_assert_eq!(serde_json::from_value::<Cost>(serde_json::to_value(cost).unwrap()).ok(), Some(cost));
        if let Ok(cost) = money.to_cost() {
            prop_assert_eq!(cost.to_money_up(), money);
        }
    }

    /// Nothing negative and nothing absurd is a number of tokens or a quantity.
    #[test]
    fn i48_any_input_of_numbers_stays_within_its_limits(text in number()) {
        let json: Result<i64, _> = serde_json::from_str(&text);
        let tokens: Result<Tokens, _> = serde_json::from_str(&text);
        let counted: Result<Count, _> = serde_json::from_str(&text);
        let long: Result<Length, _> = serde_json::from_str(&text);
        let within = |most: i64| json.as_ref().is_ok_and(|number| (0..=most).contains(number));
        prop_assert_eq!(tokens.as_ref().ok().map(|tokens| tokens.get()), within(Tokens::MAX.get()).then(|| *json.as_ref().unwrap()));
        prop_assert_eq!(counted.as_ref().ok().map(|count| count.get()), within(Count::MAX).then(|| *json.as_ref().unwrap()));
        prop_assert_eq!(long.as_ref().ok().map(|long| long.millis()), within(Count::MAX * 1_000).then(|| *json.as_ref().unwrap()));
        if let Ok(length) = text.parse::<Length>() {
            let seconds: Decimal = text.parse().expect("a number");
            prop_assert_eq!(Decimal::new(length.millis(), 3), seconds, "{}", text);
            prop_assert!((0..=Count::MAX * 1_000).contains(&length.millis()));
            prop_assert!(Decimal::from(length.seconds_begun()) >= seconds && Decimal::from(length.seconds_begun()) < seconds + Decimal::ONE);
        }
    }

    /// A sum of tokens is the sum, or refused.
    #[test]
    fn i48_any_input_of_tokens_adds_without_a_loss(one in any::<i64>(), two in any::<i64>()) {
        let (Ok(one), Ok(two)) = (Tokens::new(one % (Tokens::MAX.get() + 2)), Tokens::new(two % (Tokens::MAX.get() + 2))) else { return Ok(()) };
        let (sum, difference) = (one.get() + two.get(), one.get() - two.get());
        prop_assert_eq!(one.plus(two).ok().map(Tokens::get), (sum <= Tokens::MAX.get()).then_some(sum));
        prop_assert_eq!(one.minus(two).ok().map(Tokens::get), (difference >= 0).then_some(difference));
        prop_assert_eq!(one.beyond(two).get(), difference.max(0));
    }

    /// What is kept of a quantity reads back, and a quantity of another kind never does.
    #[test]
    fn a1_any_input_of_a_quantity_reads_back(quantity in quantity(), other in quantity(), cut in any::<prop::sample::Index>()) {
        let text = serde_json::to_string(&quantity).unwrap();
        prop_assert_eq!(serde_json::from_str::<Quantity>(&text).ok(), Some(quantity));
        prop_assert!(serde_json::from_str::<Quantity>(&text[..cut.index(text.len())]).is_err(), "half of one is none");
        let sum = quantity.plus(&other);
        prop_assert_eq!(other.plus(&quantity), sum, "in either order");
        if let Some(sum) = sum {
            prop_assert_eq!((sum.kind(), quantity.kind()), (other.kind(), other.kind()));
        }
    }

    /// Whatever JSON is taken for a quantity is within its limits and is written as one that reads back.
    #[test]
    fn a1_any_input_of_json_is_a_quantity_within_limits_or_none(
        kind in select(vec!["text", "vision", "image", "speech", "speechText", "music", "video", "variant", "packaging", "smell"]),
        fields in prop::collection::vec((select(vec!["inputTokens", "outputTokens", "cachedTokens", "images", "source", "length", "characters", "variants", "items", "kind"]), number()), 0..5),
    ) {
        let fields: Vec<String> = fields.iter().map(|(name, value)| format!(r#","{name}":{value}"#)).collect();
        let text = format!(r#"{{"kind":"{kind}"{}}}"#, fields.concat());
        if let Ok(quantity) = serde_json::from_str::<Quantity>(&text) {
            let again = serde_json::to_string(&quantity).unwrap();
            prop_assert_eq!(serde_json::from_str::<Quantity>(&again).ok(), Some(quantity));
            let numbers: serde_json::Value = serde_json::from_str(&again).unwrap();
            let within = numbers.as_object().unwrap().values().filter_map(serde_json::Value::as_i64).all(|n| (0..=Count::MAX * 1_000).contains(&n));
            prop_assert!(within, "{}", again);
        }
    }

    /// An instant that is taken is the one that was written, to the microsecond, and is written so that it reads back.
    #[test]
    fn any_input_of_an_instant_is_what_was_written_or_none(text in time()) {
        if let Ok(at) = text.parse::<Timestamp>() {
            let theirs: DateTime<Utc> = DateTime::parse_from_rfc3339(&text).expect("RFC 3339").to_utc();
            prop_assert_eq!(at.micros(), theirs.timestamp_micros());
            prop_assert!((1..=9999).contains(&at.utc().year()), "{}", text);
            prop_assert_eq!(at.to_string().parse(), Ok(at));
            prop_assert_eq!(Timestamp::from_micros(at.micros()), Ok(at));
            prop_assert_eq!(serde_json::from_str::<Timestamp>(&serde_json::to_string(&at).unwrap()).ok(), Some(at));
            prop_assert_eq!(at.utc().nanosecond() % 1_000, 0, "a part of a microsecond is left");
        }
    }

    /// A month that is taken has a first and a last day in it, and ends where the next begins.
    #[test]
    fn any_input_of_a_month_is_what_was_written_or_none(text in prop_oneof![4 => bent("[0-9]{4}-[01][0-9]"), 1 => ".*"]) {
        if let Ok(month) = text.parse::<Month>() {
            prop_assert_eq!(month.to_string().parse(), Ok(month));
            prop_assert!(month.start() <= month.end());
            prop_assert_eq!(month.start().month(), month);
            if month.end() > month.start() {
                prop_assert_eq!(month.end().before(Span::micros(1)).month(), month);
                prop_assert_eq!(month.last_day().succ_opt(), Some(month.end().day()));
            }
        }
    }

    /// No length of time leads out of the calendar.
    #[test]
    fn any_input_of_a_span_stays_in_the_calendar(micros in any::<i64>(), by in any::<i64>()) {
        if let Ok(at) = Timestamp::from_micros(micros) {
            let there = at.after(Span::micros(by));
            prop_assert!((1..=9999).contains(&there.utc().year()));
            prop_assert!(there == at || there.micros() == micros + by);
            let day = NaiveDate::from_ymd_opt(there.utc().year(), there.utc().month(), there.utc().day());
            prop_assert_eq!(Some(there.day()), day);
        }
    }

    /// An id has one spelling and one kind.
    #[test]
    fn any_input_of_an_id_has_one_spelling(value in any::<u128>(), text in bent("(acc|cus|key)_[0-9A-HJKMNP-TV-Z]{26}")) {
        let id = AccountId::new(Ulid(value));
        prop_assert_eq!(id.to_string().parse(), Ok(id));
        prop_assert_eq!(id.to_string().parse::<CustomerId>(), Err(IdError::NotAnId("cus_")));
        for known in [text.parse::<AccountId>().map(String::from), text.parse::<CustomerId>().map(String::from), text.parse::<KeyId>().map(String::from)].into_iter().flatten() {
            prop_assert_eq!(&known, &text, "another spelling of the same");
        }
    }

    /// A name of the pipeline is kept as it was given, and is safe in a path.
    #[test]
    fn any_input_of_a_name_is_safe_in_a_path(text in prop_oneof![bent("[A-Za-z0-9_.-]{0,66}"), ".{0,70}"]) {
        let safe = (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte));
        prop_assert_eq!(text.parse::<ProductionName>().ok().map(String::from), safe.then(|| text.clone()));
        prop_assert_eq!(text.parse::<StepName>().is_ok(), safe);
    }

    /// Words of closed lists are those of the list, in one spelling.
    #[test]
    fn any_input_of_a_word_is_one_of_its_list_or_none(text in bent(select(vec!["GBP", "JPY", "text", "speech", "packaging", "GB", "DE", "quote", "report"]).prop_map(str::to_owned))) {
        prop_assert_eq!(text.parse::<Currency>().is_ok(), Currency::ALL.iter().any(|known| known.code() == text));
        prop_assert_eq!(text.parse::<Kind>().is_ok(), Kind::ALL.iter().any(|known| known.word() == text));
        if let Ok(country) = text.parse::<Country>() {
            prop_assert_eq!(country.to_string(), text.clone());
        }
        let act: Result<KeyAct, _> = serde_json::from_value(serde_json::Value::String(text.clone()));
        if let Ok(act) = act {
            prop_assert_eq!(serde_json::to_value(act).unwrap(), serde_json::Value::String(text));
        }
    }
}
