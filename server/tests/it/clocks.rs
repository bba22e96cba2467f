//! The machine's clock is set back and forth by hours and days, and over the turn of a month, while a pipeline works: the books go by
//! the time that passes, nothing ends early, no order is lost. I-40.
//!
//! `cargo xtask torture clocks` runs these, with the `faketime` that gives a process a clock of its own.

use crate::{faults::TIMEOUT, pipeline::Pipeline, served::Served, support::On};
use anyhow::{Context, Result, ensure};
use chrono::{Datelike, Months};
use sea_orm::{ConnectionTrait, Database, Statement};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};
use tokio::{
    time::{sleep, timeout},
    try_join,
};

/// What the wall clock shows, one after the other, beside the true time.
const JUMPS: [&str; 8] = ["+1h", "-2h", "+0", "-1d", "+1d", "+40d", "-400d", "+0"];
/// How long it stays so.
const EACH: Duration = Duration::from_millis(900);
/// A clock that may be drawn by one part in a hundred, and a machine that is busy.
const SLACK: Duration = Duration::from_secs(3);

/// A wall clock for servers, which a test sets.
struct Wall {
    file: PathBuf,
    library: String,
}

impl Wall {
    fn new(folder: &Path) -> Result<Self> {
        let asked = ["-m", "-f", "+0", "printenv", "LD_PRELOAD"];
        let asked = Command::new("faketime").args(asked).output().context("faketime cannot be started")?;
        let library = String::from_utf8(asked.stdout)?.trim().to_owned();
        ensure!(library.contains("libfaketime"), "faketime names no library: {library:?}");
        let wall = Self { file: folder.join("wall"), library };
        wall.set("+0")?;
        Ok(wall)
    }

    /// Shows another time from now on: so much beside the true one. The file is never there in part.
    fn set(&self, by: &str) -> Result<()> {
        let next = self.file.with_extension("next");
        fs::write(&next, format!("{by}\n"))?;
        Ok(fs::rename(next, &self.file)?)
    }

    /// A server that goes by it.
    fn serve(&self, url: &str) -> Result<Served> {
        let file = self.file.display().to_string();
        let variables = [
            ("LD_PRELOAD", self.library.as_str()),
            ("FAKETIME_TIMESTAMP_FILE", &file),
            ("FAKETIME_NO_CACHE", "1"),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
            ("TZ", "UTC"),
        ];
        Served::under(url, &[], &variables)
    }
}

async fn number(url: &str, sql: &str) -> Result<i64> {
    let database = Database::connect(url).await?;
    let sql = format!("SELECT CAST(({sql}) AS BIGINT)");
    let row = database.query_one_raw(Statement::from_string(database.get_database_backend(), sql)).await?;
    database.close().await?;
    Ok(row.context("a row")?.try_get_by_index(0)?)
}

/// Entries that happened before the one before them.
const OUT_OF_ORDER: &str = "SELECT count(*) FROM token_entry a JOIN token_entry b \
    ON b.customer_id = a.customer_id AND b.seq = a.seq + 1 WHERE b.occurred_at < a.occurred_at";
const ENDED_EARLY: &str = "SELECT count(*) FROM token_hold WHERE state = 'expired'";
const LAST: &str = "SELECT max(occurred_at) FROM token_entry";

#[tokio::test]
#[ignore = "needs faketime"]
async fn i40_a_clock_that_is_set_back_and_forth_under_load_moves_nothing_sqlite() -> Result<()> {
    jumps(On::Sqlite).await
}

#[tokio::test]
#[ignore = "needs faketime"]
async fn i40_a_clock_that_is_set_back_and_forth_under_load_moves_nothing_postgres() -> Result<()> {
    jumps(On::Postgres).await
}

#[expect(clippy::disallowed_methods, reason = "how long a test takes is no time of the books")]
async fn jumps(on: On) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let url = on.fresh(folder.path()).await;
    let (pipeline, wall) = (Pipeline::new(&url).await?, Wall::new(folder.path())?);
    let (since, before) = (Instant::now(), number(&url, LAST).await?);
    let server = wall.serve(&url)?;
    let base = server.base.clone();
    let setting = async {
        for by in JUMPS {
            wall.set(by)?;
            let admitted = pipeline.told().admitted.len();
            sleep(EACH).await;
            let working = async {
                while pipeline.told().admitted.len() <= admitted {
                    sleep(Duration::from_millis(50)).await;
                }
            };
            timeout(TIMEOUT, working).await.with_context(|| format!("nothing was admitted at {by}"))?;
        }
        server.kill()
    };
    try_join!(pipeline.work(&base), setting)?;
    pipeline.audit(&url).await?;
    ensure!(number(&url, OUT_OF_ORDER).await? == 0, "the order of entries is not that of their times");
    ensure!(number(&url, ENDED_EARLY).await? == 0, "a hold has expired");
    let passed = Duration::from_micros(u64::try_from(number(&url, LAST).await? - before)?);
    ensure!(
        passed <= since.elapsed() + SLACK,
        "{passed:?} have passed for the books in {:?}",
        since.elapsed()
    );
    let told = pipeline.told().finished.len();
    println!("{on:?}: the clock set {} times, {told} finished, 0 violations", JUMPS.len());
    Ok(())
}

#[tokio::test]
#[ignore = "needs faketime"]
async fn i40_the_month_turns_under_load_and_a_clock_that_starts_wrong_is_survived_sqlite() -> Result<()> {
    turns(On::Sqlite).await
}

#[tokio::test]
#[ignore = "needs faketime"]
async fn i40_the_month_turns_under_load_and_a_clock_that_starts_wrong_is_survived_postgres() -> Result<()> {
    turns(On::Postgres).await
}

/// How long before the end of a month a server starts.
const BEFORE_THE_END: i64 = 4;

async fn turns(on: On) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let url = on.fresh(folder.path()).await;
    let (pipeline, wall) = (Pipeline::new(&url).await?, Wall::new(folder.path())?);
    // The latest entry so far was made now.
    let now = chrono::DateTime::from_timestamp_micros(number(&url, LAST).await?).context("an instant")?;
    let next = now.date_naive().with_day(1).and_then(|first| first.checked_add_months(Months::new(1)));
    let end = next.and_then(|day| day.and_hms_opt(0, 0, 0)).context("a month")?.and_utc();
    let ahead = (end - now).num_seconds() - BEFORE_THE_END;
    // Over the end, and set back over it again and again; then started anew with a clock that is days behind.
    let ends = async |by: &[i64]| -> Result<()> {
        wall.set(&format!("{:+}", by[0]))?;
        let server = wall.serve(&url)?;
        let base = server.base.clone();
        let setting = async {
            for by in by {
                wall.set(&format!("{by:+}"))?;
                sleep(EACH * 3).await;
            }
            server.kill()
        };
        try_join!(pipeline.work(&base), setting)?;
        pipeline.audit(&url).await
    };
    ends(&[ahead, ahead + 3_600, ahead - 3_600, ahead]).await?;
    let months = "SELECT count(DISTINCT substr(posted_on, 1, 7)) FROM token_entry";
    ensure!(number(&url, months).await? == 2, "the month has not turned");
    ensure!(number(&url, OUT_OF_ORDER).await? == 0, "the order of entries is not that of their times");
    ends(&[ahead - 86_400]).await?;
    ensure!(number(&url, ENDED_EARLY).await? == 0, "a hold has expired");
    println!("{on:?}: the month has turned, {} finished, 0 violations", pipeline.told().finished.len());
    Ok(())
}
