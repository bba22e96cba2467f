//! What productions hold, and what each lot has given them.

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
            let (hold, draws) = hold_rows(books.customer, name, production)?;
            if books.origin.holds.get(name.as_str()) != Some(&hold) {
                self.holds.push(hold);
            }
            let origin = |draw: &hold_draw::Model| {
                books.origin.draws.get(&(draw.production.clone(), draw.position)) == Some(draw)
            };
            self.draws.extend(draws.into_iter().filter(|draw| !origin(draw)));
        }
        Ok(())
    }
}

/// What a production holds, as rows.
pub(in crate::writer) fn hold_rows(
    customer: CustomerId,
    name: &ProductionName,
    production: &Production,
) -> Result<(token_hold::Model, Vec<hold_draw::Model>), Error> {
    let hold = &production.hold;
    let total = |part: fn(&HoldDraw) -> i64| hold.draws().iter().map(part).sum::<i64>();
    let (state, held_micros, overrun, expires_at, ended_at) = match hold {
        Hold::Open(open) => (to_word(&open.stage)?, open.money.micros(), open.overrun, open.expires_at, None),
        Hold::Ended(ended) => {
            (to_word(&ended.end)?, 0, ended.overrun, ended.ended_at, Some(ended.ended_at.micros()))
        }
    };
    let row = token_hold::Model {
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
    };
    let draw = |(position, draw): (i64, &HoldDraw)| hold_draw::Model {
        customer_id: customer.to_string(),
        production: name.to_string(),
        position,
        grant_id: draw.grant.to_string(),
        drawn_tokens: draw.drawn.get(),
        captured_tokens: draw.captured.get(),
        returned_tokens: draw.returned.get(),
    };
    Ok((row, (1..).zip(hold.draws()).map(draw).collect()))
}
