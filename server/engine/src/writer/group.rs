//! A group of acts in one transaction, and what is left to do where it fails. I-15, I-25, I-27.

use super::{
    Condition, Desk, Shared, Touch,
    act::Pending,
    automatic,
    kept::Kept,
    load::{self, All},
    save,
};
use crate::{
    Error,
    clock::stopwatch,
    db::{Fault, begin_write, fault},
    mail::post_told,
};
use billing::{id::CustomerId, time::Timestamp};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

/// How often a group is done where another transaction was in its way, or a connection was found broken.
const TRIES: u32 = 3;

/// A group that was not committed, or not for sure.
pub(super) struct Failed {
    pub(super) error: Error,
    pub(super) remedy: Remedy,
}

/// What helps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Remedy {
    /// Nothing was done, and the whole group may work now.
    Again,
    /// Nothing was done, and one of the acts is to blame.
    OneByOne,
    /// Nothing was done: it was decided on books that are others by now.
    Overtaken,
    /// Nothing can be done now, or nobody knows what was.
    None,
}

impl From<Error> for Failed {
    /// Before the commit: nothing was done.
    fn from(error: Error) -> Self {
        let remedy = match &error {
            Error::Db(cause) => match fault(cause) {
                Fault::Conflict | Fault::Silent => Remedy::Again,
                Fault::Unable | Fault::Flush => Remedy::None,
                Fault::Statement => Remedy::OneByOne,
            },
            _ => Remedy::OneByOne,
        };
        Self { error, remedy }
    }
}

impl From<DbErr> for Failed {
    fn from(error: DbErr) -> Self {
        Error::from(error).into()
    }
}

/// Does a group so that every act of it knows its answer.
pub(super) async fn settle(shared: &Shared, kept: &mut Kept, group: &mut [Box<dyn Pending>]) {
    let mut tries = 1;
    let failed = loop {
        match commit(shared, kept, group).await {
            Ok(()) => return,
            Err(failed) if failed.remedy == Remedy::Again && tries < TRIES => tries += 1,
            Err(failed) => break failed,
        }
    };
    tracing::warn!(error = %failed.error, acts = group.len(), "a group was not committed");
    match failed.remedy {
        Remedy::OneByOne => one_by_one(shared, kept, group).await,
        Remedy::Again | Remedy::Overtaken | Remedy::None => {
            for act in group {
                act.fail(failed.error.clone());
            }
        }
    }
}

/// Does each act in a transaction of its own, until the database itself is to blame.
async fn one_by_one(shared: &Shared, kept: &mut Kept, group: &mut [Box<dyn Pending>]) {
    let mut outage = None;
    for act in group {
        let done = match outage.clone() {
            Some(error) => Err(error),
            None => commit(shared, kept, std::slice::from_mut(act)).await.map_err(|failed| failed.error),
        };
        let Err(error) = done else { continue };
        if outage.is_none() {
            tracing::error!(%error, "an act was not committed");
        }
        outage = outage.or_else(|| error.is_outage().then(|| error.clone()));
        act.fail(error);
    }
}

/// Does a group in one transaction, and notes whether the books could be written.
async fn commit(shared: &Shared, kept: &mut Kept, group: &mut [Box<dyn Pending>]) -> Result<(), Failed> {
    let begun = stopwatch();
    let done = act_on(shared, kept, group).await;
    note(shared, group.len(), begun, done.as_ref().err());
    done
}

/// Notes what a group was, and whether the books could be written.
pub(super) fn note(shared: &Shared, acts: usize, begun: Instant, failed: Option<&Failed>) {
    match failed {
        None => shared.health.note(Condition::Sound),
        Some(Failed { error: Error::Halted, .. }) => shared.health.note(Condition::Halted),
        Some(failed) if failed.error.is_outage() => shared.health.note(Condition::Failing),
        Some(_) => {}
    }
    metrics::histogram!("writer_group_acts").record(u32::try_from(acts).unwrap_or(u32::MAX));
    metrics::histogram!("writer_group_seconds").record(begun.elapsed());
}

/// Lock, load, decide, save, commit. On an error nothing of it is in the books and every act can be asked again, but where the
/// error says that this is not known.
async fn act_on(shared: &Shared, kept: &mut Kept, group: &mut [Box<dyn Pending>]) -> Result<(), Failed> {
    let transaction = begin_write(&shared.pools.write).await?;
    let touches: Vec<Touch> = group.iter().map(|act| act.touches()).collect();
    let wallets = load::lock(&transaction, touches.iter().map(|touch| touch.customer)).await?;
    kept.forget_older(&wallets);
    // The instant is taken under the lock, so that a wallet's entries rise in time as they rise in number.
    let at = shared.clock.now();
    let mut books = decide(shared, &transaction, kept, group, &touches, at).await?;
    let saved = save::rows_of(transaction.get_database_backend(), &mut books)?;
    saved.under_locks().write(&transaction).await?;
    automatic::save(&transaction, books.values()).await?;
    post_told(&transaction, books.values(), &shared.ids, at).await?;
    for books in books.values_mut() {
        books.settle(at)?;
    }
    keep(transaction).await?;
    tell(shared, books.keys().copied());
    kept.keep(books.into_values());
    Ok(())
}

/// Loads what acts touch, and decides on it in their order.
pub(super) async fn decide(
    shared: &Shared,
    connection: &impl ConnectionTrait,
    kept: &mut Kept,
    group: &mut [Box<dyn Pending>],
    touches: &[Touch],
    at: Timestamp,
) -> Result<All, Error> {
    let (installation, mut books) = load::load(connection, touches, at, kept).await?;
    let catalog = shared.lists(connection, installation.catalog_changed_at).await?;
    let idle = installation.idle_since.is_some();
    let (ids, tax) = (&shared.ids, shared.tax);
    let (writing, issuer) = (shared.post.writing(), installation.issuer.as_deref());
    let desk = Desk { at, ids, catalog: &catalog, tax, idle, writing, issuer };
    for books in books.values_mut() {
        books.refresh(&desk)?;
    }
    for (act, touch) in group.iter_mut().zip(touches) {
        let books = books.get_mut(&touch.customer).ok_or(Error::NotFound("customer"))?;
        act.decide(books, &desk)?;
    }
    for books in books.values_mut() {
        books.tend_top_up(&desk)?;
        books.tend_letters(&desk)?;
    }
    Ok(books)
}

/// Tells whoever watches these customers' books that they have changed.
pub(super) fn tell(shared: &Shared, customers: impl Iterator<Item = CustomerId> + Clone) {
    shared.publish(customers.clone());
    shared.peers.tell(customers);
}

/// Ends the transaction, and answers how long that took. Only here it can be that nobody knows whether it was done.
pub(super) async fn keep(transaction: DatabaseTransaction) -> Result<Duration, Failed> {
    let begun = stopwatch();
    let kept = transaction.commit().await;
    let took = begun.elapsed();
    metrics::histogram!("writer_commit_seconds").record(took);
    kept.map(|()| took).map_err(|error| unkept(Arc::new(error)))
}

/// What a commit's failure means.
pub(super) fn unkept(error: Arc<DbErr>) -> Failed {
    match fault(&error) {
        Fault::Conflict | Fault::Unable | Fault::Statement => Error::Db(error).into(),
        Fault::Silent => Failed { error: Error::Unanswered(error), remedy: Remedy::None },
        Fault::Flush => {
            tracing::error!(%error, "a flush of the disk has failed: nothing is written any more");
            Failed { error: Error::Halted, remedy: Remedy::None }
        }
    }
}
