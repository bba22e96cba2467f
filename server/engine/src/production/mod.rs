//! "New productions are rejected up front with a clear 'budget limit reached' message rather than partially running."
//!
//! Acts of the pipeline on productions: admit, report an attempt, keep alive, finish; and the lease that ends those that
//! nobody speaks for. Rules G1–G12, S1–S4, A9; laws I-5, I-8 to I-19.

mod account_loops;
mod admit;
mod attempt;
mod by_key;
mod call;
mod controls;
mod cost;
mod gate;
mod list;
mod quote;
mod receipt;
mod refusals;
mod release;
mod settle;
mod standing;

pub use crate::writer::Verdict;
pub use admit::AdmitRequest;
pub use call::{CallBooked, CallReport};
pub use controls::{LoopSpend, SPEND_DAYS, Switches};
pub use list::{ListedProduction, ProductionFilter, ProductionState};
pub use quote::{Preview, QuoteRequest};
pub use receipt::{CallSource, Receipt, ReceiptCall, ReceiptEntry, ReceiptLot, ReceiptStep};
pub use refusals::RefusalLine;
pub use standing::{Standing, StandingRefusal};

pub(crate) use account_loops::{ChangedLoops, loops_of_words};
pub(crate) use admit::Admit;
pub(crate) use attempt::Report;
pub(crate) use call::RecordCall;
pub(crate) use settle::Finish;

use crate::{Engine, Error, team::Member, vitals::count_decision};
use billing::{
    id::{AccountId, CallName, CustomerId, KeyId, ProductionName, StepName},
    production::{Admission, Attempt, Capture, End, Lease, Plan, Quote, Settlement, hold::Stage},
    team::Permission,
};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// The accounts that a caller reaches; none is all of its customer's.
type Within = Option<BTreeSet<AccountId>>;

/// An answer, and whether it was given before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer<T> {
    /// What was decided.
    pub value: T,
    /// Whether this act was done before and the answer is the first one again.
    pub again: bool,
}

impl Engine {
    /// Promises a plan's price for a quarter of an hour, and says whether the gate would admit it now.
    pub async fn quote(
        &self,
        customer: CustomerId,
        key: Option<KeyId>,
        request: QuoteRequest,
    ) -> Result<Quote, Error> {
        self.writer.ask(quote::AskPrice::new(customer, key, request)?).await
    }

    /// What the gate would say of a plan for this account, now: nothing is written and nothing is promised.
    pub async fn preview(&self, member: &Member, account: AccountId, plan: Plan) -> Result<Preview, Error> {
        member.require_of(Permission::Estimate, account)?;
        self.writer.ask(quote::AskWhetherItFits::new(member.customer, account, plan)).await
    }

    /// Books an AI call outside a production: cost and budget, no tokens.
    pub async fn record_call(
        &self,
        customer: CustomerId,
        key: Option<KeyId>,
        name: CallName,
        report: CallReport,
    ) -> Result<CallBooked, Error> {
        self.writer.ask(call::RecordCall::new(customer, key, name, report)?).await?.map_err(Error::Conflict)
    }

    /// Admits the whole production, or refuses it.
    pub async fn admit(
        &self,
        customer: CustomerId,
        key: Option<KeyId>,
        request: AdmitRequest,
    ) -> Result<Answer<Admission>, Error> {
        let decided = self.writer.ask(admit::Admit::new(customer, key, request)?).await;
        count_decision(&decided);
        decided
    }

    /// Books one attempt of a step: tokens once for the attempt that succeeds, cost for every attempt.
    pub async fn report_attempt(
        &self,
        customer: CustomerId,
        production: ProductionName,
        step: StepName,
        number: i64,
        attempt: Attempt,
    ) -> Result<Capture, Error> {
        let report = attempt::Report::new(customer, None, production, step, number, attempt)?;
        self.writer.ask(report).await?.map_err(Error::Conflict)
    }

    /// Keeps a production's hold alive; without a stage, in the one it is in.
    pub async fn heartbeat(
        &self,
        customer: CustomerId,
        production: ProductionName,
        stage: Option<Stage>,
    ) -> Result<Lease, Error> {
        self.writer
            .ask(settle::Heartbeat { customer, within: None, production, stage })
            .await?
            .map_err(Error::Conflict)
    }

    /// Ends a production (`Published`, `Failed` or `Cancelled`): what it still holds goes home.
    pub async fn finish(
        &self,
        customer: CustomerId,
        production: ProductionName,
        end: End,
    ) -> Result<Settlement, Error> {
        self.writer
            .ask(settle::Finish { customer, within: None, production, end })
            .await?
            .map_err(Error::Conflict)
    }

    /// Ends every production whose lease has run out, and answers how many there were. The sweep does this by itself.
    pub async fn expire_lapsed(&self) -> Result<usize, Error> {
        let lapsed = settle::lapsed(&self.shared.pools.read, self.now()).await?;
        let mut ended = 0;
        for (customer, production) in lapsed {
            ended += usize::from(self.writer.ask(settle::Expire { customer, production }).await?);
        }
        Ok(ended)
    }
}

/// What tells two requests of one name apart: a hash over what they ask, in one spelling.
fn fingerprint(content: &impl serde::Serialize) -> Result<String, Error> {
    let json =
        serde_json::to_string(content).map_err(|error| Error::corrupt("request", "fingerprint", error))?;
    Ok(hex::encode(Sha256::digest(json)))
}
