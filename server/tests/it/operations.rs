//! What whoever runs an installation has: figures for Prometheus, copies that can be put back, and the settings in the runbook.

use crate::{
    pipeline::Pipeline,
    postgres,
    served::Served,
    support::{On, both},
};
use anyhow::{Context, Result, ensure};
use billing::time::Span;
use engine::{Engine, Settings};
use std::{
    net::TcpListener,
    path::Path,
    process::{Command, Output},
    time::Duration,
};
use tokio::{
    time::{sleep, timeout},
    try_join,
};

fn command(database_url: &str, arguments: &[&str]) -> Result<Output> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_server"));
    if let Some(bin) = std::env::var_os("PG_BIN") {
        // Programs of the cluster's own version.
        let path = std::env::var_os("PATH").unwrap_or_default();
        let paths = std::iter::once(bin.into()).chain(std::env::split_paths(&path));
        command.env("PATH", std::env::join_paths(paths)?);
    }
    Ok(command.args(arguments).args(["--database-url", database_url]).output()?)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn prometheus_is_told_what_happens_and_nobody_else() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let url = format!("sqlite://{}/console.db?mode=rwc", folder.path().display());
    let pipeline = Pipeline::new(&url).await?;
    // Free a moment ago; port 0 would leave nobody knowing where to ask.
    let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
    let server = Served::with(&url, &["--metrics-listen", &address])?;
    let base = server.base.clone();
    let asking = async {
        while pipeline.told().finished.is_empty() {
            sleep(Duration::from_millis(50)).await;
        }
        let here = reqwest::get(format!("{base}/metrics")).await?;
        ensure!(here.status() == 404, "{} where everybody can ask", here.status());
        let told = reqwest::get(format!("http://{address}/metrics")).await?.text().await?;
        server.kill()?;
        Ok(told)
    };
    let ((), told) = try_join!(pipeline.work(&base), asking)?;
    let figure = |name: &str| -> Result<f64> {
        let line =
            told.lines().find(|line| line.starts_with(name)).with_context(|| format!("{name}: {told}"))?;
        Ok(line.rsplit(' ').next().context("a figure")?.parse()?)
    };
    ensure!(figure("gate_decisions_total{decision=\"admitted\"}")? > 0.0, "{told}");
    ensure!(figure("writer_group_acts_count")? > 0.0 && figure("writer_commit_seconds_sum")? > 0.0, "{told}");
    ensure!(figure("books_writable")? > 0.0 && figure("holds_open")? >= 0.0, "{told}");
    ensure!(
        figure("outbox_waiting{kind=\"letters\"}")? >= 0.0 && figure("job_failing{job=")? < 1.0,
        "{told}"
    );
    let route = "http_requests_total{route=\"/api/v1/productions/{id}\",method=\"PUT\",status=\"201\"}";
    ensure!(figure(route)? > 0.0, "{told}");
    ensure!(
        !told.contains("c0-0") && !told.contains("Northlight"),
        "a production or a customer is named: {told}"
    );
    Ok(())
}

both! {
    async fn i29_a_copy_made_under_load_is_put_back_whole(on: On) {
        copied(on).await.unwrap();
    }
}

async fn copied(on: On) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let url = on.fresh(folder.path()).await;
    let pipeline = Pipeline::new(&url).await?;
    let file = folder.path().join("copy");
    let name = file.display().to_string();
    let server = Served::start(&url)?;
    let base = server.base.clone();
    let (from, to) = (url.clone(), name.clone());
    let copying = async {
        while pipeline.told().finished.is_empty() {
            sleep(Duration::from_millis(50)).await;
        }
        let before = pipeline.told().finished.clone();
        let copied = tokio::task::spawn_blocking(move || command(&from, &["backup", &to])).await??;
        ensure!(copied.status.success(), "{}", text(&copied.stderr));
        server.kill()?;
        Ok(before)
    };
    let ((), before) = try_join!(pipeline.work(&base), copying)?;

    let again = command(&url, &["backup", &name])?;
    ensure!(!again.status.success() && text(&again.stderr).contains("exists already"), "{again:?}");
    let mixed = command(&url, &["restore", &name])?;
    ensure!(!mixed.status.success(), "a copy was put over a database that is there");

    let restored = match on {
        On::Sqlite => format!("sqlite://{}/again.db?mode=rwc", folder.path().display()),
        On::Postgres => postgres::empty_database().await?,
    };
    let put_back = command(&restored, &["restore", &name])?;
    ensure!(put_back.status.success(), "{}", text(&put_back.stderr));
    ensure!(text(&put_back.stdout).ends_with("0 violations\n"), "{}", text(&put_back.stdout));
    pipeline.has_finished(&restored, &before).await
}

#[tokio::test(flavor = "multi_thread")]
async fn b2_a_process_hears_what_another_has_booked() -> Result<()> {
    let url = postgres::fresh_database().await?;
    let open = async || Engine::open(Settings { database_url: url.clone(), sandbox: true }).await;
    let (one, other) = (open().await?, open().await?);
    one.load_catalog_samples().await?;
    let customer = one.open_customer("Northlight Films", billing::money::Currency::Gbp).await?;
    let mut changes = other.changes(customer);
    let heard = async {
        // Until both listen, nothing is told; a change is looked for until one is heard.
        loop {
            one.grant(
                customer,
                billing::allowance::Source::TopUp,
                billing::tokens::Tokens::new(1)?,
                None,
                None,
            )
            .await?;
            if let Ok(changed) = timeout(Duration::from_millis(500), changes.changed()).await {
                changed?;
                return anyhow::Ok(());
            }
        }
    };
    timeout(Duration::from_secs(30), heard).await.context("the other process has heard nothing")??;
    let counted = async {
        while one.processes() != 2 || other.processes() != 2 {
            sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(Duration::from_secs(30), counted).await.context("two processes do not know of each other")?;
    one.close().await;
    other.close().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sandbox_clock_that_one_process_has_turned_is_heard_by_the_other() -> Result<()> {
    let url = postgres::fresh_database().await?;
    let open = async || Engine::open(Settings { database_url: url.clone(), sandbox: true }).await;
    let (one, other) = (open().await?, open().await?);
    one.load_catalog_samples().await?;
    one.open_customer("Northlight Films", billing::money::Currency::Gbp).await?;
    // Who asks for it has it at once.
    one.set_sandbox_clock(one.now().after(Span::days(1))).await?;
    other.follow_clock().await?;
    ensure!(one.now().after(Span::minutes(-1)) < other.now(), "{} and {}", one.now(), other.now());
    // Twelve turns, five seconds apart where nobody is told of them.
    let told = async {
        for _ in 0..12 {
            let at = one.now().after(Span::hours(1));
            one.set_sandbox_clock(at).await?;
            while other.now() < at {
                sleep(Duration::from_millis(20)).await;
            }
        }
        anyhow::Ok(())
    };
    timeout(Duration::from_secs(30), told).await.context("the clock of the other process stands still")??;
    one.close().await;
    other.close().await;
    Ok(())
}

/// The settings' table in the runbook is the program's own.
#[test]
fn the_runbook_names_every_setting() {
    let runbook = Path::new(env!("CARGO_MANIFEST_DIR")).join("RUNBOOK.md");
    let runbook = std::fs::read_to_string(runbook).unwrap();
    let table = server::command::settings::table();
    assert!(
        runbook.contains(&table),
        "server/RUNBOOK.md does not have this table of settings; write it anew:\n{table}"
    );
}
