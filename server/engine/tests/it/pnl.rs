//! Money lists on real rows: dated, never edited, and every process goes by them from its next act on.

use crate::{
    support::{World, both, production, speech},
    team::{add, member},
};
use anyhow::{Context, Result};
use billing::{
    allowance::Source,
    money::{Cost, Currency},
    pnl::{
        Changed, ExchangeRates, PriceUnit, Standing, UnitPrices,
        diff::{BookLine, BookValue, TierLine, UnitPrice},
    },
    production::{Attempt, End, Kind, Outcome, Quantity, Step, quantity::Count},
    sample,
    team::Role,
    tier::Tier,
    time::Timestamp,
    tokens::Tokens,
};
use engine::{
    Engine, Error, Settings,
    allowance::{CallCosts, OUTSIDE, UsageBy, UsageRange},
    pnl::PricedModel,
    production::CallReport,
};

fn model(name: &str, input: i64, output: i64) -> PricedModel {
    let prices = UnitPrices(vec![(PriceUnit::InputToken, input), (PriceUnit::OutputToken, output)]);
    PricedModel { name: name.to_owned(), provider: "writer".to_owned(), kind: Kind::Text, prices }
}

/// 1,000 tokens read and 100 written by a model.
fn write(name: &str, model: &str) -> Result<Step> {
    let quantity = Quantity::Text {
        input_tokens: Count::new(1_000)?,
        output_tokens: Count::new(100)?,
        cached_tokens: Count::new(0)?,
    };
    Ok(Step { name: name.parse()?, quantity, model: Some(model.to_owned()), stage: None })
}

fn day(text: &str) -> Timestamp {
    format!("{text}T00:00:00Z").parse().expect("a day")
}

both! {
    /// P11: a price holds from its day on, in every process, and what was booked stays what it was.
    async fn p11_prices_hold_from_their_day_on_and_the_past_stays(world: &World) -> Result<()> {
        let engine = &world.engine;
        let other = Engine::open(Settings { database_url: world.url.clone(), sandbox: true }).await?;
        world.grant(Source::Allowance, 10_000, None).await?;
        let (one, two) = (write("one", "scribe")?, write("two", "scribe")?);
        world.admit("a", vec![one.clone(), two.clone()]).await?;
        assert_eq!(world.report("a", &one, 1, Outcome::Failed).await?.cost, None, "nobody knows this model yet");

        let imported = other.import_prices(&[model("scribe", 1_000_000, 4_000_000)], Currency::Usd, day("2026-10-01")).await?;
        assert_eq!((imported.added, imported.changed, imported.unchanged), (1, 0, 0));
        let known = world.report("a", &one, 2, Outcome::Succeeded).await?.cost.expect("known from the next act on");
        // 0.0014 dollars at 0.8713 pounds and 1.1625 dollars a euro, a quarter on top
        assert_eq!(known, Cost::new(1_312, Currency::Gbp));

        let dearer = [model("scribe", 2_000_000, 8_000_000)];
        engine.import_prices(&dearer, Currency::Usd, day("2026-10-22")).await?;
        let again = engine.import_prices(&dearer, Currency::Usd, day("2026-10-25")).await?;
        assert_eq!((again.added, again.changed, again.unchanged), (0, 0, 1), "nothing has changed");
        let attempt = |at: &str| Attempt {
            outcome: Outcome::Failed, quantity: two.quantity, model: None, occurred_at: Some(at.parse().expect("a time")),
        };
        let before = world.report_as("a", &two, 1, attempt("2026-10-21T23:59:59Z")).await?.cost;
        let after = world.report_as("a", &two, 2, attempt("2026-10-22T00:00:00Z")).await?.cost;
        assert_eq!((before, after), (Some(known), Some(Cost::new(2_623, Currency::Gbp))));
        assert_eq!(world.count("cost_entry WHERE raw_micros = 1400").await?, 2, "the past has not moved");

        let early = engine.import_prices(&[model("scribe", 1, 1)], Currency::Usd, day("2026-10-22")).await.unwrap_err();
        assert!(matches!(early, Error::Invalid { field, .. } if field == "from"));
        let mut other_kind = model("scribe", 1, 1);
        other_kind.kind = Kind::Vision;
        let left_out = engine.import_prices(&[other_kind], Currency::Usd, day("2026-12-01")).await?;
        assert_eq!(left_out.other_kind, ["scribe"]);
        other.close().await;
        Ok(())
    }
}

both! {
    /// C2: a rate is never edited; where there is none within five days, the cost is unknown.
    async fn c2_rates_are_added_and_never_edited(world: &World) -> Result<()> {
        let mut rates = ExchangeRates::default();
        rates.insert(Currency::Gbp, "2026-10-22".parse()?, 1);
        rates.insert(Currency::Gbp, "2019-01-02".parse()?, 900_000);
        rates.insert(Currency::Usd, "2026-10-22".parse()?, 1_162_500);
        let imported = world.engine.import_rates(&rates).await?;
        assert_eq!((imported.added, imported.unchanged), (1, 1));
        assert_eq!(imported.kept, [(Currency::Gbp, "2026-10-22".parse()?, 871_300)]);
        world.clock("2029-06-01T00:00:00Z").await?;
        world.grant(Source::Allowance, 10_000, None).await?;
        let step = speech("one", 10);
        world.admit("a", vec![step.clone()]).await?;
        assert_eq!(world.report("a", &step, 1, Outcome::Succeeded).await?.cost, None);
        assert_eq!(world.count("cost_entry WHERE unpriced = 'noRate' AND charged_micros IS NULL").await?, 1);
        Ok(())
    }
}

both! {
    /// P9: a markup holds from its day on, and each cost keeps the version that it was computed by.
    async fn p9_a_markup_is_dated_and_kept_with_each_cost(world: &World) -> Result<()> {
        world.grant(Source::Allowance, 10_000, None).await?;
        let step = speech("one", 10);
        world.admit("a", vec![step.clone()]).await?;
        let before = world.report("a", &step, 1, Outcome::Failed).await?.cost.expect("a price");
        assert_eq!(world.engine.import_markup(0, day("2026-10-22")).await?, 2);
        let after = world.report("a", &step, 2, Outcome::Failed).await?.cost.expect("a price");
        assert!(after.micros() < before.micros());
        assert_eq!(world.count("cost_entry WHERE markup_version = 1").await?, 1);
        assert_eq!(world.count("cost_entry WHERE markup_version = 2 AND charged_micros = 899").await?, 1);
        for wrong in [world.engine.import_markup(1, day("2026-10-22")).await, world.engine.import_markup(-1, day("2027-01-01")).await] {
            assert!(matches!(wrong, Err(Error::Invalid { .. })));
        }
        let receipt = world.engine.receipt(world.customer, &production("a")).await?;
        assert_eq!(receipt.calls.len(), 2);
        Ok(())
    }
}

/// A production of two steps: one that failed once, one of unknown cost; and a call outside productions.
async fn calls(world: &World) -> Result<()> {
    world.grant(Source::Allowance, 10_000, None).await?;
    let (voice, text) = (speech("voice", 10), write("text", "nobody-knows")?);
    world.admit("a", vec![voice.clone(), text.clone()]).await?;
    world.report("a", &voice, 1, Outcome::Failed).await?;
    world.report("a", &voice, 2, Outcome::Succeeded).await?;
    world.report("a", &text, 1, Outcome::Succeeded).await?;
    world.finish("a", End::Published).await?;
    let report = CallReport {
        account: world.account,
        r#loop: 3,
        quantity: voice.quantity,
        model: None,
        occurred_at: None,
    };
    world.engine.record_call(world.customer, None, "outside".parse()?, report).await?;
    Ok(())
}

both! {
    /// P6: however it is added up, every call is in it, unknown ones as unknown; the lines sum to the total.
    async fn p6_usage_counts_the_cost_of_every_call(world: &World) -> Result<()> {
        calls(world).await?;
        let mara = member(world, add(world, "Mara", Role::CustomerAdministrator).await?).await?;
        let one = world.engine.cost_by_day(&mara, "2026-10-22".parse()?..="2026-10-22".parse()?).await?;
        let all: i64 = one.iter().map(|day| day.cost.micros()).sum();
        assert!(all > 0 && all % 3 == 0, "three calls of one price");
        let day = "2026-10-22".parse()?;
        let range = UsageRange { days: day..=day, account: None };
        for by in [UsageBy::Step, UsageBy::Kind, UsageBy::Production, UsageBy::Account, UsageBy::Person, UsageBy::Key] {
            let report = world.engine.usage_report(&mara, &range, by).await?;
            let expected = CallCosts { known: Cost::new(all, Currency::Gbp), priced: 3, unknown: 1 };
            assert_eq!(report.cost, Some(expected), "{by:?}");
            let lines: Vec<_> = report.lines.iter().filter_map(|line| line.cost).collect();
            assert_eq!(lines.iter().map(|cost| cost.known.micros()).sum::<i64>(), all, "{by:?}");
            assert_eq!(report.total.get(), report.lines.iter().map(|line| line.tokens.get()).sum::<i64>());
        }
        let report = world.engine.usage_report(&mara, &range, UsageBy::Step).await?;
        let outside = report.lines.iter().find(|line| line.key == OUTSIDE).context("a line of its own")?;
        assert_eq!((outside.calls, outside.tokens.get(), outside.cost.map(|cost| cost.priced)), (1, 0, Some(1)));
        let unknown = report.lines.iter().find(|line| line.kind == Some(Kind::Text)).context("a line")?;
        assert_eq!(unknown.cost, Some(CallCosts { unknown: 1, ..CallCosts::none(Currency::Gbp) }));
        let later = "2026-10-23".parse()?;
        let nothing = world.engine.usage_report(&mara, &UsageRange { days: later..=later, account: None }, UsageBy::Step).await?;
        assert_eq!((nothing.lines.len(), nothing.cost), (0, Some(CallCosts::none(Currency::Gbp))));
        Ok(())
    }
}

both! {
    /// 5.11: raw cost, provider, rates and markup are read by finance and platform staff, and by nobody else.
    async fn reading_5_11_where_a_cost_comes_from_is_for_staff(world: &World) -> Result<()> {
        calls(world).await?;
        let seen = async |name, role| -> Result<_> {
            let reader = member(world, add(world, name, role).await?).await?;
            Ok(world.engine.receipt_of(&reader, &production("a")).await?.calls)
        };
        for (name, role) in [("Felix", Role::FinanceViewer), ("Paula", Role::PlatformAdministrator)] {
            let calls = seen(name, role).await?;
            let source = |step: &str, number| {
                let call = calls.iter().find(|call| call.step.as_str() == step && call.number == number);
                call.and_then(|call| call.source.clone()).context("a source")
            };
            let (known, unknown) = (source("voice", 2)?, source("text", 1)?);
            assert_eq!(known.provider.as_deref(), Some("Sample provider"));
            assert_eq!(known.markup, Some((1, 2_500)));
            assert_eq!(known.raw.map(Cost::currency), Some(Currency::Usd));
            let rates = known.exchange.context("two currencies")?;
            assert_eq!((rates.provider, rates.customer, known.price_version), (1_162_500, 871_300, Some(1)));
            assert_eq!((unknown.raw, unknown.markup, unknown.provider, unknown.quoted), (None, None, None, false));
        }
        let calls = seen("Mara", Role::CustomerAdministrator).await?;
        assert!(calls.len() == 3 && calls.iter().all(|call| call.source.is_none()), "nor is it sent to the page");
        assert!(world.engine.receipt(world.customer, &production("a")).await?.calls.iter().all(|call| call.source.is_none()));
        Ok(())
    }
}

both! {
    /// K1, C2: a later version is seen before it holds, with every line that it changes; so are the days without a rate.
    async fn k1_the_lists_say_what_a_later_version_will_change(world: &World) -> Result<()> {
        let engine = &world.engine;
        let paula = member(world, add(world, "Paula", Role::PlatformAdministrator).await?).await?;
        let felix = member(world, add(world, "Felix", Role::FinanceViewer).await?).await?;
        for (name, role) in [("Mara", Role::CustomerAdministrator), ("Olga", Role::AccountOperator), ("Vera", Role::CustomerViewer)] {
            let reader = member(world, add(world, name, role).await?).await?;
            assert!(matches!(engine.lists_of(&reader).await, Err(Error::Forbidden)), "{role:?}");
        }
        let before = engine.lists_of(&paula).await?;
        assert_eq!(before.rates_from, Some("2025-10-01".parse()?), "nothing is booked: from the first rate on");
        assert!(before.rates.iter().all(|rates| rates.gaps.is_empty()));
        assert_eq!(before.tariff_labels.get(&1).map(String::as_str), Some("Sample values"));
        assert!(before.tariffs[0].standing == Standing::InForce && before.tariffs[0].changes.is_empty());

        let prices = |prices: &[(PriceUnit, i64)]| {
            let prices = UnitPrices(prices.to_vec());
            [PricedModel { name: "sample-text".to_owned(), provider: "Sample provider".to_owned(), kind: Kind::Text, prices }]
        };
        let later = prices(&[(PriceUnit::InputToken, 100_000), (PriceUnit::OutputToken, 600_000)]);
        engine.import_prices(&later, Currency::Usd, day("2026-11-01")).await?;
        engine.import_prices(&[model("scribe", 1, 4)], Currency::Eur, day("2026-11-02")).await?;
        engine.import_markup(2_000, day("2026-11-01")).await?;
        let mut book = sample::price_book()?;
        let pro = book.offers.iter_mut().find(|offer| offer.tier == Tier::Pro).context("an offer")?;
        pro.allowance = Tokens::new(300_000)?;
        engine.import_price_book(&book, day("2026-12-01")).await?;

        let report = engine.lists_of(&felix).await?;
        let text = report.models.iter().find(|model| model.name == "sample-text").context("a model")?;
        let standing: Vec<_> = text.versions.iter().map(|version| version.standing).collect();
        assert_eq!(standing, [Standing::InForce, Standing::Upcoming]);
        let dollars = |pico| Some(UnitPrice { pico, currency: Currency::Usd });
        assert_eq!(text.versions[1].changes, [
            Changed { line: PriceUnit::InputToken, before: dollars(120_000), after: dollars(100_000) },
            Changed { line: PriceUnit::CachedToken, before: dollars(12_000), after: None },
        ]);
        let fresh = report.models.iter().find(|model| model.name == "scribe").context("a model")?;
        assert_eq!(fresh.versions[0].changes.len(), 2, "a new model is new as a whole");
        assert_eq!(report.markups[1].changes, [Changed { line: (), before: Some(2_500), after: Some(2_000) }]);
        let tokens = |count| Ok::<_, anyhow::Error>(Some(BookValue::Tokens(Tokens::new(count)?)));
        let line = BookLine::Tier(Tier::Pro, TierLine::Allowance);
        let sold = report.price_books.last().context("a book")?;
        assert_eq!((sold.standing, sold.value.version), (Standing::Upcoming, 2));
        assert_eq!(sold.changes, [Changed { line, before: tokens(250_000)?, after: tokens(300_000)? }]);

        // The sample rates end on 12 January 2029; one later rate is of dollars alone.
        world.grant(Source::Allowance, 10_000, None).await?;
        let step = speech("one", 10);
        world.admit("a", vec![step.clone()]).await?;
        world.report("a", &step, 1, Outcome::Succeeded).await?;
        let mut rates = ExchangeRates::default();
        rates.insert(Currency::Usd, "2029-01-30".parse()?, 1_162_500);
        engine.import_rates(&rates).await?;
        world.clock("2029-02-06T12:00:00Z").await?;
        let report = engine.lists_of(&paula).await?;
        assert_eq!(report.rates_from, Some("2026-10-22".parse()?), "from the first call on");
        let gaps = |currency| report.rates.iter().find(|rates| rates.currency == currency).map(|rates| rates.gaps.clone());
        let last = report.rates[0].days.context("rates")?.last;
        assert_eq!(last, "2029-01-12".parse()?);
        assert_eq!(gaps(Currency::Gbp), Some(vec!["2029-01-18".parse()?..="2029-02-06".parse()?]));
        assert_eq!(gaps(Currency::Usd), Some(vec![
            "2029-01-18".parse()?..="2029-01-29".parse()?,
            "2029-02-05".parse()?..="2029-02-06".parse()?,
        ]));
        assert_eq!(gaps(Currency::Eur), None, "the euro needs none");
        assert_eq!(report.markups[1].standing, Standing::InForce);
        assert_eq!(report.price_books[0].standing, Standing::Past);
        Ok(())
    }
}
