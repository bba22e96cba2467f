//! A price book: JSON with every tier, every pack and the evaluation, prices in minor units.

use billing::tier::PriceBook;

/// The book; or what is wrong with it, with line and column.
pub(super) fn read(text: &str) -> Result<PriceBook, String> {
    let book: PriceBook = serde_json::from_str(text).map_err(|error| error.to_string())?;
    book.check().map_err(|error| error.to_string())?;
    Ok(book)
}
