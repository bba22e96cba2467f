//! Acts on the books, and what they read like.
//!
//! One engine serves pages, the pipeline's interface and the commands; it decides who may do what and hands every change
//! of the books to one writer, which locks, loads, decides by the pure rules of `billing`, saves and commits in groups.
//! The tables are private to this crate.

pub mod allowance;
pub mod audit;
pub mod backup;
pub mod budget;
mod clock;
pub mod customer;
mod db;
mod dice;
mod error;
mod gateway;
pub mod idempotency;
mod ids;
mod installation;
pub mod jobs;
pub mod mail;
pub mod payment;
mod peers;
pub mod pnl;
pub mod production;
pub mod seed;
mod sweep;
pub mod team;
pub mod tier;
pub mod top_up;
pub mod verify;
mod vitals;
mod writer;

pub use clock::Clock;
pub use error::{Error, Hurry, TooFast};
pub use vitals::Vitals;

use billing::time::Timestamp;
use db::Pools;
use migrations::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend};
use std::sync::Arc;
use writer::{Condition, Shared, Writer};

/// Rows are made by one thread and let go by another, thousands a group: glibc's own allocator spends a quarter of the writer's time
/// on that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How an installation is opened.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `sqlite://…` or `postgres://…`.
    pub database_url: String,
    /// Whether the installation is a sandbox: its clock can be advanced, and it may load sample data. What it was at its
    /// first start it stays; opening it as the other is refused.
    pub sandbox: bool,
}

/// Everything that acts on one database. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Engine {
    shared: Arc<Shared>,
    writer: Arc<Writer>,
    /// Who moves money.
    gateway: Arc<dyn gateway::Gateway>,
    /// The sandbox's provider, where it is the one that moves money: its hosted page and its events are ours.
    test_cards: Option<Arc<gateway::Sandbox>>,
    sandbox: bool,
}

impl Engine {
    /// Connects, migrates, and starts the writer and the expiry sweep.
    pub async fn open(settings: Settings) -> Result<Self, Error> {
        Self::open_with(settings, None).await
    }

    /// The same, with an account of Stripe in the place of the sandbox's provider.
    pub async fn open_with(
        settings: Settings,
        stripe: Option<payment::StripeSettings>,
    ) -> Result<Self, Error> {
        let mut engine = Self::start(&settings.database_url, Some(settings.sandbox)).await?;
        if let Some(stripe) = stripe {
            (engine.gateway, engine.test_cards) = (Arc::new(gateway::Stripe::new(stripe)?), None);
        }
        sweep::start(&engine);
        peers::start(&engine.shared, sweep::EVERY)?;
        Ok(engine)
    }

    /// Connects for the length of a command, beside servers that may be running: as whatever the installation is, and
    /// without a sweep of its own.
    pub async fn attach(database_url: &str) -> Result<Self, Error> {
        Self::start(database_url, None).await
    }

    /// Brings a database's tables up to date and does nothing else: for whoever prepares one before anybody opens it.
    pub async fn migrate(database_url: &str) -> Result<(), Error> {
        let pools = Pools::connect(database_url).await?;
        take_turn(&pools.write).await?;
        Migrator::up(&pools.write, None).await?;
        Ok(pools.close().await?)
    }

    /// The same of a sandbox, which is made one where the database is new: for filling it.
    pub async fn attach_sandbox(database_url: &str) -> Result<Self, Error> {
        Self::start(database_url, Some(true)).await
    }

    async fn start(database_url: &str, sandbox: Option<bool>) -> Result<Self, Error> {
        let pools = Pools::connect(database_url).await?;
        take_turn(&pools.write).await?;
        Migrator::up(&pools.write, None).await?;
        let installation = installation::load_or_make(&pools.write, sandbox).await?;
        tier::have_price_book(&pools.side).await?;
        end_turn(&pools.write).await?;
        let lists = pnl::Lists::load(&pools.read).await?;
        // Outside of a sandbox nobody is sent to its provider; it has no way to pay, and declines every charge.
        let provider = Arc::new(gateway::Sandbox::new(pools.clone()));
        let sandbox = installation.sandbox == 1;
        let test_cards = sandbox.then(|| Arc::clone(&provider));
        let shared = Arc::new(Shared::new(pools, Clock::new(installation.clock_offset_micros), lists));
        let writer = Arc::new(Writer::start(Arc::clone(&shared)));
        let engine = Self { shared, writer, gateway: provider, test_cards, sandbox };
        engine.have_rollups().await?;
        Ok(engine)
    }

    /// Lets so many acts wait for this process's writer, half of them of one customer; whoever comes when it is full hears
    /// [`Error::Busy`].
    pub fn let_wait(&self, acts: u16) {
        self.writer.hold(acts.into());
    }

    /// The installation's time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.shared.clock.now()
    }

    /// Whether the clock can be advanced and sample data may be loaded.
    #[must_use]
    pub const fn is_sandbox(&self) -> bool {
        self.sandbox
    }

    /// Answers once the database can be read and written. I-24, I-25.
    pub async fn ready(&self) -> Result<(), Error> {
        self.shared.pools.read.execute_unprepared("SELECT 1").await?;
        match self.shared.health.condition() {
            Condition::Sound => Ok(()),
            Condition::Halted => Err(Error::Halted),
            Condition::Failing => {
                installation::touch(&self.shared.pools.write).await?;
                self.shared.health.note(Condition::Sound);
                Ok(())
            }
        }
    }

    /// Whether the last commit was kept.
    fn is_sound(&self) -> bool {
        self.shared.health.condition() == Condition::Sound
    }

    /// Whether this process can go on: not after a flush of the disk has failed.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        self.shared.health.condition() != Condition::Halted
    }

    /// Takes no more acts and waits for those that were taken.
    pub async fn close(&self) {
        self.writer.close().await;
    }
}

/// Processes that start at once on one PostgreSQL take turns at its tables and at what every installation has. The turn belongs
/// to the writer's one connection and ends with it too.
async fn take_turn(write: &DatabaseConnection) -> Result<(), Error> {
    turn(write, "pg_advisory_lock").await
}

async fn end_turn(write: &DatabaseConnection) -> Result<(), Error> {
    turn(write, "pg_advisory_unlock").await
}

async fn turn(write: &DatabaseConnection, what: &str) -> Result<(), Error> {
    const STARTING: i64 = 0x004a_4152_4149; // "JARAI"
    if write.get_database_backend() == DbBackend::Postgres {
        write.execute_unprepared(&format!("SELECT {what}({STARTING})")).await?;
    }
    Ok(())
}
