//! The audit log: written in the transaction of the act that it tells of, or not at all. N1, T17. And what people ask of
//! their own data: a copy, its end, that it be left alone. Y1–Y5.

mod archive;
mod archive_journals;
mod archive_tables;
mod consent;
mod log;
mod privacy_letters;
pub(crate) mod request;
mod requests;
mod revert;
mod revert_account;

pub use archive::ArchiveTable;
pub use log::{AuditFilter, AuditLine};
pub(crate) use privacy_letters::erasure_waits;
pub use requests::{RequestLine, Resolution};
pub(crate) use revert::MOVED_ON;

use crate::{
    Error,
    db::{entity::audit_entry, from_json, from_word, rows, scope::scope_words, to_json, to_word},
    ids::Ids,
    writer::{Books, Desk, Shared},
};
use billing::{
    audit::{Actor, AuditAct, AuditEntry, Facts},
    budget::{BudgetScope, LimitKind, LimitMove},
    id::{AuditId, CustomerId, PersonId},
    money::Money,
    time::Timestamp,
};
use sea_orm::ConnectionTrait;
use std::fmt::Display;

/// The longest reason that is kept.
const REASON_CHARACTERS: usize = 500;

/// What is to be kept of an act.
#[derive(Clone, Debug)]
pub(crate) struct Note {
    customer: Option<CustomerId>,
    by: Actor,
    act: AuditAct,
    subject: String,
    before: Facts,
    after: Facts,
    reason: Option<String>,
    reverts: Option<AuditId>,
}

impl Note {
    /// An act that concerns a customer: what was done, by whom, to what.
    pub(crate) fn of(customer: CustomerId, by: Actor, act: AuditAct, subject: impl Display) -> Self {
        Self { customer: Some(customer), ..Self::beside(by, act, subject) }
    }

    /// An act that concerns no customer: the platform, or a person alone.
    pub(crate) fn beside(by: Actor, act: AuditAct, subject: impl Display) -> Self {
        let subject = subject.to_string();
        let (before, after) = (Facts::new(), Facts::new());
        Self { customer: None, by, act, subject, before, after, reason: None, reverts: None }
    }

    /// Amounts of a limit that were moved.
    pub(crate) fn of_limits(
        customer: CustomerId,
        by: Option<PersonId>,
        scope: BudgetScope,
        moves: &[LimitMove],
    ) -> Self {
        let by = by.map_or(Actor::Operations, Actor::Person);
        let note = Self::of(customer, by, AuditAct::LimitsChanged, scope_words(scope).1);
        let exact = |amount: Money| format!("{} {amount}", amount.currency());
        moves.iter().fold(note, |note, moved| {
            note.moved(limit_words(moved.kind), moved.before.map(exact), moved.after.map(exact))
        })
    }

    /// Keeps what a field was and what it became, where the two differ.
    pub(crate) fn moved<T: Display + PartialEq>(
        mut self,
        field: &str,
        before: Option<T>,
        after: Option<T>,
    ) -> Self {
        if before != after {
            self.before.extend(before.map(|value| (field.to_owned(), value.to_string())));
            self.after.extend(after.map(|value| (field.to_owned(), value.to_string())));
        }
        self
    }

    /// Keeps a field of what there is since.
    pub(crate) fn with(self, field: &str, value: impl Display) -> Self {
        self.moved(field, None, Some(value.to_string()))
    }

    /// Whether anything differs.
    pub(crate) fn says_something(&self) -> bool {
        !self.before.is_empty() || !self.after.is_empty()
    }

    /// Keeps why; nothing where nothing was said.
    pub(crate) fn because(mut self, reason: &str) -> Self {
        let reason: String = reason.trim().chars().take(REASON_CHARACTERS).collect();
        self.reason = (!reason.is_empty()).then_some(reason);
        self
    }

    /// Keeps which entry it puts back; each can be once.
    pub(crate) const fn reverting(mut self, entry: Option<AuditId>) -> Self {
        self.reverts = entry;
        self
    }

    fn row(&self, ids: &Ids, at: Timestamp) -> Result<audit_entry::Model, Error> {
        let id = AuditId::new(ids.next(at)?).to_string();
        let (actor_kind, actor_id) = match self.by {
            Actor::Person(person) => ("person", Some(person.to_string())),
            Actor::Key(key) => ("key", Some(key.to_string())),
            Actor::Operations => ("operations", None),
        };
        Ok(audit_entry::Model {
            customer_id: self.customer.map(|customer| customer.to_string()),
            at: at.micros(),
            actor_kind: actor_kind.to_owned(),
            actor_id,
            act: to_word(&self.act)?,
            subject: self.subject.clone(),
            before_facts: to_json("audit_entry", &id, &self.before)?,
            after_facts: to_json("audit_entry", &id, &self.after)?,
            reason: self.reason.clone(),
            reverts: self.reverts.map(|entry| entry.to_string()),
            id,
        })
    }
}

/// What the log calls an amount of a limit.
const fn limit_words(kind: LimitKind) -> &'static str {
    match kind {
        LimitKind::StopAt => "stops at",
        LimitKind::StopThisMonthAt => "stops this month at",
        LimitKind::TellAt => "tells at",
    }
}

impl Shared {
    /// Keeps an act that is not one on the books, in its own transaction.
    pub(crate) async fn note(&self, transaction: &impl ConnectionTrait, note: &Note) -> Result<(), Error> {
        let row = note.row(&self.ids, self.clock.now())?;
        rows::insert::<audit_entry::Entity>(transaction, &[row]).await
    }
}

impl Books {
    /// Keeps an act on the books, with its group.
    pub(crate) fn note(&mut self, note: &Note, desk: &Desk) -> Result<(), Error> {
        self.journal.audit.push(note.row(desk.ids, desk.at)?);
        Ok(())
    }
}

/// What a row says.
pub(crate) fn entry_of(row: &audit_entry::Model) -> Result<AuditEntry, Error> {
    let bad = |error| Error::corrupt("audit_entry", &row.id, error);
    let id = |text: &str| text.parse().map_err(bad);
    let by = match (row.actor_kind.as_str(), &row.actor_id) {
        ("person", Some(person)) => Actor::Person(person.parse().map_err(bad)?),
        ("key", Some(key)) => Actor::Key(key.parse().map_err(bad)?),
        _ => Actor::Operations,
    };
    Ok(AuditEntry {
        id: id(&row.id)?,
        customer: row.customer_id.as_deref().map(str::parse).transpose().map_err(bad)?,
        at: Timestamp::from_micros(row.at).map_err(|error| Error::corrupt("audit_entry", &row.id, error))?,
        by,
        act: from_word("audit_entry", &row.id, &row.act)?,
        subject: row.subject.clone(),
        before: from_json("audit_entry", &row.id, &row.before_facts)?,
        after: from_json("audit_entry", &row.id, &row.after_facts)?,
        reason: row.reason.clone(),
        reverts: row.reverts.as_deref().map(id).transpose()?,
    })
}
