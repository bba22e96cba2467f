//! Sending what waits. Whoever speaks to the outside carries letters for the engine; without a carrier they wait, as in a
//! sandbox, where they are read on its mailbox page.
//!
//! A process takes a letter for itself before it carries it, so that several send each once. What cannot be delivered now is
//! tried again, ever later, and given up after some tries; staff see that. A letter that dies between the carrier's word and
//! its note is carried again under the same name, by which a mailbox knows it.

use super::{MailKind, Posted, posted_of};
use crate::{Engine, Error, clock::machine_micros, db::entity::mail};
use async_trait::async_trait;
use billing::{
    id::PersonId,
    notice::{Plain, Writing},
};
use futures::future::join_all;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set,
    sea_query::{Expr, ExprTrait},
};
use std::{
    fmt::Debug,
    sync::{Arc, OnceLock},
    time::Duration,
};

/// Letters that are carried at once.
const AT_ONCE: u64 = 16;
/// How long a carrier may take over a letter.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a letter is one process's; longer than it may take over it.
const LEASE_MICROS: i64 = 120_000_000;
/// After how many minutes it is tried again; after the last one it is given up. By the machine's clock, as the network goes.
const AGAIN_AFTER_MINUTES: [i64; 7] = [1, 5, 15, 60, 4 * 60, 12 * 60, 24 * 60];
/// The longest reason that is kept.
const REASON_CHARACTERS: usize = 300;

/// A letter on its way.
#[derive(Clone, Debug)]
pub struct Carried {
    /// Which, and what it says.
    pub posted: Posted,
    /// The token with which its reader switches letters of its kind off, where they can.
    pub stop: Option<String>,
}

/// Why a letter did not leave.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotCarried {
    /// It may leave later.
    #[error("{0}")]
    Later(String),
    /// It never will.
    #[error("{0}")]
    Never(String),
}

/// Whoever carries letters outside.
#[async_trait]
pub trait Carrier: Debug + Send + Sync {
    /// Hands a letter over to whoever delivers it.
    async fn carry(&self, letter: &Carried) -> Result<(), NotCarried>;
}

/// What the engine was handed for its letters.
#[derive(Debug, Default)]
pub(crate) struct PostOffice {
    writing: OnceLock<&'static dyn Writing>,
    carrier: OnceLock<Arc<dyn Carrier>>,
    pub(super) secret: OnceLock<String>,
}

impl PostOffice {
    /// How amounts, tokens and dates are written.
    pub(crate) fn writing(&self) -> &'static dyn Writing {
        self.writing.get().copied().unwrap_or(&Plain)
    }
}

impl Engine {
    /// Has letters write amounts, tokens and dates as pages do. The first word counts.
    pub fn write_letters_as(&self, writing: &'static dyn Writing) {
        let _ = self.shared.post.writing.set(writing);
    }

    /// Has letters carried by somebody. The first word counts.
    pub fn send_letters_by(&self, carrier: Arc<dyn Carrier>) {
        let _ = self.shared.post.carrier.set(carrier);
    }

    /// Whether somebody carries letters; else they wait, and a sandbox shows them.
    #[must_use]
    pub fn sends_letters(&self) -> bool {
        self.shared.post.carrier.get().is_some()
    }

    /// Sends what waits, and answers how many letters were tried. The sweep does this by itself.
    pub async fn send_letters(&self) -> Result<usize, Error> {
        let Some(carrier) = self.shared.post.carrier.get() else { return Ok(0) };
        let due = mail::Entity::find()
            .filter(is_due(machine_micros()))
            .order_by_asc(mail::Column::Id)
            .limit(AT_ONCE)
            .all(&self.shared.pools.read)
            .await?;
        let tried = join_all(due.into_iter().map(|row| self.try_letter(row, carrier.as_ref()))).await;
        tried.into_iter().map(|tried| tried.map(usize::from)).sum()
    }

    /// Whether there was something to try.
    async fn try_letter(&self, row: mail::Model, carrier: &dyn Carrier) -> Result<bool, Error> {
        if !self.take_letter(&row).await? {
            return Ok(false);
        }
        let posted = posted_of(&row)?;
        let outcome = if posted.link_is_over {
            Err(NotCarried::Never("its link works no more".to_owned()))
        } else {
            let letter = Carried { stop: self.stop_of(&row, posted.letter.kind).await?, posted };
            let late = || Err(NotCarried::Later("no answer in time".to_owned()));
            tokio::time::timeout(PATIENCE, carrier.carry(&letter)).await.unwrap_or_else(|_| late())
        };
        let tries = row.tries + 1;
        let change = match outcome {
            Ok(()) => mail::ActiveModel {
                sent_at: Set(Some(self.now().micros())),
                link_token: Set(None),
                failed_with: Set(None),
                ..Default::default()
            },
            Err(error) => self.after_failure(&row.id, tries, &error),
        };
        mail::Entity::update_many()
            .set(mail::ActiveModel { leased_until: Set(None), ..change })
            .filter(mail::Column::Id.eq(&row.id))
            .filter(mail::Column::SentAt.is_null())
            .exec(&self.shared.pools.side)
            .await?;
        Ok(true)
    }

    /// Takes a letter for this process; false where another one has it, or has sent it. The try counts before it is made.
    async fn take_letter(&self, row: &mail::Model) -> Result<bool, Error> {
        let machine = machine_micros();
        let taken = mail::Entity::update_many()
            .col_expr(mail::Column::LeasedUntil, Expr::value(machine + LEASE_MICROS))
            .col_expr(mail::Column::Tries, Expr::value(row.tries + 1))
            .filter(mail::Column::Id.eq(&row.id))
            .filter(mail::Column::Tries.eq(row.tries))
            .filter(is_due(machine))
            .exec(&self.shared.pools.side)
            .await?;
        Ok(taken.rows_affected == 1)
    }

    fn after_failure(&self, id: &str, tries: i64, error: &NotCarried) -> mail::ActiveModel {
        let reason: String = error.to_string().chars().take(REASON_CHARACTERS).collect();
        let minutes = usize::try_from(tries - 1).ok().and_then(|tries| AGAIN_AFTER_MINUTES.get(tries));
        let again = minutes.filter(|_| matches!(error, NotCarried::Later(_)));
        let change = mail::ActiveModel { failed_with: Set(Some(reason.clone())), ..Default::default() };
        if let Some(minutes) = again {
            tracing::warn!(mail = id, tries, reason, "a letter did not leave and is tried again");
            let at = machine_micros() + minutes * 60_000_000;
            return mail::ActiveModel { next_try_at: Set(Some(at)), ..change };
        }
        tracing::error!(mail = id, tries, reason, "a letter is given up");
        mail::ActiveModel { given_up_at: Set(Some(self.now().micros())), ..change }
    }

    async fn stop_of(&self, row: &mail::Model, kind: MailKind) -> Result<Option<String>, Error> {
        let Some(person) = row.person_id.as_deref().filter(|_| kind.can_be_switched_off()) else {
            return Ok(None);
        };
        let person: PersonId = person.parse().map_err(|error| Error::corrupt("mail", &row.id, error))?;
        self.stop_token(person, kind).await.map(Some)
    }
}

/// Letters that nobody has sent, given up or on its way, and whose next try has come.
fn is_due(machine: i64) -> Condition {
    let none_or_past = |column: mail::Column| column.is_null().or(column.lte(machine));
    Condition::all()
        .add(mail::Column::SentAt.is_null())
        .add(mail::Column::GivenUpAt.is_null())
        .add(none_or_past(mail::Column::NextTryAt))
        .add(none_or_past(mail::Column::LeasedUntil))
}
