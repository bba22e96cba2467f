//! One act in a process of its own, struck at every write and every flush of the disk, or at everything that it tells PostgreSQL:
//! it is in the books whole or not at all, what was told is true, and asked again it is done once. I-22, I-23, I-25.
//!
//! A file is struck from the start of the process on: its opening writes, too. PostgreSQL is struck inside of the act alone: `strace`
//! takes hold of a process that is about to begin, since a connection and the check of the tables tell hundreds of things first.
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
use futures::future::join_all;
use sea_orm::{ConnectionTrait, Database, Statement};
use std::{
    collections::BTreeSet,
    env, fs,
    io::{BufRead, BufReader, Read, Write},
    os::unix::process::ExitStatusExt,
    path::{Path, PathBuf},
    process::{Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
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
/// A thing that PostgreSQL is told, and a look for its answer: what it was told is under way then.
const WORDS: [&str; 2] = ["sendto", "recvfrom"];
/// The signal of a kill.
const KILLED: i32 = 9;
/// Cases at once: each waits more than it works.
const AT_ONCE: usize = 4;
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
    let told = if matches!(act, "credit" | "plan") { events(url).await? } else { Vec::new() };
    if is_struck() {
        println!("begun");
        if env::var_os("STRUCK_WAITS").is_some() {
            std::io::stdin().read_line(&mut String::new())?;
        }
    }
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
            for event in told {
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
    if is_struck() {
        println!("done");
        std::io::stdout().flush()?;
    }
    engine.close().await;
    Ok(())
}

/// Whether this is the process that is struck.
fn is_struck() -> bool {
    env::var_os("STRUCK_ACT").is_some()
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

impl Stroke {
    const fn kill(call: &'static str) -> Self {
        Self { call, what: "signal=KILL", on: false }
    }

    /// What `strace` is told.
    fn options(self, n: usize) -> [String; 2] {
        let Self { call, what, on } = self;
        let when = if on { format!("{n}+") } else { n.to_string() };
        [format!("-etrace={call}"), format!("-einject={call}:{what}:when={when}")]
    }
}

/// How a run of the act went.
#[derive(Debug)]
struct Ran {
    status: ExitStatus,
    printed: String,
    trace: String,
}

impl Ran {
    /// Whether it has said that the act is done.
    fn said(&self) -> bool {
        self.printed.lines().any(|line| line.ends_with("done"))
    }

    /// Whether the stroke has hit, which an act that fails by itself is not.
    fn was_struck(&self, stroke: Stroke) -> bool {
        if stroke.what == Stroke::kill("").what {
            self.status.signal() == Some(KILLED)
        } else {
            self.trace.contains("INJECTED")
        }
    }
}

fn strace(trace: &Path) -> Command {
    let mut strace = Command::new(env::var_os("STRACE").unwrap_or_else(|| "strace".into()));
    strace.args(["-f", "-qq", "-o"]).arg(trace);
    strace
}

/// What tells this program to be the process that is struck.
fn be_struck<'a>(command: &'a mut Command, url: &str, name: &str, asks: &str) -> &'a mut Command {
    command.args(["--exact", "strike::struck", "--ignored", "--nocapture"]);
    command.envs([("STRUCK_URL", url), ("STRUCK_ACT", name), ("STRUCK_ASKS", asks)])
}

/// Runs the act under a stroke from its process's start on; without one, only looks.
fn run(url: &str, name: &str, asks: &str, stroke: Option<(Stroke, usize)>) -> Result<Ran> {
    let folder = tempfile::tempdir()?;
    let trace = folder.path().join("trace");
    let mut strace = strace(&trace);
    match stroke {
        Some((stroke, n)) => drop(strace.args(stroke.options(n))),
        None => drop(strace.arg("-etrace=fsync,fdatasync,write")),
    }
    strace.arg(env::current_exe()?);
    let output = be_struck(&mut strace, url, name, asks).output().context("strace cannot be started")?;
    Ok(Ran {
        status: output.status,
        printed: String::from_utf8_lossy(&output.stdout).into_owned(),
        trace: fs::read_to_string(&trace).unwrap_or_default(),
    })
}

/// Runs the act under a stroke that counts from the act's beginning.
#[expect(clippy::disallowed_methods, reason = "how long a test waits is no time of the books")]
fn run_from_the_act(url: &str, name: &str, asks: &str, (stroke, n): (Stroke, usize)) -> Result<Ran> {
    let folder = tempfile::tempdir()?;
    let trace = folder.path().join("trace");
    let mut command = Command::new(env::current_exe()?);
    let mut process = be_struck(&mut command, url, name, asks)
        .env("STRUCK_WAITS", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let mut output = BufReader::new(process.stdout.take().context("its output")?);
    let mut printed = String::new();
    while !printed.contains("begun") {
        ensure!(output.read_line(&mut printed)? > 0, "{name} has not begun: {printed}");
    }
    let id = process.id().to_string();
    let mut striker =
        strace(&trace).args(stroke.options(n)).args(["-p", &id]).stderr(Stdio::null()).spawn()?;
    let since = Instant::now();
    while !is_held(&id)? {
        ensure!(since.elapsed() < Duration::from_secs(10), "strace may not take hold of process {id}");
        thread::sleep(Duration::from_millis(5));
    }
    process.stdin.take().context("its input")?.write_all(b"go\n")?;
    output.read_to_string(&mut printed)?;
    let status = process.wait()?;
    striker.wait()?;
    Ok(Ran { status, printed, trace: fs::read_to_string(&trace).unwrap_or_default() })
}

/// Whether every thread of a process is traced.
fn is_held(id: &str) -> Result<bool> {
    for thread in fs::read_dir(format!("/proc/{id}/task"))? {
        if fs::read_to_string(thread?.path().join("status"))?.contains("TracerPid:\t0\n") {
            return Ok(false);
        }
    }
    Ok(true)
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

/// Removes a copy that was looked at, whoever may still be connected to it: thousands of them would fill the disk.
async fn remove(url: &str) -> Result<()> {
    let name = postgres::name_in(url)?;
    let database = Database::connect(url.replace(name, "postgres")).await?;
    database.execute_unprepared(&format!("DROP DATABASE {name} WITH (FORCE)")).await?;
    Ok(database.close().await?)
}

/// The event with which the provider tells that it was paid; the others change nothing after it (I-32).
async fn events(url: &str) -> Result<Vec<String>> {
    let database = Database::connect(url).await?;
    let sql = "SELECT body FROM sandbox_event WHERE body LIKE '%checkout.session.completed%' ORDER BY id";
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

/// An act that is struck, and the books in which it is about to be done.
struct Struck {
    on: On,
    name: &'static str,
    counted: &'static str,
    stroke: Stroke,
    source: String,
    asks: String,
    before: i64,
}

impl Struck {
    /// Strikes it at the n-th such call, in books of its own; whether the stroke has hit.
    async fn at(&self, n: usize) -> Result<bool> {
        let Self { on, name, stroke, .. } = *self;
        let folder = tempfile::tempdir()?;
        let url = copy(on, &self.source, folder.path()).await?;
        let place = format!("{on:?} {name}, {} {n}", stroke.call);
        let (struck, asks) = (url.clone(), self.asks.clone());
        let running = tokio::task::spawn_blocking(move || match on {
            On::Sqlite => run(&struck, name, &asks, Some((stroke, n))),
            On::Postgres => run_from_the_act(&struck, name, &asks, (stroke, n)),
        });
        let ran = running.await??;
        let there = count(&url, self.counted).await? - self.before;
        ensure!((0..=1).contains(&there), "{place}: {there} of one");
        ensure!(!ran.said() || there == 1, "{place}: it said that it was done, and it is not there");
        let violations = engine::verify::verify(&url).await?;
        ensure!(violations.is_empty(), "{place}: {violations:#?}");
        act(&url, name, &self.asks).await.with_context(|| format!("{place}, again"))?;
        ensure!(
            count(&url, self.counted).await? - self.before == 1,
            "{place}: asked again it is not there once"
        );
        let violations = engine::verify::verify(&url).await?;
        ensure!(violations.is_empty(), "{place}, again: {violations:#?}");
        if matches!(on, On::Postgres) {
            remove(&url).await?;
        }
        let hit = ran.was_struck(stroke);
        ensure!(hit || ran.said(), "{place}: nothing was struck, and it was not done: {ran:?}");
        Ok(hit)
    }
}

/// Strikes an act at the first such call, the second, … until it is not struck any more; how many strokes there were.
async fn sweep(on: On, name: &'static str, counted: &'static str, stroke: Stroke) -> Result<usize> {
    let (world, asks) = prepare(on, name).await?;
    let before = count(&world.url, counted).await?;
    // A file stands in the world's folder; a database is copied only once nobody is connected to it.
    let (source, _folder) = match on {
        On::Sqlite => (compact(&world.url).await?, Some(world)),
        On::Postgres => {
            let url = world.url.clone();
            drop(world);
            (url, None)
        }
    };
    let struck = Struck { on, name, counted, stroke, source, asks, before };
    let mut strokes = 0;
    for first in (1..).step_by(AT_ONCE) {
        let hits = join_all((first..first + AT_ONCE).map(|n| struck.at(n))).await;
        let hits = hits.into_iter().collect::<Result<Vec<bool>>>()?;
        let hit = hits.iter().filter(|hit| **hit).count();
        strokes += hit;
        if hit < AT_ONCE {
            break;
        }
    }
    Ok(strokes)
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
            println!("{on:?} {name}: {strokes} × {} {}, 0 violations", stroke.call, stroke.what);
            ensure!(strokes > 3, "{name} was hardly struck at {}", stroke.call);
        }
    }
    Ok(())
}

#[tokio::test]
#[ignore = "takes minutes, and strace"]
async fn i22_killed_at_every_write_and_every_flush() -> Result<()> {
    sweep_all(On::Sqlite, &["pwrite64", FLUSH].map(Stroke::kill)).await
}

#[tokio::test]
#[ignore = "takes minutes, and strace"]
async fn i22_killed_at_everything_that_postgresql_is_told() -> Result<()> {
    sweep_all(On::Postgres, &WORDS.map(Stroke::kill)).await
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
        let ran = run(&world.url, name, &asks, None)?;
        ensure!(ran.status.success(), "{name}: {ran:?}");
        let trace = ran.trace;
        let begun = trace.find("begun").context("a beginning")?;
        let done = begun + trace[begun..].find("done").context("an end")?;
        ensure!(
            trace[begun..done].lines().any(|line| line.contains("sync") && line.contains("= 0")),
            "{name}: nothing was flushed before the yes:\n{trace}"
        );
    }
    Ok(())
}
