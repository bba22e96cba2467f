//! Limits as rows.

use super::{entity::budget, scope::scope_words};
use crate::Error;
use billing::{
    budget::{BudgetScope, Limits},
    id::CustomerId,
    money::{Currency, Money},
    time::Month,
};

/// What a row sets.
pub(crate) fn limits_of(row: &budget::Model, currency: Currency) -> Result<Limits, Error> {
    let money = |minor| Money::new(minor, currency);
    let month = row.month.as_deref().map(str::parse::<Month>).transpose();
    let month = month.map_err(|error| Error::corrupt("budget", &row.scope_id, error))?;
    Ok(Limits {
        stop_at: row.limit_minor.map(money),
        in_month: month.zip(row.month_limit_minor.map(money)),
        tell_at: row.tell_at_minor.map(money),
    })
}

/// The row of some limits.
pub(crate) fn limits_row(customer: CustomerId, scope: BudgetScope, limits: &Limits) -> budget::Model {
    let (kind, scope_id) = scope_words(scope);
    let (month, month_limit) = limits.in_month.unzip();
    budget::Model {
        customer_id: customer.to_string(),
        scope_kind: kind.to_owned(),
        scope_id,
        limit_minor: limits.stop_at.map(Money::minor),
        tell_at_minor: limits.tell_at.map(Money::minor),
        month: month.map(|month| month.to_string()),
        month_limit_minor: month_limit.map(Money::minor),
    }
}
