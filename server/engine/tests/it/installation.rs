//! What an installation is, and its clock. DOMAIN *Time*.

use crate::support::{START, World, both};
use anyhow::Result;
use billing::time::{Span, Timestamp};
use engine::{Engine, Error, Settings};

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

both! {
    /// Sample sign-ins never serve anybody in earnest.
    async fn a_sandbox_is_opened_as_a_sandbox_only(world: &World) -> Result<()> {
        let opened = Engine::open(Settings { database_url: world.url.clone(), sandbox: false }).await;
        assert!(matches!(opened, Err(Error::Invalid { .. })));
        Ok(())
    }
}
