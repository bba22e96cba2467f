//! Reporting an attempt. A9, 5.18: tokens once for the step that succeeds; cost for every call, since every call costs.

use super::{
    Within,
    cost::{CostOf, CostedCall},
    fingerprint,
};
use crate::{
    Error,
    db::{entity::step_attempt, from_json, to_json, to_word},
    writer::{Act, Books, Desk, Planned, Reported, Touch, Verdict},
};
use billing::{
    allowance::Cause,
    id::{CustomerId, ProductionName, StepName},
    money::Cost,
    production::{
        Attempt, Capture, Conflict, End, Hold, OpenHold, Outcome,
        attempt::{BadAttempt, check},
        hold::Stage,
    },
    tokens::Tokens,
};

/// The act.
pub(crate) struct Report {
    customer: CustomerId,
    within: Within,
    production: ProductionName,
    step: StepName,
    number: i64,
    attempt: Attempt,
    fingerprint: String,
}

/// What is known of a call before it is decided.
struct Call<'a> {
    planned: &'a Planned,
    costed: CostedCall<'a>,
}

impl Report {
    pub(crate) fn new(
        customer: CustomerId,
        within: Within,
        production: ProductionName,
        step: StepName,
        number: i64,
        attempt: Attempt,
    ) -> Result<Self, Error> {
        let fingerprint = fingerprint(&attempt)?;
        Ok(Self { customer, within, production, step, number, attempt, fingerprint })
    }
}

impl Act for Report {
    /// A conflict is an answer too: it is kept with the attempt whose cost was recorded.
    type Answer = Result<Capture, Conflict>;

    fn touches(&self) -> Touch {
        Touch { step: Some(self.step.clone()), ..Touch::production(self.customer, &self.production) }
    }

    fn decide(&self, books: &mut Books, desk: &Desk) -> Result<Self::Answer, Error> {
        let production = books.production_within(&self.production, self.within.as_ref())?;
        if let Some(known) = production.attempts.get(&(self.step.clone(), self.number)) {
            return self.again(known);
        }
        let planned = production.steps.get(&self.step).cloned().ok_or(BadAttempt::UnknownStep)?;
        check(planned.kind, &self.attempt, desk.at)?;
        let occurred_at = self.attempt.occurred_at.unwrap_or(desk.at);
        let model = self.attempt.model.as_deref().or(planned.model.as_deref());
        let (quantity, promised) = (&self.attempt.quantity, planned.basis.as_ref());
        let costed = CostedCall::new(quantity, model, promised, occurred_at, books, desk);
        let call = Call { planned: &planned, costed };

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
        let (seat, before) = (production.seat, open.outstanding());
        books.lapse(desk)?;
        let moved =
            books.wallet.capture(&mut open, tokens, desk.at).map_err(|error| books.disagree(error))?;
        let entry = books.book(moved, &cause, call.costed.occurred_at, desk)?;
        let taken_from_hold = before.beyond(open.outstanding());
        if taken_from_hold < tokens {
            // 5.17: it is let finish; whoever runs the platform should know that the estimate was too low
            tracing::warn!(production = %self.production, step = %self.step, held = %before, charged = %tokens, "overrun");
        }
        books.take(seat, |taken| {
            taken.held = taken.held.minus(taken_from_hold)?;
            taken.used = taken.used.plus(tokens)?;
            Ok(())
        })?;
        if succeeded && let Some(set_aside) = call.planned.money {
            let freed = if set_aside.micros() <= open.money.micros() { set_aside } else { open.money };
            self.free(books, &mut open.money, freed, desk)?;
        }
        let hold_left = open.outstanding();
        books.production(&self.production)?.hold = Hold::Open(open);
        let charged = call.costed.charged();
        Ok(Capture { tokens, cost: charged.ok(), unpriced: charged.err(), entry, hold_left })
    }

    /// The estimate of a step that is done no longer counts; its actual cost is booked by [`Report::record`].
    fn free(&self, books: &mut Books, held: &mut Cost, freed: Cost, desk: &Desk) -> Result<(), Error> {
        *held = held.minus(freed).map_err(|error| books.disagree(error))?;
        let customer = books.customer;
        let production = books.production(&self.production)?;
        let (budgets, month) = (production.budgets(customer), production.hold.month());
        books.spend(budgets, month, desk, |month| {
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
        let (currency, customer) = (books.currency, books.customer);
        let production = books.production(&self.production)?;
        let (account, month) = (production.account, production.hold.month());
        let budgets = production.budgets(customer);
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
            occurred_at: call.costed.occurred_at.micros(),
            posted_on: desk.at.day().to_string(),
        });
        books.production(&self.production)?.attempts.insert((self.step.clone(), self.number), reported);
        let counted = call.costed.charged().ok().or(call.planned.money).unwrap_or(Cost::zero(currency));
        books.spend(budgets, month, desk, |month| {
            month.spent = month.spent.plus(counted)?;
            Ok(())
        })?;
        let of = CostOf {
            account,
            production: self.production.to_string(),
            step: self.step.to_string(),
            attempt: self.number,
            stage: call.planned.stage.clone(),
            r#loop: None,
        };
        let row = call.costed.row(of, books, desk)?;
        books.journal.costs.push(row);
        Ok(())
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
