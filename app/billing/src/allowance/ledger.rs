//! The token ledger: every token that moves leaves one pool and enters another, in an entry that is never changed.
//!
//! Entries of a customer are numbered without gaps and chained: each carries a hash over its content and the hash before
//! it, so that whoever edits one row has to rewrite all that follow. I-1, I-2, I-6.

use crate::{
    id::{AccountId, CustomerId, EntryId, GrantId, PersonId, ProductionName, StepName},
    time::Timestamp,
    tokens::{OutOfRange, Tokens},
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt::{self, Display, Write};

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
    /// The member in whose name it is made, where the pipeline says so.
    pub member: Option<PersonId>,
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
    /// Appends one entry: moves the balances, takes the next number, chains the hash. A refused one moves nothing.
    pub fn append(
        &mut self,
        customer: CustomerId,
        transfer: Transfer,
        cause: Cause,
        posting: Posting,
    ) -> Result<Entry, OutOfRange> {
        let left_before = self.left;
        (self.left, self.held, self.overdrawn) = self.balances_after(&transfer)?;
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

    /// What is left, held and owed after a transfer.
    fn balances_after(&self, transfer: &Transfer) -> Result<(Tokens, Tokens, Tokens), OutOfRange> {
        let (mut left, mut held, mut overdrawn) = (self.left, self.held, self.overdrawn);
        match transfer.debit {
            Pool::Available => left = left.minus(transfer.tokens)?,
            Pool::Held => held = held.minus(transfer.tokens)?,
            Pool::Overdrawn => overdrawn = overdrawn.plus(transfer.tokens)?,
            Pool::Issued | Pool::Used | Pool::Lapsed => {}
        }
        match transfer.credit {
            Pool::Available => left = left.plus(transfer.tokens)?,
            Pool::Held => held = held.plus(transfer.tokens)?,
            Pool::Overdrawn => overdrawn = overdrawn.minus(transfer.tokens)?,
            Pool::Issued | Pool::Used | Pool::Lapsed => {}
        }
        Ok((left, held, overdrawn))
    }
}

impl Entry {
    /// SHA-256, in hexadecimal, over the hash before and every field, joined by `|`. No field can contain that character,
    /// so two entries never read alike; anybody with the rows can compute it again.
    #[must_use]
    pub fn chained_hash(&self, previous: &str) -> String {
        let Self { id, customer, seq, transfer, cause, .. } = self;
        let mut text = String::with_capacity(512);
        text.push_str(previous);
        let mut field = |value: &dyn Display| {
            write!(text, "|{value}").unwrap_or_default(); // a String takes everything
        };
        field(customer);
        field(seq);
        field(id);
        field(&transfer.debit.word());
        field(&transfer.credit.word());
        field(&given(transfer.grant));
        field(&transfer.tokens);
        field(&given(cause.account));
        field(&given(cause.production.as_ref()));
        field(&given(cause.step.as_ref()));
        field(&given(cause.attempt));
        field(&given(cause.tariff_version));
        field(&self.left_before);
        field(&self.left_after);
        field(&self.held_after);
        field(&self.occurred_at.micros());
        field(&self.posted_on);
        if let Some(member) = cause.member {
            field(&member); // last and only where there is one, as entries before seats were hashed
        }
        hex::encode(Sha256::digest(text))
    }
}

/// A field of a hash, or nothing.
fn given(field: Option<impl Display>) -> impl Display {
    fmt::from_fn(move |f| field.as_ref().map_or(Ok(()), |field| field.fmt(f)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ulid::Ulid;

    fn tokens(count: i64) -> Tokens {
        Tokens::new(count).unwrap()
    }

    fn append(head: &mut Head, debit: Pool, credit: Pool, count: i64) -> Result<Entry, OutOfRange> {
        let (customer, grant) =
            (CustomerId::new(Ulid::from_parts(1, 1)), GrantId::new(Ulid::from_parts(1, 2)));
        let transfer = Transfer { debit, credit, grant: Some(grant), tokens: tokens(count) };
        let posting = Posting {
            id: EntryId::new(Ulid::from_parts(1, 3)),
            occurred_at: "2026-10-22T16:40:00Z".parse().unwrap(),
            posted_on: "2026-10-23".parse().unwrap(),
        };
        head.append(customer, transfer, Cause::default(), posting)
    }

    #[test]
    fn i1_each_pool_goes_up_by_what_enters_and_down_by_what_leaves() {
        let mut head = Head::start();
        for (debit, credit, count, balances) in [
            (Pool::Issued, Pool::Available, 100, (100, 0, 0)),
            (Pool::Available, Pool::Held, 60, (40, 60, 0)),
            (Pool::Held, Pool::Used, 30, (40, 30, 0)),
            (Pool::Held, Pool::Available, 20, (60, 10, 0)),
            (Pool::Held, Pool::Lapsed, 10, (60, 0, 0)),
            (Pool::Available, Pool::Used, 50, (10, 0, 0)),
            (Pool::Available, Pool::Lapsed, 10, (0, 0, 0)),
            (Pool::Overdrawn, Pool::Used, 7, (0, 0, 7)),
            (Pool::Issued, Pool::Available, 9, (9, 0, 7)),
            (Pool::Available, Pool::Overdrawn, 7, (2, 0, 0)),
        ] {
            let entry = append(&mut head, debit, credit, count).unwrap();
            assert_eq!(
                (head.left.get(), head.held.get(), head.overdrawn.get()),
                balances,
                "{debit:?} to {credit:?}"
            );
            assert_eq!((entry.left_after, entry.held_after), (head.left, head.held));
        }
        assert_eq!(head.seq, 10);
    }

    #[test]
    fn i6_the_hash_is_over_the_hash_before_and_every_field() {
        let mut head = Head::start();
        let first = append(&mut head, Pool::Issued, Pool::Available, 100).unwrap();
        let mut second = append(&mut head, Pool::Available, Pool::Held, 60).unwrap();
        let bare = format!(
            "{}|cus_00000000010000000000000001|2|ent_00000000010000000000000003|available|held|\
             grt_00000000010000000000000002|60||||||100|40|60|1792687200000000|2026-10-23",
            first.hash
        );
        let is_hash_of = |hash: &str, text: &str| {
            let bytes = Sha256::digest(text);
            hash.len() == 64
                && bytes.iter().zip(0..).all(|(byte, at)| hash[2 * at..2 * at + 2] == format!("{byte:02x}"))
        };
        assert!(is_hash_of(&second.hash, &bare));

        second.cause = Cause {
            account: Some(AccountId::new(Ulid::from_parts(1, 4))),
            member: Some(PersonId::new(Ulid::from_parts(1, 5))),
            production: Some("film".parse().unwrap()),
            step: Some("voice-1".parse().unwrap()),
            attempt: Some(2),
            tariff_version: Some(1),
        };
        let caused = "|60|acc_00000000010000000000000004|film|voice-1|2|1|100|";
        let caused = bare.replace("|60||||||100|", caused) + "|per_00000000010000000000000005";
        assert!(is_hash_of(&second.chained_hash(&first.hash), &caused));
    }

    #[test]
    fn i6_an_entry_that_does_not_fit_is_refused_and_takes_no_number() {
        let mut head = Head::start();
        append(&mut head, Pool::Issued, Pool::Available, 5).unwrap();
        let before = head.clone();
        for (debit, credit) in
            [(Pool::Available, Pool::Used), (Pool::Held, Pool::Used), (Pool::Available, Pool::Overdrawn)]
        {
            assert_eq!(append(&mut head, debit, credit, 6).map(|entry| entry.seq), Err(OutOfRange));
            assert_eq!(
                append(&mut head, Pool::Available, Pool::Overdrawn, 1).map(|entry| entry.seq),
                Err(OutOfRange)
            );
            assert_eq!(head, before);
        }
    }
}
