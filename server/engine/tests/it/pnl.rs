//! Money lists on real rows: dated, never edited, and every process goes by them from its next act on.

use crate::support::{World, both, production, speech};
use anyhow::Result;
use billing::{
    allowance::Source,
    money::{Cost, Currency},
    pnl::{ExchangeRates, PriceUnit, UnitPrices},
    production::{Attempt, Kind, Outcome, Quantity, Step, quantity::Count},
    time::Timestamp,
};
use engine::{Engine, Error, Settings, pnl::PricedModel};

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
        assert_eq!(world.count("cost_entry WHERE markup_version = 2 AND charged_micros = 22485").await?, 1);
        for wrong in [world.engine.import_markup(1, day("2026-10-22")).await, world.engine.import_markup(-1, day("2027-01-01")).await] {
            assert!(matches!(wrong, Err(Error::Invalid { .. })));
        }
        let receipt = world.engine.receipt(world.customer, &production("a")).await?;
        assert_eq!(receipt.calls.len(), 2);
        Ok(())
    }
}
