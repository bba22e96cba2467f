//! Where the cost of each call of a production comes from: provider, price, rates, markup. 5.11.

use super::CallSource;
use crate::{
    Error,
    db::{
        entity::{cost_entry, markup_version, model},
        from_word,
    },
};
use billing::{
    id::{CustomerId, ProductionName},
    money::Cost,
    pnl::Exchange,
};
use sea_orm::{ColumnTrait, DatabaseConnection, EntityTrait, QueryFilter};
use std::collections::HashMap;

/// By step and try.
pub(super) async fn sources(
    read: &DatabaseConnection,
    customer: CustomerId,
    production: &ProductionName,
) -> Result<HashMap<(String, i64), CallSource>, Error> {
    let costs = cost_entry::Entity::find()
        .filter(cost_entry::Column::CustomerId.eq(customer.to_string()))
        .filter(cost_entry::Column::Production.eq(production.as_str()))
        .all(read)
        .await?;
    let named = costs.iter().filter_map(|row| row.model.as_deref());
    let models = model::Entity::find().filter(model::Column::Name.is_in(named)).all(read).await?;
    let providers: HashMap<String, String> = models.into_iter().map(|row| (row.name, row.provider)).collect();
    let markups = markup_version::Entity::find().all(read).await?;
    let markups: HashMap<i64, i64> = markups.into_iter().map(|row| (row.version, row.basis_points)).collect();
    let source = |row: cost_entry::Model| {
        let source = CallSource {
            provider: row.model.as_ref().and_then(|model| providers.get(model)).cloned(),
            raw: raw(&row)?,
            price_version: row.price_version,
            exchange: exchange(&row)?,
            markup: row.markup_version.and_then(|version| Some((version, *markups.get(&version)?))),
            quoted: row.quoted == Some(1),
        };
        Ok(((row.step, row.attempt), source))
    };
    costs.into_iter().map(source).collect()
}

fn raw(row: &cost_entry::Model) -> Result<Option<Cost>, Error> {
    let Some((micros, currency)) = row.raw_micros.zip(row.raw_currency.as_deref()) else { return Ok(None) };
    Ok(Some(Cost::new(micros, from_word("cost_entry", &row.step, currency)?)))
}

fn exchange(row: &cost_entry::Model) -> Result<Option<Exchange>, Error> {
    let rates = row.provider_rate.zip(row.customer_rate).zip(row.rates_on.as_deref());
    let Some(((provider, customer), rates_on)) = rates else { return Ok(None) };
    let rates_on = rates_on.parse().map_err(|error| Error::corrupt("cost_entry", &row.step, error))?;
    Ok(Some(Exchange { provider, customer, rates_on }))
}
