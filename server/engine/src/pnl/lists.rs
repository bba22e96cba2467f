//! The dated lists as who runs the platform reads them: every version, what a later one will change, and the days for which
//! a currency has no rate. K1, P9, P11, C1, C2.

use crate::{
    Engine, Error,
    db::{
        begin_read,
        entity::{invoice, pnl_day, tariff_version},
    },
    installation,
    team::Member,
};
use billing::{
    allowance::Tariff,
    money::Currency,
    pnl::{
        Catalog, MarkupVersion, PriceVersion, RateDays, Version,
        diff::{
            BookChange, MarkupChange, PriceChange, TariffChange, book_changes, markup_changes, price_changes,
            tariff_changes, versions,
        },
    },
    production::Kind,
    team::{Permission, Scope},
    tier::PriceBook,
    time::Timestamp,
};
use chrono::NaiveDate;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QuerySelect};
use std::{collections::BTreeMap, ops::RangeInclusive};

/// A model and its prices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelPrices {
    /// Its name, as plans and attempts name it.
    pub name: String,
    /// Who runs it.
    pub provider: String,
    /// The kind of call it runs.
    pub kind: Kind,
    /// Its prices, oldest first.
    pub versions: Vec<Version<PriceVersion, PriceChange>>,
}

/// The rates of a currency for one euro.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CurrencyRates {
    /// Which currency.
    pub currency: Currency,
    /// The days that have a rate of their own; none where it has none.
    pub days: Option<RateDays>,
    /// The days, from the first that counts until today, on which nothing can be said in it; oldest first.
    pub gaps: Vec<RangeInclusive<NaiveDate>>,
}

/// Every dated list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListsReport {
    /// Tariffs, oldest first.
    pub tariffs: Vec<Version<Tariff, TariffChange>>,
    /// What stands beside a tariff, by its version.
    pub tariff_labels: BTreeMap<i64, String>,
    /// Models and their prices, by name.
    pub models: Vec<ModelPrices>,
    /// Markups, oldest first.
    pub markups: Vec<Version<MarkupVersion, MarkupChange>>,
    /// Price books, oldest first.
    pub price_books: Vec<Version<PriceBook, BookChange>>,
    /// Exchange rates of every currency but the euro.
    pub rates: Vec<CurrencyRates>,
    /// The first day that a rate is needed for: the first of which anything is booked, else the first that has a rate. None
    /// where there is neither.
    pub rates_from: Option<NaiveDate>,
    /// The instant that all of this is true of.
    pub as_of: Timestamp,
}

impl Engine {
    /// Every dated list, for who runs the platform and for finance: they name what providers charge, and the markup.
    pub async fn lists_of(&self, member: &Member) -> Result<ListsReport, Error> {
        let may = [Permission::RunPlatform, Permission::SeeRawCost]
            .into_iter()
            .any(|permission| member.may(permission, Scope::Platform));
        if !may {
            return Err(Error::Forbidden);
        }
        let as_of = self.now();
        let snapshot = begin_read(&self.shared.pools.read).await?;
        let changed_at = installation::load(&snapshot).await?.catalog_changed_at;
        let catalog = self.shared.lists(&snapshot, changed_at).await?;
        let labels = tariff_version::Entity::find().all(&snapshot).await?;
        let rates_from = first_booked(&snapshot).await?.or_else(|| first_rate(&catalog));
        Ok(ListsReport {
            tariffs: versions(&catalog.tariffs, as_of, tariff_changes),
            tariff_labels: labels.into_iter().map(|row| (row.version, row.label)).collect(),
            models: models(&catalog, as_of),
            markups: versions(&catalog.markups, as_of, markup_changes),
            price_books: versions(&catalog.price_books, as_of, book_changes),
            rates: rates(&catalog, rates_from, as_of.day()),
            rates_from,
            as_of,
        })
    }
}

fn models(catalog: &Catalog, at: Timestamp) -> Vec<ModelPrices> {
    let model = |(name, model): (&String, &billing::pnl::Model)| {
        let prices = catalog.prices.get(name).map(Vec::as_slice).unwrap_or_default();
        ModelPrices {
            name: name.clone(),
            provider: model.provider.clone(),
            kind: model.kind,
            versions: versions(prices, at, price_changes),
        }
    };
    catalog.models.iter().map(model).collect()
}

fn rates(catalog: &Catalog, from: Option<NaiveDate>, today: NaiveDate) -> Vec<CurrencyRates> {
    let of = |currency| CurrencyRates {
        currency,
        days: catalog.rates.days(currency),
        gaps: from.map(|from| catalog.rates.gaps(currency, &(from..=today))).unwrap_or_default(),
    };
    Currency::ALL.into_iter().filter(|currency| *currency != Currency::Eur).map(of).collect()
}

fn first_rate(catalog: &Catalog) -> Option<NaiveDate> {
    Currency::ALL.into_iter().filter_map(|currency| catalog.rates.days(currency)).map(|days| days.first).min()
}

/// The first day of which a call or an invoice is in the books.
async fn first_booked(read: &impl ConnectionTrait) -> Result<Option<NaiveDate>, Error> {
    let called: Option<Option<String>> = pnl_day::Entity::find()
        .select_only()
        .column_as(pnl_day::Column::PostedOn.min(), "first")
        .into_tuple()
        .one(read)
        .await?;
    let invoiced: Option<Option<i64>> = invoice::Entity::find()
        .select_only()
        .column_as(invoice::Column::IssuedAt.min(), "first")
        .into_tuple()
        .one(read)
        .await?;
    let called = called
        .flatten()
        .map(|day| day.parse::<NaiveDate>().map_err(|error| Error::corrupt("pnl_day", &day, error)));
    let invoiced = invoiced.flatten().map(|micros| super::instant("invoice", micros).map(Timestamp::day));
    Ok([called.transpose()?, invoiced.transpose()?].into_iter().flatten().min())
}
