//! The dated lists that a decision is made by: tariffs, models and their prices, exchange rates, markups.

use super::{exchange::ExchangeRates, price::UnitPrices};
use crate::{
    allowance::Tariff, money::Currency, production::quantity::Kind, tier::PriceBook, time::Timestamp,
};
use std::collections::BTreeMap;

/// Something that holds from an instant on, until the next version does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dated<T> {
    /// From when.
    pub effective_at: Timestamp,
    /// What.
    pub value: T,
}

/// A model that runs one kind of call. P11.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    /// Who runs it.
    pub provider: String,
    /// The kind of call it runs.
    pub kind: Kind,
}

/// A model's prices from one instant on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceVersion {
    /// Rises with each import; the books keep it.
    pub version: i64,
    /// What the provider bills in.
    pub currency: Currency,
    /// What a unit costs.
    pub prices: UnitPrices,
}

/// P9: the uplift over the raw cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MarkupVersion {
    /// Rises by one with each change.
    pub version: i64,
    /// Hundredths of a per cent: 2,500 is 25 %.
    pub basis_points: i64,
}

/// All dated lists together.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    /// Tariffs, oldest first.
    pub tariffs: Vec<Dated<Tariff>>,
    /// Models by name.
    pub models: BTreeMap<String, Model>,
    /// The model that runs a kind where the plan names none.
    pub default_models: BTreeMap<Kind, String>,
    /// Prices by model, oldest first.
    pub prices: BTreeMap<String, Vec<Dated<PriceVersion>>>,
    /// Exchange rates.
    pub rates: ExchangeRates,
    /// Markups, oldest first.
    pub markups: Vec<Dated<MarkupVersion>>,
    /// Price books, oldest first.
    pub price_books: Vec<Dated<PriceBook>>,
}

impl Catalog {
    /// The tariff in force.
    #[must_use]
    pub fn tariff(&self, at: Timestamp) -> Option<&Tariff> {
        in_force(&self.tariffs, at)
    }

    /// A tariff by its version: what a production was admitted under.
    #[must_use]
    pub fn tariff_version(&self, version: i64) -> Option<&Tariff> {
        self.tariffs.iter().map(|dated| &dated.value).find(|tariff| tariff.version == version)
    }

    /// The price book in force.
    #[must_use]
    pub fn price_book(&self, at: Timestamp) -> Option<&PriceBook> {
        in_force(&self.price_books, at)
    }

    /// The model that a call names, or its kind's default.
    #[must_use]
    pub fn model<'a>(&'a self, kind: Kind, named: Option<&'a str>) -> Option<&'a str> {
        named.or_else(|| self.default_models.get(&kind).map(String::as_str))
    }

    pub(super) fn price(&self, model: &str, at: Timestamp) -> Option<&PriceVersion> {
        in_force(self.prices.get(model)?, at)
    }

    pub(super) fn price_version(&self, model: &str, version: i64) -> Option<&PriceVersion> {
        self.prices.get(model)?.iter().map(|dated| &dated.value).find(|price| price.version == version)
    }

    pub(super) fn markup_version(&self, version: i64) -> Option<&MarkupVersion> {
        self.markups.iter().map(|dated| &dated.value).find(|markup| markup.version == version)
    }

    pub(super) fn markup(&self, at: Timestamp) -> Option<&MarkupVersion> {
        in_force(&self.markups, at)
    }
}

/// The newest version that has taken effect; the list is oldest first.
fn in_force<T>(versions: &[Dated<T>], at: Timestamp) -> Option<&T> {
    versions.iter().rev().find(|dated| dated.effective_at <= at).map(|dated| &dated.value)
}
