//! The server killed in the middle of its work, again and again: nothing that it has said yes to is lost, nothing is there in
//! part, nothing is done or paid twice, and it goes on where it was. I-21, I-28.
//!
//! `JARAI_KILLS` says how many kills a run makes; `cargo xtask torture` asks for 200.

use crate::{
    pipeline::Pipeline,
    served::Served,
    support::{On, both},
};
use anyhow::{Context, Result, ensure};
use std::{
    env,
    time::{Duration, Instant},
};
use tokio::{time::sleep, try_join};

/// Kills where nobody asks for more.
const KILLS: u64 = 25;

/// How soon a server has to be ready again.
const READY_WITHIN: Duration = Duration::from_secs(5);

/// Between 50 and 1,500 ms, another one each time: a step of the golden ratio leaves no gap.
fn patience(kill: u64) -> Duration {
    Duration::from_millis(50 + kill.wrapping_mul(896) % 1_450)
}

fn kills() -> Result<u64> {
    match env::var("JARAI_KILLS") {
        Ok(kills) => kills.parse().context("JARAI_KILLS"),
        Err(_) => Ok(KILLS),
    }
}

both! {
    async fn i21_a_killed_server_has_lost_nothing_and_goes_on(on: On) {
        let kills = kills().unwrap();
        killed(on, kills).await.unwrap();
    }
}

#[expect(clippy::disallowed_methods, reason = "how soon a server is ready is no time of the books")]
async fn killed(on: On, kills: u64) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let url = on.fresh(folder.path()).await;
    let pipeline = Pipeline::new(&url).await?;
    let mut slowest = Duration::ZERO;
    for kill in 1..=kills {
        let since = Instant::now();
        let server = Served::start(&url)?;
        slowest = slowest.max(since.elapsed());
        let base = server.base.clone();
        let killing = async {
            sleep(patience(kill)).await;
            server.kill()
        };
        try_join!(pipeline.work(&base), killing).with_context(|| format!("kill {kill}"))?;
        pipeline.audit(&url).await.with_context(|| format!("after kill {kill}"))?;
    }
    let told = pipeline.told();
    let counts = (told.admitted.len(), told.captured.len(), told.finished.len());
    println!(
        "{on:?}: {kills} kills; {counts:?} admitted, captured, finished; 0 violations, 0 lost; ready again within {slowest:?}"
    );
    ensure!(slowest <= READY_WITHIN, "it was {slowest:?} before a server was ready again");
    ensure!(told.finished.len() as u64 > kills, "so little was done that nothing was tried: {counts:?}");
    Ok(())
}

both! {
    async fn i28_a_server_that_is_told_to_stop_finishes_what_it_has_begun(on: On) {
        stopped(on).await.unwrap();
    }
}

async fn stopped(on: On) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let url = on.fresh(folder.path()).await;
    let pipeline = Pipeline::new(&url).await?;
    for stop in 1..=3 {
        let server = Served::start(&url)?;
        let base = server.base.clone();
        let stopping = async {
            sleep(patience(stop)).await;
            tokio::task::spawn_blocking(|| server.stop()).await? // ends well, or this fails
        };
        try_join!(pipeline.work(&base), stopping)?;
        pipeline.audit(&url).await.with_context(|| format!("after stop {stop}"))?;
    }
    ensure!(!pipeline.told().finished.is_empty(), "nothing was done");
    Ok(())
}
