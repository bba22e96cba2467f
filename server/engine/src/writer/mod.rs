//! The writer: many acts, one commit. Nothing else writes the books.
//!
//! A durable commit costs a flush of the disk, everything else microseconds. So whatever acts wait *now* are done as one
//! group in one transaction: load what the acts touch and is not kept, decide act by act in arrival order on values in memory,
//! lock the wallets and see that it still is so, save sets of rows, commit, answer. A refused act writes its refusal and nothing
//! else. While one group is written the next is decided (`ahead.rs`); what cannot be done so is done wholly under the locks
//! (`group.rs`). Where a group cannot be committed its acts are done again one by one, so that one poisoned act cannot fail the
//! rest; where it is not known whether it was committed, nothing is done again and every caller hears just that.
//!
//! It runs in a task of its own: a caller that hangs up drops its answer, never a transaction that is under way. I-26.

mod act;
mod ahead;
mod automatic;
mod books;
mod facts;
mod group;
mod health;
mod journal;
mod kept;
mod limits;
mod load;
mod origin;
mod past;
mod queue;
mod rollup;
mod save;
mod under_way;

pub(crate) use act::{Act, Paying, Touch};
pub(crate) use automatic::Automatic;
pub(crate) use books::{Books, NewGrant};
pub use facts::Verdict;
pub(crate) use facts::{Admitted, PaidInvoice, Payer, Planned, Production, Promise, Reported, ReportedCall};
pub(crate) use health::Condition;
pub(crate) use limits::LimitNote;
pub(crate) use load::lock_wallet;
pub(crate) use past::{Past, write_past};
pub(crate) use rollup::{FAILED, Rollup};

use crate::{
    Clock, Error,
    db::Pools,
    ids::Ids,
    mail::PostOffice,
    peers::Peers,
    pnl::Lists,
    team::{KeyUses, Looks, PipelineKey},
};
use act::Asked;
use billing::{
    id::CustomerId, notice::Writing, payment::TaxCalculator, pnl::Catalog, sample, tier::PriceBook,
    time::Timestamp,
};
use health::Health;
use queue::Queue;
use sea_orm::ConnectionTrait;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, RwLock},
};
use tokio::{
    sync::{oneshot, watch},
    task::JoinHandle,
};

/// Acts of one group.
const GROUP: usize = 256;

/// What a decision is made with besides the books.
pub(crate) struct Desk<'a> {
    /// The group's instant.
    pub(crate) at: Timestamp,
    /// Where identities come from.
    pub(crate) ids: &'a Ids,
    /// Tariffs, prices, rates, markups, price books.
    pub(crate) catalog: &'a Catalog,
    /// Says which tax is added.
    pub(crate) tax: TaxCalculator,
    /// Whether the platform is closed for maintenance.
    pub(crate) idle: bool,
    /// How letters write amounts, tokens and dates.
    pub(crate) writing: &'a dyn Writing,
    /// 5.29: who issues invoices, as they keep it.
    pub(crate) issuer: Option<&'a str>,
}

impl Desk<'_> {
    /// The price book in force.
    pub(crate) fn prices(&self) -> Result<&PriceBook, Error> {
        let book = self.catalog.price_book(self.at);
        book.ok_or_else(|| Error::corrupt("price_book_version", self.at, "none in force"))
    }
}

/// What the writer's task and its callers share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) pools: Pools,
    pub(crate) clock: Clock,
    /// Held while the sandbox clock is set or read anew, so that neither undoes the other.
    pub(crate) clock_turn: tokio::sync::Mutex<()>,
    pub(crate) ids: Ids,
    pub(crate) tax: TaxCalculator,
    pub(crate) key_uses: KeyUses,
    pub(crate) key_looks: Looks<Option<PipelineKey>>,
    pub(crate) post: PostOffice,
    pub(crate) health: Health,
    pub(crate) peers: Peers,
    lists: RwLock<Lists>,
    watchers: Mutex<HashMap<CustomerId, watch::Sender<u64>>>,
}

impl Shared {
    pub(crate) fn new(pools: Pools, clock: Clock, lists: Lists) -> Self {
        let lists = RwLock::new(lists);
        Self {
            pools,
            clock,
            clock_turn: tokio::sync::Mutex::default(),
            ids: Ids::default(),
            tax: sample::tax_rule,
            key_uses: KeyUses::default(),
            key_looks: Looks::default(),
            post: PostOffice::default(),
            health: Health::default(),
            peers: Peers::default(),
            lists,
            watchers: Mutex::default(),
        }
    }

    /// The dated lists in force: those in memory, unless somebody has changed them since they were read.
    pub(crate) async fn lists(
        &self,
        read: &impl ConnectionTrait,
        changed_at: Option<i64>,
    ) -> Result<Arc<Catalog>, Error> {
        let known = self.lists.read().unwrap_or_else(PoisonError::into_inner).clone();
        if known.are_those_of(changed_at) {
            return Ok(known.catalog);
        }
        let fresh = Lists::load(read).await?;
        *self.lists.write().unwrap_or_else(PoisonError::into_inner) = fresh.clone();
        Ok(fresh.catalog)
    }

    /// Ticks whenever the customer's books change in this process.
    pub(crate) fn watch(&self, customer: CustomerId) -> watch::Receiver<u64> {
        let mut watchers = self.watchers.lock().unwrap_or_else(PoisonError::into_inner);
        watchers.retain(|_, sender| sender.receiver_count() > 0);
        watchers.entry(customer).or_insert_with(|| watch::channel(0).0).subscribe()
    }

    pub(crate) fn publish(&self, customers: impl Iterator<Item = CustomerId>) {
        let watchers = self.watchers.lock().unwrap_or_else(PoisonError::into_inner);
        for sender in customers.filter_map(|customer| watchers.get(&customer)) {
            sender.send_modify(|changes| *changes += 1);
        }
    }
}

/// The way to the writer's task.
#[derive(Debug)]
pub(crate) struct Writer {
    shared: Arc<Shared>,
    queue: Arc<Queue>,
    task: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    /// Starts the task.
    pub(crate) fn start(shared: Arc<Shared>) -> Self {
        let queue = Arc::new(Queue::default());
        let task = tokio::spawn(ahead::write(Arc::clone(&shared), Arc::clone(&queue)));
        Self { shared, queue, task: Mutex::new(Some(task)) }
    }

    /// Queues an act and waits for its answer. Dropping the wait does not undo the act.
    pub(crate) async fn ask<A: Act>(&self, act: A) -> Result<A::Answer, Error> {
        if self.shared.health.condition() == Condition::Halted {
            return Err(Error::Halted);
        }
        let (reply, answer) = oneshot::channel();
        self.queue.push(act.touches().customer, Box::new(Asked::new(act, reply)))?;
        answer.await.map_err(|_| Error::Busy)?
    }

    /// Lets so many acts wait from now on.
    pub(crate) fn hold(&self, most: usize) {
        self.queue.hold(most);
    }

    /// How many acts wait.
    pub(crate) fn waiting(&self) -> usize {
        self.queue.len()
    }

    /// Takes no more acts and waits until those that were taken are done.
    pub(crate) async fn close(&self) {
        self.queue.close();
        let task = self.task.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(task) = task
            && let Err(error) = task.await
        {
            tracing::error!(%error, "the writer's task ended badly");
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.queue.close(); // nobody is left who could ask
    }
}
