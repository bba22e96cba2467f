//! Quotes that are used, and calls outside productions that are named.

use super::{All, Put, book_of};
use crate::{
    Error,
    db::{
        entity::{outside_call, quote},
        from_json,
        rows::{Answers, Questions},
    },
    writer::{Promise, ReportedCall, Touch},
};
use billing::{money::Cost, time::Timestamp, tokens::Tokens};
use serde_json::json;
use std::collections::BTreeSet;

/// Quotes that are used.
pub(super) fn quotes(ask: &mut Questions, touches: &[Touch]) -> impl Put + use<> {
    let named: BTreeSet<[String; 2]> = touches
        .iter()
        .filter_map(|touch| Some([touch.customer.to_string(), touch.quote?.to_string()]))
        .collect();
    let keys = named.iter().map(|key| key.iter().map(|part| json!(part)).collect());
    let quotes = ask.rows::<quote::Entity>(&[quote::Column::CustomerId, quote::Column::Id], keys, "");
    move |answers: &mut Answers, books: &mut All| {
        for row in answers.take(quotes)? {
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
}

/// Calls outside productions that are named.
pub(super) fn calls(ask: &mut Questions, touches: &[Touch]) -> impl Put + use<> {
    let named: BTreeSet<[String; 2]> = touches
        .iter()
        .filter_map(|touch| Some([touch.customer.to_string(), touch.call.as_ref()?.to_string()]))
        .collect();
    let keys = named.iter().map(|key| key.iter().map(|part| json!(part)).collect());
    let columns = [outside_call::Column::CustomerId, outside_call::Column::Name];
    let calls = ask.rows::<outside_call::Entity>(&columns, keys, "");
    move |answers: &mut Answers, books: &mut All| {
        for row in answers.take(calls)? {
            let name = row.name.parse().map_err(|error| Error::corrupt("outside_call", &row.name, error))?;
            let call = ReportedCall { fingerprint: row.fingerprint, answer: row.answer };
            book_of(books, &row.customer_id)?.calls.insert(name, call);
        }
        Ok(())
    }
}
