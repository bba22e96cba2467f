//! The sweep: a few seconds apart it ends productions whose lease has run out and forgets sessions that have.

use crate::{
    Engine, Error,
    clock::machine_micros,
    db::entity::session,
    writer::{Shared, Writer},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use std::{
    sync::{Arc, Weak},
    time::Duration,
};

/// How long tokens of a lapsed hold stay out of reach at most, besides the sweep itself. I-11 asks for 60 s.
const EVERY: Duration = Duration::from_secs(5);

/// Sweeps until the engine is gone.
pub(crate) fn start(engine: &Engine) {
    let (shared, writer) = (Arc::downgrade(&engine.shared), Arc::downgrade(&engine.writer));
    let sandbox = engine.sandbox;
    tokio::spawn(async move {
        let mut ticks = tokio::time::interval(EVERY);
        loop {
            ticks.tick().await;
            let Some(engine) = revive(&shared, &writer, sandbox) else { return };
            if let Err(error) = sweep(&engine).await {
                tracing::warn!(%error, "the sweep failed and will be repeated");
            }
        }
    });
}

fn revive(shared: &Weak<Shared>, writer: &Weak<Writer>, sandbox: bool) -> Option<Engine> {
    Some(Engine { shared: shared.upgrade()?, writer: writer.upgrade()?, sandbox })
}

async fn sweep(engine: &Engine) -> Result<(), Error> {
    if engine.sandbox {
        engine.reload_clock().await?;
    }
    let refreshed = engine.refresh_due().await?;
    if refreshed > 0 {
        tracing::info!(refreshed, "allowances were refreshed");
    }
    let ended = engine.expire_lapsed().await?;
    if ended > 0 {
        tracing::info!(ended, "productions expired");
    }
    engine.forget_old_answers().await?;
    session::Entity::delete_many()
        .filter(session::Column::ExpiresAt.lte(machine_micros())) // sessions live by the machine's clock, as cookies do
        .exec(&engine.shared.pools.side)
        .await?;
    Ok(())
}
