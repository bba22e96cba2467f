//! A disk that is full while a pipeline works: whoever asks hears "later" and nothing else, what was acknowledged is there, reading
//! goes on, and once there is room everything does, without a restart. I-24.
//!
//! `cargo xtask torture disks` runs this: a small disk of its own needs a mount that nobody else sees (`unshare`).

use crate::{
    faults::{TIMEOUT, readiness, until},
    pipeline::{CALLERS, Pipeline},
    served::Served,
};
use anyhow::{Context, Result, ensure};
use std::{
    env,
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};
use tokio::{
    time::{sleep, timeout},
    try_join,
};

/// Room for the books, with a log that has not been brought home.
const SIZE: &str = "size=48m";
/// How often it is filled up.
const ROUNDS: usize = 4;

#[test]
#[ignore = "needs a mount of its own"]
fn i24_a_full_disk_is_survived_and_written_to_again() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let script = format!("mount -t tmpfs -o {SIZE} tmpfs \"$SMALL_DISK\" && exec \"$@\"");
    let is_root = Command::new("id").arg("-u").output()?.stdout.trim_ascii() == b"0";
    let mut unshare = Command::new("unshare");
    unshare.arg(if is_root { "-m" } else { "-Urm" }).args(["sh", "-c", &script, "sh"]);
    unshare.arg(env::current_exe()?).args(["--exact", "disks::on_a_small_disk", "--ignored", "--nocapture"]);
    let ended = unshare.env("SMALL_DISK", folder.path()).status().context("unshare cannot be started")?;
    ensure!(ended.success(), "{ended}");
    Ok(())
}

/// Writes until nothing more fits.
fn fill(file: &Path) -> Result<()> {
    let mut file = File::options().create(true).append(true).open(file)?;
    for size in [65_536, 4_096, 512] {
        while file.write_all(&vec![0; size]).is_ok() {}
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "the process with a small disk: started by the test above"]
async fn on_a_small_disk() -> Result<()> {
    let folder = PathBuf::from(env::var_os("SMALL_DISK").context("SMALL_DISK")?);
    let url = format!("sqlite://{}/console.db?mode=rwc", folder.display());
    let pipeline = Pipeline::new(&url).await?;
    let server = Served::start(&url)?;
    let base = server.base.clone();
    let filler = folder.join("filler");
    let mut red = 0;
    let filling = async {
        for round in 1..=ROUNDS {
            sleep(Duration::from_millis(700)).await;
            let before = pipeline.told().later;
            let noticing = async {
                // What is brought home from the log makes room in it again, so that writing can go on for a while.
                while pipeline.told().later < before + CALLERS {
                    fill(&filler)?;
                    red += usize::from(!readiness(&base).await?.is_success());
                    sleep(Duration::from_millis(10)).await;
                }
                anyhow::Ok(())
            };
            timeout(TIMEOUT, noticing)
                .await
                .with_context(|| format!("round {round}: nobody has noticed"))??;
            let alive = reqwest::get(format!("{base}/healthz")).await?.status();
            ensure!(alive.is_success(), "round {round}: a full disk needs no restart, and it says {alive}");
            ensure!(pipeline.can_read(&base).await?, "round {round}: what is there can be read");
            fs::remove_file(&filler)?;
            until(&base, true).await.with_context(|| format!("round {round}: there is room"))?;
            let before = pipeline.told().admitted.len();
            sleep(Duration::from_secs(1)).await;
            ensure!(pipeline.told().admitted.len() > before, "round {round}: nothing was admitted any more");
        }
        server.kill()
    };
    try_join!(pipeline.work(&base), filling)?;
    pipeline.audit(&url).await?;
    ensure!(red > 0, "readiness has never said that nothing can be written");
    let told = pipeline.told();
    let (finished, later) = (told.finished.len(), told.later);
    println!(
        "Sqlite: filled {ROUNDS} times, {finished} finished, {later} told to come later, 0 violations, 0 lost"
    );
    Ok(())
}
