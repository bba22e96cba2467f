//! The token ledger: every token that moves leaves one pool and enters another, in an entry that is never changed.
//!
//! Entries of a customer are numbered without gaps and chained: each carries a hash over its content and the hash before
//! it, so that whoever edits one row has to rewrite all that follow. I-1, I-2, I-6.

use crate::{
    id::{AccountId, CustomerId, EntryId, GrantId, ProductionName, StepName},
    time::Timestamp,
    tokens::{OutOfRange, Tokens},
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// Where tokens can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Pool {
    /// Outside: where granted tokens come from.
    Issued,
    /// In a lot, free to be drawn.
    Available,
    /// Set aside for an admitted production.
    Held,
    /// Charged for a step that succeeded.
    Used,
    /// Gone with the end of their lot.
    Lapsed,
    /// Owed: a production that was admitted needed more than there was (5.17).
    Overdrawn,
}

impl Pool {
    /// The word that stands in the books.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Issued => "issued",
            Self::Available => "available",
            Self::Held => "held",
            Self::Used => "used",
            Self::Lapsed => "lapsed",
            Self::Overdrawn => "overdrawn",
        }
    }
}

/// Tokens that move from one pool to another, from or to one lot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// The pool they leave.
    pub debit: Pool,
    /// The pool they enter.
    pub credit: Pool,
    /// The lot they belong to; none for an overdraft, which belongs to no lot.
    pub grant: Option<GrantId>,
    /// How many; never zero.
    pub tokens: Tokens,
}

/// Why tokens moved: who asked, for what, by which tariff.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cause {
    /// The account that produces; none for what concerns the customer as a whole.
    pub account: Option<AccountId>,
    /// The production.
    pub production: Option<ProductionName>,
    /// The step, where one was charged.
    pub step: Option<StepName>,
    /// Which attempt of it succeeded.
    pub attempt: Option<i64>,
    /// The tariff that set the amount.
    pub tariff_version: Option<i64>,
}

/// The end of a customer's chain: what the next entry starts from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The number of the newest entry; 0 before the first.
    pub seq: i64,
    /// Its hash in hexadecimal; empty before the first.
    pub hash: String,
    /// Tokens available.
    pub left: Tokens,
    /// Tokens held.
    pub held: Tokens,
    /// Tokens owed.
    pub overdrawn: Tokens,
}

impl Head {
    /// Before the first entry.
    #[must_use]
    pub const fn start() -> Self {
        Self { seq: 0, hash: String::new(), left: Tokens::ZERO, held: Tokens::ZERO, overdrawn: Tokens::ZERO }
    }
}

/// One line of the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Which entry.
    pub id: EntryId,
    /// Whose ledger.
    pub customer: CustomerId,
    /// Its number in that ledger, from 1, without gaps.
    pub seq: i64,
    /// What moved.
    pub transfer: Transfer,
    /// Why.
    pub cause: Cause,
    /// Tokens available before it.
    pub left_before: Tokens,
    /// Tokens available after it.
    pub left_after: Tokens,
    /// Tokens held after it.
    pub held_after: Tokens,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// The UTC day it is booked on.
    pub posted_on: NaiveDate,
    /// Over all of the above and the hash of the entry before, in hexadecimal.
    pub hash: String,
}

/// The place of an entry in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Posting {
    /// The identity of the entry.
    pub id: EntryId,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// The UTC day of booking.
    pub posted_on: NaiveDate,
}

impl Head {
    /// Appends one entry: moves the balances, takes the next number, chains the hash.
    pub fn append(
        &mut self,
        customer: CustomerId,
        transfer: Transfer,
        cause: Cause,
        posting: Posting,
    ) -> Result<Entry, OutOfRange> {
        let left_before = self.left;
        self.leave(transfer.debit, transfer.tokens)?;
        self.enter(transfer.credit, transfer.tokens)?;
        self.seq += 1;
        let mut entry = Entry {
            id: posting.id,
            customer,
            seq: self.seq,
            transfer,
            cause,
            left_before,
            left_after: self.left,
            held_after: self.held,
            occurred_at: posting.occurred_at,
            posted_on: posting.posted_on,
            hash: String::new(),
        };
        entry.hash = entry.chained_hash(&self.hash);
        self.hash.clone_from(&entry.hash);
        Ok(entry)
    }

    fn leave(&mut self, pool: Pool, tokens: Tokens) -> Result<(), OutOfRange> {
        match pool {
            Pool::Available => self.left = self.left.minus(tokens)?,
            Pool::Held => self.held = self.held.minus(tokens)?,
            Pool::Overdrawn => self.overdrawn = self.overdrawn.plus(tokens)?,
            Pool::Issued | Pool::Used | Pool::Lapsed => {}
        }
        Ok(())
    }

    fn enter(&mut self, pool: Pool, tokens: Tokens) -> Result<(), OutOfRange> {
        match pool {
            Pool::Available => self.left = self.left.plus(tokens)?,
            Pool::Held => self.held = self.held.plus(tokens)?,
            Pool::Overdrawn => self.overdrawn = self.overdrawn.minus(tokens)?,
            Pool::Issued | Pool::Used | Pool::Lapsed => {}
        }
        Ok(())
    }
}

impl Entry {
    /// SHA-256, in hexadecimal, over the hash before and every field, joined by `|`. No field can contain that character,
    /// so two entries never read alike; anybody with the rows can compute it again.
    #[must_use]
    pub fn chained_hash(&self, previous: &str) -> String {
        let Self { id, customer, seq, transfer, cause, .. } = self;
        let mut text =
            format!("{previous}|{customer}|{seq}|{id}|{}|{}", transfer.debit.word(), transfer.credit.word());
        let mut field = |value: Option<String>| {
            text.push('|');
            text.push_str(&value.unwrap_or_default());
        };
        field(transfer.grant.map(|id| id.to_string()));
        field(Some(transfer.tokens.to_string()));
        field(cause.account.map(|id| id.to_string()));
        field(cause.production.as_ref().map(ToString::to_string));
        field(cause.step.as_ref().map(ToString::to_string));
        field(cause.attempt.map(|number| number.to_string()));
        field(cause.tariff_version.map(|version| version.to_string()));
        field(Some(self.left_before.to_string()));
        field(Some(self.left_after.to_string()));
        field(Some(self.held_after.to_string()));
        field(Some(self.occurred_at.micros().to_string()));
        field(Some(self.posted_on.to_string()));
        Sha256::digest(text).iter().fold(String::with_capacity(64), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    }
}
