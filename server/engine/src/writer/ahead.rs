//! The writer's task: while a group is being written, the next one is decided.
//!
//! What the tables do not say yet of the group under way is in the books that it has left behind; whatever else acts name is
//! looked up beside it. That all of it was still so is seen by the wallets' revisions, once they are locked and before anything
//! else is changed: where it was not, the group is done again under the locks, as is one that has more to write than rows of the
//! books (letters, what is bought without asking).

use super::{
    Books, GROUP, Shared, Touch,
    group::{self, Failed, Remedy},
    kept::Kept,
    queue::Queue,
    save,
    under_way::{Acts, Decided, Progress, UnderWay, Written},
};
use crate::{Error, clock::stopwatch, db::begin_write};
use futures::future::OptionFuture;
use sea_orm::DbBackend;
use std::{collections::VecDeque, mem, sync::Arc, time::Duration};
use tokio::{
    join, select,
    task::{JoinError, yield_now},
};

/// Acts of a group that is written in parts.
const IN_PARTS: usize = 32;
/// Groups of fewer acts that are written at once, one after the other, before one is written in parts all the same.
const AT_ONCE: u32 = 32;

/// What the task has at hand.
struct Scribe {
    shared: Arc<Shared>,
    kept: Kept,
    /// At most two: one that is being written, and one that was decided on what that one leaves behind.
    under_way: VecDeque<UnderWay>,
    /// How long it takes to decide a group, and to commit one, of late.
    decided_in: Duration,
    kept_in: Duration,
    /// Groups since the last one that was written in parts.
    at_once: u32,
}

/// Does what is queued until nothing will come any more.
pub(super) async fn write(shared: Arc<Shared>, queue: Arc<Queue>) {
    let mut scribe = Scribe {
        shared,
        kept: Kept::default(),
        under_way: VecDeque::new(),
        decided_in: Duration::ZERO,
        kept_in: Duration::ZERO,
        at_once: 0,
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

    /// Whether a group is written in parts. SQLite has one connection that writes; on PostgreSQL journals can be written while the
    /// group before is. Each part costs as much as some acts, so that few acts are written by one statement; but only a commit of
    /// its own says how long commits take.
    fn in_parts(&mut self, acts: &Acts) -> bool {
        if self.shared.pools.in_turn.get_database_backend() == DbBackend::Sqlite || self.kept.contended {
            return false;
        }
        self.at_once += 1;
        let in_parts = acts.len() >= IN_PARTS || self.at_once > AT_ONCE;
        if in_parts {
            self.at_once = 0;
        }
        in_parts
    }

    /// Decides a group and sends it off.
    async fn take_on(&mut self, mut acts: Acts) {
        let (begun, shared) = (stopwatch(), Arc::clone(&self.shared));
        let opened = OptionFuture::from(self.in_parts(&acts).then(|| begin_write(&shared.pools.in_turn)));
        let (decided, opened) = join!(self.decide(&mut acts), opened);
        let decided = decided.unwrap_or_else(|error| {
            tracing::warn!(%error, "a group could not be decided ahead");
            None
        });
        self.decided_in = of_late(self.decided_in, begun.elapsed());
        if let Some(decided) = decided {
            let group = UnderWay::send(&self.shared, acts, decided, opened, self.under_way.back());
            self.under_way.push_back(group);
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
        let saved = save::rows_of(read.get_database_backend(), &mut books)?;
        for books in books.values_mut() {
            books.settle(at)?;
        }
        let customers = books.keys().copied().collect();
        kept.keep(books.into_values());
        Ok(Some(Decided { saved, customers }))
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
            if let Some(kept_in) = kept_in {
                self.kept_in = of_late(self.kept_in, kept_in);
            }
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
