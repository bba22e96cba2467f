//! Quoting: the price of a plan and the gate's answer, promised for a quarter of an hour; nothing is set aside.

use super::{
    fingerprint,
    gate::{Asker, bad_steps, estimate},
};
use crate::{
    Error,
    db::{entity::quote, to_json},
    writer::{Act, Books, Desk, Promise, Touch},
};
use billing::{
    Refusal,
    id::{AccountId, CustomerId, KeyId, QuoteId},
    production::{Estimate, Plan, Quote, admit},
};

/// A plan whose price is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuoteRequest {
    /// For which account it would be made.
    pub account: AccountId,
    /// Its AI calls.
    pub plan: Plan,
}

/// The act.
pub(super) struct AskPrice {
    asker: Asker,
    request: QuoteRequest,
    fingerprint: String,
}

impl AskPrice {
    pub(super) fn new(
        customer: CustomerId,
        key: Option<KeyId>,
        request: QuoteRequest,
    ) -> Result<Self, Error> {
        let fingerprint = plan_fingerprint(request.account, &request.plan)?;
        let asker = Asker { customer, account: request.account, key, member: None };
        Ok(Self { asker, request, fingerprint })
    }
}

/// What the gate would say of a plan, without a promise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    /// What the plan would take.
    pub estimate: Estimate,
    /// Why the gate would say no; none where it fits.
    pub refusal: Option<Refusal>,
}

/// The question, which writes nothing.
pub(super) struct AskWhetherItFits {
    asker: Asker,
    plan: Plan,
}

impl AskWhetherItFits {
    pub(super) const fn new(customer: CustomerId, account: AccountId, plan: Plan) -> Self {
        Self { asker: Asker { customer, account, key: None, member: None }, plan }
    }
}

impl Act for AskWhetherItFits {
    type Answer = Preview;

    fn touches(&self) -> Touch {
        self.asker.touch()
    }

    fn decide(&self, books: &mut Books, desk: &Desk) -> Result<Preview, Error> {
        let estimate = estimate(&self.plan, books, desk)?;
        let facts = self.asker.facts(books, desk)?;
        let refusal = admit(&facts, &estimate).map_err(bad_steps)?.err();
        Ok(Preview { estimate, refusal })
    }
}

/// What a production has to have in common with the quote that it uses.
pub(super) fn plan_fingerprint(account: AccountId, plan: &Plan) -> Result<String, Error> {
    fingerprint(&(account, plan))
}

impl Act for AskPrice {
    type Answer = Quote;

    fn touches(&self) -> Touch {
        self.asker.touch()
    }

    fn decide(&self, books: &mut Books, desk: &Desk) -> Result<Quote, Error> {
        let estimate = estimate(&self.request.plan, books, desk)?;
        let facts = self.asker.facts(books, desk)?;
        let refusal = admit(&facts, &estimate).map_err(bad_steps)?.err();
        let id = QuoteId::new(desk.ids.next(desk.at)?);
        let quote = Quote::of(id, self.request.account, estimate, refusal, desk.at);
        books.journal.quotes.push(quote::Model {
            customer_id: books.customer.to_string(),
            id: id.to_string(),
            account_id: self.request.account.to_string(),
            fingerprint: self.fingerprint.clone(),
            quoted_at: desk.at.micros(),
            expires_at: quote.expires_at.micros(),
            tariff_version: quote.tariff_version,
            tokens: quote.tokens.get(),
            money_micros: quote.money.micros(),
            lines: to_json("quote", id, &quote.lines)?,
        });
        books.quotes.insert(
            id,
            Promise {
                fingerprint: self.fingerprint.clone(),
                expires_at: quote.expires_at,
                tariff_version: quote.tariff_version,
                tokens: quote.tokens,
                money: quote.money,
                lines: quote.lines.clone(),
            },
        );
        Ok(quote)
    }
}
