//! A group on its way into the books, after it was decided: written at once, or on PostgreSQL in parts, of which the first one, its
//! journals, is written while the group before it is.

use super::{
    Shared,
    act::Pending,
    group::{self, Failed, Remedy},
    save::Saved,
};
use crate::{Error, clock::stopwatch, db::begin_write};
use billing::id::CustomerId;
use sea_orm::{DatabaseTransaction, DbErr};
use std::{sync::Arc, time::Duration};
use tokio::{sync::watch, task::JoinHandle};

pub(super) type Acts = Vec<Box<dyn Pending>>;

/// How a group was written: with how long its commit took, where that is known, or with its acts, where there was none.
pub(super) type Written = Result<Option<Duration>, (Acts, Failed)>;

/// What is left to do of a group that is decided.
pub(super) struct Decided {
    pub(super) saved: Saved,
    pub(super) customers: Vec<CustomerId>,
}

/// A group that is being written, or waits for the one before it to be kept.
pub(super) struct UnderWay {
    pub(super) acts: usize,
    pub(super) progress: watch::Receiver<Progress>,
    pub(super) end: JoinHandle<Written>,
}

/// How far a group has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Progress {
    Begun,
    /// Its journals are written: the next one may write its own, and never has a key that this one waits for.
    Noted,
    /// Only the commit is left.
    Written,
    /// It is in the books, and its locks are gone: the next one may ask for them.
    Kept,
}

/// The transaction that was opened while a group was decided, where one was.
pub(super) type Opened = Option<Result<DatabaseTransaction, DbErr>>;

/// How far a group has come, and the one before it, where one is under way.
struct Stages {
    before: Option<watch::Receiver<Progress>>,
    progress: watch::Sender<Progress>,
}

impl UnderWay {
    /// Sends a group off, after another one where that is under way.
    pub(super) fn send(
        shared: &Arc<Shared>,
        acts: Acts,
        decided: Decided,
        opened: Opened,
        before: Option<&Self>,
    ) -> Self {
        let (count, (sender, progress)) = (acts.len(), watch::channel(Progress::Begun));
        let stages = Stages { before: before.map(|group| group.progress.clone()), progress: sender };
        let end = tokio::spawn(write_down(Arc::clone(shared), acts, decided, opened, stages));
        Self { acts: count, progress, end }
    }
}

/// Writes a group and answers its acts.
async fn write_down(
    shared: Arc<Shared>,
    mut acts: Acts,
    Decided { saved, customers }: Decided,
    opened: Opened,
    stages: Stages,
) -> Written {
    let begun = stopwatch();
    let done = match opened {
        None => at_once(&shared, saved, stages).await,
        Some(Ok(transaction)) => in_parts(saved, transaction, stages).await,
        Some(Err(error)) => Err(error.into()),
    };
    group::note(&shared, acts.len(), begun, done.as_ref().err());
    match done {
        Ok(kept_in) => {
            acts.drain(..).for_each(|mut act| act.answer());
            group::tell(&shared, customers.into_iter());
            Ok(kept_in)
        }
        Err(failed) => Err((acts, failed)),
    }
}

/// Once the group before it is kept: lock, compare, save and commit.
async fn at_once(shared: &Shared, saved: Saved, stages: Stages) -> Result<Option<Duration>, Failed> {
    let (pool, everything) = (&shared.pools.in_turn, saved.if_still()?);
    if let Some(mut before) = stages.before {
        before.wait_for(|now| *now >= Progress::Kept).await.map_err(|_| overtaken())?;
    }
    let kept_in = if everything.is_a_transaction() {
        let written = everything.write(pool).await.map_err(|error| match error {
            Error::Db(error) => group::unkept(error),
            error => error.into(),
        });
        if !written.map_err(gives_way)? {
            return Err(overtaken());
        }
        None
    } else {
        let transaction = begin_write(pool).await?;
        if !everything.write(&transaction).await? {
            return Err(overtaken());
        }
        stages.progress.send_replace(Progress::Written);
        Some(group::keep(transaction).await?)
    };
    stages.progress.send_replace(Progress::Kept);
    Ok(kept_in)
}

/// Journals while the group before it is being written; once that one is kept: lock, compare, save the rest; commit.
async fn in_parts(
    saved: Saved,
    transaction: DatabaseTransaction,
    stages: Stages,
) -> Result<Option<Duration>, Failed> {
    let rest = match stages.before {
        Some(mut before) => {
            let (journals, rest) = saved.apart()?;
            before.wait_for(|now| *now >= Progress::Noted).await.map_err(|_| overtaken())?;
            journals.write(&transaction).await?;
            stages.progress.send_replace(Progress::Noted);
            before.wait_for(|now| *now >= Progress::Kept).await.map_err(|_| overtaken())?;
            rest
        }
        None => saved.if_still()?,
    };
    if !rest.write(&transaction).await.map_err(|error| gives_way(error.into()))? {
        return Err(overtaken());
    }
    stages.progress.send_replace(Progress::Written);
    let kept_in = group::keep(transaction).await?;
    stages.progress.send_replace(Progress::Kept);
    Ok(Some(kept_in))
}

const fn overtaken() -> Failed {
    Failed { error: Error::Busy, remedy: Remedy::Overtaken }
}

/// Another transaction has a wallet, and has had it for too long.
fn gives_way(failed: Failed) -> Failed {
    match failed {
        Failed { error, remedy: Remedy::Again } => Failed { error, remedy: Remedy::Overtaken },
        failed => failed,
    }
}
