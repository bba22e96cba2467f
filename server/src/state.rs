//! What every handler can reach.

use crate::{config::Site, limits::Limits};
use axum::extract::FromRef;
use engine::Engine;
use leptos::config::{Env, LeptosOptions};
use std::{ops::Deref, sync::Arc};
use tokio::sync::watch;

/// Shared by all requests. Each layer and handler clones it: one count, and not one for each of its parts.
#[derive(Clone, Debug)]
pub struct AppState(Arc<Parts>);

/// What is shared.
#[derive(Debug)]
pub struct Parts {
    /// Everything that acts.
    pub engine: Engine,
    /// Where pages find their scripts.
    pub pages: LeptosOptions,
    /// How browsers reach us.
    pub site: Arc<Site>,
    /// Whether the process is about to end.
    pub stopping: Stopping,
    /// How fast keys may ask.
    pub limits: Limits,
}

impl AppState {
    /// The state of a server for this site.
    #[must_use]
    pub fn new(engine: Engine, site: Site, stopping: Stopping) -> Self {
        // In code, not from the environment: both sides of a page must agree on the names of its files.
        let pages = LeptosOptions::builder()
            .output_name("console")
            .site_pkg_dir("pkg")
            .env(if cfg!(debug_assertions) { Env::DEV } else { Env::PROD })
            .build();
        Self(Arc::new(Parts { engine, pages, site: Arc::new(site), stopping, limits: Limits::default() }))
    }
}

impl Deref for AppState {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// For what a handler asks one part.
macro_rules! parts {
    ($($part:ident: $kind:ty),*) => {$(
        impl FromRef<AppState> for $kind {
            fn from_ref(state: &AppState) -> Self {
                state.$part.clone()
            }
        }
    )*};
}

parts! { engine: Engine, pages: LeptosOptions, site: Arc<Site>, stopping: Stopping, limits: Limits }

/// Tells long-lived answers and the readiness check that the process is about to end.
#[derive(Clone, Debug)]
pub struct Stopping(watch::Receiver<bool>);

impl Stopping {
    /// The switch and what it switches.
    #[must_use]
    pub fn switch() -> (watch::Sender<bool>, Self) {
        let (switch, stopping) = watch::channel(false);
        (switch, Self(stopping))
    }

    /// Whether it has been asked to end.
    #[must_use]
    pub fn is_set(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until it is asked to end; a switch that is gone counts as asked.
    pub async fn wait(mut self) {
        let _gone = self.0.wait_for(|stopping| *stopping).await;
    }
}
