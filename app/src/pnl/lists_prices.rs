//! What providers charge, model by model, in words and numbers.

use super::{
    lists::{ListView, ListsQuery, PATH, PricesView},
    lists_table::{ChangeRow, ChangesView, VersionRow},
    lists_words::{Words, state},
};
use crate::{
    AppError,
    production::words::kind_words,
    ui::{Pages, Tone},
};
use billing::{
    pnl::{
        PriceUnit, PriceVersion, Standing, Version,
        diff::{PriceChange, UnitPrice},
    },
    time::Timestamp,
};
use engine::pnl::ModelPrices;
use leptos_router::location::Url;
use std::collections::BTreeMap;

/// Versions of prices on one page.
const PAGE: usize = 50;

impl Words<'_> {
    /// The models that are asked for: the versions of one page, and all that will change of them.
    pub(super) fn prices(&self, query: &ListsQuery) -> Result<PricesView, AppError> {
        let typed = query.model.as_deref().unwrap_or_default().trim();
        let wanted = typed.to_lowercase();
        let fits = |model: &&ModelPrices| {
            [&model.name, &model.provider].into_iter().any(|text| text.to_lowercase().contains(&wanted))
        };
        let models: Vec<&ModelPrices> = self.report.models.iter().filter(fits).collect();
        let rows: Vec<VersionRow> = models.iter().flat_map(|model| self.model_rows(model)).collect();
        let asked = (Pages::asked(query.page.as_deref())?, PAGE);
        let (shown, pages) = Pages::cut(rows, asked, "Versions", self.format, |page| address(query, page));
        let count = self.counted(models.len(), "model", "models");
        let all = self.report.models.len();
        let empty = if all == 0 { "No model is known yet." } else { "No model or provider is called that." };
        let list = ListView {
            title: "Provider prices".to_owned(),
            about: String::new(),
            says: "Raw price".to_owned(),
            versions: shown,
            empty: String::new(),
            upcoming: self.price_changes(&models),
            latest: None,
        };
        Ok(PricesView {
            list: list.about("What providers charge for a call, in the currency that they bill in.", empty),
            model: typed.to_owned(),
            count: if models.len() == all { count } else { format!("{count} of {}", self.number(all)) },
            pages,
        })
    }

    /// The versions of a model, newest first; one that has no price is said so.
    fn model_rows(&self, model: &ModelPrices) -> Vec<VersionRow> {
        let of = [&model.provider, kind_words(model.kind)].join(" · ");
        let row = |version: &Version<PriceVersion, PriceChange>| {
            let currency = version.value.currency;
            let mut prices = version.value.prices.0.clone();
            prices.sort_unstable();
            let price = |(unit, pico): &(PriceUnit, i64)| {
                format!("{} {}", self.unit_price(*unit, UnitPrice { pico: *pico, currency }), a_unit(*unit))
            };
            VersionRow {
                name: model.name.clone(),
                under: Some(format!("{of} · version {}", self.format.count(version.value.version))),
                from: self.from(version.effective_at),
                state: state(version.standing),
                says: prices.iter().map(price).collect(),
            }
        };
        if model.versions.is_empty() {
            let state = (Tone::Warn, "No price".to_owned());
            let says = vec!["What its calls cost is unknown".to_owned()];
            return vec![VersionRow {
                name: model.name.clone(),
                under: Some(of),
                from: "–".to_owned(),
                state,
                says,
            }];
        }
        model.versions.iter().rev().map(row).collect()
    }

    /// What will change of these models, day by day.
    fn price_changes(&self, models: &[&ModelPrices]) -> Vec<ChangesView> {
        let value = |unit, price: Option<UnitPrice>| {
            price.map_or("no price".to_owned(), |price| self.unit_price(unit, price))
        };
        let row = |model: &ModelPrices, change: &PriceChange| ChangeRow {
            line: model.name.clone(),
            under: Some(a_unit(change.line).to_owned()),
            before: value(change.line, change.before),
            after: value(change.line, change.after),
        };
        let mut days: BTreeMap<Timestamp, Vec<ChangeRow>> = BTreeMap::new();
        for model in models {
            for version in model.versions.iter().filter(|version| version.standing == Standing::Upcoming) {
                let rows = version.changes.iter().map(|change| row(model, change));
                days.entry(version.effective_at).or_default().extend(rows);
            }
        }
        self.upcoming(days.into_iter())
    }

    /// A unit's price with every digit that says something; small units by the million.
    fn unit_price(&self, unit: PriceUnit, price: UnitPrice) -> String {
        let by_million = matches!(
            unit,
            PriceUnit::InputToken | PriceUnit::CachedToken | PriceUnit::OutputToken | PriceUnit::Character
        );
        self.format.pico(price.pico, by_million, price.currency)
    }
}

/// What a price is for.
const fn a_unit(unit: PriceUnit) -> &'static str {
    match unit {
        PriceUnit::InputToken => "a million tokens read",
        PriceUnit::CachedToken => "a million tokens read from the cache",
        PriceUnit::OutputToken => "a million tokens written",
        PriceUnit::Image => "an image",
        PriceUnit::StockImage => "an image from stock",
        PriceUnit::Second => "a second",
        PriceUnit::Character => "a million characters",
        PriceUnit::Variant => "a variant",
        PriceUnit::Item => "an item",
    }
}

/// The address of a page of the models' prices, narrowed as it is.
fn address(query: &ListsQuery, page: usize) -> String {
    let model = query.model.as_deref().map(|model| format!("model={}&", Url::escape(model)));
    format!("{PATH}?{}page={page}#prices", model.unwrap_or_default())
}
