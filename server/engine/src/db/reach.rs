//! Narrowing a statement to what somebody reaches.

use billing::id::AccountId;
use sea_orm::Value;
use std::{collections::BTreeSet, fmt::Write};

/// Adds the condition that a column is one of these accounts, and their values; none reaches every account.
pub(crate) fn narrow(
    text: &mut String,
    values: &mut Vec<Value>,
    column: &str,
    reach: Option<&BTreeSet<AccountId>>,
) {
    let Some(reach) = reach else { return };
    let place = |account: &AccountId| {
        values.push(account.to_string().into());
        format!("${}", values.len())
    };
    let places: Vec<String> = reach.iter().map(place).collect();
    let list = if places.is_empty() { "NULL".to_owned() } else { places.join(", ") };
    let _ = write!(text, " AND {column} IN ({list})");
}
