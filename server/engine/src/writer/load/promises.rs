//! Quotes that are used, and calls outside productions that are named.

use super::book_of;
use crate::{
    Error,
    db::{
        entity::{outside_call, quote},
        from_json, rows,
    },
    writer::{Books, Promise, ReportedCall, Touch},
};
use billing::{id::CustomerId, money::Cost, time::Timestamp, tokens::Tokens};
use sea_orm::DatabaseTransaction;
use serde_json::json;
use std::collections::{BTreeSet, HashMap};

/// Quotes that are used.
pub(super) async fn quotes(
    transaction: &DatabaseTransaction,
    touches: &[Touch],
    books: &mut HashMap<CustomerId, Books>,
) -> Result<(), Error> {
    let named: BTreeSet<[String; 2]> = touches
        .iter()
        .filter_map(|touch| Some([touch.customer.to_string(), touch.quote?.to_string()]))
        .collect();
    let keys = named.iter().map(|key| key.iter().map(|part| json!(part)).collect());
    let columns = [quote::Column::CustomerId, quote::Column::Id];
    for row in rows::load::<quote::Entity>(transaction, &columns, keys, "").await? {
        let bad = |what: String| Error::corrupt("quote", &row.id, what);
        let books = book_of(books, &row.customer_id)?;
        let promise = Promise {
            expires_at: Timestamp::from_micros(row.expires_at).map_err(|error| bad(error.to_string()))?,
            tariff_version: row.tariff_version,
            tokens: Tokens::new(row.tokens).map_err(|error| bad(error.to_string()))?,
            money: Cost::new(row.money_micros, books.currency),
            lines: from_json("quote", &row.id, &row.lines)?,
            fingerprint: row.fingerprint,
        };
        books.quotes.insert(row.id.parse().map_err(|error| bad(format!("{error}")))?, promise);
    }
    Ok(())
}

/// Calls outside productions that are named.
pub(super) async fn calls(
    transaction: &DatabaseTransaction,
    touches: &[Touch],
    books: &mut HashMap<CustomerId, Books>,
) -> Result<(), Error> {
    let named: BTreeSet<[String; 2]> = touches
        .iter()
        .filter_map(|touch| Some([touch.customer.to_string(), touch.call.as_ref()?.to_string()]))
        .collect();
    let keys = named.iter().map(|key| key.iter().map(|part| json!(part)).collect());
    let columns = [outside_call::Column::CustomerId, outside_call::Column::Name];
    for row in rows::load::<outside_call::Entity>(transaction, &columns, keys, "").await? {
        let name = row.name.parse().map_err(|error| Error::corrupt("outside_call", &row.name, error))?;
        let call = ReportedCall { fingerprint: row.fingerprint, answer: row.answer };
        book_of(books, &row.customer_id)?.calls.insert(name, call);
    }
    Ok(())
}
