//! Limits as rows.

use super::{
    entity::{budget, budget_change},
    from_word,
    scope::scope_words,
    to_word,
};
use crate::Error;
use billing::{
    budget::{BudgetScope, LimitMove, Limits},
    id::{CustomerId, LimitChangeId, PersonId},
    money::{Currency, Money},
    time::{Month, Timestamp},
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

/// Who has changed limits, when, and whose.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Changed {
    pub(crate) customer: CustomerId,
    pub(crate) scope: BudgetScope,
    pub(crate) by: Option<PersonId>,
    pub(crate) at: Timestamp,
}

/// The row of one amount that was changed.
pub(crate) fn change_row(
    id: LimitChangeId,
    changed: &Changed,
    moved: &LimitMove,
) -> Result<budget_change::Model, Error> {
    let (kind, scope_id) = scope_words(changed.scope);
    Ok(budget_change::Model {
        customer_id: changed.customer.to_string(),
        id: id.to_string(),
        scope_kind: kind.to_owned(),
        scope_id,
        kind: to_word(&moved.kind)?,
        month: changed.at.month().to_string(),
        before_minor: moved.before.map(Money::minor),
        after_minor: moved.after.map(Money::minor),
        person_id: changed.by.map(|person| person.to_string()),
        changed_at: changed.at.micros(),
    })
}

/// What a row says was changed.
pub(crate) fn move_of(row: &budget_change::Model, currency: Currency) -> Result<LimitMove, Error> {
    let money = |minor: i64| Money::new(minor, currency);
    Ok(LimitMove {
        kind: from_word("budget_change", &row.id, &row.kind)?,
        before: row.before_minor.map(money),
        after: row.after_minor.map(money),
    })
}
