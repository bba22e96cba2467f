//! Whose limit it is, as two columns, and back.

use crate::Error;
use billing::{budget::BudgetScope, id::IdError};

/// Kind and id, as they stand in `scope_kind` and `scope_id`.
pub(crate) fn scope_words(scope: BudgetScope) -> (&'static str, String) {
    match scope {
        BudgetScope::Account(id) => ("account", id.to_string()),
        BudgetScope::Customer(id) => ("customer", id.to_string()),
        BudgetScope::Key(id) => ("key", id.to_string()),
    }
}

/// The limit that the two columns stand for.
pub(crate) fn scope_of(table: &'static str, kind: &str, id: &str) -> Result<BudgetScope, Error> {
    let bad = |error: IdError| Error::corrupt(table, id, error);
    match kind {
        "account" => id.parse().map(BudgetScope::Account).map_err(bad),
        "customer" => id.parse().map(BudgetScope::Customer).map_err(bad),
        "key" => id.parse().map(BudgetScope::Key).map_err(bad),
        _ => Err(Error::corrupt(table, id, format!("unknown scope {kind:?}"))),
    }
}
