//! The processes that serve one database: how many there are, and what each tells the others.
//!
//! Nothing in the books depends on it. What a key may ask is shared out among the processes (T12), and a page of one hears at
//! once what another has booked (B2); what is not heard is found by looking.

use crate::{
    Engine, Error,
    clock::machine_micros,
    db::{entity::process, rows},
    ids::random,
    writer::Shared,
};
use billing::id::CustomerId;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseConnection, DbBackend, EntityTrait, PaginatorTrait, QueryFilter,
    Statement, sqlx::postgres::PgListener,
};
use std::{
    collections::HashSet,
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};
use tokio::{sync::Notify, time::sleep};

/// A process that has not been seen for so long is gone.
const GONE_AFTER_MICROS: i64 = 20_000_000;
/// How long changes are collected before the others are told.
const BURST: Duration = Duration::from_millis(50);
/// How long a connection that broke is left alone.
const RECONNECT: Duration = Duration::from_secs(1);
/// PostgreSQL's channel.
const CHANNEL: &str = "books";
/// What is said where a sandbox's clock was turned: no customer is called so.
const CLOCK: &str = "clock";
/// Customers in one notification, which may have 8,000 bytes.
const AT_ONCE: usize = 200;

/// What this process knows of the others.
#[derive(Debug)]
pub(crate) struct Peers {
    serving: AtomicU32,
    hears: AtomicBool,
    untold: Mutex<HashSet<CustomerId>>,
    clock_turned: AtomicBool,
    something: Notify,
}

impl Default for Peers {
    fn default() -> Self {
        Self {
            serving: AtomicU32::new(1),
            hears: AtomicBool::new(false),
            untold: Mutex::default(),
            clock_turned: AtomicBool::new(false),
            something: Notify::new(),
        }
    }
}

impl Peers {
    /// Remembers whose books have changed, for the others. Nobody listens before this process does itself.
    pub(crate) fn tell(&self, customers: impl Iterator<Item = CustomerId>) {
        if self.hears.load(Ordering::Relaxed) {
            self.untold.lock().unwrap_or_else(PoisonError::into_inner).extend(customers);
            self.something.notify_one();
        }
    }

    /// Remembers that the sandbox's clock was turned. Who does not hear it looks every few seconds.
    pub(crate) fn tell_clock(&self) {
        if self.hears.load(Ordering::Relaxed) {
            self.clock_turned.store(true, Ordering::Relaxed);
            self.something.notify_one();
        }
    }
}

impl Engine {
    /// How many processes serve this database, as far as they have been seen lately; this one counts.
    #[must_use]
    pub fn processes(&self) -> u32 {
        self.shared.peers.serving.load(Ordering::Relaxed).max(1)
    }
}

/// Shows the others that this process is there, and counts them, until the engine is gone; hears them where the database can
/// tell.
pub(crate) fn start(shared: &Arc<Shared>, every: Duration) -> Result<(), Error> {
    let id = hex::encode(random::<16>()?);
    let known = Arc::downgrade(shared);
    tokio::spawn(async move {
        while let Some(shared) = known.upgrade() {
            match count(&shared.pools.side, &id).await {
                Ok(serving) => shared.peers.serving.store(serving, Ordering::Relaxed),
                Err(error) => tracing::warn!(%error, "the other processes were not counted"),
            }
            drop(shared);
            sleep(every).await;
        }
    });
    if shared.pools.side.get_database_backend() == DbBackend::Postgres {
        tokio::spawn(hear(Arc::downgrade(shared)));
        tokio::spawn(tell(Arc::downgrade(shared)));
    }
    Ok(())
}

async fn count(side: &DatabaseConnection, id: &str) -> Result<u32, Error> {
    let now = machine_micros();
    rows::upsert::<process::Entity>(side, &[process::Model { id: id.to_owned(), seen_at: now }]).await?;
    let gone = process::Column::SeenAt.lt(now - GONE_AFTER_MICROS);
    process::Entity::delete_many().filter(gone).exec(side).await?;
    Ok(u32::try_from(process::Entity::find().count(side).await?).unwrap_or(u32::MAX))
}

/// Passes on what other processes have booked, as long as there is an engine.
async fn hear(known: Weak<Shared>) {
    while let Some(shared) = known.upgrade() {
        let listening = async {
            let mut listener =
                PgListener::connect_with(shared.pools.side.get_postgres_connection_pool()).await?;
            listener.listen(CHANNEL).await?;
            Ok::<_, sea_orm::SqlxError>(listener)
        };
        let listening = listening.await;
        drop(shared);
        match listening {
            Ok(listener) => {
                if let Err(error) = pass_on(&known, listener).await {
                    tracing::warn!(%error, "other processes are not heard for a moment");
                }
            }
            Err(error) => tracing::warn!(%error, "other processes cannot be heard"),
        }
        if let Some(shared) = known.upgrade() {
            shared.peers.hears.store(false, Ordering::Relaxed);
        }
        sleep(RECONNECT).await;
    }
}

async fn pass_on(known: &Weak<Shared>, mut listener: PgListener) -> Result<(), sea_orm::SqlxError> {
    loop {
        let Some(shared) = known.upgrade() else { return Ok(()) };
        shared.peers.hears.store(true, Ordering::Relaxed);
        drop(shared);
        // None: the connection broke, and what was said meanwhile was not heard.
        let heard = tokio::select! {
            heard = listener.try_recv() => heard?,
            () = sleep(RECONNECT) => continue,
        };
        let (Some(said), Some(shared)) = (heard, known.upgrade()) else { return Ok(()) };
        if said.payload() == CLOCK {
            if let Err(error) = shared.follow_clock().await {
                tracing::warn!(%error, "the sandbox's clock was not read");
            }
            continue;
        }
        shared.publish(said.payload().split(',').filter_map(|id| id.parse().ok()));
    }
}

/// Tells the others what was booked here, a burst at a time: a notification in each group's transaction would make commits
/// of all processes wait for one another.
async fn tell(known: Weak<Shared>) {
    while let Some(shared) = known.upgrade() {
        tokio::select! {
            () = shared.peers.something.notified() => {}
            () = sleep(RECONNECT) => {}
        }
        sleep(BURST).await;
        let untold = std::mem::take(&mut *shared.peers.untold.lock().unwrap_or_else(PoisonError::into_inner));
        let untold: Vec<String> = untold.into_iter().map(|customer| customer.to_string()).collect();
        let mut said: Vec<String> = untold.chunks(AT_ONCE).map(|some| some.join(",")).collect();
        said.extend(shared.peers.clock_turned.swap(false, Ordering::Relaxed).then(|| CLOCK.to_owned()));
        for words in said {
            let text = "SELECT pg_notify($1, $2)";
            let values = [CHANNEL.into(), words.into()];
            let statement = Statement::from_sql_and_values(DbBackend::Postgres, text, values);
            if let Err(error) = shared.pools.side.execute_raw(statement).await {
                tracing::warn!(%error, "other processes were not told of a change; they find it by looking");
            }
        }
    }
}
