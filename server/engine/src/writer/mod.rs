//! The writer: many acts, one commit. Nothing else writes the books.
//!
//! A durable commit costs a flush of the disk, everything else microseconds. So whatever acts wait *now* are done as one
//! group in one transaction: lock the wallets, load what the acts touch, decide act by act in arrival order on values in
//! memory, save sets of rows, commit, answer. A refused act writes its refusal and nothing else. Where a group cannot be
//! committed its acts are done again one by one, so that one poisoned act cannot fail the rest.
//!
//! It runs in a task of its own: a caller that hangs up drops its answer, never a transaction that is under way. I-26.

mod act;
mod automatic;
mod books;
mod facts;
mod journal;
mod limits;
mod load;
mod past;
mod rollup;
mod save;

pub(crate) use act::{Act, Paying, Touch};
pub(crate) use automatic::Automatic;
pub(crate) use books::{Books, NewGrant};
pub use facts::Verdict;
pub(crate) use facts::{PaidInvoice, Payer, Planned, Production, Promise, Reported, ReportedCall};
pub(crate) use limits::LimitNote;
pub(crate) use load::lock_wallet;
pub(crate) use past::{Past, write_past};
pub(crate) use rollup::{FAILED, Rollup};

use crate::{
    Clock, Error,
    db::{Pools, begin_write},
    ids::Ids,
    installation,
    mail::{PostOffice, post_told},
    pnl::Lists,
    team::KeyUses,
};
use act::{Asked, Pending};
use billing::{
    id::CustomerId, notice::Writing, payment::TaxCalculator, pnl::Catalog, sample, tier::PriceBook,
    time::Timestamp,
};
use sea_orm::ConnectionTrait;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, RwLock},
};
use tokio::{
    sync::{mpsc, oneshot, watch},
    task::JoinHandle,
};

/// Acts of one group.
const GROUP: usize = 256;
/// Acts that may wait; beyond it a caller is told to come back (503), never timed out after a commit.
const QUEUE: usize = 4_096;

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
    pub(crate) post: PostOffice,
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
            post: PostOffice::default(),
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

    fn publish(&self, customers: impl Iterator<Item = CustomerId>) {
        let watchers = self.watchers.lock().unwrap_or_else(PoisonError::into_inner);
        for sender in customers.filter_map(|customer| watchers.get(&customer)) {
            sender.send_modify(|changes| *changes += 1);
        }
    }
}

/// The way to the writer's task.
#[derive(Debug)]
pub(crate) struct Writer {
    queue: Mutex<Option<mpsc::Sender<Box<dyn Pending>>>>,
    task: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    /// Starts the task.
    pub(crate) fn start(shared: Arc<Shared>) -> Self {
        let (sender, receiver) = mpsc::channel(QUEUE);
        let task = tokio::spawn(write(shared, receiver));
        Self { queue: Mutex::new(Some(sender)), task: Mutex::new(Some(task)) }
    }

    /// Queues an act and waits for its answer. Dropping the wait does not undo the act.
    pub(crate) async fn ask<A: Act>(&self, act: A) -> Result<A::Answer, Error> {
        let (reply, answer) = oneshot::channel();
        let asked: Box<dyn Pending> = Box::new(Asked::new(act, reply));
        {
            let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
            queue.as_ref().ok_or(Error::Busy)?.try_send(asked).map_err(|_| Error::Busy)?;
        }
        answer.await.map_err(|_| Error::Busy)?
    }

    /// Takes no more acts and waits until those that were taken are done.
    pub(crate) async fn close(&self) {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner).take();
        let task = self.task.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(task) = task
            && let Err(error) = task.await
        {
            tracing::error!(%error, "the writer's task ended badly");
        }
    }
}

async fn write(shared: Arc<Shared>, mut queue: mpsc::Receiver<Box<dyn Pending>>) {
    let mut group = Vec::with_capacity(GROUP);
    while queue.recv_many(&mut group, GROUP).await > 0 {
        if let Err(error) = commit(&shared, &mut group).await {
            tracing::warn!(%error, acts = group.len(), "a group was not committed; its acts are done one by one");
            for act in &mut group {
                let alone = std::slice::from_mut(act);
                if let Err(error) = commit(&shared, alone).await {
                    tracing::error!(%error, "an act was not committed");
                    act.fail(error);
                }
            }
        }
        group.drain(..).for_each(|mut act| act.answer());
    }
}

/// Does a group in one transaction. On an error nothing of it is in the books and every act can be asked again.
async fn commit(shared: &Shared, group: &mut [Box<dyn Pending>]) -> Result<(), Error> {
    let transaction = begin_write(&shared.pools.write).await?;
    let touches: Vec<Touch> = group.iter().map(|act| act.touches()).collect();
    load::lock(&transaction, &touches).await?;
    let installation = installation::load(&transaction).await?;
    let catalog = shared.lists(&transaction, installation.catalog_changed_at).await?;
    // The instant is taken under the lock, so that a wallet's entries rise in time as they rise in number.
    let idle = installation.idle_since.is_some();
    let (at, ids, tax) = (shared.clock.now(), &shared.ids, shared.tax);
    let (writing, issuer) = (shared.post.writing(), installation.issuer.as_deref());
    let desk = Desk { at, ids, catalog: &catalog, tax, idle, writing, issuer };
    let mut books = load::load(&transaction, &touches, desk.at).await?;
    for books in books.values_mut() {
        books.refresh(&desk)?;
    }
    for (act, touch) in group.iter_mut().zip(&touches) {
        let books = books.get_mut(&touch.customer).ok_or(Error::NotFound("customer"))?;
        act.decide(books, &desk)?;
    }
    for books in books.values_mut() {
        books.tend_top_up(&desk)?;
        books.tend_letters(&desk);
    }
    save::save(&transaction, books.values()).await?;
    automatic::save(&transaction, books.values()).await?;
    post_told(&transaction, books.values(), &desk).await?;
    transaction.commit().await?;
    shared.publish(books.keys().copied());
    Ok(())
}
