//! What a key of the pipeline asks: whether it may, and for which accounts, is decided here and nowhere else. T12. An account
//! that is out of its reach is unknown to it, and so is whatever belongs to one.

use super::{
    AdmitRequest, Answer, CallBooked, CallReport, ListedProduction, ProductionFilter, QuoteRequest, Receipt,
    attempt, settle,
};
use crate::{
    Engine, Error,
    allowance::{LedgerPage, Usage},
    customer::AccountLine,
    team::PipelineKey,
};
use billing::{
    id::{AccountId, CallName, ProductionId, ProductionName, StepName},
    production::{Admission, Attempt, Capture, End, Lease, Quote, Settlement, hold::Stage},
    team::KeyAct,
};
use std::collections::BTreeSet;

impl Engine {
    /// As [`Engine::quote`], by a key.
    pub async fn quote_by(&self, key: &PipelineKey, request: QuoteRequest) -> Result<Quote, Error> {
        key.require_of(KeyAct::Admit, request.account)?;
        self.quote(key.customer, Some(key.id), request).await
    }

    /// As [`Engine::admit`], by a key.
    pub async fn admit_by(
        &self,
        key: &PipelineKey,
        request: AdmitRequest,
    ) -> Result<Answer<Admission>, Error> {
        key.require_of(KeyAct::Admit, request.account)?;
        self.admit(key.customer, Some(key.id), request).await
    }

    /// As [`Engine::record_call`], by a key.
    pub async fn record_call_by(
        &self,
        key: &PipelineKey,
        name: CallName,
        report: CallReport,
    ) -> Result<CallBooked, Error> {
        key.require_of(KeyAct::Report, report.account)?;
        self.record_call(key.customer, Some(key.id), name, report).await
    }

    /// As [`Engine::report_attempt`], by a key.
    pub async fn report_attempt_by(
        &self,
        key: &PipelineKey,
        production: ProductionName,
        step: StepName,
        number: i64,
        attempt: Attempt,
    ) -> Result<Capture, Error> {
        key.require(KeyAct::Report)?;
        let within = key.scope.accounts.clone();
        let report = attempt::Report::new(key.customer, within, production, step, number, attempt)?;
        self.writer.ask(report).await?.map_err(Error::Conflict)
    }

    /// As [`Engine::heartbeat`], by a key.
    pub async fn heartbeat_by(
        &self,
        key: &PipelineKey,
        production: ProductionName,
        stage: Option<Stage>,
    ) -> Result<Lease, Error> {
        key.require(KeyAct::Report)?;
        let (customer, within) = (key.customer, key.scope.accounts.clone());
        let beat = settle::Heartbeat { customer, within, production, stage };
        self.writer.ask(beat).await?.map_err(Error::Conflict)
    }

    /// As [`Engine::finish`], by a key.
    pub async fn finish_by(
        &self,
        key: &PipelineKey,
        production: ProductionName,
        end: End,
    ) -> Result<Settlement, Error> {
        key.require(KeyAct::Report)?;
        let (customer, within) = (key.customer, key.scope.accounts.clone());
        let finish = settle::Finish { customer, within, production, end };
        self.writer.ask(finish).await?.map_err(Error::Conflict)
    }

    /// As [`Engine::receipt`], by a key.
    pub async fn receipt_by(&self, key: &PipelineKey, production: &ProductionName) -> Result<Receipt, Error> {
        key.require(KeyAct::Read)?;
        let receipt = self.receipt(key.customer, production).await?;
        if key.scope.covers(receipt.account) { Ok(receipt) } else { Err(Error::NotFound("production")) }
    }

    /// As [`Engine::productions`], of the accounts that a key reaches.
    pub async fn productions_by(
        &self,
        key: &PipelineKey,
        account: Option<AccountId>,
        before: Option<ProductionId>,
        limit: u64,
    ) -> Result<Vec<ListedProduction>, Error> {
        key.require(KeyAct::Read)?;
        let filter = ProductionFilter { account, before, state: None };
        self.listed(key.customer, key.scope.accounts.as_ref(), &filter, limit).await
    }

    /// Up to `limit` entries of the ledger in the order of their numbers, from the one after `after` on: of the accounts that a
    /// key reaches, and where that is all of them, of the customer. There may be fewer, and yet more to come.
    pub async fn entries_by(
        &self,
        key: &PipelineKey,
        account: Option<AccountId>,
        after: Option<i64>,
        limit: u64,
    ) -> Result<LedgerPage, Error> {
        key.require(KeyAct::Read)?;
        self.entries_within(key.customer, key.scope.accounts.as_ref(), account, after, limit).await
    }

    /// What is left for an account: its own limit, what its customer has, and which loops do not run for it (K1, K4).
    pub async fn capacity_by(
        &self,
        key: &PipelineKey,
        account: AccountId,
    ) -> Result<(AccountLine, Usage, BTreeSet<i64>), Error> {
        key.require_of(KeyAct::Read, account)?;
        let rest = self.loops_that_rest(key.customer, account).await?;
        Ok((self.account(key.customer, account).await?, self.usage(key.customer).await?, rest))
    }
}
