//! One act in a process of its own, struck at every write and every flush of the disk, or at everything that it tells PostgreSQL:
//! it is in the books whole or not at all, what was told is true, and asked again it is done once. I-22, I-23, I-25.
//!
//! `cargo xtask torture` runs these, with the `strace` that injects the strokes; each takes minutes.

use crate::{
    seats::token,
    shop::{PAID, PRO, Shop},
    support::{On, World, postgres, production, speech},
};
use anyhow::{Context, Result, bail, ensure};
use billing::{
    allowance::Source,
    id::CustomerId,
    production::{Attempt, Outcome},
    team::Role,
};
use engine::{Engine, payment::Wanted, team::NewInvitation};
use sea_orm::{ConnectionTrait, Database, Statement};
use std::{
    collections::BTreeSet,
    env, fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Output},
    time::Duration,
};
use tokio::time::sleep;

/// The acts, and how many rows of what each adds.
const ACTS: [(&str, &str); 6] = [
    ("admit", "production WHERE name = 'struck'"),
    ("capture", "step_attempt WHERE production = 'running'"),
    ("credit", "token_grant WHERE source = 'topUp'"),
    ("renewal", "token_grant WHERE source = 'allowance'"),
    ("plan", "subscription WHERE tier = 'pro' AND billing = 'monthly'"),
    ("invite", "member"),
];
/// Both ways to tell a disk to keep a file.
const FLUSH: &str = "fsync,fdatasync";
/// Who is invited.
const INVITED: (&str, &str) = ("ivo@example.com", "plum harbour velvet 9");

/// Books in which the act is about to be done.
async fn prepare(on: On, act: &str) -> Result<(World, String)> {
    let world = World::quiet(on).await?;
    let shop = Shop::open(&world).await?;
    let mut asks = String::new();
    match act {
        "admit" => world.grant(Source::TopUp, 10_000, None).await?,
        "capture" => {
            world.grant(Source::TopUp, 10_000, None).await?;
            world.admit("running", vec![speech("voice", 10)]).await?;
        }
        "credit" => {
            let order = shop.pack("bought").await?;
            shop.pay(&order, PAID).await?;
        }
        "renewal" => {
            shop.buy("first", Wanted::Plan(PRO)).await?;
            world.clock("2026-11-22T16:41:00Z").await?;
        }
        "plan" => {
            let order = shop.order("first", Wanted::Plan(PRO)).await?;
            shop.pay(&order, PAID).await?;
        }
        "invite" => {
            let (email, role) = (INVITED.0.to_owned(), Role::CustomerViewer);
            world
                .engine
                .invite(&shop.buyer, NewInvitation { email, role, accounts: BTreeSet::new() })
                .await?;
            asks = token(&world, INVITED.0).await?;
        }
        other => bail!("no such act: {other}"),
    }
    asks = format!("{} {} {asks}", world.customer, world.account);
    world.engine.close().await;
    Ok((world, asks))
}

/// Does the act; asked again it is done once all the same.
async fn act(url: &str, act: &str, asks: &str) -> Result<()> {
    let engine = Engine::attach_sandbox(url).await?;
    let mut asks = asks.split(' ');
    let mut next = || asks.next().context("what it asks");
    let customer: CustomerId = next()?.parse()?;
    let account = next()?.parse()?;
    let step = speech("voice", 10);
    println!("begun");
    match act {
        "admit" => {
            let plan = billing::production::Plan::new(vec![step]).context("a plan")?;
            let request = engine::production::AdmitRequest {
                production: production("struck"),
                account,
                title: "Struck".to_owned(),
                project_type: None,
                member: None,
                quote: None,
                plan,
            };
            engine.admit(customer, None, request).await?;
        }
        "capture" => {
            let attempt = Attempt {
                outcome: Outcome::Succeeded,
                quantity: step.quantity,
                model: None,
                occurred_at: None,
            };
            engine.report_attempt(customer, production("running"), step.name, 1, attempt).await?;
        }
        "credit" | "plan" => {
            for event in events(url).await? {
                let header = engine.sandbox_signature(event.as_bytes()).await?;
                engine.hear(event.as_bytes(), &header).await?; // a yes to the provider, who would tell it again
            }
        }
        "renewal" => {
            engine.refresh_due().await?;
        }
        "invite" => {
            let accepted = engine.accept_invitation(next()?, None, "Ivo Marić", INVITED.1).await;
            // A link works once: whoever has become a member by it is told that it is used.
            let is_member = count(url, "member").await? > 1;
            ensure!(accepted.is_ok() || is_member, "{accepted:?}");
        }
        other => bail!("no such act: {other}"),
    }
    println!("done");
    std::io::stdout().flush()?;
    engine.close().await;
    Ok(())
}

#[tokio::test]
#[ignore = "the process that is struck: started by the tests below"]
async fn struck() -> Result<()> {
    let named = |name: &str| env::var(name).with_context(|| name.to_owned());
    act(&named("STRUCK_URL")?, &named("STRUCK_ACT")?, &named("STRUCK_ASKS")?).await
}

/// What is done to the process at its n-th call of the system.
#[derive(Clone, Copy, Debug)]
struct Stroke {
    call: &'static str,
    what: &'static str,
    /// Whether every later call is struck too.
    on: bool,
}

/// Runs the act under a stroke; without one, only looks. Answers what it printed, and the trace.
fn run(url: &str, name: &str, asks: &str, stroke: Option<(Stroke, usize)>) -> Result<(Output, String)> {
    let folder = tempfile::tempdir()?;
    let trace = folder.path().join("trace");
    let mut strace = Command::new(env::var_os("STRACE").unwrap_or_else(|| "strace".into()));
    strace.args(["-f", "-qq", "-o"]).arg(&trace);
    match stroke {
        Some((Stroke { call, what, on }, n)) => {
            let when = if on { format!("{n}+") } else { n.to_string() };
            strace.args([format!("-etrace={call}"), format!("-einject={call}:{what}:when={when}")]);
        }
        None => drop(strace.arg("-etrace=fsync,fdatasync,write")),
    }
    strace.arg(env::current_exe()?).args(["--exact", "strike::struck", "--ignored", "--nocapture"]);
    strace.envs([("STRUCK_URL", url), ("STRUCK_ACT", name), ("STRUCK_ASKS", asks)]);
    let output = strace.output().context("strace cannot be started")?;
    Ok((output, fs::read_to_string(&trace).unwrap_or_default()))
}

/// A copy of the prepared books.
async fn copy(on: On, url: &str, folder: &Path) -> Result<String> {
    match on {
        On::Postgres => {
            let template = format!("TEMPLATE {}", postgres::name_in(url)?);
            for _ in 0..100 {
                if let Ok(copy) = postgres::create(&template).await {
                    return Ok(copy);
                }
                sleep(Duration::from_millis(100)).await; // its connections are closed in the background
            }
            postgres::create(&template).await
        }
        On::Sqlite => {
            let from = engine::backup::file_of(url).context("a file")?;
            let to: PathBuf = folder.join("struck.db");
            for end in ["-wal", "-shm"] {
                let _none = fs::remove_file(format!("{}{end}", to.display()));
            }
            let _none = fs::remove_file(&to);
            engine::backup::put_back(&from, &to)?;
            Ok(format!("sqlite://{}?mode=rwc", to.display()))
        }
    }
}

/// What the provider has to tell.
async fn events(url: &str) -> Result<Vec<String>> {
    let database = Database::connect(url).await?;
    let sql = "SELECT body FROM sandbox_event ORDER BY id";
    let rows = database.query_all_raw(Statement::from_string(database.get_database_backend(), sql)).await?;
    database.close().await?;
    rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
}

async fn count(url: &str, what: &str) -> Result<i64> {
    let database = Database::connect(url).await?;
    let sql = format!("SELECT CAST(count(*) AS BIGINT) FROM {what}");
    let row = database.query_one_raw(Statement::from_string(database.get_database_backend(), sql)).await?;
    database.close().await?;
    Ok(row.context("a count")?.try_get_by_index(0)?)
}

/// Strikes an act at the first such call, the second, … until it is not struck any more; how many strokes there were.
async fn sweep(on: On, name: &str, counted: &str, stroke: Stroke) -> Result<usize> {
    let (world, asks) = prepare(on, name).await?;
    let before = count(&world.url, counted).await?;
    // A file stands in the world's folder; a database is copied only once nobody is connected to it.
    let (source, _folder) = match on {
        On::Sqlite => (compact(&world.url).await?, Some(world)),
        On::Postgres => (world.url.clone(), None),
    };
    let folder = tempfile::tempdir()?;
    for n in 1.. {
        let url = copy(on, &source, folder.path()).await?;
        let place = format!("{on:?} {name}, {} {n}", stroke.call);
        let (output, trace) = run(&url, name, &asks, Some((stroke, n)))?;
        let said = String::from_utf8_lossy(&output.stdout).lines().any(|line| line.ends_with("done"));
        let there = count(&url, counted).await? - before;
        ensure!((0..=1).contains(&there), "{place}: {there} of one");
        ensure!(!said || there == 1, "{place}: it said that it was done, and it is not there");
        let violations = engine::verify::verify(&url).await?;
        ensure!(violations.is_empty(), "{place}: {violations:#?}");
        act(&url, name, &asks).await.with_context(|| format!("{place}, again"))?;
        ensure!(count(&url, counted).await? - before == 1, "{place}: asked again it is not there once");
        let violations = engine::verify::verify(&url).await?;
        ensure!(violations.is_empty(), "{place}, again: {violations:#?}");
        let struck = trace.contains("INJECTED") || !output.status.success();
        if !struck {
            ensure!(said, "{place}: nothing was struck, and it was not done: {output:?}");
            return Ok(n - 1);
        }
    }
    unreachable!("the loop ends by an answer")
}

/// The prepared file without a log beside it, so that a copy is one file.
async fn compact(url: &str) -> Result<String> {
    let to = engine::backup::file_of(url).context("a file")?.with_extension("compact");
    engine::backup::copy(url, &to).await?;
    Ok(format!("sqlite://{}?mode=rwc", to.display()))
}

async fn sweep_all(on: On, strokes: &[Stroke]) -> Result<()> {
    for (name, counted) in ACTS {
        for stroke in strokes {
            let strokes = sweep(on, name, counted, *stroke).await?;
            println!("{on:?} {name}: {strokes} × {} {}", stroke.call, stroke.what);
            ensure!(strokes > 3, "{name} was hardly struck at {}", stroke.call);
        }
    }
    Ok(())
}

#[tokio::test]
#[ignore = "takes minutes, and strace"]
async fn i22_killed_at_every_write_and_every_flush() -> Result<()> {
    let kill = |call| Stroke { call, what: "signal=KILL", on: false };
    sweep_all(On::Sqlite, &[kill("pwrite64"), kill(FLUSH)]).await
}

#[tokio::test]
#[ignore = "takes minutes, and strace"]
async fn i22_killed_at_everything_that_postgresql_is_told() -> Result<()> {
    sweep_all(On::Postgres, &[Stroke { call: "sendto", what: "signal=KILL", on: false }]).await
}

#[tokio::test]
#[ignore = "takes minutes, and strace"]
async fn i25_a_flush_that_fails_is_not_acknowledged() -> Result<()> {
    sweep_all(On::Sqlite, &[Stroke { call: FLUSH, what: "error=EIO", on: false }]).await
}

#[tokio::test]
#[ignore = "takes minutes, and strace"]
async fn i24_a_disk_that_is_full_from_some_write_on() -> Result<()> {
    sweep_all(On::Sqlite, &[Stroke { call: "pwrite64", what: "error=ENOSPC", on: true }]).await
}

/// I-23: between the request and the yes there is a flush that has returned.
#[tokio::test]
#[ignore = "needs strace"]
async fn i23_a_yes_comes_after_a_flush() -> Result<()> {
    for (name, _) in ACTS {
        let (world, asks) = prepare(On::Sqlite, name).await?;
        let (output, trace) = run(&world.url, name, &asks, None)?;
        ensure!(output.status.success(), "{name}: {output:?}");
        let begun = trace.find("begun").context("a beginning")?;
        let done = begun + trace[begun..].find("done").context("an end")?;
        ensure!(
            trace[begun..done].lines().any(|line| line.contains("sync") && line.contains("= 0")),
            "{name}: nothing was flushed before the yes:\n{trace}"
        );
    }
    Ok(())
}
