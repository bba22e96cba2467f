//! Admitting: one decision over the whole production; then tokens and money are set aside, and nothing has run yet.

use super::{Answer, fingerprint};
use crate::{
    Error,
    db::{
        entity::{production, production_step, refusal},
        from_json, to_json, to_word,
    },
    writer::{Act, Books, Desk, Planned, Production, Touch},
};
use billing::{
    Refusal,
    allowance::{Cause, Draw},
    budget::Budget,
    id::{AccountId, CustomerId, HoldId, KeyId, ProductionId, ProductionName, RefusalId},
    money::Cost,
    production::{
        Admission, Conflict, Estimate, Facts, Hold, OpenHold, Plan, Priority, admit,
        hold::{HoldDraw, Stage},
    },
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
    /// Its AI calls.
    pub plan: Plan,
}

/// The act.
pub(super) struct Admit {
    customer: CustomerId,
    key: Option<KeyId>,
    request: AdmitRequest,
    fingerprint: String,
}

impl Admit {
    pub(super) fn new(
        customer: CustomerId,
        key: Option<KeyId>,
        request: AdmitRequest,
    ) -> Result<Self, Error> {
        let fingerprint =
            fingerprint(&(request.account, &request.title, &request.project_type, &request.plan))?;
        Ok(Self { customer, key, request, fingerprint })
    }
}

impl Act for Admit {
    type Answer = Answer<Admission>;

    fn touches(&self) -> Touch {
        let touch = Touch::production(self.customer, &self.request.production);
        Touch { account: Some(self.request.account), ..touch }
    }

    fn decide(&self, books: &mut Books, desk: &Desk) -> Result<Answer<Admission>, Error> {
        if let Some(known) = books.productions.get(&self.request.production) {
            return self.again(known);
        }
        let tariff = desk
            .catalog
            .tariff(desk.at)
            .ok_or_else(|| Error::corrupt("tariff_version", desk.at, "none in force"))?;
        let estimate = Estimate::of(&self.request.plan, tariff, desk.catalog, books.currency, desk.at)
            .map_err(|error| Error::Invalid { field: "steps".to_owned(), message: error.to_string() })?;
        match self.ask_gate(books, &estimate, desk)? {
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
    fn again(&self, known: &Production) -> Result<Answer<Admission>, Error> {
        if known.fingerprint != self.fingerprint {
            return Err(Conflict::IdReused.into());
        }
        let value = from_json("production", &self.request.production, &known.admission)?;
        Ok(Answer { value, again: true })
    }

    fn ask_gate(
        &self,
        books: &Books,
        estimate: &Estimate,
        desk: &Desk,
    ) -> Result<Result<Vec<Draw>, Refusal>, Error> {
        let account = self.request.account;
        let month = desk.at.month();
        let named = books.accounts.get(&account).ok_or(Error::NotFound("account"))?;
        let spending = books.spending(account, month);
        let overflow = |error| Error::corrupt("budget", account, error);
        let budget = match books.limits.get(&account).copied().flatten() {
            None => None,
            Some(limit) => Some(Budget {
                limit: limit.to_cost().map_err(overflow)?,
                spent: spending.spent,
                held: spending.held,
                resets_at: month.end(),
            }),
        };
        let facts = Facts {
            customer: books.customer,
            customer_name: &books.name,
            account,
            account_name: &named.name,
            status: named.status,
            budget,
            wallet: &books.wallet,
            at: desk.at,
        };
        admit(&facts, estimate)
            .map_err(|error| Error::Invalid { field: "steps".to_owned(), message: error.to_string() })
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
            production: Some(request.production.clone()),
            tariff_version: Some(estimate.tariff_version),
            ..Cause::default()
        };
        books.book(moved, &cause, desk.at, desk)?;
        let month = desk.at.month();
        books.spend(request.account, month, |month| {
            month.held = month.held.plus(estimate.money)?;
            Ok(())
        })?;
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
            priority: Priority::Standard,
            tokens: estimate.tokens,
            money: estimate.money,
            expires_at: hold.expires_at,
            draws,
        };
        self.record(books, estimate, &admission, hold, desk)?;
        Ok(Answer { value: admission, again: false })
    }

    /// The production, its plan and its hold, as rows and as what later acts of the group see.
    fn record(
        &self,
        books: &mut Books,
        estimate: &Estimate,
        admission: &Admission,
        hold: OpenHold,
        desk: &Desk,
    ) -> Result<(), Error> {
        let (customer, request) = (self.customer.to_string(), &self.request);
        let row = production::Model {
            customer_id: customer.clone(),
            name: request.production.to_string(),
            id: admission.id.to_string(),
            account_id: request.account.to_string(),
            key_id: self.key.map(|key| key.to_string()),
            title: request.title.clone(),
            project_type: request.project_type.clone(),
            tariff_version: estimate.tariff_version,
            fingerprint: self.fingerprint.clone(),
            admission: to_json("production", &request.production, admission)?,
            admitted_at: desk.at.micros(),
            member_id: None,
            cycle_starts_at: None,
            quote_id: None,
            quoted_at: None,
        };
        let mut steps = HashMap::new();
        for (position, (step, line)) in (1..).zip(request.plan.steps().iter().zip(&estimate.lines)) {
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
            });
            let (kind, stage, model) = (step.quantity.kind(), step.stage.clone(), step.model.clone());
            steps.insert(step.name.clone(), Planned { kind, stage, model, money: line.money });
        }
        let production = Production {
            hold_id: HoldId::new(desk.ids.next(desk.at)?),
            account: request.account,
            tariff_version: estimate.tariff_version,
            fingerprint: self.fingerprint.clone(),
            admission: row.admission.clone(),
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
            customer_id: self.customer.to_string(),
            id: RefusalId::new(desk.ids.next(desk.at)?).to_string(),
            production: self.request.production.to_string(),
            account_id: self.request.account.to_string(),
            title: self.request.title.clone(),
            reason: to_word(&refusal.reason)?,
            refusal: to_json("refusal", &self.request.production, refusal)?,
            refused_at: desk.at.micros(),
            key_id: self.key.map(|key| key.to_string()),
            member_id: None,
        })
    }
}
