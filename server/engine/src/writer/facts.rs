//! What acts name: productions with their steps and attempts, quotes, calls, accounts, seats, as a decision sees them.

use crate::db::entity::{credit_note, invoice, payment};
use billing::{
    allowance::Cause,
    budget::{BudgetScope, SeatLimit},
    customer::{AccountStatus, PaymentBlock, PaymentStanding},
    id::{AccountId, CustomerId, GrantId, HoldId, KeyId, PersonId, ProductionName, StepName},
    money::Cost,
    payment::BillingDetails,
    pnl::CostBasis,
    production::{EstimateLine, Hold, Kind},
    tier::Tier,
    time::Timestamp,
    tokens::Tokens,
};
use std::collections::HashMap;

/// A customer as it pays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Payer {
    /// What it has subscribed to; none where no tier applies.
    pub(crate) tier: Option<Tier>,
    /// Why it starts no new productions, if something stands against it.
    pub(crate) block: Option<PaymentBlock>,
    /// Until when everything still works although a payment has failed.
    pub(crate) grace_until: Option<Timestamp>,
    /// To whom its invoices are made out; none before it has said so.
    pub(crate) details: Option<BillingDetails>,
    /// How many invoices it has: the number of the last.
    pub(crate) invoices: i64,
    /// I4: rises with disputes.
    pub(crate) risk_score: i64,
    /// How many credit notes it has: the number of the last.
    pub(crate) credit_notes: i64,
    /// B2: the start of the cycle of which it was told that its allowance is nearly used up, in microseconds.
    pub(crate) used_told_for: Option<i64>,
    /// 5.33: the end of the grace of which it was told, in microseconds.
    pub(crate) overdue_told_for: Option<i64>,
}

impl Payer {
    /// Whether it has paid what is due, at an instant.
    pub(crate) fn standing(&self, at: Timestamp) -> PaymentStanding {
        PaymentStanding::of(self.block, self.grace_until, at)
    }
}

/// An invoice that was paid, and of which money goes back.
#[derive(Clone, Debug)]
pub(crate) struct PaidInvoice {
    pub(crate) invoice: invoice::Model,
    pub(crate) payment: payment::Model,
    /// What was credited of it before.
    pub(crate) credited: Vec<credit_note::Model>,
    /// The lot that was bought with it, where tokens were.
    pub(crate) lot: Option<GrantId>,
}

/// An account.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) name: String,
    pub(crate) status: AccountStatus,
    /// How many productions it may run at once; its tier's number where it says nothing.
    pub(crate) concurrency: Option<i64>,
}

/// How many productions an account runs.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Running {
    pub(crate) count: i64,
    /// When the first of them may lapse: from then on they have to be counted anew.
    lapses_at: Option<Timestamp>,
}

impl Running {
    /// Whether it is still so at an instant.
    pub(crate) fn holds_at(&self, at: Timestamp) -> bool {
        self.lapses_at.is_none_or(|lapses_at| at < lapses_at)
    }

    /// Takes note of when one of them lapses.
    pub(crate) fn lapse_at(&mut self, at: Timestamp) {
        self.lapses_at = Some(self.lapses_at.map_or(at, |known| known.min(at)));
    }
}

/// A member's seat.
#[derive(Clone, Debug)]
pub(crate) struct Seat {
    pub(crate) name: String,
    /// The most tokens of a cycle, and what holds in its place for a time; none where they have no cap.
    pub(crate) limit: Option<SeatLimit>,
}

/// A price that was promised.
#[derive(Clone, Debug)]
pub(crate) struct Promise {
    /// Over the account and the plan that it was promised for.
    pub(crate) fingerprint: String,
    pub(crate) expires_at: Timestamp,
    pub(crate) tariff_version: i64,
    pub(crate) tokens: Tokens,
    pub(crate) money: Cost,
    pub(crate) lines: Vec<EstimateLine>,
}

/// A call outside productions and the answer that it got.
#[derive(Clone, Debug)]
pub(crate) struct ReportedCall {
    pub(crate) fingerprint: String,
    /// The first answer, as JSON.
    pub(crate) answer: String,
}

/// A planned step that an act names.
#[derive(Clone, Debug)]
pub(crate) struct Planned {
    pub(crate) kind: Kind,
    pub(crate) stage: Option<String>,
    pub(crate) model: Option<String>,
    /// The money set aside for it; none where its price was not known.
    pub(crate) money: Option<Cost>,
    /// The versions of the quote that was used; none without one.
    pub(crate) basis: Option<CostBasis>,
}

/// What became of a reported attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Verdict {
    /// The step succeeded and was charged.
    Succeeded,
    /// The call cost money and the step is not done.
    Failed,
    /// It came too late, or its step had succeeded: its cost is recorded, no token moved.
    Refused,
}

/// A reported attempt and the answer that it got.
#[derive(Clone, Debug)]
pub(crate) struct Reported {
    pub(crate) verdict: Verdict,
    pub(crate) fingerprint: String,
    /// The first answer, as JSON: `Result<Capture, Conflict>`.
    pub(crate) answer: String,
}

/// A production that asked to be admitted and the answer that it got: all that matters of it where it asks again.
#[derive(Clone, Debug)]
pub(crate) struct Admitted {
    pub(crate) fingerprint: String,
    /// The first answer, as JSON.
    pub(crate) answer: String,
}

/// A production that an act names.
#[derive(Clone, Debug)]
pub(crate) struct Production {
    pub(crate) hold_id: HoldId,
    pub(crate) account: AccountId,
    /// The key that asked for it.
    pub(crate) key: Option<KeyId>,
    /// In whose name it is made, and the start of the cycle that it counts in.
    pub(crate) seat: Option<(PersonId, Timestamp)>,
    pub(crate) tariff_version: i64,
    pub(crate) admitted: Admitted,
    pub(crate) hold: Hold,
    /// Tokens set aside at admission.
    pub(crate) tokens: Tokens,
    pub(crate) steps: HashMap<StepName, Planned>,
    pub(crate) attempts: HashMap<(StepName, i64), Reported>,
}

impl Production {
    /// What its entries say of it.
    pub(crate) fn cause(&self, name: &ProductionName) -> Cause {
        Cause {
            account: Some(self.account),
            member: self.seat.map(|(person, _)| person),
            production: Some(name.clone()),
            ..Cause::default()
        }
    }

    /// All limits that its cost counts against.
    pub(crate) fn budgets(&self, customer: CustomerId) -> impl Iterator<Item = BudgetScope> + use<> {
        let scopes = [
            Some(BudgetScope::Account(self.account)),
            Some(BudgetScope::Customer(customer)),
            self.key.map(BudgetScope::Key),
        ];
        scopes.into_iter().flatten()
    }
}
