//! The writer's task: while a group is being written, the next one is decided.
//!
//! What the tables do not say yet of the group under way is in the books that it has left behind; whatever else acts name is
//! looked up beside it. On PostgreSQL its journals are written meanwhile, too. That all of it was still so is seen under the
//! wallets' locks, by their revisions, before any row is changed: where it was not, the group is done again under the locks, as is
//! one that has more to write than rows of the books (letters, what is bought without asking).

use super::{
    Books, GROUP, Shared, Touch,
    act::Pending,
    group::{self, Failed, Remedy},
    kept::Kept,
    load,
    queue::Queue,
    save,
};
use crate::{
    Error,
    clock::stopwatch,
    db::{begin_write, rows::Changes},
};
use billing::id::CustomerId;
use futures::future::OptionFuture;
use sea_orm::{DatabaseTransaction, DbBackend, DbErr};
use std::{
    collections::{BTreeMap, VecDeque},
    mem,
    sync::Arc,
    time::Duration,
};
use tokio::{
    join, select,
    sync::watch,
    task::{JoinError, JoinHandle, yield_now},
};

type Acts = Vec<Box<dyn Pending>>;

/// How a group was written: with how long its commit took, or with its acts, where there was none.
type Written = Result<Duration, (Acts, Failed)>;

/// What is left to do of a group that is decided.
struct Decided {
    journals: Changes,
    rest: Changes,
    /// The revisions of the wallets that it was decided on.
    revisions: BTreeMap<CustomerId, i64>,
}

/// A group on its way: it is being written, or waits for the one before it to be kept.
struct UnderWay {
    acts: usize,
    progress: watch::Receiver<Progress>,
    end: JoinHandle<Written>,
}

/// How far a group has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Progress {
    Begun,
    /// Its journals are written: the next one may write its own, and never has a key that this one waits for.
    Noted,
    /// Only the commit is left.
    Written,
    /// It is in the books, and its locks are gone: the next one may ask for them.
    Kept,
}

/// What the task has at hand.
struct Scribe {
    shared: Arc<Shared>,
    kept: Kept,
    /// At most two: one that is being written, and one that was decided on what that one leaves behind.
    under_way: VecDeque<UnderWay>,
    /// How long it takes to decide a group, and to commit one, of late.
    decided_in: Duration,
    kept_in: Duration,
}

/// Does what is queued until nothing will come any more.
pub(super) async fn write(shared: Arc<Shared>, queue: Arc<Queue>) {
    let mut scribe = Scribe {
        shared,
        kept: Kept::default(),
        under_way: VecDeque::new(),
        decided_in: Duration::ZERO,
        kept_in: Duration::ZERO,
    };
    let mut acts = Vec::with_capacity(GROUP);
    loop {
        scribe.wait_for_more(&queue).await;
        let more = match scribe.under_way.front_mut() {
            None => queue.take(&mut acts).await,
            Some(first) => select! {
                biased;
                end = &mut first.end => {
                    scribe.ended(end).await;
                    continue;
                }
                more = queue.take(&mut acts) => more,
            },
        };
        if !more {
            break;
        }
        scribe.take_on(mem::take(&mut acts)).await;
    }
    scribe.wait().await;
}

impl Scribe {
    /// Until it is time for another group: once as many acts wait as are under way, or nothing but the commit is left of those, so
    /// that a group is no smaller than it has to be.
    async fn wait_for_more(&mut self, queue: &Queue) {
        loop {
            let early = self.under_way.len() == 1 && self.gains_by_haste();
            let Some(first) = self.under_way.front_mut() else { return };
            let end = select! {
                biased;
                end = &mut first.end => end,
                () = queue.gather(first.acts), if early => return,
                _ = first.progress.wait_for(|now| *now >= Progress::Written), if early => return,
            };
            self.ended(end).await;
            yield_now().await; // whoever was answered may ask again
        }
    }

    /// Callers in two groups, of which one is decided while the other is written, cost another commit; callers in one wait while it
    /// is decided. Of the commit's time a part grows with the group.
    fn gains_by_haste(&self) -> bool {
        3 * self.decided_in > self.kept_in
    }

    /// Decides a group and sends it off.
    async fn take_on(&mut self, mut acts: Acts) {
        let (begun, shared) = (stopwatch(), Arc::clone(&self.shared));
        // On PostgreSQL a group writes what it may while another one does; SQLite has one connection that writes.
        let beside = shared.pools.in_turn.get_database_backend() == DbBackend::Postgres;
        let opens = beside && !self.kept.contended;
        let opened = OptionFuture::from(opens.then(|| begin_write(&shared.pools.in_turn)));
        let (decided, opened) = join!(self.decide(&mut acts), opened);
        let decided = decided.unwrap_or_else(|error| {
            tracing::warn!(%error, "a group could not be decided ahead");
            None
        });
        self.decided_in = of_late(self.decided_in, begun.elapsed());
        let stands = decided.is_some() && (beside || self.wait().await);
        if let Some(decided) = decided.filter(|_| stands) {
            self.send(acts, decided, opened);
        } else {
            drop(opened);
            self.wait().await;
            self.settle(acts).await;
        }
    }

    /// What is to be written; none where the group has to be decided under the locks.
    async fn decide(&mut self, acts: &mut Acts) -> Result<Option<Decided>, Error> {
        let Self { shared, kept, .. } = self;
        let touches: Vec<Touch> = acts.iter().map(|act| act.touches()).collect();
        let (read, at) = (&shared.pools.ahead, shared.clock.now());
        if kept.contended || !kept.suffices(&touches, at) {
            return Ok(None);
        }
        let mut books = group::decide(shared, read, kept, acts, &touches, at).await?;
        if books.values().any(Books::writes_more_than_rows) {
            return Ok(None);
        }
        let revisions = books.values().map(|books| (books.customer, books.origin.revision)).collect();
        let saved = save::rows_of(read.get_database_backend(), &books)?;
        group::settle_books(&mut books, &saved.revisions, at)?;
        kept.keep(books.into_values());
        Ok(Some(Decided { journals: saved.journals, rest: saved.rest, revisions }))
    }

    fn send(&mut self, acts: Acts, decided: Decided, opened: Opened) {
        let (count, (sender, progress)) = (acts.len(), watch::channel(Progress::Begun));
        let before = self.under_way.back().map(|last| last.progress.clone());
        let stages = Stages { opened, before, progress: sender };
        let end = tokio::spawn(write_down(Arc::clone(&self.shared), acts, decided, stages));
        self.under_way.push_back(UnderWay { acts: count, progress, end });
    }

    /// Does a group under the locks.
    async fn settle(&mut self, mut acts: Acts) {
        group::settle(&self.shared, &mut self.kept, &mut acts).await;
        acts.drain(..).for_each(|mut act| act.answer());
        yield_now().await;
    }

    /// Waits until nothing is under way. Answers whether all of it was written.
    async fn wait(&mut self) -> bool {
        let mut written = true;
        while let Some(first) = self.under_way.front_mut() {
            let end = (&mut first.end).await;
            written &= self.ended(end).await;
        }
        written
    }

    /// Takes note of how the first one ended, and answers whether it was written. If not, nothing that was decided after it
    /// stands: both are done under the locks, in their order, unless that cannot help.
    async fn ended(&mut self, end: Result<Written, JoinError>) -> bool {
        self.under_way.pop_front();
        if let Ok(Ok(kept_in)) = end {
            self.kept_in = of_late(self.kept_in, kept_in);
            return true;
        }
        let mut ends = vec![end];
        while let Some(next) = self.under_way.pop_front() {
            ends.push(next.end.await);
        }
        self.kept.forget();
        for end in ends {
            match end {
                Ok(Ok(_)) => {}
                Ok(Err((acts, Failed { error, remedy: Remedy::None }))) => {
                    for mut act in acts {
                        act.fail(error.clone());
                        act.answer();
                    }
                }
                Ok(Err((acts, Failed { remedy, .. }))) => {
                    self.kept.contended |= remedy == Remedy::Overtaken;
                    self.settle(acts).await;
                }
                Err(error) => tracing::error!(%error, "a group was given up while it was written"),
            }
        }
        false
    }
}

/// A mean in which the last few weigh most: one slow flush is no slow disk.
fn of_late(known: Duration, last: Duration) -> Duration {
    (7 * known + last) / 8
}

/// The transaction that was opened while a group was decided, where one was.
type Opened = Option<Result<DatabaseTransaction, DbErr>>;

/// How far a group has come, and the one before it, where one is under way.
struct Stages {
    opened: Opened,
    before: Option<watch::Receiver<Progress>>,
    progress: watch::Sender<Progress>,
}

/// Writes a group and answers its acts.
async fn write_down(shared: Arc<Shared>, mut acts: Acts, decided: Decided, stages: Stages) -> Written {
    let begun = stopwatch();
    let customers: Vec<CustomerId> = decided.revisions.keys().copied().collect();
    let done = commit(&shared, decided, stages).await;
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

/// Journals; lock, compare and save the rest; commit. Where a group is under way, its own rest is saved while these journals are;
/// and whoever has the locks may wait for the key of such a row, so that the locks are not waited for: it has them at once, after
/// the group before is kept, or it is overtaken.
async fn commit(shared: &Shared, decided: Decided, stages: Stages) -> Result<Duration, Failed> {
    let overtaken = || Failed { error: Error::Busy, remedy: Remedy::Overtaken };
    let transaction = match stages.opened {
        Some(opened) => opened?,
        None => begin_write(&shared.pools.in_turn).await?,
    };
    let mut rest = decided.rest;
    match stages.before {
        Some(mut before) => {
            before.wait_for(|now| *now >= Progress::Noted).await.map_err(|_| overtaken())?;
            decided.journals.write(&transaction).await?;
            stages.progress.send_replace(Progress::Noted);
            before.wait_for(|now| *now >= Progress::Kept).await.map_err(|_| overtaken())?;
        }
        None => rest = decided.journals.and(rest),
    }
    match load::write_if_still(&transaction, &decided.revisions, rest).await.map_err(Failed::from) {
        Ok(true) => {}
        Ok(false) => return Err(overtaken()),
        // another transaction has a wallet
        Err(Failed { error, remedy: Remedy::Again }) => {
            return Err(Failed { error, remedy: Remedy::Overtaken });
        }
        Err(failed) => return Err(failed),
    }
    stages.progress.send_replace(Progress::Written);
    let kept_in = group::keep(transaction).await?;
    stages.progress.send_replace(Progress::Kept);
    Ok(kept_in)
}
