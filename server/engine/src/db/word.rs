//! Values in text columns: an enum is spelt as its JSON word, a value that is kept whole as its JSON.

use crate::Error;
use serde::{Serialize, de::DeserializeOwned};

/// The word that stands in a column.
pub(crate) fn to_word(value: &impl Serialize) -> Result<String, Error> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        other => Err(Error::corrupt("word", format!("{other:?}"), "is not one word")),
    }
}

/// The value that a column's word stands for; anything else means that the row is corrupt.
pub(crate) fn from_word<T: DeserializeOwned>(
    table: &'static str,
    row: impl ToString,
    word: &str,
) -> Result<T, Error> {
    serde_json::from_value(serde_json::Value::String(word.to_owned()))
        .map_err(|_| Error::corrupt(table, row, format!("unknown word {word:?}")))
}

/// A value that is kept whole.
pub(crate) fn to_json(
    table: &'static str,
    row: impl ToString,
    value: &impl Serialize,
) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|error| Error::corrupt(table, row, error))
}

/// A value that was kept whole; anything else means that the row is corrupt.
pub(crate) fn from_json<T: DeserializeOwned>(
    table: &'static str,
    row: impl ToString,
    json: &str,
) -> Result<T, Error> {
    serde_json::from_str(json).map_err(|error| Error::corrupt(table, row, error))
}
