//! The sweep: a few seconds apart it refreshes what is due, ends productions whose lease has run out, charges renewals,
//! looks after payments that nobody told of, forgets sessions, links and counts of tries that have run out, and whoever has
//! asked to be forgotten.

use crate::{Engine, Error, clock::machine_micros, db::entity::session};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::ExprTrait};
use std::{sync::Arc, time::Duration};

/// How long tokens of a lapsed hold stay out of reach at most, besides the sweep itself. I-11 asks for 60 s.
const EVERY: Duration = Duration::from_secs(5);

/// Sweeps until the engine is gone.
pub(crate) fn start(engine: &Engine) {
    let (shared, writer) = (Arc::downgrade(&engine.shared), Arc::downgrade(&engine.writer));
    let (gateway, sandbox) = (Arc::clone(&engine.gateway), engine.sandbox);
    tokio::spawn(async move {
        let mut ticks = tokio::time::interval(EVERY);
        loop {
            ticks.tick().await;
            let (Some(shared), Some(writer)) = (shared.upgrade(), writer.upgrade()) else { return };
            let engine = Engine { shared, writer, gateway: Arc::clone(&gateway), sandbox };
            if let Err(error) = sweep(&engine).await {
                tracing::warn!(%error, "the sweep failed and will be repeated");
            }
        }
    });
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
    engine.take_payments().await?;
    let closed = engine.close_months().await?;
    if closed > 0 {
        tracing::info!(closed, "months were closed");
    }
    engine.begin_evaluations().await?;
    engine.forget_old_answers().await?;
    engine.shared.forget_links().await?;
    engine.shared.forget_tries().await?;
    engine.forget_tokens().await?;
    let erased = engine.erase_due().await?;
    if erased > 0 {
        tracing::info!(erased, "people were forgotten");
    }
    let now = machine_micros();
    session::Entity::delete_many()
        // Sessions live by the machine's clock, as cookies do.
        .filter(session::Column::ExpiresAt.lte(now).or(session::Column::EndsAt.lte(now)))
        .exec(&engine.shared.pools.side)
        .await?;
    Ok(())
}
