//! Connections: one for the writer, a pool for readers.
//!
//! SQLite has exactly one writing connection, so that acts queue here and not at the file's lock; readers see the last
//! commit through the write-ahead log. PostgreSQL's writer has planner settings of its own: set-returning parameters carry
//! no statistics, and without these settings it plans hash joins over sequential scans.

use crate::Error;
use sea_orm::{
    AccessMode, ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction,
    DbBackend, DbErr, IsolationLevel, SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
    sqlx::{Connection as _, SqliteConnection},
};
use std::{future::ready, time::Duration};

/// Older ones can corrupt a write-ahead log under two connections.
const OLDEST_SQLITE: [u32; 3] = [3, 51, 3];
/// Readers at once.
const READERS: u32 = 8;
/// Texts that a connection keeps prepared.
const PREPARED: usize = 400;
/// Rows that SQLite's thread may be ahead of whoever reads them: with few, the two take turns at every row.
const ROWS_AHEAD: usize = 2_048;
/// Pages that SQLite's writer lets gather in the write-ahead log before it brings them to their places: the ends of tables, which
/// every group writes, are then brought there once for many groups.
const GATHERED_PAGES: &str = "4000";
/// Kibibytes of pages that it keeps in memory, so that the upper part of every index is there.
const WRITER_KEEPS: &str = "-65536";
/// The same of a reader: as it comes.
const READER_KEEPS: &str = "-2000";
/// How long a statement waits for another process's lock on a SQLite file, and a caller for a connection.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a connection of the writer's is taken to be whole without a look.
const TRUSTED: Duration = Duration::from_secs(1);

/// The connections to one database.
#[derive(Clone, Debug)]
pub(crate) struct Pools {
    /// The writer's.
    pub(crate) write: DatabaseConnection,
    /// For groups that the writer has decided ahead: one is written, another may wait for its locks. On SQLite it is the writer's
    /// connection.
    pub(crate) in_turn: DatabaseConnection,
    /// For everything that is not an act on the books and writes: sessions. On SQLite it is the writer's connection.
    pub(crate) side: DatabaseConnection,
    /// For reading.
    pub(crate) read: DatabaseConnection,
    /// For what the writer reads meanwhile.
    pub(crate) ahead: DatabaseConnection,
    /// For the books check, as long as it takes.
    pub(crate) check: DatabaseConnection,
}

impl Pools {
    /// Connects and refuses a database that cannot keep its promises.
    pub(crate) async fn connect(url: &str) -> Result<Self, Error> {
        if url.starts_with("sqlite:") {
            let write = Database::connect(sqlite(url, 1, false)).await?;
            check_sqlite(&write).await?;
            let read = Database::connect(sqlite(url, READERS, true)).await?;
            // The gate does not wait for pages that are read.
            let ahead = Database::connect(sqlite(url, 1, true)).await?;
            let check = Database::connect(checker(url)).await?;
            return Ok(Self { side: write.clone(), in_turn: write.clone(), write, read, ahead, check });
        }
        // One of them hears what other processes book.
        let pool = Database::connect(postgres(url, READERS + 1, &[])).await?;
        // What finds its connection broken is done again by the writer itself.
        let writers = |connections, settings| {
            let mut options = postgres(url, connections, settings);
            options.test_before_acquire_if_idle_for(TRUSTED);
            options
        };
        let in_turn = [&WRITER_PLANS[..], &[GIVES_WAY]].concat();
        Ok(Self {
            write: Database::connect(writers(1, &WRITER_PLANS)).await?,
            in_turn: Database::connect(writers(2, &in_turn)).await?,
            ahead: Database::connect(writers(1, &WRITER_PLANS)).await?,
            side: pool.clone(),
            read: pool,
            check: Database::connect(checker(url)).await?,
        })
    }

    /// Ends every connection: whoever copies a PostgreSQL database finds nobody connected to it.
    pub(crate) async fn close(self) -> Result<(), DbErr> {
        for pool in [self.write, self.in_turn, self.side, self.read, self.ahead, self.check] {
            pool.close().await?; // some are the same one; a second time does nothing
        }
        Ok(())
    }
}

/// Opens a transaction that will write: the only way to do so. SQLite has to take its lock at once, since a lock that is
/// taken on the way cannot wait for another and fails.
#[expect(clippy::disallowed_methods, reason = "the one place that opens a writing transaction")]
pub(crate) async fn begin_write(connection: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let sqlite_transaction_mode =
        (connection.get_database_backend() == DbBackend::Sqlite).then_some(SqliteTransactionMode::Immediate);
    connection
        .begin_with_options(TransactionOptions { sqlite_transaction_mode, ..TransactionOptions::default() })
        .await
}

/// Opens a transaction that sees one instant of the books, however many statements it asks. Dropping it ends it.
#[expect(clippy::disallowed_methods, reason = "this transaction only reads")]
pub(crate) async fn begin_read(connection: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let postgres = connection.get_database_backend() == DbBackend::Postgres;
    connection
        .begin_with_options(TransactionOptions {
            isolation_level: postgres.then_some(IsolationLevel::RepeatableRead),
            access_mode: postgres.then_some(AccessMode::ReadOnly),
            ..TransactionOptions::default()
        })
        .await
}

/// Generic plans that walk indexes: see the module's words. Nor are there workers beside it: to start one takes longer than all
/// that a group asks.
const WRITER_PLANS: [(&str, &str); 6] = [
    ("jit", "off"),
    ("enable_seqscan", "off"),
    ("enable_hashjoin", "off"),
    ("enable_mergejoin", "off"),
    ("max_parallel_workers_per_gather", "0"),
    ("plan_cache_mode", "force_generic_plan"),
];

/// A group of another process may have a wallet and wait for the key of a row that this one has written before it asks for the wallet:
/// an act that was asked of both. This one gives way, before PostgreSQL would look for a deadlock (after a second) and end either.
const GIVES_WAY: (&str, &str) = ("lock_timeout", "500ms");

fn sqlite(url: &str, connections: u32, reads_only: bool) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options.sqlx_logging(false).max_connections(connections).acquire_timeout(PATIENCE);
    options.test_before_acquire(false); // a file does not go away; what may be wrong is looked at here
    options.map_sqlx_sqlite_before_acquire(|connection, _| Box::pin(ready(Ok(has_nothing_open(connection)))));
    options.map_sqlx_sqlite_opts(move |sqlite| {
        sqlite
            .create_if_missing(!reads_only)
            .foreign_keys(true)
            .busy_timeout(PATIENCE)
            .statement_cache_capacity(PREPARED)
            .row_buffer_size(ROWS_AHEAD)
            .pragma("journal_mode", "WAL")
            .pragma("synchronous", "FULL")
            .pragma("wal_autocheckpoint", GATHERED_PAGES)
            .pragma("cache_size", if reads_only { READER_KEEPS } else { WRITER_KEEPS })
            .pragma("temp_store", "MEMORY") // what one statement might have to undo: no file for that
            .pragma("query_only", if reads_only { "on" } else { "off" })
    });
    options
}

/// Whether a connection that comes back has no transaction, by the driver's count. Where a disk is full SQLite ends the transaction
/// by itself, the driver's rollback fails, and its count stays: what is begun next would be a savepoint, and one that is rolled
/// back leaves a transaction open in which everything later is acknowledged and nothing is kept. Such a connection is closed. I-24.
fn has_nothing_open(connection: &SqliteConnection) -> bool {
    !connection.is_in_transaction()
}

fn postgres(url: &str, connections: u32, settings: &[(&'static str, &'static str)]) -> ConnectOptions {
    let settings = settings.to_vec();
    let mut options = ConnectOptions::new(url);
    options
        .sqlx_logging(false)
        .max_connections(connections)
        .acquire_timeout(PATIENCE)
        .map_sqlx_postgres_opts(move |postgres| {
            postgres
                .statement_cache_capacity(PREPARED)
                .application_name("jarai-console")
                .options([("idle_in_transaction_session_timeout", "60s")])
                .options(settings.iter().copied())
        });
    options
}

/// One connection for whoever reads all of the books, opened when it is asked and closed when it has rested: what it sorts goes to
/// files, not to the memory that the writer's connections use.
pub(crate) fn checker(url: &str) -> ConnectOptions {
    let mut options = postgres(url, 1, &[("work_mem", "64MB")]);
    options.connect_lazy(true).idle_timeout(PATIENCE).map_sqlx_sqlite_opts(|sqlite| {
        sqlite
            .create_if_missing(false)
            .read_only(true)
            .row_buffer_size(ROWS_AHEAD)
            .pragma("cache_size", WRITER_KEEPS)
            .pragma("temp_store", "FILE")
    });
    options
}

/// An acknowledged act survives a power cut only with these.
async fn check_sqlite(connection: &DatabaseConnection) -> Result<(), Error> {
    let version: String = scalar(connection, "SELECT sqlite_version()").await?;
    let number: Vec<u32> = version.split('.').filter_map(|part| part.parse().ok()).collect();
    if number < OLDEST_SQLITE.to_vec() {
        return Err(Error::corrupt(
            "sqlite",
            &version,
            "is older than 3.51.3 and may corrupt a write-ahead log",
        ));
    }
    for (pragma, wanted) in [("synchronous", 2), ("foreign_keys", 1)] {
        let found: i64 = scalar(connection, &format!("PRAGMA {pragma}")).await?;
        if found != wanted {
            return Err(Error::corrupt("sqlite", pragma, format!("is {found} and must be {wanted}")));
        }
    }
    Ok(())
}

async fn scalar<T: sea_orm::TryGetable>(connection: &DatabaseConnection, sql: &str) -> Result<T, Error> {
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    let row = connection.query_one_raw(statement).await?;
    Ok(row.ok_or_else(|| Error::corrupt("sqlite", sql, "answered nothing"))?.try_get_by_index(0)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROW: &str = "INSERT INTO kept (what) VALUES ";

    /// What SQLite has ended by itself, because nothing more fitted, leaves nothing open that swallows what comes later.
    #[tokio::test]
    async fn i24_what_is_committed_after_a_full_disk_is_there() -> Result<(), Error> {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite://{}/full.db?mode=rwc", folder.path().display());
        let pools = Pools::connect(&url).await?;
        pools.write.execute_unprepared("CREATE TABLE kept (what TEXT)").await?;
        pools.write.execute_unprepared("PRAGMA max_page_count = 20").await?;

        let full = begin_write(&pools.write).await?;
        let too_much = format!("{ROW} ('{}')", "x".repeat(200_000));
        let refused = full.execute_unprepared(&too_much).await.expect_err("20 pages have no room for it");
        assert!(refused.to_string().contains("full"), "{refused}");
        drop(full);
        for _ in 0..2 {
            let given_up = begin_write(&pools.write).await?;
            given_up.execute_unprepared(&format!("{ROW} ('given up')")).await?;
            drop(given_up);
        }
        let done = begin_write(&pools.write).await?;
        done.execute_unprepared(&format!("{ROW} ('kept')")).await?;
        done.commit().await?;

        let kept: String = scalar(&pools.read, "SELECT group_concat(what) FROM kept").await?;
        assert_eq!(kept, "kept", "another connection sees what was committed, and nothing else");
        Ok(())
    }
}
