//! Callers that hang up: an act is done whole or not at all, and no transaction stays open behind it. I-26.

use crate::support::{World, both, speech};
use anyhow::{Context, Result};
use billing::allowance::Source;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use std::time::Duration;

/// Requests that are given up.
const HANG_UPS: u64 = 2_000;

both! {
    async fn i26_a_hang_up_leaves_no_half_act(world: &World) -> Result<()> {
        world.grant(Source::Allowance, 1_000_000_000, None).await?;
        let mut waves = Vec::new();
        for n in 0..HANG_UPS {
            let (engine, customer) = (world.engine.clone(), world.customer);
            let request = world.request(&format!("gone-{n}"), vec![speech("one", 10)]);
            let asking = tokio::spawn(async move { engine.admit(customer, None, request).await });
            // 0 to 50 ms, most of them while the group is under way
            let patience = Duration::from_micros(if n % 10 == 0 { n % 50 * 1_000 } else { n * 37 % 4_000 });
            waves.push(tokio::spawn(async move {
                tokio::time::sleep(patience).await;
                asking.abort();
                asking.await.is_ok()
            }));
            if n % 50 == 49 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
        let mut heard = 0;
        for wave in waves {
            heard += i64::from(wave.await?);
        }
        for n in 0..100 {
            world.admit(&format!("after-{n}"), vec![speech("one", 10)]).await?;
        }
        let database = world.database().await?;
        if database.get_database_backend() == DbBackend::Postgres {
            let idle = "SELECT count(*) FROM pg_stat_activity \
                        WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
            let row = database.query_one_raw(Statement::from_string(DbBackend::Postgres, idle)).await?;
            assert_eq!(row.context("a count")?.try_get_by_index::<i64>(0)?, 0, "transactions left open");
        }
        let admitted = world.count("production").await?;
        assert!(admitted >= heard + 100, "{heard} were told yes, {admitted} are in the books");
        assert_eq!(world.balance().await?.1, admitted * 80);
        Ok(())
    }
}
