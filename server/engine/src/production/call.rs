//! AI calls outside productions. 5.19: loops 2 to 5 cost money too; it counts in P&L and budgets, and takes no tokens.

use super::{
    cost::{CostOf, CostedCall},
    fingerprint,
};
use crate::{
    Error,
    db::{entity::outside_call, from_json, to_json},
    writer::{Act, Books, Desk, ReportedCall, Touch},
};
use billing::{
    budget::BudgetScope,
    id::{AccountId, CallName, CustomerId, KeyId},
    money::Cost,
    pnl::Unpriced,
    production::{Conflict, Quantity, attempt::check_call},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// An AI call outside a production, as it is reported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CallReport {
    /// For which account.
    pub account: AccountId,
    /// The loop that made it: 1 to 5.
    pub r#loop: i64,
    /// How much it took.
    pub quantity: Quantity,
    /// The model that ran it; the kind's default model where there is none.
    pub model: Option<String>,
    /// When; the moment of the report where there is none.
    pub occurred_at: Option<Timestamp>,
}

/// What such a call cost the customer, or why that is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CallBooked {
    /// What it cost.
    pub cost: Option<Cost>,
    /// Why that is not known, where it is not.
    pub unpriced: Option<Unpriced>,
}

/// The act.
pub(crate) struct RecordCall {
    customer: CustomerId,
    key: Option<KeyId>,
    name: CallName,
    report: CallReport,
    fingerprint: String,
}

impl RecordCall {
    pub(crate) fn new(
        customer: CustomerId,
        key: Option<KeyId>,
        name: CallName,
        report: CallReport,
    ) -> Result<Self, Error> {
        let fingerprint = fingerprint(&report)?;
        Ok(Self { customer, key, name, report, fingerprint })
    }
}

impl Act for RecordCall {
    type Answer = Result<CallBooked, Conflict>;

    fn touches(&self) -> Touch {
        Touch {
            account: Some(self.report.account),
            key: self.key,
            call: Some(self.name.clone()),
            ..Touch::wallet(self.customer)
        }
    }

    fn decide(&self, books: &mut Books, desk: &Desk) -> Result<Self::Answer, Error> {
        if let Some(known) = books.calls.get(&self.name) {
            if known.fingerprint != self.fingerprint {
                return Ok(Err(Conflict::IdReused));
            }
            return Ok(Ok(from_json("outside_call", &self.name, &known.answer)?));
        }
        let report = &self.report;
        if !books.accounts.contains_key(&report.account) {
            return Err(Error::NotFound("account"));
        }
        check_call(&report.quantity, report.occurred_at, desk.at)?;
        let occurred_at = report.occurred_at.unwrap_or(desk.at);
        let call = CostedCall::new(&report.quantity, report.model.as_deref(), None, occurred_at, books, desk);
        let charged = call.charged();
        let booked = CallBooked { cost: charged.ok(), unpriced: charged.err() };
        let month = desk.at.month();
        let scopes = [
            Some(BudgetScope::Account(report.account)),
            Some(BudgetScope::Customer(self.customer)),
            self.key.map(BudgetScope::Key),
        ];
        let spent = booked.cost.unwrap_or(Cost::zero(books.currency));
        books.spend(scopes.into_iter().flatten(), month, desk, |month| {
            month.spent = month.spent.plus(spent)?;
            Ok(())
        })?;
        let of = CostOf {
            account: report.account,
            production: String::new(),
            step: self.name.to_string(),
            attempt: 1,
            stage: None,
            r#loop: Some(report.r#loop),
        };
        let cost_row = call.row(of, books, desk)?;
        books.journal.costs.push(cost_row);
        self.record(books, &booked, occurred_at, desk)?;
        Ok(Ok(booked))
    }
}

impl RecordCall {
    fn record(
        &self,
        books: &mut Books,
        booked: &CallBooked,
        occurred_at: Timestamp,
        desk: &Desk,
    ) -> Result<(), Error> {
        let answer = to_json("outside_call", &self.name, booked)?;
        let fingerprint = self.fingerprint.clone();
        books.journal.calls.push(outside_call::Model {
            customer_id: self.customer.to_string(),
            name: self.name.to_string(),
            account_id: self.report.account.to_string(),
            key_id: self.key.map(|key| key.to_string()),
            r#loop: self.report.r#loop,
            month: desk.at.month().to_string(),
            fingerprint: fingerprint.clone(),
            answer: answer.clone(),
            occurred_at: occurred_at.micros(),
            posted_on: desk.at.day().to_string(),
        });
        books.calls.insert(self.name.clone(), ReportedCall { fingerprint, answer });
        Ok(())
    }
}
