//! One customer's books in memory, for the length of one group: read under the wallet's lock, changed by decisions, saved
//! as sets of rows.

use super::Desk;
use crate::{
    Error,
    db::{
        allowance::grant_row,
        entity::{
            cost_entry, hold_draw, production, production_step, refusal, step_attempt, token_grant,
            token_hold,
        },
    },
};
use billing::{
    allowance::{Cause, Entry, Grant, Head, Posting, Transfer, Wallet},
    customer::AccountStatus,
    id::{AccountId, CustomerId, EntryId, HoldId, ProductionName, StepName},
    money::{Cost, Currency, Money, MoneyError},
    production::{End, Hold, Kind, OpenHold},
    time::{Month, Timestamp},
    tokens::Tokens,
};
use std::collections::HashMap;

/// An account as a decision sees it.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) name: String,
    pub(crate) status: AccountStatus,
}

/// What an account has spent and held in one month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spending {
    pub(crate) spent: Cost,
    pub(crate) held: Cost,
}

/// A planned step that an act names.
#[derive(Clone, Debug)]
pub(crate) struct Planned {
    pub(crate) kind: Kind,
    pub(crate) stage: Option<String>,
    pub(crate) model: Option<String>,
    /// The money set aside for it; none where its price was not known.
    pub(crate) money: Option<Cost>,
}

/// What became of a reported attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Verdict {
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

/// A production that an act names.
#[derive(Clone, Debug)]
pub(crate) struct Production {
    pub(crate) hold_id: HoldId,
    pub(crate) account: AccountId,
    pub(crate) tariff_version: i64,
    pub(crate) fingerprint: String,
    /// The first answer, as JSON.
    pub(crate) admission: String,
    pub(crate) hold: Hold,
    /// Tokens set aside at admission.
    pub(crate) tokens: Tokens,
    pub(crate) steps: HashMap<StepName, Planned>,
    pub(crate) attempts: HashMap<(StepName, i64), Reported>,
}

/// Rows that a group adds to append-only tables.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    pub(crate) grants: Vec<token_grant::Model>,
    pub(crate) productions: Vec<production::Model>,
    pub(crate) steps: Vec<production_step::Model>,
    pub(crate) attempts: Vec<step_attempt::Model>,
    pub(crate) entries: Vec<Entry>,
    pub(crate) costs: Vec<cost_entry::Model>,
    pub(crate) refusals: Vec<refusal::Model>,
}

/// The rows as they were loaded: what has not changed since is not written.
#[derive(Debug, Default)]
pub(super) struct Origin {
    pub(super) grants: HashMap<String, token_grant::Model>,
    pub(super) holds: HashMap<String, token_hold::Model>,
    pub(super) draws: HashMap<(String, i64), hold_draw::Model>,
    pub(super) spending: HashMap<(AccountId, Month), Spending>,
    pub(super) limits: HashMap<AccountId, Option<Money>>,
    pub(super) seq: i64,
}

/// A lot that comes into being.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewGrant {
    pub(crate) grant: Grant,
    pub(crate) price_paid: Option<Money>,
}

/// One customer's books.
#[derive(Debug)]
pub(crate) struct Books {
    pub(crate) customer: CustomerId,
    pub(crate) name: String,
    pub(crate) currency: Currency,
    pub(crate) head: Head,
    pub(crate) wallet: Wallet,
    pub(crate) accounts: HashMap<AccountId, Account>,
    /// Accounts with a row for their limit; none in it means that the limit was removed.
    pub(crate) limits: HashMap<AccountId, Option<Money>>,
    pub(crate) spending: HashMap<(AccountId, Month), Spending>,
    pub(crate) productions: HashMap<ProductionName, Production>,
    pub(crate) journal: Journal,
    pub(super) origin: Origin,
}

impl Books {
    /// The production of this name, if there is one.
    pub(crate) fn production(&mut self, name: &ProductionName) -> Result<&mut Production, Error> {
        self.productions.get_mut(name).ok_or(Error::NotFound("production"))
    }

    /// What stands against the account's limit in a month.
    pub(crate) fn spending(&self, account: AccountId, month: Month) -> Spending {
        let nothing = Spending { spent: Cost::zero(self.currency), held: Cost::zero(self.currency) };
        self.spending.get(&(account, month)).copied().unwrap_or(nothing)
    }

    /// Moves what stands against the account's limit in a month.
    pub(crate) fn spend(
        &mut self,
        account: AccountId,
        month: Month,
        change: impl FnOnce(&mut Spending) -> Result<(), MoneyError>,
    ) -> Result<(), Error> {
        let mut spending = self.spending(account, month);
        change(&mut spending).map_err(|error| Error::corrupt("budget_month", account, error))?;
        self.spending.insert((account, month), spending);
        Ok(())
    }

    /// Adds a lot of tokens.
    pub(crate) fn grant(&mut self, new: NewGrant, desk: &Desk) -> Result<(), Error> {
        let row = grant_row(self.customer, &new.grant, new.price_paid, desk.at)?;
        self.origin.grants.insert(row.id.clone(), row.clone());
        self.journal.grants.push(row);
        let moved = self.wallet.grant(new.grant).map_err(|error| self.disagree(error))?;
        self.book(moved, &Cause::default(), desk.at, desk)?;
        Ok(())
    }

    /// Books what has lapsed since the last act.
    pub(crate) fn lapse(&mut self, desk: &Desk) -> Result<(), Error> {
        let lapsed = self.wallet.lapse(desk.at);
        self.book(lapsed, &Cause::default(), desk.at, desk)?;
        Ok(())
    }

    /// Ends a production that runs: what it still holds goes home, what it still might cost no longer counts.
    pub(crate) fn end(
        &mut self,
        name: &ProductionName,
        mut open: OpenHold,
        end: End,
        desk: &Desk,
    ) -> Result<(), Error> {
        let moved = self.wallet.release(&mut open, desk.at).map_err(|error| self.disagree(error))?;
        let production = self.production(name)?;
        let (account, cause) = (production.account, production.cause(name));
        self.book(moved, &cause, desk.at, desk)?;
        self.spend(account, open.month, |month| {
            month.held = month.held.minus(open.money)?;
            Ok(())
        })?;
        self.production(name)?.hold = Hold::Ended(open.end(end, desk.at));
        Ok(())
    }

    /// Appends transfers to the ledger and answers the first entry. The lots and the ledger must agree afterwards; where
    /// they do not, the group is given up.
    pub(crate) fn book(
        &mut self,
        transfers: Vec<Transfer>,
        cause: &Cause,
        occurred_at: Timestamp,
        desk: &Desk,
    ) -> Result<Option<EntryId>, Error> {
        let mut first = None;
        for transfer in transfers {
            let id = EntryId::new(desk.ids.next(desk.at)?);
            let posting = Posting { id, occurred_at, posted_on: desk.at.day() };
            let entry = self.head.append(self.customer, transfer, cause.clone(), posting);
            self.journal.entries.push(entry.map_err(|error| Error::corrupt("wallet", self.customer, error))?);
            first.get_or_insert(id);
        }
        self.check()?;
        Ok(first)
    }

    fn check(&self) -> Result<(), Error> {
        let lots = self.wallet.grants();
        let left: Tokens = lots.iter().map(|grant| grant.remaining).sum();
        let held: Tokens = lots.iter().map(|grant| grant.held).sum();
        let agree =
            (left, held, self.wallet.overdrawn()) == (self.head.left, self.head.held, self.head.overdrawn);
        if agree { Ok(()) } else { Err(self.disagree("the lots and the ledger disagree")) }
    }

    /// The error that gives a group up.
    pub(crate) fn disagree(&self, what: impl ToString) -> Error {
        Error::corrupt("wallet", self.customer, what)
    }
}

impl Production {
    /// What its entries say of it.
    pub(crate) fn cause(&self, name: &ProductionName) -> Cause {
        Cause { account: Some(self.account), production: Some(name.clone()), ..Cause::default() }
    }
}
