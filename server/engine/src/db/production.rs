//! Holds as rows, and back; and what productions are called.

use super::{
    entity::{hold_draw, production, token_hold},
    from_word, rows,
};
use crate::Error;
use billing::{
    money::{Cost, Currency},
    production::{
        Hold, OpenHold,
        hold::{EndedHold, HoldDraw},
    },
    time::Timestamp,
    tokens::Tokens,
};
use sea_orm::ConnectionTrait;
use std::collections::HashMap;

/// The hold that its rows are.
pub(crate) fn hold_of(
    row: &token_hold::Model,
    draws: &[hold_draw::Model],
    currency: Currency,
) -> Result<Hold, Error> {
    let bad = |what: String| Error::corrupt("token_hold", &row.production, what);
    let tokens = |count| Tokens::new(count).map_err(|error| bad(error.to_string()));
    let time = |micros| Timestamp::from_micros(micros).map_err(|error| bad(error.to_string()));
    let month = row.month.parse().map_err(|_| bad(format!("{:?} is no month", row.month)))?;
    let mut ordered: Vec<&hold_draw::Model> = draws.iter().collect();
    ordered.sort_by_key(|draw| draw.position);
    let parts = ordered
        .into_iter()
        .map(|draw| {
            let grant = draw.grant_id.parse().map_err(|error| bad(format!("{error}")))?;
            Ok((grant, tokens(draw.drawn_tokens)?))
        })
        .collect::<Result<Vec<_>, Error>>()?;
    let overrun = tokens(row.overrun_tokens)?;
    let charged = tokens(row.captured_tokens)?.minus(overrun).map_err(|error| bad(error.to_string()))?;
    let draws = HoldDraw::in_draw_order(parts, charged, row.ended_at.is_some());
    Ok(match row.ended_at {
        None => Hold::Open(OpenHold {
            stage: from_word("token_hold", &row.production, &row.state)?,
            expires_at: time(row.expires_at)?,
            draws,
            overrun,
            money: Cost::new(row.held_micros, currency),
            month,
        }),
        Some(ended_at) => Hold::Ended(EndedHold {
            end: from_word("token_hold", &row.production, &row.state)?,
            ended_at: time(ended_at)?,
            draws,
            overrun,
            month,
        }),
    })
}

/// What people call a customer's productions, by name.
pub(crate) async fn titles(
    read: &impl ConnectionTrait,
    customer: &str,
    names: impl Iterator<Item = String>,
) -> Result<HashMap<String, String>, Error> {
    let keys = names.map(|name| vec![customer.into(), name.into()]);
    let columns = [production::Column::CustomerId, production::Column::Name];
    let rows = rows::load::<production::Entity>(read, &columns, keys, "").await?;
    Ok(rows.into_iter().map(|row| (row.name, row.title)).collect())
}
