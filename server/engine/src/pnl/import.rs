//! Adding to the dated lists. What is in force is never edited: a later version takes its place. P6, P9, P11, C2.

use super::{Lists, tariff};
use crate::{
    Engine, Error,
    audit::Note,
    db::{
        begin_write,
        entity::{
            exchange_rate, markup_version, model, price_book_version, provider_price, provider_price_version,
        },
        rows, to_json, to_word,
    },
    installation,
};
use billing::{
    audit::{Actor, AuditAct},
    money::Currency,
    pnl::{Catalog, Dated, ExchangeRates, MarkupVersion, Model, PriceVersion, UnitPrices},
    production::Kind,
    time::Timestamp,
};
use chrono::NaiveDate;
use sea_orm::DatabaseTransaction;

/// One model of a price list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PricedModel {
    /// Its name, as plans and attempts name it.
    pub name: String,
    /// Who runs it.
    pub provider: String,
    /// The kind of call it runs.
    pub kind: Kind,
    /// What its units cost.
    pub prices: UnitPrices,
}

/// What became of a price list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportedPrices {
    /// Models that were not known.
    pub added: usize,
    /// Known models whose prices have changed.
    pub changed: usize,
    /// Known models whose prices are what they were.
    pub unchanged: usize,
    /// Models that are known as running another kind of call: their prices were left out.
    pub other_kind: Vec<String>,
    /// Models with prices from a later instant, and since when.
    too_early: Vec<(String, Timestamp)>,
}

impl ImportedPrices {
    fn take(
        &mut self,
        priced: &PricedModel,
        currency: Currency,
        effective_at: Timestamp,
        known: &Catalog,
        fresh: &mut Catalog,
    ) {
        match known.models.get(&priced.name) {
            Some(model) if model.kind != priced.kind => return self.other_kind.push(priced.name.clone()),
            Some(_) => {}
            None => {
                let (provider, kind) = (priced.provider.clone(), priced.kind);
                fresh.models.insert(priced.name.clone(), Model { provider, kind });
                self.added += 1;
            }
        }
        let newest = known.prices.get(&priced.name).and_then(|versions| versions.last());
        let list = &priced.prices;
        if let Some(newest) = newest {
            if newest.value.currency == currency && newest.value.prices.same_as(list) {
                self.unchanged += 1;
                return;
            }
            if effective_at <= newest.effective_at {
                return self.too_early.push((priced.name.clone(), newest.effective_at));
            }
            self.changed += 1;
        }
        let version = newest.map_or(1, |newest| newest.value.version + 1);
        let value = PriceVersion { version, currency, prices: list.clone() };
        fresh.prices.insert(priced.name.clone(), vec![Dated { effective_at, value }]);
    }
}

/// What became of a list of exchange rates.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportedRates {
    /// Rates of a day that were not known.
    pub added: usize,
    /// Rates that are known.
    pub unchanged: usize,
    /// Rates that are known with another value, which stays: currency, banking day, micro-units for one euro.
    pub kept: Vec<(Currency, NaiveDate, i64)>,
}

impl Engine {
    /// Adds the lists of a catalog and goes by them from now on.
    pub(crate) async fn add_catalog(&self, catalog: &Catalog, label: &str) -> Result<(), Error> {
        let transaction = begin_write(&self.shared.pools.side).await?;
        for dated in &catalog.tariffs {
            tariff::add(&transaction, &dated.value, label, dated.effective_at).await?;
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
        for dated in &catalog.price_books {
            let (version, effective_at) = (dated.value.version, dated.effective_at.micros());
            let book = to_json("price_book_version", version, &dated.value)?;
            let row = price_book_version::Model { version, effective_at, book };
            rows::insert::<price_book_version::Entity>(&transaction, &[row]).await?;
        }
        self.publish(&transaction, listed("every list").with("label", label)).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Imports a provider's prices, in force from an instant on. Models that are new are added; of those that are known,
    /// only changed prices make a new version, and only one that is later than the newest. Nothing is imported in part.
    pub async fn import_prices(
        &self,
        models: &[PricedModel],
        currency: Currency,
        effective_at: Timestamp,
    ) -> Result<ImportedPrices, Error> {
        let transaction = begin_write(&self.shared.pools.side).await?;
        let known = Lists::load(&transaction).await?.catalog;
        let mut imported = ImportedPrices::default();
        let mut fresh = Catalog::default();
        for priced in models {
            imported.take(priced, currency, effective_at, &known, &mut fresh);
        }
        if !imported.too_early.is_empty() {
            let (model, since) = &imported.too_early[0];
            let message = format!(
                "{} models have prices from a later day already (the first: {model}, since {since}); prices are dated \
                 and never edited, so import them from a later day",
                imported.too_early.len()
            );
            return Err(Error::Invalid { field: "from".to_owned(), message });
        }
        rows::insert::<model::Entity>(&transaction, &model_rows(&fresh)?).await?;
        let (versions, prices) = price_rows(&fresh)?;
        rows::insert::<provider_price_version::Entity>(&transaction, &versions).await?;
        rows::insert::<provider_price::Entity>(&transaction, &prices).await?;
        let note = listed("prices").with("from", effective_at).with("models added", imported.added);
        self.publish(&transaction, note.with("models changed", imported.changed)).await?;
        transaction.commit().await?;
        Ok(imported)
    }

    /// Imports exchange rates. A rate that is known stays what it is, also where the file says otherwise.
    pub async fn import_rates(&self, rates: &ExchangeRates) -> Result<ImportedRates, Error> {
        let transaction = begin_write(&self.shared.pools.side).await?;
        let known = Lists::load(&transaction).await?.catalog;
        let (mut imported, mut fresh) = (ImportedRates::default(), Catalog::default());
        for (currency, day, micros) in rates.iter() {
            match known.rates.of_day(currency, day) {
                None => {
                    fresh.rates.insert(currency, day, micros);
                    imported.added += 1;
                }
                Some(same) if same == micros => imported.unchanged += 1,
                Some(other) => imported.kept.push((currency, day, other)),
            }
        }
        rows::insert::<exchange_rate::Entity>(&transaction, &rate_rows(&fresh)?).await?;
        self.publish(&transaction, listed("exchange rates").with("rates added", imported.added)).await?;
        transaction.commit().await?;
        Ok(imported)
    }

    /// P9: sets the uplift over raw cost from an instant on, later than the newest; answers its version.
    pub async fn import_markup(&self, basis_points: i64, effective_at: Timestamp) -> Result<i64, Error> {
        let invalid = |field: &str, message: &str| Error::Invalid {
            field: field.to_owned(),
            message: message.to_owned(),
        };
        if !(0..=1_000_000).contains(&basis_points) {
            return Err(invalid("markup", "a markup is 0 to 10,000 per cent"));
        }
        let transaction = begin_write(&self.shared.pools.side).await?;
        let known = Lists::load(&transaction).await?.catalog;
        let newest = known.markups.last();
        if newest.is_some_and(|newest| effective_at <= newest.effective_at) {
            return Err(invalid(
                "from",
                "a markup is in force from a later day already; they are dated, never edited",
            ));
        }
        let version = newest.map_or(1, |newest| newest.value.version + 1);
        let row = markup_version::Model { version, effective_at: effective_at.micros(), basis_points };
        rows::insert::<markup_version::Entity>(&transaction, &[row]).await?;
        let note = listed("markup").with("from", effective_at).with("version", version);
        let before = newest.map(|newest| newest.value.basis_points);
        self.publish(&transaction, note.moved("hundredths of a per cent", before, Some(basis_points)))
            .await?;
        transaction.commit().await?;
        Ok(version)
    }

    /// Marks the lists as changed, so that every process reads them anew with its next act; and keeps who has, as `note`
    /// says.
    pub(crate) async fn publish(&self, transaction: &DatabaseTransaction, note: Note) -> Result<(), Error> {
        self.shared.note(transaction, &note).await?;
        let before = installation::load(transaction).await?.catalog_changed_at;
        let changed_at = self.now().micros().max(before.map_or(i64::MIN, |before| before.saturating_add(1)));
        installation::mark_catalog(transaction, changed_at).await
    }
}

/// The version that comes after the newest of a list, where it can be in force from an instant on: later than that one, and not on
/// a day that has passed.
pub(crate) fn next_version<T>(
    list: &str,
    newest: Option<&Dated<T>>,
    version: impl Fn(&T) -> i64,
    effective_at: Timestamp,
    now: Timestamp,
) -> Result<i64, Error> {
    let invalid = |message: String| Error::Invalid { field: "from".to_owned(), message };
    if effective_at.day() < now.day() {
        return Err(invalid(format!("a {list} cannot change for days that have passed")));
    }
    match newest {
        None => Ok(1),
        Some(newest) if effective_at > newest.effective_at => Ok(version(&newest.value) + 1),
        Some(Dated { effective_at: since, .. }) => {
            Err(invalid(format!("a {list} is in force from {since} already; import a later one")))
        }
    }
}

/// What the log says of a list that was added.
pub(crate) fn listed(list: &str) -> Note {
    Note::beside(Actor::Operations, AuditAct::ListImported, list)
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
