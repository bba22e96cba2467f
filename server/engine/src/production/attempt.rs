//! Reporting an attempt. A9, 5.18: tokens once for the step that succeeds; cost for every call, since every call costs.

use super::fingerprint;
use crate::{
    Error,
    db::{
        entity::{cost_entry, step_attempt},
        from_json, to_json, to_word,
    },
    writer::{Act, Books, Desk, Planned, Reported, Touch, Verdict},
};
use billing::{
    allowance::Cause,
    id::{CustomerId, ProductionName, StepName},
    money::Cost,
    pnl::{CallCost, Exchange, KnownCost},
    production::{
        Attempt, Capture, Conflict, End, Hold, OpenHold, Outcome,
        attempt::{BadAttempt, check},
        hold::Stage,
    },
    time::Timestamp,
    tokens::Tokens,
};

/// The act.
pub(super) struct Report {
    customer: CustomerId,
    production: ProductionName,
    step: StepName,
    number: i64,
    attempt: Attempt,
    fingerprint: String,
}

/// What is known of a call before it is decided.
struct Call {
    planned: Planned,
    cost: CallCost,
    occurred_at: Timestamp,
}

impl Call {
    fn known(&self) -> Option<&KnownCost> {
        match &self.cost {
            CallCost::Known(known) => Some(known),
            CallCost::Unknown(_) => None,
        }
    }
}

impl Report {
    pub(super) fn new(
        customer: CustomerId,
        production: ProductionName,
        step: StepName,
        number: i64,
        attempt: Attempt,
    ) -> Result<Self, Error> {
        let fingerprint = fingerprint(&attempt)?;
        Ok(Self { customer, production, step, number, attempt, fingerprint })
    }
}

impl Act for Report {
    /// A conflict is an answer too: it is kept with the attempt whose cost was recorded.
    type Answer = Result<Capture, Conflict>;

    fn touches(&self) -> Touch {
        Touch { step: Some(self.step.clone()), ..Touch::production(self.customer, &self.production) }
    }

    fn decide(&self, books: &mut Books, desk: &Desk) -> Result<Self::Answer, Error> {
        let currency = books.currency;
        let production = books.production(&self.production)?;
        if let Some(known) = production.attempts.get(&(self.step.clone(), self.number)) {
            return self.again(known);
        }
        let planned = production.steps.get(&self.step).cloned().ok_or(BadAttempt::UnknownStep)?;
        check(planned.kind, &self.attempt, desk.at)?;
        let occurred_at = self.attempt.occurred_at.unwrap_or(desk.at);
        let model = self.attempt.model.as_deref().or(planned.model.as_deref());
        let cost = desk.catalog.call_cost(&self.attempt.quantity, model, currency, occurred_at);
        let call = Call { planned, cost, occurred_at };

        books.expire_if_lapsed(&self.production, desk)?;
        let answer = match self.open_hold(books)? {
            Err(conflict) => Err(conflict),
            Ok(open) => Ok(self.charge(books, open, &call, desk)?),
        };
        self.record(books, &call, &answer, desk)?;
        Ok(answer)
    }
}

impl Report {
    fn again(&self, known: &Reported) -> Result<Result<Capture, Conflict>, Error> {
        if known.fingerprint != self.fingerprint {
            return Ok(Err(Conflict::AttemptReused));
        }
        from_json("step_attempt", &self.step, &known.answer)
    }

    /// The hold to charge, or why no token may move: it has ended, or the step has succeeded before.
    fn open_hold(&self, books: &mut Books) -> Result<Result<OpenHold, Conflict>, Error> {
        let production = books.production(&self.production)?;
        let open = match &production.hold {
            Hold::Open(open) => open,
            Hold::Ended(ended) => return Ok(Err(ended.end.conflict())),
        };
        let done = |(key, reported): (&(StepName, i64), &Reported)| {
            key.0 == self.step && reported.verdict == Verdict::Succeeded
        };
        let second = self.attempt.outcome == Outcome::Succeeded && production.attempts.iter().any(done);
        Ok(if second { Err(Conflict::AlreadyCaptured) } else { Ok(open.clone()) })
    }

    /// Moves the tokens of a step that succeeded and renews the lease: a report is a sign of life.
    fn charge(
        &self,
        books: &mut Books,
        mut open: OpenHold,
        call: &Call,
        desk: &Desk,
    ) -> Result<Capture, Error> {
        let production = books.production(&self.production)?;
        let succeeded = self.attempt.outcome == Outcome::Succeeded;
        let version = production.tariff_version;
        let tokens = if succeeded {
            let tariff = desk.catalog.tariff_version(version);
            let tariff = tariff.ok_or_else(|| Error::corrupt("tariff_version", version, "is missing"))?;
            let tokens = tariff.tokens(&self.attempt.quantity);
            tokens.map_err(|error| Error::Invalid {
                field: "quantity".to_owned(),
                message: error.to_string(),
            })?
        } else {
            Tokens::ZERO
        };
        open.renew(Stage::Producing, desk.at);
        let cause = Cause {
            step: Some(self.step.clone()),
            attempt: Some(self.number),
            tariff_version: Some(version),
            ..production.cause(&self.production)
        };
        books.lapse(desk)?;
        let moved =
            books.wallet.capture(&mut open, tokens, desk.at).map_err(|error| books.disagree(error))?;
        let entry = books.book(moved, &cause, call.occurred_at, desk)?;
        if succeeded && let Some(set_aside) = call.planned.money {
            let freed = if set_aside.micros() <= open.money.micros() { set_aside } else { open.money };
            self.free(books, &mut open.money, freed)?;
        }
        let hold_left = open.outstanding();
        books.production(&self.production)?.hold = Hold::Open(open);
        let (cost, unpriced) = match &call.cost {
            CallCost::Known(known) => (Some(known.charged), None),
            CallCost::Unknown(why) => (None, Some(*why)),
        };
        Ok(Capture { tokens, cost, unpriced, entry, hold_left })
    }

    /// The estimate of a step that is done no longer counts; its actual cost is booked by [`Report::record`].
    fn free(&self, books: &mut Books, held: &mut Cost, freed: Cost) -> Result<(), Error> {
        let production = books.production(&self.production)?;
        let (account, month) = (production.account, production.hold.month());
        books.spend(account, month, |month| {
            *held = held.minus(freed)?;
            month.held = month.held.minus(freed)?;
            Ok(())
        })
    }

    /// The attempt with its answer, and its cost; an attempt of unknown cost counts with its estimate (5.7).
    fn record(
        &self,
        books: &mut Books,
        call: &Call,
        answer: &Result<Capture, Conflict>,
        desk: &Desk,
    ) -> Result<(), Error> {
        let currency = books.currency;
        let production = books.production(&self.production)?;
        let (account, month) = (production.account, production.hold.month());
        let verdict = match (answer, self.attempt.outcome) {
            (Err(_), _) => Verdict::Refused,
            (Ok(_), Outcome::Succeeded) => Verdict::Succeeded,
            (Ok(_), Outcome::Failed) => Verdict::Failed,
        };
        let reported = Reported {
            verdict,
            fingerprint: self.fingerprint.clone(),
            answer: to_json("step_attempt", &self.step, answer)?,
        };
        books.journal.attempts.push(step_attempt::Model {
            customer_id: self.customer.to_string(),
            production: self.production.to_string(),
            step: self.step.to_string(),
            attempt: self.number,
            verdict: to_word(&verdict)?,
            fingerprint: reported.fingerprint.clone(),
            answer: reported.answer.clone(),
            occurred_at: call.occurred_at.micros(),
            posted_on: desk.at.day().to_string(),
        });
        books.production(&self.production)?.attempts.insert((self.step.clone(), self.number), reported);
        let counted =
            call.known().map(|known| known.charged).or(call.planned.money).unwrap_or(Cost::zero(currency));
        books.spend(account, month, |month| {
            month.spent = month.spent.plus(counted)?;
            Ok(())
        })?;
        let row = self.cost_row(books, call, desk)?;
        books.journal.costs.push(row);
        Ok(())
    }

    fn cost_row(&self, books: &mut Books, call: &Call, desk: &Desk) -> Result<cost_entry::Model, Error> {
        let account = books.production(&self.production)?.account;
        let kind = call.planned.kind;
        let named = self.attempt.model.as_deref().or(call.planned.model.as_deref());
        let known = call.known();
        let basis = known.map(|known| &known.basis);
        let exchange: Option<Exchange> = basis.and_then(|basis| basis.exchange);
        Ok(cost_entry::Model {
            customer_id: self.customer.to_string(),
            production: self.production.to_string(),
            step: self.step.to_string(),
            attempt: self.number,
            account_id: account.to_string(),
            kind: to_word(&kind)?,
            stage: call.planned.stage.clone(),
            model: desk.catalog.model(kind, named).map(str::to_owned),
            raw_micros: known.map(|known| known.raw.micros()),
            raw_currency: known.map(|known| known.raw.currency().to_string()),
            charged_micros: known.map(|known| known.charged.micros()),
            charged_currency: books.currency.to_string(),
            unpriced: match &call.cost {
                CallCost::Known(_) => None,
                CallCost::Unknown(why) => Some(to_word(why)?),
            },
            price_version: basis.map(|basis| basis.price_version),
            provider_rate: exchange.map(|rates| rates.provider),
            customer_rate: exchange.map(|rates| rates.customer),
            rates_on: exchange.map(|rates| rates.rates_on.to_string()),
            markup_version: basis.map(|basis| basis.markup_version),
            occurred_at: call.occurred_at.micros(),
            posted_on: desk.at.day().to_string(),
            r#loop: None,
            quoted_at: None,
        })
    }
}

impl Books {
    /// A lease that has run out counts at once, whether the sweep has come by or not. I-11.
    pub(super) fn expire_if_lapsed(&mut self, name: &ProductionName, desk: &Desk) -> Result<bool, Error> {
        match self.production(name)?.hold.clone() {
            Hold::Open(open) if open.has_lapsed(desk.at) => {
                self.end(name, open, End::Expired, desk).map(|()| true)
            }
            _ => Ok(false),
        }
    }
}
