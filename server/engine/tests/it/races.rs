//! Many at once: nothing is oversold, nothing ends twice, nothing is applied twice.

use crate::support::{World, both, production, speech};
use anyhow::Result;
use billing::{
    allowance::Source,
    production::{Conflict, End, Outcome},
    refusal::Reason,
};
use engine::{Engine, Error, Settings};
use futures::future::join_all;
use std::{
    collections::HashSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};
use tokio::sync::Barrier;

both! {
    /// Tokens for ten and twenty who ask at once, through two servers on one database: exactly ten are admitted, and
    /// whoever looks meanwhile never sees less than nothing.
    async fn i5_a_drained_wallet_is_never_oversold(world: &World) -> Result<()> {
        world.grant(Source::Allowance, 80 * 10, None).await?;
        let other = Engine::open(Settings { database_url: world.url.clone(), sandbox: true }).await?;
        let done = Arc::new(AtomicBool::new(false));
        let watching = {
            let (engine, customer, done) = (world.engine.clone(), world.customer, Arc::clone(&done));
            tokio::spawn(async move {
                let mut samples = 0;
                while !done.load(Ordering::Acquire) {
                    let capacity = engine.usage(customer).await.expect("never corrupt").capacity;
                    assert!(capacity.left().get() + capacity.held().get() <= 800);
                    samples += 1;
                }
                samples
            })
        };
        let start = Arc::new(Barrier::new(20));
        let asks = (0..20).map(|n| {
            let engine = if n % 2 == 0 { world.engine.clone() } else { other.clone() };
            let (customer, request) = (world.customer, world.request(&format!("p{n}"), vec![speech("one", 10)]));
            let start = Arc::clone(&start);
            tokio::spawn(async move {
                start.wait().await;
                engine.admit(customer, None, request).await
            })
        });
        let verdicts = join_all(asks).await;
        done.store(true, Ordering::Release);
        assert!(watching.await? > 0);
        let mut admitted = 0;
        for verdict in verdicts {
            match verdict? {
                Ok(_) => admitted += 1,
                Err(Error::Refused(refusal)) => assert_eq!(refusal.reason, Reason::NotEnoughCapacity),
                Err(error) => panic!("{error}"),
            }
        }
        assert_eq!((admitted, world.balance().await?), (10, (0, 800)));
        other.close().await;
        Ok(())
    }
}

both! {
    /// Finished, cancelled and expired at once, a thousand times: one end wins, the others are told which.
    async fn i9_a_hold_ends_exactly_once(world: &World) -> Result<()> {
        world.grant(Source::Allowance, 1_000_000, None).await?;
        let step = speech("one", 10);
        for round in 0..20 {
            let names: Vec<String> = (0..50).map(|n| format!("p{round}-{n}")).collect();
            join_all(names.iter().map(|name| world.admit(name, vec![step.clone()]))).await;
            // half of the rounds are over by lease when the others come
            let lapsed = round % 2 == 1;
            if lapsed {
                world.engine.advance_sandbox_clock(billing::time::Span::minutes(11)).await?;
            }
            let races = names.iter().map(|name| async {
                tokio::join!(
                    world.finish(name, End::Published),
                    world.finish(name, End::Cancelled),
                    world.engine.expire_lapsed(),
                )
            });
            for (published, cancelled, _) in join_all(races).await {
                let won = usize::from(published.is_ok()) + usize::from(cancelled.is_ok());
                assert_eq!(won, usize::from(!lapsed));
                let told = |answer: Result<_, Error>| match answer {
                    Ok(_) => None,
                    Err(Error::Conflict(conflict)) => Some(conflict),
                    Err(error) => panic!("{error}"),
                };
                let expected = if lapsed {
                    [Some(Conflict::HoldExpired), Some(Conflict::HoldExpired)]
                } else if published.is_ok() {
                    [None, Some(Conflict::AlreadyFinished)]
                } else {
                    [Some(Conflict::AlreadyReleased), None]
                };
                assert_eq!([told(published), told(cancelled)], expected);
            }
        }
        assert_eq!(world.balance().await?, (1_000_000, 0));
        Ok(())
    }
}

both! {
    /// A limit for exactly three productions under 64 starts from 16 clients: three are admitted, and whoever looks
    /// meanwhile never sees more spent and held than the limit.
    async fn i13_a_limit_holds_under_fire(world: &World) -> Result<()> {
        world.grant(Source::Allowance, 1_000_000, None).await?;
        let step = speech("one", 1_000);
        let money = world.admit("probe", vec![step.clone()]).await?.money;
        world.finish("probe", End::Cancelled).await?;
        let pence = (money.micros() * 3).div_euclid(10_000) + 1;
        world.limit(pence).await?;
        let looks = async {
            for _ in 0..50 {
                let account = world.engine.account(world.customer, world.account).await.expect("never corrupt");
                assert!(account.spent.micros() + account.held.micros() <= pence * 10_000);
                tokio::task::yield_now().await;
            }
        };
        let clients = (0..16).map(|client| {
            let step = step.clone();
            async move {
                let mut admitted = 0;
                for n in 0..4 {
                    let name = format!("c{client}-{n}");
                    match world.admit(&name, vec![step.clone()]).await {
                        Ok(_) => {
                            admitted += 1;
                            world.report(&name, &step, 1, Outcome::Succeeded).await.expect("what was admitted runs");
                        }
                        Err(Error::Refused(refusal)) => assert_eq!(refusal.reason, Reason::AccountBudget),
                        Err(error) => panic!("{error}"),
                    }
                }
                admitted
            }
        });
        let (admitted, ()) = tokio::join!(join_all(clients), looks);
        assert_eq!(admitted.iter().sum::<i32>(), 3);
        Ok(())
    }
}

both! {
    /// One name and one content, 64 at once through two servers: applied once, and everybody hears the same.
    async fn i15_the_same_act_64_times_is_one_act(world: &World) -> Result<()> {
        world.grant(Source::Allowance, 1_000, None).await?;
        let other = Engine::open(Settings { database_url: world.url.clone(), sandbox: true }).await?;
        let step = speech("one", 10);
        let engines = [&world.engine, &other];
        let asks = (0..64).map(|n| engines[n % 2].admit(world.customer, None, world.request("a", vec![step.clone()])));
        let answers: Vec<_> = join_all(asks).await.into_iter().collect::<Result<_, _>>()?;
        assert_eq!(answers.iter().filter(|answer| !answer.again).count(), 1);
        let said: HashSet<String> = answers.iter().map(|answer| serde_json::to_string(&answer.value)).collect::<Result<_, _>>()?;
        assert_eq!(said.len(), 1, "byte for byte");

        let attempt = || billing::production::Attempt {
            outcome: Outcome::Succeeded, quantity: step.quantity, model: None, occurred_at: None,
        };
        let reports = (0..64).map(|n| {
            engines[n % 2].report_attempt(world.customer, production("a"), step.name.clone(), 1, attempt())
        });
        let captures: Vec<_> = join_all(reports).await.into_iter().collect::<Result<_, _>>()?;
        let said: HashSet<String> = captures.iter().map(serde_json::to_string).collect::<Result<_, _>>()?;
        assert_eq!((said.len(), world.balance().await?), (1, (920, 0)));
        let more = (2..34).map(|number| world.report("a", &step, number, Outcome::Succeeded));
        for second in join_all(more).await {
            assert!(matches!(second, Err(Error::Conflict(Conflict::AlreadyCaptured))));
        }
        assert_eq!(world.balance().await?, (920, 0), "a step succeeds once, whatever its attempts are called");
        other.close().await;
        Ok(())
    }
}
