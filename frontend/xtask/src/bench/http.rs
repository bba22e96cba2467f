//! The gate's interface over HTTP beside a server that answers JSON with itself: captures one by one, and requests of 64 acts. The
//! server is the console's own, on a `SQLite` file that is flushed at every commit; whoever asks is on the same machine.

use super::{
    Often,
    books::{self, Database},
    cells::{Cell, rounds},
    flush,
    measured::Measured,
    table::{Found, Ratio, Unit},
};
use crate::{
    build,
    process::{Running, output},
    say,
    workspace::{Flavour, Workspace},
};
use anyhow::{Context, Result, bail, ensure};
use std::{
    cell::RefCell,
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

/// What the console keeps its books in here.
pub const DATABASE: Database = Database::Sqlite;
/// Connections.
const CALLERS: u32 = 256;
/// Acts that the console lets wait, half of them of one customer: those of all connections.
const QUEUE: &str = "40000";
/// What must be reached beside an echo: by captures, and by the acts of requests of 64.
const CAPTURE_MUST: f64 = 0.4;
const BATCH_MUST: f64 = 2.0;

/// Prepares, measures, checks the books, prints.
///
/// # Errors
/// When something is not answered as it must be, or the books are not sound afterwards.
pub fn bench(workspace: &Workspace, often: &Often) -> Result<()> {
    let (setting, effort) = (&often.setting, often.effort());
    ensure!(setting.wants(DATABASE), "this is measured on SQLite");
    let folder = workspace.root.join(&setting.folder);
    fs::create_dir_all(&folder)?;
    let measure = books::build(workspace, "measure")?;
    let echo = books::build(workspace, "echo")?;
    build::everything(workspace, Flavour::Release)?;
    let program = workspace.server(Flavour::Release);
    let file = folder.join("http.db");
    books::remove(&file)?;
    let url = format!("sqlite://{}?mode=rwc", file.display());
    let customer =
        output(Command::new(&measure).args(["customer", &url])).context("no customer was opened")?;
    let (key, accounts) = customer.split_once(' ').context("not a key and accounts")?;
    let console = Console::start(&program, &url)?;
    let echo = Measured::start(&mut Command::new(echo))?;
    let mut asked = Command::new(&measure);
    asked.args(["http", &console.base, &echo.greeting, key, accounts]);
    let callers = RefCell::new(Measured::start(&mut asked)?);

    let cell = |what: &str| format!("{CALLERS} connections, {what}");
    let [capture, batch, echoed] =
        ["a capture a request", "64 acts a request, by acts", "an echo of a capture's JSON"].map(cell);
    let cell = |name: &String, what: &'static str| {
        let callers = &callers;
        Cell {
            name: name.clone(),
            run: Box::new(move || run(&mut callers.borrow_mut(), what, effort.length)),
        }
    };
    let mut cells = vec![cell(&capture, "capture"), cell(&batch, "batch"), cell(&echoed, "echo")];
    let ratio = |what: &str, fast: String, must| Ratio {
        what: what.to_owned(),
        slow: echoed.clone(),
        fast,
        must: Some(must),
    };
    let ratios = vec![
        ratio("HTTP: captures ÷ echoes", capture, CAPTURE_MUST),
        ratio("HTTP: acts of batches ÷ echoes", batch, BATCH_MUST),
    ];
    let times =
        say::step("Measuring", || rounds(&mut cells, effort.rounds, setting.seed, || flush(&folder)))?;
    drop(cells);
    drop(console);
    let sound = say::step("Checking the books", || {
        output(Command::new(&program).args(["verify", "--database-url", &url])).context("they are not sound")
    })?;
    let on = vec![books::machine(), format!("SQLite: {sound}")];
    Found { on, unit: Unit::Rate, times, ratios }.tell(workspace, &folder, "http", often)
}

/// How long an act, or an echo, takes.
fn run(callers: &mut Measured, what: &str, length: Duration) -> Result<Duration> {
    let answer = callers.ask(&format!("{what} {CALLERS} {}", length.as_millis()))?;
    let figures: Vec<f64> = answer.split(' ').map(str::parse).collect::<Result<_, _>>()?;
    let [acts, seconds] = figures[..] else { bail!("not what was asked: {answer}") };
    ensure!(acts > 0.0, "nothing was done: {answer}");
    Ok(Duration::from_secs_f64(seconds / acts))
}

/// The console, in a process of its own.
struct Console {
    base: String,
    _process: Running,
}

impl Console {
    fn start(program: &Path, url: &str) -> Result<Self> {
        let mut command = Command::new(program);
        command.args(["serve", "--sandbox", "--queue", QUEUE, "--listen", "127.0.0.1:0"]);
        command.args(["--database-url", url]);
        let mut process = Running(command.env("RUST_LOG", "warn").stdout(Stdio::piped()).spawn()?);
        let mut line = String::new();
        BufReader::new(process.0.stdout.as_mut().context("its output")?).read_line(&mut line)?;
        let base = line.trim().strip_prefix("Console ready at ").context("the server is not ready")?;
        Ok(Self { base: base.to_owned(), _process: process })
    }
}
