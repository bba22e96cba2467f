//! Admitting: one decision over the whole production; then tokens and money are set aside, and nothing has run yet.

use super::{
    Answer, fingerprint,
    gate::{Asker, bad_steps, estimate},
    quote::plan_fingerprint,
};
use crate::{
    Error,
    db::{
        entity::{production, production_step, refusal},
        from_json, to_json, to_word,
    },
    writer::{Act, Admitted, Books, Desk, Planned, Production, Touch},
};
use billing::{
    Refusal,
    allowance::{Cause, Draw},
    budget::BudgetScope,
    id::{AccountId, CustomerId, HoldId, KeyId, PersonId, ProductionId, ProductionName, QuoteId, RefusalId},
    money::Cost,
    production::{
        Admission, Conflict, Estimate, Hold, OpenHold, Plan, admit,
        hold::{HoldDraw, Stage},
    },
    time::Timestamp,
    tokens::Tokens,
};
use std::collections::HashMap;

/// A production that asks to be admitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdmitRequest {
    /// The pipeline's name of it.
    pub production: ProductionName,
    /// For which account it is made.
    pub account: AccountId,
    /// What people call it.
    pub title: String,
    /// What kind of output it is, where the pipeline says so.
    pub project_type: Option<String>,
    /// In whose name it is made, where a seat's cap is to count it.
    pub member: Option<PersonId>,
    /// The quote whose price it uses.
    pub quote: Option<QuoteId>,
    /// Its AI calls.
    pub plan: Plan,
}

/// The act.
pub(crate) struct Admit {
    asker: Asker,
    request: AdmitRequest,
    fingerprint: String,
}

impl Admit {
    pub(crate) fn new(
        customer: CustomerId,
        key: Option<KeyId>,
        request: AdmitRequest,
    ) -> Result<Self, Error> {
        let fingerprint = fingerprint(&(
            request.account,
            &request.title,
            &request.project_type,
            request.member,
            request.quote,
            &request.plan,
        ))?;
        let asker = Asker { customer, account: request.account, key, member: request.member };
        Ok(Self { asker, request, fingerprint })
    }
}

impl Act for Admit {
    type Answer = Answer<Admission>;

    fn touches(&self) -> Touch {
        Touch {
            production: Some(self.request.production.clone()),
            quote: self.request.quote,
            ..self.asker.touch()
        }
    }

    fn decide(&self, books: &mut Books, desk: &Desk) -> Result<Answer<Admission>, Error> {
        let name = &self.request.production;
        let named = books.productions.get(name).map(|production| &production.admitted);
        if let Some(first) = named.or_else(|| books.admitted.get(name)) {
            return self.again(first);
        }
        let estimate = self.price(books, desk)?;
        let facts = self.asker.facts(books, desk)?;
        match admit(&facts, &estimate).map_err(bad_steps)? {
            Ok(draws) => self.set_aside(books, &estimate, draws, desk),
            Err(refusal) => {
                books.journal.refusals.push(self.refusal_row(&refusal, desk)?);
                Err(Error::Refused(Box::new(refusal)))
            }
        }
    }
}

impl Admit {
    /// The same production asked again hears the first answer; another one cannot take its name.
    fn again(&self, first: &Admitted) -> Result<Answer<Admission>, Error> {
        if first.fingerprint != self.fingerprint {
            return Err(Conflict::IdReused.into());
        }
        let value = from_json("production", &self.request.production, &first.answer)?;
        Ok(Answer { value, again: true })
    }

    /// What it takes: by the lists in force, or as its quote has promised.
    fn price(&self, books: &Books, desk: &Desk) -> Result<Estimate, Error> {
        let Some(quote) = self.request.quote else { return estimate(&self.request.plan, books, desk) };
        let invalid =
            |message: &str| Error::Invalid { field: "quote".to_owned(), message: message.to_owned() };
        let promise = books.quotes.get(&quote).ok_or_else(|| invalid("there is no such quote"))?;
        if promise.fingerprint != plan_fingerprint(self.request.account, &self.request.plan)? {
            return Err(invalid("account and steps must be those of the quote"));
        }
        if promise.expires_at <= desk.at {
            return Err(Conflict::QuoteExpired.into());
        }
        let (tariff_version, lines) = (promise.tariff_version, promise.lines.clone());
        Ok(Estimate { tariff_version, tokens: promise.tokens, money: promise.money, lines })
    }

    fn set_aside(
        &self,
        books: &mut Books,
        estimate: &Estimate,
        draws: Vec<Draw>,
        desk: &Desk,
    ) -> Result<Answer<Admission>, Error> {
        let request = &self.request;
        books.lapse(desk)?;
        let moved = books.wallet.hold(&draws).map_err(|error| books.disagree(error))?;
        let cause = Cause {
            account: Some(request.account),
            member: request.member,
            production: Some(request.production.clone()),
            tariff_version: Some(estimate.tariff_version),
            ..Cause::default()
        };
        books.book(moved, &cause, desk.at, desk)?;
        let month = desk.at.month();
        let seat = request.member.map(|member| (member, books.cycle(desk.at).0));
        let budgets = [
            Some(BudgetScope::Account(request.account)),
            Some(BudgetScope::Customer(books.customer)),
            self.asker.key.map(BudgetScope::Key),
        ];
        books.spend(budgets.into_iter().flatten(), month, desk, |month| {
            month.held = month.held.plus(estimate.money)?;
            Ok(())
        })?;
        books.take(seat, |taken| {
            taken.held = taken.held.plus(estimate.tokens)?;
            Ok(())
        })?;
        books.running.entry(request.account).and_modify(|running| running.count += 1);
        let hold = OpenHold {
            stage: Stage::Admitted,
            expires_at: desk.at.after(Stage::Admitted.lease()),
            draws: draws.iter().map(HoldDraw::of).collect(),
            overrun: Tokens::ZERO,
            money: estimate.money,
            month,
        };
        let admission = Admission {
            production: request.production.clone(),
            id: ProductionId::new(desk.ids.next(desk.at)?),
            priority: books.terms(desk)?.priority,
            tokens: estimate.tokens,
            money: estimate.money,
            expires_at: hold.expires_at,
            draws,
        };
        self.record(books, estimate, &admission, (hold, seat), desk)?;
        Ok(Answer { value: admission, again: false })
    }

    /// The production, its plan and its hold, as rows and as what later acts of the group see.
    fn record(
        &self,
        books: &mut Books,
        estimate: &Estimate,
        admission: &Admission,
        (hold, seat): (OpenHold, Option<(PersonId, Timestamp)>),
        desk: &Desk,
    ) -> Result<(), Error> {
        let (customer, request) = (self.asker.customer.to_string(), &self.request);
        let row = production::Model {
            customer_id: customer.clone(),
            name: request.production.to_string(),
            id: admission.id.to_string(),
            account_id: request.account.to_string(),
            key_id: self.asker.key.map(|key| key.to_string()),
            title: request.title.clone(),
            project_type: request.project_type.clone(),
            tariff_version: estimate.tariff_version,
            fingerprint: self.fingerprint.clone(),
            admission: to_json("production", &request.production, admission)?,
            admitted_at: desk.at.micros(),
            member_id: seat.map(|(member, _)| member.to_string()),
            cycle_starts_at: seat.map(|(_, starts_at)| starts_at.micros()),
            quote_id: request.quote.map(|quote| quote.to_string()),
        };
        let mut steps = HashMap::new();
        for (position, (step, line)) in (1..).zip(request.plan.steps().iter().zip(&estimate.lines)) {
            let basis = request.quote.and(line.basis.clone());
            books.journal.steps.push(production_step::Model {
                customer_id: customer.clone(),
                production: request.production.to_string(),
                step: step.name.to_string(),
                position,
                kind: to_word(&step.quantity.kind())?,
                stage: step.stage.clone(),
                model: step.model.clone(),
                quantity: to_json("production_step", &step.name, &step.quantity)?,
                tokens: line.tokens.get(),
                money_micros: line.money.map(Cost::micros),
                basis: basis
                    .as_ref()
                    .map(|basis| to_json("production_step", &step.name, basis))
                    .transpose()?,
            });
            let (kind, stage, model) = (step.quantity.kind(), step.stage.clone(), step.model.clone());
            steps.insert(step.name.clone(), Planned { kind, stage, model, money: line.money, basis });
        }
        let production = Production {
            hold_id: HoldId::new(desk.ids.next(desk.at)?),
            account: request.account,
            key: self.asker.key,
            seat,
            tariff_version: estimate.tariff_version,
            admitted: Admitted { fingerprint: self.fingerprint.clone(), answer: row.admission.clone() },
            hold: Hold::Open(hold),
            tokens: estimate.tokens,
            steps,
            attempts: HashMap::new(),
        };
        books.journal.productions.push(row);
        books.productions.insert(request.production.clone(), production);
        Ok(())
    }

    fn refusal_row(&self, refusal: &Refusal, desk: &Desk) -> Result<refusal::Model, Error> {
        Ok(refusal::Model {
            customer_id: self.asker.customer.to_string(),
            id: RefusalId::new(desk.ids.next(desk.at)?).to_string(),
            production: self.request.production.to_string(),
            account_id: self.request.account.to_string(),
            title: self.request.title.clone(),
            reason: to_word(&refusal.reason)?,
            refusal: to_json("refusal", &self.request.production, refusal)?,
            refused_at: desk.at.micros(),
            key_id: self.asker.key.map(|key| key.to_string()),
            member_id: self.request.member.map(|member| member.to_string()),
        })
    }
}
