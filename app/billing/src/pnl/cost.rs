//! The cost of one AI call: exact until the end, rounded half-even once for each figure that is stored.

use super::{
    catalog::{Catalog, MarkupVersion},
    price::FEMTO_IN_MICRO,
};
use crate::{
    money::{Cost, Currency, divide_half_even},
    production::quantity::Quantity,
    time::Timestamp,
    tokens::OutOfRange,
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// The versions that a cost was computed by. They stay with it, so that the past never changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CostBasis {
    /// The model that ran the call.
    pub model: String,
    /// Its prices.
    pub price_version: i64,
    /// The exchange rates; none where provider and customer share a currency.
    pub exchange: Option<Exchange>,
    /// The markup.
    pub markup_version: i64,
}

/// Both legs of an exchange, in micro-units for one euro.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Exchange {
    /// The provider's currency.
    pub provider: i64,
    /// The customer's currency.
    pub customer: i64,
    /// The banking day of the older of the two rates.
    pub rates_on: NaiveDate,
}

impl Exchange {
    /// An amount by both legs of an exchange, each in micro-units for one euro; rounded half-even.
    pub fn convert(amount: Cost, from: i64, into: i64, currency: Currency) -> Result<Cost, OutOfRange> {
        if from <= 0 {
            return Err(OutOfRange);
        }
        let micros = divide_half_even(i128::from(amount.micros()) * i128::from(into), from.into());
        i64::try_from(micros).map(|micros| Cost::new(micros, currency)).map_err(|_| OutOfRange)
    }
}

/// What a call cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownCost {
    /// What the provider charges, in its currency.
    pub raw: Cost,
    /// What it is to the customer: with markup, in the customer's currency.
    pub charged: Cost,
    /// How it was computed.
    pub basis: CostBasis,
}

/// Why a cost is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Unpriced {
    /// No model is named and the kind has no default.
    NoModel,
    /// The model runs another kind of call: its second of music is no second of video.
    OtherKind,
    /// The model has no price for a unit of the call.
    NoPrice,
    /// A currency has no rate within five days.
    NoRate,
    /// No markup is in force.
    NoMarkup,
    /// The figure does not fit the books.
    OutOfRange,
}

/// A cost, or why there is none. Unknown is never zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallCost {
    /// Known.
    Known(KnownCost),
    /// Not known.
    Unknown(Unpriced),
}

impl Catalog {
    /// What a call costs by the lists in force at `at`, in the customer's currency.
    #[must_use]
    pub fn call_cost(
        &self,
        quantity: &Quantity,
        model: Option<&str>,
        currency: Currency,
        at: Timestamp,
    ) -> CallCost {
        self.known_cost(quantity, model, currency, at).map_or_else(CallCost::Unknown, CallCost::Known)
    }

    fn known_cost(
        &self,
        quantity: &Quantity,
        model: Option<&str>,
        currency: Currency,
        at: Timestamp,
    ) -> Result<KnownCost, Unpriced> {
        let model = self.model(quantity.kind(), model).ok_or(Unpriced::NoModel)?;
        if self.models.get(model).is_some_and(|known| known.kind != quantity.kind()) {
            return Err(Unpriced::OtherKind);
        }
        let price = self.price(model, at).ok_or(Unpriced::NoPrice)?;
        let femto = price.prices.femto(quantity).ok_or(Unpriced::NoPrice)?;
        let exchange = self.exchange(price.currency, currency, at.day())?;
        let markup = self.markup(at).ok_or(Unpriced::NoMarkup)?;

        let raw = divide_half_even(femto, FEMTO_IN_MICRO);
        Ok(KnownCost {
            raw: micros(Some(raw), price.currency)?,
            charged: charged(femto, exchange, markup, currency)?,
            basis: CostBasis {
                model: model.to_owned(),
                price_version: price.version,
                exchange,
                markup_version: markup.version,
            },
        })
    }
}

impl Catalog {
    /// What a call costs the customer by the versions of a promise, whatever has been imported since; none where those
    /// versions have no price for a unit of the call.
    #[must_use]
    pub fn quoted_cost(&self, quantity: &Quantity, basis: &CostBasis, currency: Currency) -> Option<Cost> {
        let price = self.price_version(&basis.model, basis.price_version)?;
        let markup = self.markup_version(basis.markup_version)?;
        charged(price.prices.femto(quantity)?, basis.exchange, markup, currency).ok()
    }

    fn exchange(
        &self,
        provider: Currency,
        customer: Currency,
        day: NaiveDate,
    ) -> Result<Option<Exchange>, Unpriced> {
        if provider == customer {
            return Ok(None);
        }
        let from = self.rates.on(provider, day).ok_or(Unpriced::NoRate)?;
        let to = self.rates.on(customer, day).ok_or(Unpriced::NoRate)?;
        let rates_on = from.on.min(to.on);
        Ok(Some(Exchange { provider: from.micros_per_euro, customer: to.micros_per_euro, rates_on }))
    }
}

/// The raw price in the customer's currency, with the markup: one division, rounded once.
fn charged(
    femto: i128,
    exchange: Option<Exchange>,
    markup: &MarkupVersion,
    currency: Currency,
) -> Result<Cost, Unpriced> {
    let charged = femto
        .checked_mul(exchange.map_or(1, |rates| i128::from(rates.customer)))
        .and_then(|value| value.checked_mul(10_000 + i128::from(markup.basis_points)))
        .map(|value| {
            let provider = exchange.map_or(1, |rates| i128::from(rates.provider));
            divide_half_even(value, FEMTO_IN_MICRO * provider * 10_000)
        });
    micros(charged, currency)
}

fn micros(value: Option<i128>, currency: Currency) -> Result<Cost, Unpriced> {
    value
        .and_then(|micros| i64::try_from(micros).ok())
        .map(|micros| Cost::new(micros, currency))
        .ok_or(Unpriced::OutOfRange)
}
