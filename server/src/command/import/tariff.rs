//! A tariff: JSON with a line for each kind of call and what it is counted by.

use billing::allowance::Tariff;

/// The tariff; or what is wrong with it, with line and column.
pub(super) fn read(text: &str) -> Result<Tariff, String> {
    let tariff: Tariff = serde_json::from_str(text).map_err(|error| error.to_string())?;
    tariff.check().map_err(|error| error.to_string())?;
    Ok(tariff)
}
