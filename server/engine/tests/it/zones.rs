//! Wherever a server stands, the books are the same: a year of samples, made by processes in other time zones, has the same figures to
//! the byte. I-40.

use crate::{samples, support::postgres};
use anyhow::{Context, Result, ensure};
use std::{
    env,
    process::{Command, Stdio},
};

/// From 14 hours ahead to 3½ behind, with a quarter of an hour, and one that skipped a day.
const ZONES: [&str; 5] = ["UTC", "Pacific/Kiritimati", "America/St_Johns", "Asia/Kathmandu", "Pacific/Apia"];

#[tokio::test(flavor = "multi_thread")]
#[ignore = "the process in another zone: started by the tests below"]
async fn somewhere() -> Result<()> {
    let loaded = samples::load(&env::var("ZONES_URL").context("ZONES_URL")?).await?;
    for figure in samples::figures(&loaded).await? {
        println!("figure {figure}");
    }
    Ok(())
}

/// What a process in this zone prints.
fn figures(zone: &str, url: &str) -> Result<Vec<String>> {
    let mut process = Command::new(env::current_exe()?);
    process.args(["--exact", "zones::somewhere", "--ignored", "--nocapture"]);
    let output = process.env("TZ", zone).env("ZONES_URL", url).stderr(Stdio::inherit()).output()?;
    ensure!(output.status.success(), "{zone}: {}", output.status);
    let printed = String::from_utf8(output.stdout)?;
    Ok(printed.lines().filter(|line| line.starts_with("figure ")).map(str::to_owned).collect())
}

async fn everywhere(fresh: impl AsyncFn(&str) -> Result<String>) -> Result<()> {
    let mut first: Option<Vec<String>> = None;
    for zone in ZONES {
        let found = figures(zone, &fresh(zone).await?)?;
        ensure!(found.len() > 500, "{zone}: {} figures", found.len());
        let first = first.get_or_insert_with(|| found.clone());
        ensure!(*first == found, "{zone}: {:?}", first.iter().zip(&found).find(|(one, other)| one != other));
    }
    Ok(())
}

#[tokio::test]
#[ignore = "loads the samples five times"]
async fn i40_figures_are_the_same_in_every_zone_sqlite() -> Result<()> {
    let folder = tempfile::tempdir()?;
    everywhere(async |zone| {
        Ok(format!("sqlite://{}/{}.db?mode=rwc", folder.path().display(), zone.replace('/', "-")))
    })
    .await
}

#[tokio::test]
#[ignore = "loads the samples five times"]
async fn i40_figures_are_the_same_in_every_zone_postgres() -> Result<()> {
    everywhere(async |_| postgres::empty_database().await).await
}
