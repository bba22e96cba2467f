//! What a customer's calls cost in the providers' own currencies.

use crate::{Engine, Error, db::entity::cost_entry, db::from_word};
use billing::{
    id::CustomerId,
    money::{Cost, Currency},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use std::collections::BTreeMap;

/// The raw cost of all calls, and of how many calls it is not known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RawCosts {
    /// What providers charge, by their currency.
    pub known: BTreeMap<Currency, Cost>,
    /// Calls whose cost is not known; unknown is never zero.
    pub unknown: u64,
}

impl Engine {
    /// What all calls of a customer cost, exactly.
    pub async fn raw_costs(&self, customer: CustomerId) -> Result<RawCosts, Error> {
        let rows: Vec<(Option<String>, Option<i64>)> = cost_entry::Entity::find()
            .select_only()
            .column(cost_entry::Column::RawCurrency)
            .column(cost_entry::Column::RawMicros)
            .filter(cost_entry::Column::CustomerId.eq(customer.to_string()))
            .into_tuple()
            .all(&self.shared.pools.read)
            .await?;
        let mut costs = RawCosts::default();
        for row in rows {
            let (Some(currency), Some(micros)) = row else {
                costs.unknown += 1;
                continue;
            };
            let currency: Currency = from_word("cost_entry", customer, &currency)?;
            let sum = costs.known.entry(currency).or_insert(Cost::zero(currency));
            *sum = sum
                .plus(Cost::new(micros, currency))
                .map_err(|error| Error::corrupt("cost_entry", customer, error))?;
        }
        Ok(costs)
    }
}
