//! `server replay FILE`: a trace of real AI calls, driven through the running gate over HTTP, every token accounted for.
//!
//! A fresh sandbox database takes the trace's own time: its clock starts at the first call and is advanced to each
//! production's first call. Seven consecutive calls are one production. Admissions are asked strictly in the order of the
//! file, the calls of admitted productions are reported concurrently. At the end what was captured must be what is gone.

mod drive;
mod gate;
mod tally;
mod trace;

use super::import;
use crate::{
    config::Site,
    origin::{NotAnOrigin, Origin},
    router::router,
    state::{AppState, Stopping},
};
use app::team::LegalTexts;
use billing::{
    id::{AccountId, CustomerId},
    money::Currency,
    time::Timestamp,
    tokens::{OutOfRange, Tokens},
};
use chrono::NaiveDate;
use drive::Drive;
use engine::{Engine, Settings};
use gate::Gate;
use std::{io, path::PathBuf};
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

/// Options of `replay`.
#[derive(Clone, Debug, clap::Args)]
pub struct ReplayOptions {
    /// The trace: comma-separated, with columns `TIMESTAMP`, `ContextTokens`, `GeneratedTokens` (or `context_tokens` …).
    pub file: PathBuf,
    /// The model of every call; the gate's default for text otherwise.
    #[arg(long)]
    pub model: Option<String>,
    /// A list of real prices, of the form that `import prices` reads, to compute costs by.
    #[arg(long, value_name = "FILE", requires = "prices_from")]
    pub prices: Option<PathBuf>,
    /// The day from which those prices hold.
    #[arg(long, value_name = "DATE", requires = "prices")]
    pub prices_from: Option<NaiveDate>,
    /// A list of real exchange rates, of the form that `import rates` reads.
    #[arg(long, value_name = "FILE")]
    pub rates: Option<PathBuf>,
    /// What the customer is billed in; dollars need no rates, since the sample prices are in dollars.
    #[arg(long, default_value = "USD")]
    pub currency: Currency,
    /// Allowance tokens that the customer has.
    #[arg(long, default_value_t = 1_000_000_000_000, value_parser = clap::value_parser!(i64).range(1..=Tokens::MAX.get()))]
    pub tokens: i64,
    /// Productions at work at once.
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..=4096))]
    pub in_flight: u16,
    /// An empty database to replay into; a temporary SQLite file otherwise.
    #[arg(long)]
    pub database_url: Option<String>,
    /// Prints the summary as JSON.
    #[arg(long)]
    pub json: bool,
}

/// Why a trace was not replayed, or not as it should have been.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The file cannot be read.
    #[error("cannot read {}: {error}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The file is no trace.
    #[error("{}: {error}", path.display())]
    Trace {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        error: trace::TraceError,
    },
    /// The file is no list of prices, or of rates.
    #[error("{}: {what}", path.display())]
    List {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// The database holds something already.
    #[error(
        "the database is in use: a replay needs an empty one (leave --database-url out for a temporary file)"
    )]
    InUse,
    /// The engine failed.
    #[error("the engine failed")]
    Engine(#[from] engine::Error),
    /// The gate cannot be reached.
    #[error("the gate did not answer")]
    Http(#[from] reqwest::Error),
    /// The address listened on is no origin.
    #[error(transparent)]
    Origin(#[from] NotAnOrigin),
    /// More tokens than the books can hold.
    #[error("--tokens: {0}")]
    Tokens(#[from] OutOfRange),
    /// The operating system refused something.
    #[error(transparent)]
    System(#[from] io::Error),
    /// Everything ran, and not everything was as expected.
    #[error("{count} unexpected outcomes; the first: {first}")]
    Unexpected {
        /// How many.
        count: u64,
        /// One of them.
        first: String,
    },
}

/// Replays the trace and prints what became of it.
pub async fn run(options: &ReplayOptions) -> Result<(), ReplayError> {
    let path = || options.file.clone();
    let text =
        std::fs::read_to_string(&options.file).map_err(|error| ReplayError::File { path: path(), error })?;
    let calls = trace::read(&text).map_err(|error| ReplayError::Trace { path: path(), error })?;
    let Some(first) = calls.first() else { return Ok(()) }; // an empty trace was refused above

    let folder = tempfile::tempdir()?;
    let temporary = || format!("sqlite://{}/replay.db?mode=rwc", folder.path().display());
    let database_url = options.database_url.clone().unwrap_or_else(temporary);
    let engine = Engine::open(Settings { database_url, sandbox: true }).await?;
    let (customer, account, key) = prepare(&engine, first.at, options).await?;
    import_lists(&engine, options).await?;
    let served = Served::start(&engine).await?;

    let gate = Gate::new(&served.base, &key, account, options.model.clone())?;
    let drive = Drive::new(engine.clone(), gate, options);
    let mut tally = drive.run(&calls).await?;
    tally.cost(engine.raw_costs(customer).await?);
    served.stop().await?;
    engine.close().await;
    if options.json {
        println!("{}", tally.json());
    } else {
        print!("{tally}");
    }
    tally.verdict()
}

/// The real lists, where any are given.
async fn import_lists(engine: &Engine, options: &ReplayOptions) -> Result<(), ReplayError> {
    let read = |file: &PathBuf| {
        std::fs::read_to_string(file).map_err(|error| ReplayError::File { path: file.clone(), error })
    };
    let no_list = |file: &PathBuf| {
        let path = file.clone();
        move |what| ReplayError::List { path, what }
    };
    if let (Some(file), Some(from)) = (&options.prices, options.prices_from) {
        let list = import::read_prices(&read(file)?).map_err(no_list(file))?;
        engine.import_prices(&list.models, import::PRICES_IN, Timestamp::midnight(from)).await?;
    }
    if let Some(file) = &options.rates {
        let list = import::read_rates(&read(file)?).map_err(no_list(file))?;
        engine.import_rates(&list.rates).await?;
    }
    Ok(())
}

/// The customer whose tokens are spent, at the trace's first instant.
async fn prepare(
    engine: &Engine,
    at: Timestamp,
    options: &ReplayOptions,
) -> Result<(CustomerId, AccountId, String), ReplayError> {
    // Only the clock of an installation without customers goes back: whoever holds something already refuses this.
    let long_ago = Timestamp::from_micros(0).unwrap_or(at);
    for instant in [long_ago, at] {
        engine.set_sandbox_clock(instant).await.map_err(|error| match error {
            engine::Error::Invalid { .. } => ReplayError::InUse,
            error => error.into(),
        })?;
    }
    Ok(engine.open_replay_customer(options.currency, Tokens::new(options.tokens)?).await?)
}

/// The real server, in this process, on a port of its own.
struct Served {
    base: String,
    stop: watch::Sender<bool>,
    server: JoinHandle<io::Result<()>>,
}

impl Served {
    async fn start(engine: &Engine) -> Result<Self, ReplayError> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let origin = Origin::plain(&listener.local_addr()?.to_string())?;
        let base = format!("{origin}/api/v1");
        let (stop, stopping) = Stopping::switch();
        let site = Site {
            origin,
            sandbox: true,
            root: None,
            pricing: String::new(),
            legal: LegalTexts::default(),
            trusted_proxies: Vec::new(),
        };
        let app = router(AppState::new(engine.clone(), site, stopping.clone()));
        let server = axum::serve(listener, app).with_graceful_shutdown(stopping.wait()).into_future();
        Ok(Self { base, stop, server: tokio::spawn(server) })
    }

    async fn stop(self) -> io::Result<()> {
        self.stop.send_replace(true);
        self.server.await.map_err(io::Error::other)?
    }
}
