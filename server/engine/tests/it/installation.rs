//! What an installation is, and its clock. DOMAIN *Time*.

use crate::support::{START, World, both, postgres};
use anyhow::Result;
use billing::time::{Span, Timestamp};
use engine::{Engine, Error, Settings};
use futures::future::join_all;
use migrations::{Migrator, MigratorTrait};
use sea_orm::Database;
use std::sync::atomic::{AtomicUsize, Ordering};

both! {
    /// The sandbox clock ticks, goes forward on demand and never back; other processes take it over.
    async fn the_sandbox_clock_only_goes_forward(world: &World) -> Result<()> {
        let start: Timestamp = START.parse()?;
        assert!(world.engine.now() >= start && world.engine.now() < start.after(Span::minutes(5)));
        world.engine.advance_sandbox_clock(Span::hours(1)).await?;
        assert!(world.engine.now() >= start.after(Span::hours(1)));
        let back = world.engine.set_sandbox_clock(start).await.unwrap_err();
        assert!(matches!(back, Error::Invalid { .. }));
        let other = Engine::open(Settings { database_url: world.url.clone(), sandbox: true }).await?;
        assert!(other.now() >= start.after(Span::hours(1)));
        other.close().await;
        Ok(())
    }
}

/// Books of every schema there has ever been are opened by this program.
async fn every_schema(fresh: impl AsyncFn() -> Result<String>) -> Result<()> {
    let steps = Migrator::migrations().len();
    for known in 1..steps {
        let url = fresh().await?;
        let database = Database::connect(&url).await?;
        Migrator::up(&database, Some(u32::try_from(known)?)).await?;
        database.close().await?;
        Engine::attach_sandbox(&url).await?.close().await;
        let violations = engine::verify::verify(&url).await?;
        assert!(violations.is_empty(), "of {known} steps: {violations:#?}");
    }
    Ok(())
}

#[tokio::test]
async fn i29_every_earlier_schema_is_brought_up_to_date_sqlite() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let count = AtomicUsize::new(0);
    every_schema(async || {
        let number = count.fetch_add(1, Ordering::Relaxed);
        Ok(format!("sqlite://{}/{number}.db?mode=rwc", folder.path().display()))
    })
    .await
}

#[tokio::test]
async fn i29_every_earlier_schema_is_brought_up_to_date_postgres() -> Result<()> {
    every_schema(postgres::empty_database).await
}

#[tokio::test(flavor = "multi_thread")]
async fn i29_processes_that_start_at_once_take_turns_at_the_tables() -> Result<()> {
    let url = postgres::empty_database().await?;
    let starts = (0..4).map(|_| Engine::attach_sandbox(&url));
    for started in join_all(starts).await {
        started?.close().await;
    }
    Ok(())
}

both! {
    /// Sample sign-ins never serve anybody in earnest.
    async fn a_sandbox_is_opened_as_a_sandbox_only(world: &World) -> Result<()> {
        let opened = Engine::open(Settings { database_url: world.url.clone(), sandbox: false }).await;
        assert!(matches!(opened, Err(Error::Invalid { .. })));
        Ok(())
    }
}
