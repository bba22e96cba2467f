//! Orders, invoices and their lines as rows, and back.

use super::{
    entity::{invoice_line, order},
    from_json, from_word,
};
use crate::Error;
use billing::{
    money::{Currency, Money},
    payment::{Line, Order, Totals},
    time::Timestamp,
};

/// The order that a row is.
pub(crate) fn order_of(row: &order::Model) -> Result<Order, Error> {
    let bad = |what: String| Error::corrupt("order", &row.id, what);
    let time = |micros| Timestamp::from_micros(micros).map_err(|error| bad(error.to_string()));
    let currency: Currency = from_word("order", &row.id, &row.currency)?;
    Ok(Order {
        id: row.id.parse().map_err(|error| bad(format!("{error}")))?,
        customer: row.customer_id.parse().map_err(|error| bad(format!("{error}")))?,
        purchase: from_json("order", &row.id, &row.purchase)?,
        lines: from_json("order", &row.id, &row.lines)?,
        tax: from_json("order", &row.id, &row.tax)?,
        totals: Totals {
            net: Money::new(row.net_minor, currency),
            tax: Money::new(row.tax_minor, currency),
            total: Money::new(row.total_minor, currency),
        },
        state: from_word("order", &row.id, &row.state)?,
        made_at: time(row.made_at)?,
        expires_at: time(row.expires_at)?,
    })
}

/// The line of an invoice that a row is.
pub(crate) fn line_of(row: &invoice_line::Model, currency: Currency) -> Result<Line, Error> {
    let bad =
        |what: String| Error::corrupt("invoice_line", format!("{} {}", row.customer_id, row.number), what);
    let day = |text: &str| text.parse().map_err(|error| bad(format!("{error}")));
    Ok(Line {
        item: from_json("invoice_line", row.number, &row.item)?,
        quantity: row.quantity.try_into().map_err(|error| bad(format!("{error}")))?,
        unit: Money::new(row.unit_minor, currency),
        from: day(&row.from_on)?,
        until: day(&row.until_on)?,
        amount: Money::new(row.amount_minor, currency),
    })
}
