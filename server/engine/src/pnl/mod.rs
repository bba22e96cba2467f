//! The dated lists that decisions are made by, as rows: tariffs, models, prices, rates, markups, price books.
//!
//! They are small and change by command only, so every process keeps them in memory, and looks once a group of acts
//! whether they have changed: an import counts from the next act on, in every process.

mod close;
mod complete;
mod days;
mod import;
mod lists;
mod rebuild;
mod report;
mod revenue;
mod tariff;
mod total;

pub use close::ClosedMonth;
pub use days::CostDay;
pub use import::{ImportedPrices, ImportedRates, PricedModel};
pub(crate) use import::{listed, next_version};
pub use lists::{CurrencyRates, ListsReport, ModelPrices};
pub use report::{PnlBy, PnlExtent, PnlLine, PnlQuery, PnlReport, PnlSource, PnlStep, Position};
pub(crate) use report::{figures::Figures, sums};
pub use total::RawCosts;

use crate::{
    Engine, Error,
    db::{
        entity::{
            exchange_rate, markup_version, model, price_book_version, provider_price, provider_price_version,
            tariff_line, tariff_version,
        },
        from_json, from_word,
    },
    installation,
};
use billing::{
    allowance::{Tariff, TariffLine},
    pnl::{Catalog, Dated, ExchangeRates, MarkupVersion, Model, PriceVersion, UnitPrices},
    time::Timestamp,
    tokens::Tokens,
};
use sea_orm::{ConnectionTrait, EntityTrait, QueryOrder};
use std::{collections::HashMap, sync::Arc};

/// The lists in memory, and when they were last changed.
#[derive(Clone, Debug)]
pub(crate) struct Lists {
    pub(crate) catalog: Arc<Catalog>,
    changed_at: Option<i64>,
}

impl Lists {
    /// Reads all lists, as of the change that the installation's row says.
    pub(crate) async fn load(read: &impl ConnectionTrait) -> Result<Self, Error> {
        // The stamp first: lists that are newer than their stamp are read once more, older ones would stay.
        let changed_at = installation::load(read).await?.catalog_changed_at;
        Ok(Self { catalog: Arc::new(catalog(read).await?), changed_at })
    }

    /// Whether these are still the lists in force.
    pub(crate) fn are_those_of(&self, changed_at: Option<i64>) -> bool {
        self.changed_at == changed_at
    }
}

async fn catalog(read: &impl ConnectionTrait) -> Result<Catalog, Error> {
    let mut catalog =
        Catalog { tariffs: tariffs(read).await?, rates: rates(read).await?, ..Catalog::default() };
    let books = price_book_version::Entity::find().order_by_asc(price_book_version::Column::EffectiveAt);
    for row in books.all(read).await? {
        let value = from_json("price_book_version", row.version, &row.book)?;
        catalog
            .price_books
            .push(Dated { effective_at: instant("price_book_version", row.effective_at)?, value });
    }
    for row in model::Entity::find().all(read).await? {
        let kind = from_word("model", &row.name, &row.kind)?;
        if row.is_default == 1 {
            catalog.default_models.insert(kind, row.name.clone());
        }
        catalog.models.insert(row.name, Model { provider: row.provider, kind });
    }
    let mut prices: HashMap<(String, i64), Vec<provider_price::Model>> = HashMap::new();
    for row in provider_price::Entity::find().all(read).await? {
        prices.entry((row.model.clone(), row.version)).or_default().push(row);
    }
    let versions =
        provider_price_version::Entity::find().order_by_asc(provider_price_version::Column::EffectiveAt);
    for row in versions.all(read).await? {
        let units = prices.remove(&(row.model.clone(), row.version)).unwrap_or_default();
        let units = units
            .iter()
            .map(|price| Ok((from_word("provider_price", &price.model, &price.unit)?, price.pico)));
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

async fn tariffs(read: &impl ConnectionTrait) -> Result<Vec<Dated<Tariff>>, Error> {
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

async fn rates(read: &impl ConnectionTrait) -> Result<ExchangeRates, Error> {
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
    /// A tariff by its version: what a production was admitted under.
    pub async fn tariff(&self, version: i64) -> Result<Tariff, Error> {
        let catalog = Catalog { tariffs: tariffs(&self.shared.pools.read).await?, ..Catalog::default() };
        catalog.tariff_version(version).cloned().ok_or(Error::NotFound("tariff"))
    }

    /// The tariff in force.
    pub async fn tariff_in_force(&self) -> Result<Tariff, Error> {
        let catalog = Catalog { tariffs: tariffs(&self.shared.pools.read).await?, ..Catalog::default() };
        catalog.tariff(self.now()).cloned().ok_or(Error::NotFound("tariff"))
    }
}
