//! The dated lists that decisions are made by, as rows: tariffs, models, prices, rates, markups.

use crate::{
    Engine, Error,
    db::{
        begin_write,
        entity::{
            exchange_rate, markup_version, model, provider_price, provider_price_version, tariff_line,
            tariff_version,
        },
        from_word, rows, to_word,
    },
};
use billing::{
    allowance::{Tariff, TariffLine},
    pnl::{Catalog, Dated, ExchangeRates, MarkupVersion, Model, PriceVersion, UnitPrices},
    time::Timestamp,
    tokens::Tokens,
};
use sea_orm::{DatabaseConnection, EntityTrait, QueryOrder};
use std::sync::{Arc, PoisonError};

/// Reads all lists. They are small and change by command only, so the engine keeps them in memory.
pub(crate) async fn load(read: &DatabaseConnection) -> Result<Catalog, Error> {
    let mut catalog =
        Catalog { tariffs: tariffs(read).await?, rates: rates(read).await?, ..Catalog::default() };
    for row in model::Entity::find().all(read).await? {
        let kind = from_word("model", &row.name, &row.kind)?;
        if row.is_default == 1 {
            catalog.default_models.insert(kind, row.name.clone());
        }
        catalog.models.insert(row.name, Model { provider: row.provider, kind });
    }
    let prices = provider_price::Entity::find().all(read).await?;
    let versions =
        provider_price_version::Entity::find().order_by_asc(provider_price_version::Column::EffectiveAt);
    for row in versions.all(read).await? {
        let units = prices.iter().filter(|price| (&price.model, price.version) == (&row.model, row.version));
        let units =
            units.map(|price| Ok((from_word("provider_price", &price.model, &price.unit)?, price.pico)));
        let value = PriceVersion {
            version: row.version,
            currency: from_word("provider_price_version", &row.model, &row.currency)?,
            prices: UnitPrices(units.collect::<Result<_, Error>>()?),
        };
        let effective_at = instant("provider_price_version", row.effective_at)?;
        catalog.prices.entry(row.model).or_default().push(Dated { effective_at, value });
    }
    for row in
        markup_version::Entity::find().order_by_asc(markup_version::Column::EffectiveAt).all(read).await?
    {
        let value = MarkupVersion { version: row.version, basis_points: row.basis_points };
        catalog.markups.push(Dated { effective_at: instant("markup_version", row.effective_at)?, value });
    }
    Ok(catalog)
}

async fn tariffs(read: &DatabaseConnection) -> Result<Vec<Dated<Tariff>>, Error> {
    let lines = tariff_line::Entity::find().all(read).await?;
    let versions =
        tariff_version::Entity::find().order_by_asc(tariff_version::Column::EffectiveAt).all(read).await?;
    let line = |row: &tariff_line::Model| {
        let tokens =
            |count| Tokens::new(count).map_err(|error| Error::corrupt("tariff_line", &row.kind, error));
        Ok(TariffLine {
            kind: from_word("tariff_line", &row.kind, &row.kind)?,
            unit: from_word("tariff_line", &row.kind, &row.unit)?,
            per: row.per_units,
            tokens: tokens(row.tokens)?,
            minimum: tokens(row.minimum_tokens)?,
        })
    };
    let dated = |row: tariff_version::Model| {
        let lines = lines
            .iter()
            .filter(|line| line.version == row.version)
            .map(line)
            .collect::<Result<_, Error>>()?;
        let effective_at = instant("tariff_version", row.effective_at)?;
        Ok(Dated { effective_at, value: Tariff { version: row.version, lines } })
    };
    versions.into_iter().map(dated).collect()
}

async fn rates(read: &DatabaseConnection) -> Result<ExchangeRates, Error> {
    let mut rates = ExchangeRates::default();
    for row in exchange_rate::Entity::find().all(read).await? {
        let day =
            row.rate_on.parse().map_err(|error| Error::corrupt("exchange_rate", &row.rate_on, error))?;
        rates.insert(from_word("exchange_rate", &row.rate_on, &row.currency)?, day, row.micros_per_euro);
    }
    Ok(rates)
}

fn instant(table: &'static str, micros: i64) -> Result<Timestamp, Error> {
    Timestamp::from_micros(micros).map_err(|error| Error::corrupt(table, micros, error))
}

impl Engine {
    /// Adds the lists of a catalog and goes by them from now on.
    pub(crate) async fn add_catalog(&self, catalog: &Catalog, label: &str) -> Result<(), Error> {
        let transaction = begin_write(&self.shared.pools.side).await?;
        for dated in &catalog.tariffs {
            let (version, effective_at) = (dated.value.version, dated.effective_at.micros());
            let row = tariff_version::Model { version, label: label.to_owned(), effective_at };
            rows::insert::<tariff_version::Entity>(&transaction, &[row]).await?;
            rows::insert::<tariff_line::Entity>(&transaction, &tariff_rows(&dated.value)?).await?;
        }
        rows::insert::<model::Entity>(&transaction, &model_rows(catalog)?).await?;
        let (versions, prices) = price_rows(catalog)?;
        rows::insert::<provider_price_version::Entity>(&transaction, &versions).await?;
        rows::insert::<provider_price::Entity>(&transaction, &prices).await?;
        rows::insert::<exchange_rate::Entity>(&transaction, &rate_rows(catalog)?).await?;
        let markup = |dated: &Dated<MarkupVersion>| markup_version::Model {
            version: dated.value.version,
            effective_at: dated.effective_at.micros(),
            basis_points: dated.value.basis_points,
        };
        let markups: Vec<_> = catalog.markups.iter().map(markup).collect();
        rows::insert::<markup_version::Entity>(&transaction, &markups).await?;
        transaction.commit().await?;
        let fresh = Arc::new(load(&self.shared.pools.read).await?);
        *self.shared.catalog.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(())
    }
}

fn tariff_rows(tariff: &Tariff) -> Result<Vec<tariff_line::Model>, Error> {
    let row = |line: &TariffLine| {
        Ok(tariff_line::Model {
            version: tariff.version,
            kind: to_word(&line.kind)?,
            unit: to_word(&line.unit)?,
            per_units: line.per,
            tokens: line.tokens.get(),
            minimum_tokens: line.minimum.get(),
        })
    };
    tariff.lines.iter().map(row).collect()
}

fn model_rows(catalog: &Catalog) -> Result<Vec<model::Model>, Error> {
    let row = |(name, model): (&String, &Model)| {
        Ok(model::Model {
            name: name.clone(),
            provider: model.provider.clone(),
            kind: to_word(&model.kind)?,
            is_default: i64::from(catalog.default_models.get(&model.kind) == Some(name)),
        })
    };
    catalog.models.iter().map(row).collect()
}

fn price_rows(
    catalog: &Catalog,
) -> Result<(Vec<provider_price_version::Model>, Vec<provider_price::Model>), Error> {
    let (mut versions, mut prices) = (Vec::new(), Vec::new());
    for (model, dated) in
        catalog.prices.iter().flat_map(|(model, all)| all.iter().map(move |dated| (model, dated)))
    {
        let version = dated.value.version;
        versions.push(provider_price_version::Model {
            model: model.clone(),
            version,
            effective_at: dated.effective_at.micros(),
            currency: to_word(&dated.value.currency)?,
        });
        for (unit, pico) in &dated.value.prices.0 {
            prices.push(provider_price::Model {
                model: model.clone(),
                version,
                unit: to_word(unit)?,
                pico: *pico,
            });
        }
    }
    Ok((versions, prices))
}

fn rate_rows(catalog: &Catalog) -> Result<Vec<exchange_rate::Model>, Error> {
    let row = |(currency, day, micros_per_euro)| {
        Ok(exchange_rate::Model { currency: to_word(&currency)?, rate_on: format!("{day}"), micros_per_euro })
    };
    catalog.rates.iter().map(row).collect()
}
