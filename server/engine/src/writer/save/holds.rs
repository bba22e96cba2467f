//! What productions hold, and what they took from which lot.

use super::Rows;
use crate::{
    Error,
    db::{
        entity::{hold_draw, token_hold},
        to_word,
    },
    writer::{Books, Production},
};
use billing::{
    id::{CustomerId, ProductionName},
    production::{Hold, hold::HoldDraw},
};

impl Rows {
    pub(super) fn holds(&mut self, books: &Books) -> Result<(), Error> {
        for (name, production) in &books.productions {
            let hold = hold_row(books.customer, name, production)?;
            let origin = books.origin.holds.get(name.as_str());
            if origin.is_none() {
                self.draws.extend(draw_rows(books.customer, name, production));
            }
            if origin != Some(&hold) {
                self.holds.push(hold);
            }
        }
        Ok(())
    }
}

/// What a production took from its lots, as rows.
fn draw_rows(
    customer: CustomerId,
    name: &ProductionName,
    production: &Production,
) -> impl Iterator<Item = hold_draw::Model> {
    (1..).zip(production.hold.draws()).map(move |(position, draw)| hold_draw::Model {
        customer_id: customer.to_string(),
        production: name.to_string(),
        position,
        grant_id: draw.grant.to_string(),
        drawn_tokens: draw.drawn.get(),
    })
}

/// What a production holds, as a row.
pub(in crate::writer) fn hold_row(
    customer: CustomerId,
    name: &ProductionName,
    production: &Production,
) -> Result<token_hold::Model, Error> {
    let hold = &production.hold;
    let total = |part: fn(&HoldDraw) -> i64| hold.draws().iter().map(part).sum::<i64>();
    let (state, held_micros, overrun, expires_at, ended_at) = match hold {
        Hold::Open(open) => (to_word(&open.stage)?, open.money.micros(), open.overrun, open.expires_at, None),
        Hold::Ended(ended) => {
            (to_word(&ended.end)?, 0, ended.overrun, ended.ended_at, Some(ended.ended_at.micros()))
        }
    };
    Ok(token_hold::Model {
        customer_id: customer.to_string(),
        production: name.to_string(),
        id: production.hold_id.to_string(),
        account_id: production.account.to_string(),
        state,
        tokens: production.tokens.get(),
        held_tokens: total(|draw| draw.outstanding().get()),
        captured_tokens: total(|draw| draw.captured.get()) + overrun.get(),
        overrun_tokens: overrun.get(),
        returned_tokens: total(|draw| draw.returned.get()),
        held_micros,
        month: hold.month().to_string(),
        expires_at: expires_at.micros(),
        ended_at,
    })
}
