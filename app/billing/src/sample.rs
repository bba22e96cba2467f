//! Sample values for all that nobody publishes: tariff, prices, rates, markup, plans. Labelled as samples wherever they
//! are shown; an installation replaces them by versions of its own.

use crate::{
    allowance::{Tariff, TariffLine, Unit},
    money::Currency,
    payment::{Country, Issuer, TaxRule},
    pnl::{Catalog, Dated, ExchangeRates, MarkupVersion, Model, PriceUnit, PriceVersion, UnitPrices},
    production::{
        Priority, Step,
        quantity::{Count, ImageSource, Kind, Length, Quantity},
    },
    tier::{
        Offer, PriceBook, Terms, Tier,
        price_book::{Evaluation, Prices},
    },
    time::Timestamp,
    tokens::{OutOfRange, Tokens},
    top_up::Pack,
};
use chrono::{Days, NaiveDate};

/// I4: by how much one disputed payment raises a customer's risk score. Nobody publishes it: a sample value.
pub const RISK_PER_DISPUTE: i64 = 25;

/// Kind, unit, per how many units begun, tokens, least tokens a call.
const TARIFF: [(Kind, Unit, i64, i64, i64); 10] = [
    (Kind::Text, Unit::ModelToken, 1_000, 10, 10),
    (Kind::Vision, Unit::Image, 1, 15, 0),
    (Kind::Image, Unit::Image, 1, 120, 0),
    (Kind::Image, Unit::StockImage, 1, 10, 0),
    (Kind::Speech, Unit::Second, 1, 8, 0),
    (Kind::Music, Unit::Second, 1, 5, 0),
    (Kind::Video, Unit::Second, 1, 110, 0),
    (Kind::Variant, Unit::Variant, 1, 250, 0),
    (Kind::Transcription, Unit::Second, 1, 1, 0),
    (Kind::Packaging, Unit::Item, 1, 0, 0),
];

/// Largest production in tokens, productions at once, priority.
const SMALL: (i64, i64, Priority) = (10_000, 2, Priority::Standard);

/// A tier: tokens a seat and cycle, open accounts, fewest seats, largest production, productions at once, priority; and
/// what a seat costs a month, in the order of [`Currency::ALL`], in minor units. Twelve months ahead cost 15 % less.
type Sold = (Tier, i64, Option<u32>, u32, (i64, i64, Priority), [i64; 6]);
const TIERS: [Sold; 3] = [
    (Tier::Creator, 20_000, Some(1), 1, SMALL, [0; 6]),
    (
        Tier::Pro,
        250_000,
        None,
        1,
        (100_000, 10, Priority::Priority),
        [4_900, 5_900, 5_500, 8_900, 7_900, 8_900],
    ),
    (
        Tier::Atelier,
        200_000,
        None,
        3,
        (250_000, 25, Priority::Priority),
        [3_900, 4_700, 4_400, 7_100, 6_300, 7_100],
    ),
];

/// Packs: tokens, and what they cost in the order of [`Currency::ALL`].
const PACKS: [(i64, [i64; 6]); 3] = [
    (20_000, [900, 1_100, 1_000, 1_700, 1_500, 1_700]),
    (50_000, [1_800, 2_200, 2_100, 3_400, 3_000, 3_400]),
    (200_000, [6_400, 7_900, 7_400, 11_900, 10_800, 12_000]),
];

/// The free evaluation: tokens, days.
const EVALUATION: (i64, u32) = (5_000, 14);

/// British VAT, in hundredths of a per cent.
const VAT: i64 = 2_000;

/// A unit and its price.
type UnitPrice = (PriceUnit, i64);

/// The default model of a kind, and what it costs: pico-dollars a unit. What a Pro allowance makes costs
/// about a third of its price.
const PRICES: [(Kind, &str, &[UnitPrice]); 9] = [
    (
        Kind::Text,
        "sample-text",
        &[
            (PriceUnit::InputToken, 120_000),
            (PriceUnit::CachedToken, 12_000),
            (PriceUnit::OutputToken, 600_000),
        ],
    ),
    (Kind::Vision, "sample-vision", &[(PriceUnit::Image, 100_000_000)]),
    (Kind::Image, "sample-image", &[(PriceUnit::Image, 1_600_000_000), (PriceUnit::StockImage, 200_000_000)]),
    (Kind::Speech, "sample-speech", &[(PriceUnit::Second, 120_000_000), (PriceUnit::Character, 8_000_000)]),
    (Kind::Music, "sample-music", &[(PriceUnit::Second, 320_000_000)]),
    (Kind::Video, "sample-video", &[(PriceUnit::Second, 14_000_000_000)]),
    (Kind::Variant, "sample-variant", &[(PriceUnit::Variant, 7_200_000_000)]),
    (Kind::Transcription, "sample-transcription", &[(PriceUnit::Second, 4_000_000)]),
    (Kind::Packaging, "sample-packaging", &[(PriceUnit::Item, 0)]),
];

/// Who runs the sample models.
pub const PROVIDER: &str = "Sample provider";
/// What a list to come changes: a model, its kind, and pico-dollars a unit.
pub const TO_COME: (&str, Kind, PriceUnit, i64) =
    ("sample-video", Kind::Video, PriceUnit::Second, 12_500_000_000);
/// The markup in force, in hundredths of a per cent.
const MARKUP: i64 = 2_500;
/// The markup to come, likewise.
pub const MARKUP_TO_COME: i64 = 2_750;

/// Micro-units for one euro, the same every day.
const RATES: [(Currency, i64); 5] = [
    (Currency::Gbp, 871_300),
    (Currency::Usd, 1_162_500),
    (Currency::Aud, 1_778_900),
    (Currency::Cad, 1_626_400),
    (Currency::Jpy, 176_250_000),
];

/// The sample price book. Enterprise is by contract: it has no price here and no limits.
pub fn price_book() -> Result<PriceBook, OutOfRange> {
    let sold = TIERS.into_iter().map(|(tier, allowance, accounts, seats_from, limits, monthly)| {
        Ok(Offer {
            tier,
            allowance: Tokens::new(allowance)?,
            accounts,
            seats_from,
            by_seat: seats_from > 1,
            self_serve: seats_from == 1,
            terms: terms(limits)?,
            monthly: prices(monthly),
            annual: prices(monthly.map(|month| month * 12 * 85 / 100)),
        })
    });
    let unsold = |tier, accounts, terms| Offer {
        tier,
        allowance: Tokens::ZERO,
        accounts,
        seats_from: 1,
        by_seat: false,
        self_serve: false,
        terms,
        monthly: Prices::default(),
        annual: Prices::default(),
    };
    let by_contract = Terms { priority: Priority::Priority, ..Terms::UNLIMITED };
    let evaluation = std::iter::once(Ok(unsold(Tier::Evaluation, Some(1), terms(SMALL)?)));
    let enterprise = std::iter::once(Ok(unsold(Tier::Enterprise, None, by_contract)));
    let pack = |(tokens, each)| Ok(Pack { tokens: Tokens::new(tokens)?, prices: prices(each) });
    let (tokens, days) = EVALUATION;
    Ok(PriceBook {
        version: 1,
        label: "Prices and allowances shown here are sample values.".to_owned(),
        offers: evaluation.chain(sold).chain(enterprise).collect::<Result<_, OutOfRange>>()?,
        packs: PACKS.into_iter().map(pack).collect::<Result<_, OutOfRange>>()?,
        evaluation: Evaluation { tokens: Tokens::new(tokens)?, days },
    })
}

fn terms((largest, concurrency, priority): (i64, i64, Priority)) -> Result<Terms, OutOfRange> {
    Ok(Terms { largest_production: Some(Tokens::new(largest)?), concurrency: Some(concurrency), priority })
}

fn prices(each: [i64; 6]) -> Prices {
    Prices(Currency::ALL.into_iter().zip(each).collect())
}

/// The sample rule of tax: VAT in the United Kingdom, reverse charge elsewhere.
#[must_use]
pub fn tax_rule(country: Country) -> TaxRule {
    let (name, basis_points) = if country == Country::GB { ("VAT", VAT) } else { ("VAT, reverse charge", 0) };
    TaxRule { name: name.to_owned(), basis_points }
}

/// Who issues the invoices of a sandbox, unless it is told.
#[must_use]
pub fn issuer() -> Issuer {
    Issuer {
        name: "Sample Issuer Ltd".to_owned(),
        address: ["1 Sample Street", "London E1 0AA", "United Kingdom"].map(str::to_owned).to_vec(),
        tax_id: Some("VAT GB 000 0000 00 (a sample)".to_owned()),
    }
}

/// Tariff 1: the weights that every sample figure is computed by.
pub fn tariff() -> Result<Tariff, OutOfRange> {
    let line = |(kind, unit, per, tokens, minimum)| {
        Ok(TariffLine { kind, unit, per, tokens: Tokens::new(tokens)?, minimum: Tokens::new(minimum)? })
    };
    Ok(Tariff { version: 1, lines: TARIFF.into_iter().map(line).collect::<Result<_, _>>()? })
}

/// All sample lists: prices and markup from `effective_at` on, rates for every day of `days` from then on.
pub fn catalog(effective_at: Timestamp, days: u64) -> Result<Catalog, OutOfRange> {
    let mut catalog = Catalog {
        tariffs: vec![Dated { effective_at, value: tariff()? }],
        markups: vec![Dated { effective_at, value: MarkupVersion { version: 1, basis_points: MARKUP } }],
        rates: rates(effective_at.day(), days),
        ..Catalog::default()
    };
    for (kind, name, prices) in PRICES {
        let version =
            PriceVersion { version: 1, currency: Currency::Usd, prices: UnitPrices(prices.to_vec()) };
        catalog.models.insert(name.to_owned(), Model { provider: PROVIDER.to_owned(), kind });
        catalog.default_models.insert(kind, name.to_owned());
        catalog.prices.insert(name.to_owned(), vec![Dated { effective_at, value: version }]);
    }
    Ok(catalog)
}

fn rates(from: NaiveDate, days: u64) -> ExchangeRates {
    let mut rates = ExchangeRates::default();
    for day in (0..days).filter_map(|ahead| from.checked_add_days(Days::new(ahead))) {
        for (currency, micros) in RATES {
            rates.insert(currency, day, micros);
        }
    }
    rates
}

/// What a standard short video takes by tariff 1.
pub fn short_video_tokens() -> Result<Tokens, OutOfRange> {
    let (steps, tariff) = (short_video()?, tariff()?);
    let each = steps.iter().map(|step| tariff.tokens(&step.quantity).map_err(|_| OutOfRange));
    let each = each.collect::<Result<Vec<_>, _>>()?;
    Tokens::sum(each.into_iter())
}

/// A *standard short video*: exactly 6,000 tokens by tariff 1.
pub fn short_video() -> Result<Vec<Step>, OutOfRange> {
    let count = Count::new;
    let half_a_minute = Length::from_millis(30_000)?;
    let text = |input, output| {
        Ok(Quantity::Text {
            input_tokens: count(input)?,
            output_tokens: count(output)?,
            cached_tokens: count(0)?,
        })
    };
    let mut steps = Vec::new();
    let mut plan = |name: String, stage: &str, quantity: Quantity| {
        let Ok(name) = name.parse() else { return };
        steps.push(Step { name, quantity, model: None, stage: Some(stage.to_owned()) });
    };
    plan("brief".into(), "1", text(2_000, 1_000)?);
    plan("narrative".into(), "2", text(2_000, 1_000)?);
    for scene in 1..=8 {
        plan(format!("script-{scene}"), "4", text(2_000, 1_000)?);
        plan(
            format!("image-{scene}"),
            "5b",
            Quantity::Image { images: count(1)?, source: ImageSource::Generated },
        );
        plan(format!("check-{scene}"), "6", Quantity::Vision { images: count(1)? });
    }
    plan("voiceover".into(), "8", Quantity::Speech { length: half_a_minute });
    plan("soundtrack".into(), "9", Quantity::Music { length: half_a_minute });
    plan("composition".into(), "10", Quantity::Video { length: half_a_minute });
    plan("variants".into(), "11", Quantity::Variant { variants: count(3)? });
    for platform in 1..=3 {
        plan(format!("seo-{platform}"), "12", text(4_000, 1_000)?);
    }
    plan("packaging".into(), "14", Quantity::Packaging { items: count(1)? });
    plan("captions".into(), "14a", Quantity::Transcription { length: half_a_minute });
    Ok(steps)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        money::Cost,
        pnl::{CallCost, Unpriced},
        production::{Estimate, Plan},
    };

    fn at() -> Timestamp {
        "2026-10-22T16:40:00Z".parse().unwrap()
    }

    #[test]
    fn a1_a_standard_short_video_is_exactly_6000_tokens() {
        let catalog = catalog(at(), 1).unwrap();
        let plan = Plan::new(short_video().unwrap()).unwrap();
        let estimate = Estimate::of(&plan, &tariff().unwrap(), &catalog, Currency::Gbp, at()).unwrap();
        assert_eq!(estimate.tokens.get(), 6_000);
        assert_eq!(estimate.unpriced(), None);
    }

    #[test]
    fn t10_a_tier_limits_a_production_an_account_and_its_place_in_the_queue() {
        let book = price_book().unwrap();
        let of = |tier| {
            let terms = book.offer(tier).unwrap().terms;
            (terms.largest_production.map(Tokens::get), terms.concurrency, terms.priority)
        };
        assert_eq!(of(Tier::Evaluation), of(Tier::Creator));
        assert_eq!(of(Tier::Creator), (Some(10_000), Some(2), Priority::Standard));
        assert_eq!(of(Tier::Pro), (Some(100_000), Some(10), Priority::Priority));
        assert_eq!(of(Tier::Atelier), (Some(250_000), Some(25), Priority::Priority));
        assert_eq!(of(Tier::Enterprise), (None, None, Priority::Priority));
    }

    #[test]
    fn p11_lists_hold_from_their_day_on() {
        let catalog = catalog(at(), 1).unwrap();
        assert_eq!(catalog.tariff(at()).map(|tariff| tariff.version), Some(1));
        assert_eq!(catalog.tariff(at().before(crate::time::Span::micros(1))), None);
    }

    #[test]
    fn p6_a_cost_is_exact_until_it_is_rounded_once() {
        let catalog = catalog(at(), 1).unwrap();
        let call = Quantity::Text {
            input_tokens: Count::new(350).unwrap(),
            output_tokens: Count::new(20).unwrap(),
            cached_tokens: Count::new(0).unwrap(),
        };
        let CallCost::Known(cost) = catalog.call_cost(&call, None, Currency::Usd, at()) else {
            panic!("priced")
        };
        // 350 × 0.12 + 20 × 0.6 = 54 micro-dollars; with 25 % 67.5, half to even
        assert_eq!(cost.raw, Cost::new(54, Currency::Usd));
        assert_eq!(cost.charged, Cost::new(68, Currency::Usd));
        assert_eq!(cost.basis.exchange, None);
    }

    #[test]
    fn p6_a_model_prices_only_its_own_kind_of_call() {
        let catalog = catalog(at(), 1).unwrap();
        let video = Quantity::Video { length: Length::from_millis(1_000).unwrap() };
        let cost = catalog.call_cost(&video, Some("sample-music"), Currency::Usd, at());
        assert_eq!(cost, CallCost::Unknown(Unpriced::OtherKind));
    }

    #[test]
    fn c2_a_missing_rate_or_price_is_unknown_and_never_zero() {
        let catalog = catalog(at(), 1).unwrap();
        let call = Quantity::Vision { images: Count::new(1).unwrap() };
        let late = "2026-11-22T00:00:00Z".parse().unwrap();
        assert_eq!(catalog.call_cost(&call, None, Currency::Gbp, late), CallCost::Unknown(Unpriced::NoRate));
        assert_eq!(
            catalog.call_cost(&call, Some("nobody's"), Currency::Gbp, at()),
            CallCost::Unknown(Unpriced::NoPrice)
        );
    }

    #[test]
    fn g4_a_promise_is_priced_by_its_own_versions_whatever_came_since() {
        let mut catalog = catalog(at(), 1).unwrap();
        let call = Quantity::Vision { images: Count::new(8).unwrap() };
        let CallCost::Known(promised) = catalog.call_cost(&call, None, Currency::Gbp, at()) else {
            panic!("priced")
        };
        let model = promised.basis.model.clone();
        let dearer = UnitPrices(vec![(PriceUnit::Image, 1_000_000_000_000)]);
        let newer = PriceVersion { version: 2, currency: Currency::Usd, prices: dearer };
        catalog.prices.get_mut(&model).unwrap().push(Dated { effective_at: at(), value: newer });
        let markup = MarkupVersion { version: 2, basis_points: 9_000 };
        catalog.markups.push(Dated { effective_at: at(), value: markup });
        let CallCost::Known(now) = catalog.call_cost(&call, None, Currency::Gbp, at()) else {
            panic!("priced")
        };
        assert_ne!(now.charged, promised.charged);
        assert_eq!(catalog.quoted_cost(&call, &promised.basis, Currency::Gbp), Some(promised.charged));
        assert_eq!(catalog.quoted_cost(&call, &now.basis, Currency::Gbp), Some(now.charged));
        let unknown = crate::pnl::CostBasis { price_version: 3, ..now.basis };
        assert_eq!(catalog.quoted_cost(&call, &unknown, Currency::Gbp), None);
        assert_eq!([1, 2].map(|version| catalog.tariff_version(version).is_some()), [true, false]);
    }
}
