//! `server serve`: opens the database, says where it listens, and ends without losing what it has begun. I-28.

use crate::{
    config::{ConfigError, ServeOptions},
    metrics,
    router::router,
    state::{AppState, Stopping},
};
use app::format::{Format, Locale};
use axum_server::{Handle, accept::NoDelayAcceptor};
use engine::{Engine, Settings, seed::Samples};
use std::{
    io::{self, Write},
    net::SocketAddr,
    path::Path,
    sync::Arc,
    time::Duration,
};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    time::timeout,
};

/// How long requests that are under way may take to finish.
const LAST_REQUESTS: Duration = Duration::from_secs(10);
/// T14: how long a connection may take to send the head of a request, its first one or the next.
const HEAD: Duration = Duration::from_secs(30);

/// Why a server did not start, or stopped.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Its options must not be started with.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Somebody else listens there.
    #[error(
        "{0} is already in use: stop what listens there, or choose another address with --listen (JARAI_LISTEN)"
    )]
    AddressInUse(SocketAddr),
    /// The address cannot be listened on.
    #[error("cannot listen on {0}: {1}")]
    Listen(SocketAddr, io::Error),
    /// The database cannot be opened.
    #[error("cannot open the database (--database-url, DATABASE_URL): {0}")]
    Database(engine::Error),
    /// The operating system refused something.
    #[error(transparent)]
    System(#[from] io::Error),
}

/// Serves until SIGTERM or Ctrl-C.
pub async fn run(options: &ServeOptions) -> Result<(), ServeError> {
    let listener = listen(options.listen).await?;
    let address = listener.local_addr()?;
    let site = options.site(address)?;
    let (stripe, carrier) = (options.stripe(&site)?, options.carrier(&site.origin)?);
    let issuer = options.issuer()?;
    make_folder_of(&options.database_url)?;
    let settings = Settings { database_url: options.database_url.clone(), sandbox: options.sandbox };
    let engine = Engine::open_with(settings, stripe).await.map_err(ServeError::Database)?;
    engine.let_wait(options.queue);
    engine.write_letters_as(Format::of(Locale::EnGb));
    match carrier {
        Some(carrier) => engine.send_letters_by(Arc::new(carrier)),
        None if options.sandbox => {}
        None => {
            tracing::warn!("no mail server is set (--smtp-url, SMTP_URL): letters wait and nobody gets them");
        }
    }
    match &issuer {
        Some(issuer) => engine.issue_invoices_as(issuer).await.map_err(ServeError::Database)?,
        None => {
            tracing::warn!("nobody issues invoices (--issuer-name, JARAI_ISSUER_NAME): they name no issuer");
        }
    }
    let samples =
        if options.sandbox { engine.load_samples().await.map_err(ServeError::Database)? } else { None };

    let (stop, stopping) = Stopping::switch();
    if let Some(address) = options.metrics_listen {
        let (listener, app) = (listen(address).await?, metrics::router(engine.clone(), metrics::start()?));
        let stopped = stopping.clone().wait();
        tokio::spawn(async move { axum::serve(listener, app).with_graceful_shutdown(stopped).await });
    }
    let app = router(AppState::new(engine.clone(), site, stopping));
    // Answers are small and written at once: waiting to fill a packet would only delay them.
    let handle = Handle::new();
    let mut serving = axum_server::from_tcp(listener.into_std()?)?
        .acceptor(NoDelayAcceptor::new())
        .first_request_timeout(HEAD)
        .handle(handle.clone());
    serving.http_builder().http1().header_read_timeout(HEAD);
    let mut server = tokio::spawn(serving.serve(app.into_make_service_with_connect_info::<SocketAddr>()));
    // Before anybody is told that it is ready, so that nobody's signal is missed.
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    say(address, samples.as_ref())?;

    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    tracing::info!("stopping: no new requests, up to {LAST_REQUESTS:?} for those under way");
    stop.send_replace(true);
    handle.graceful_shutdown(None);
    if let Ok(ended) = timeout(LAST_REQUESTS, &mut server).await {
        ended.map_err(io::Error::other)??;
    } else {
        tracing::warn!("some requests were still under way");
        handle.shutdown();
    }
    engine.close().await;
    Ok(())
}

async fn listen(address: SocketAddr) -> Result<TcpListener, ServeError> {
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => ServeError::AddressInUse(address),
        _ => ServeError::Listen(address, error),
    })
}

/// A SQLite file is made where there is none, but not the folder that it is to stand in.
fn make_folder_of(database_url: &str) -> io::Result<()> {
    let path = database_url.strip_prefix("sqlite:").map(|rest| rest.strip_prefix("//").unwrap_or(rest));
    let path = path.map(|path| path.split('?').next().unwrap_or(path));
    match path.and_then(|path| Path::new(path).parent()) {
        Some(folder) => std::fs::create_dir_all(folder),
        None => Ok(()),
    }
}

/// Where it listens, on a line that others wait for, and what a sandbox can be tried with.
fn say(address: SocketAddr, samples: Option<&Samples>) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "Console ready at http://{address}")?;
    if let Some(samples) = samples {
        for (email, password, sees) in &samples.sign_ins {
            writeln!(out, "  {email}  {password}  {sees}")?;
        }
        writeln!(out, "  key  {}", samples.key)?;
        for (account, name) in &samples.accounts {
            writeln!(out, "  account  {account}  {name}")?;
        }
    }
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sqlite_file_gets_its_folder() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/a/b/console.db?mode=rwc", folder.path().display());
        make_folder_of(&url).unwrap();
        assert!(folder.path().join("a/b").is_dir());
        make_folder_of("postgres://localhost/console").unwrap();
        make_folder_of("sqlite::memory:").unwrap();
    }
}
