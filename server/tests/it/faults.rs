//! The database goes away while a pipeline works: no yes without a commit, a clear "later" within the time-out, and everything
//! goes on once it is back. I-24, I-27.

use crate::{
    pipeline::Pipeline,
    postgres::{Cluster, run},
    served::Served,
};
use anyhow::{Context, Result, ensure};
use reqwest::StatusCode;
use sea_orm::{ConnectionTrait, Database};
use std::time::Duration;
use tokio::{
    time::{sleep, timeout},
    try_join,
};

/// How long whoever asks is kept waiting at most, with room for a machine that is busy.
pub const TIMEOUT: Duration = Duration::from_mins(1);

/// Whether it can write.
pub async fn readiness(base: &str) -> Result<StatusCode> {
    Ok(reqwest::get(format!("{base}/readyz")).await?.status())
}

/// Waits until the server is ready, or is not.
pub async fn until(base: &str, ready: bool) -> Result<()> {
    let looking = async {
        while readiness(base).await?.is_success() != ready {
            sleep(Duration::from_millis(50)).await;
        }
        anyhow::Ok(())
    };
    timeout(TIMEOUT, looking).await.context("readiness has not changed")?
}

#[tokio::test(flavor = "multi_thread")]
async fn i27_postgresql_goes_away_and_comes_back() -> Result<()> {
    let cluster = tokio::task::spawn_blocking(Cluster::start).await??;
    let admin = Database::connect(cluster.url("postgres")).await?;
    admin.execute_unprepared("CREATE DATABASE console").await?;
    admin.close().await?;
    let url = cluster.url("console");
    let pipeline = Pipeline::new(&url).await?;
    let server = Served::start(&url)?;
    let base = server.base.clone();
    let outages = async {
        for mode in ["fast", "immediate"] {
            sleep(Duration::from_millis(400)).await;
            let before = pipeline.told().admitted.len();
            // `fast` ends what callers do, `immediate` does not even write down where it stopped.
            run(cluster.control()?.args(["-w", "-s", "stop", "-m", mode]))?;
            until(&base, false).await?;
            cluster.go_on()?;
            until(&base, true).await.with_context(|| format!("after {mode}"))?;
            let working = async {
                while pipeline.told().admitted.len() <= before {
                    sleep(Duration::from_millis(50)).await;
                }
            };
            timeout(TIMEOUT, working).await.context("nothing was admitted any more")?;
        }
        server.kill()
    };
    try_join!(pipeline.work(&base), outages)?;
    pipeline.audit(&url).await
}

#[tokio::test(flavor = "multi_thread")]
async fn i27_somebody_else_locks_the_file() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let url = format!("sqlite://{}/console.db?mode=rwc", folder.path().display());
    let pipeline = Pipeline::new(&url).await?;
    let server = Served::start(&url)?;
    let base = server.base.clone();
    let locking = async {
        sleep(Duration::from_millis(300)).await;
        let other = Database::connect(&url).await?;
        let held = other.get_sqlite_connection_pool().begin_with("BEGIN IMMEDIATE").await?;
        sleep(Duration::from_secs(10)).await;
        until(&base, false).await?; // what waits longer than it should was told to come back
        let before = pipeline.told().admitted.len();
        held.rollback().await?;
        until(&base, true).await?;
        sleep(Duration::from_millis(500)).await;
        ensure!(pipeline.told().admitted.len() > before, "nothing was admitted any more");
        server.kill()
    };
    try_join!(pipeline.work(&base), locking)?;
    pipeline.audit(&url).await
}
