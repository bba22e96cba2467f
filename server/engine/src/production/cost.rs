//! What an AI call cost, and the row that keeps it. P6: every call, inside a production or outside.

use crate::{
    Error,
    db::{entity::cost_entry, to_json, to_word},
    writer::{Books, Desk},
};
use billing::{
    id::AccountId,
    money::Cost,
    pnl::{CallCost, CostBasis, Exchange, KnownCost, Unpriced},
    production::{Kind, Quantity},
    time::Timestamp,
};

/// A call whose cost has been looked up.
pub(super) struct CostedCall<'a> {
    pub(super) kind: Kind,
    quantity: Quantity,
    /// The model that ran it, or its kind's default.
    model: Option<&'a str>,
    cost: CallCost,
    /// Whether the customer's cost is by the versions of a quote.
    quoted: bool,
    pub(super) occurred_at: Timestamp,
}

impl<'a> CostedCall<'a> {
    /// Looks a call up by the lists in force when it happened; where its model was quoted, the customer pays the quote's
    /// prices whatever has changed since.
    pub(super) fn new(
        quantity: &Quantity,
        named: Option<&'a str>,
        promised: Option<&CostBasis>,
        occurred_at: Timestamp,
        books: &Books,
        desk: &'a Desk,
    ) -> Self {
        let model = desk.catalog.model(quantity.kind(), named);
        let mut cost = desk.catalog.call_cost(quantity, named, books.currency, occurred_at);
        let promised = promised.filter(|basis| model == Some(basis.model.as_str()));
        let promised = promised.and_then(|basis| desk.catalog.quoted_cost(quantity, basis, books.currency));
        let quoted = match (&mut cost, promised) {
            (CallCost::Known(known), Some(charged)) => {
                known.charged = charged;
                true
            }
            _ => false,
        };
        Self { kind: quantity.kind(), quantity: *quantity, model, cost, quoted, occurred_at }
    }

    /// What it cost the customer, or why that is not known.
    pub(super) fn charged(&self) -> Result<Cost, Unpriced> {
        match &self.cost {
            CallCost::Known(known) => Ok(known.charged),
            CallCost::Unknown(why) => Err(*why),
        }
    }

    fn known(&self) -> Option<&KnownCost> {
        match &self.cost {
            CallCost::Known(known) => Some(known),
            CallCost::Unknown(_) => None,
        }
    }

    /// The row of an attempt's cost; whose it is, is said by `of`.
    pub(super) fn row(&self, of: CostOf, books: &Books, desk: &Desk) -> Result<cost_entry::Model, Error> {
        let known = self.known();
        let basis = known.map(|known| &known.basis);
        let exchange: Option<Exchange> = basis.and_then(|basis| basis.exchange);
        Ok(cost_entry::Model {
            customer_id: books.customer.to_string(),
            production: of.production,
            step: of.step,
            attempt: of.attempt,
            account_id: of.account.to_string(),
            kind: to_word(&self.kind)?,
            stage: of.stage,
            model: self.model.map(str::to_owned),
            raw_micros: known.map(|known| known.raw.micros()),
            raw_currency: known.map(|known| known.raw.currency().to_string()),
            charged_micros: known.map(|known| known.charged.micros()),
            charged_currency: books.currency.to_string(),
            unpriced: self.charged().err().as_ref().map(to_word).transpose()?,
            price_version: basis.map(|basis| basis.price_version),
            provider_rate: exchange.map(|rates| rates.provider),
            customer_rate: exchange.map(|rates| rates.customer),
            rates_on: exchange.map(|rates| rates.rates_on.to_string()),
            markup_version: basis.map(|basis| basis.markup_version),
            occurred_at: self.occurred_at.micros(),
            posted_on: desk.at.day().to_string(),
            r#loop: of.r#loop,
            quoted: Some(i64::from(self.quoted)),
            quantity: Some(to_json("cost_entry", "quantity", &self.quantity)?),
        })
    }
}

/// Whose cost it is. A call outside a production has no production, its own name for a step, and a loop.
pub(super) struct CostOf {
    pub(super) account: AccountId,
    pub(super) production: String,
    pub(super) step: String,
    pub(super) attempt: i64,
    pub(super) stage: Option<String>,
    pub(super) r#loop: Option<i64>,
}
