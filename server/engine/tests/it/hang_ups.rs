//! Callers that hang up: an act is done whole or not at all, and no transaction stays open behind it. I-26.

use crate::support::{World, both, speech};
use anyhow::{Context, Result};
use billing::allowance::Source;
use futures::poll;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use std::{pin::pin, time::Duration};
use tokio::time::sleep;

/// Requests that are given up.
const HANG_UPS: u64 = 2_000;
/// How often one that is given up on purpose is looked after before: as often as an act done in its caller would need.
const LOOKS: usize = 30;

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
                sleep(patience).await;
                asking.abort();
                asking.await.is_ok()
            }));
            if n % 50 == 49 {
                sleep(Duration::from_millis(10)).await;
            }
        }
        let mut heard = 0;
        for wave in waves {
            heard += i64::from(wave.await?);
        }
        for n in 0..100 {
            world.admit(&format!("after-{n}"), vec![speech("one", 10)]).await?;
        }
        assert_eq!(left_open(&world.database().await?).await?, 0);
        let admitted = world.count("production").await?;
        assert!(admitted >= heard + 100, "{heard} were told yes, {admitted} are in the books");
        assert_eq!(world.balance().await?.1, admitted * 80);
        Ok(())
    }
}

both! {
    /// One caller at a time hangs up, after it was looked after once, twice, …: what it asked is done all the same, whole
    /// and once, and no transaction stays open behind it.
    async fn i26_an_act_that_was_taken_is_done_though_nobody_waits(world: &World) -> Result<()> {
        world.grant(Source::Allowance, 1_000_000, None).await?;
        let database = world.database().await?;
        for looks in 1..=LOOKS {
            let request = || world.request(&format!("gone-{looks}"), vec![speech("one", 10)]);
            {
                let mut asking = pin!(world.engine.admit(world.customer, None, request()));
                for _ in 0..looks {
                    if poll!(&mut asking).is_ready() {
                        break;
                    }
                    sleep(Duration::from_micros(200)).await;
                }
            }
            let answer = world.engine.admit(world.customer, None, request()).await?;
            assert!(answer.again, "hung up after {looks} looks: it was not done");
            assert_eq!(left_open(&database).await?, 0, "hung up after {looks} looks");
        }
        Ok(())
    }
}

/// Transactions that nobody works on. A SQLite file shows none: there the writer would wait for its lock.
async fn left_open(database: &DatabaseConnection) -> Result<i64> {
    if database.get_database_backend() != DbBackend::Postgres {
        return Ok(0);
    }
    let idle = "SELECT count(*) FROM pg_stat_activity \
                WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
    let row = database.query_one_raw(Statement::from_string(DbBackend::Postgres, idle)).await?;
    Ok(row.context("a count")?.try_get_by_index(0)?)
}
