//! Many at once: nothing is oversold, nothing ends twice, nothing is applied twice.

use crate::support::{World, both, production, speech};
use anyhow::Result;
use billing::{
    allowance::Source,
    customer::AccountStatus,
    money::{Currency, Money},
    production::{Attempt, Conflict, End, Outcome, Step, hold::Stage},
    refusal::{Figures, Reason, Remedy},
    tokens::Tokens,
};
use engine::{Engine, Error, Settings};
use futures::future::join_all;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use std::{
    collections::HashSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};
use tokio::sync::Barrier;

both! {
    /// A customer asks for far more at once than the queue takes: it hears that the gate is busy, and nobody else does.
    async fn t15_a_noisy_customer_keeps_nobody_out(world: &World) -> Result<()> {
        world.grant(Source::TopUp, 10_000_000, None).await?;
        let quiet = world.engine.open_customer("Quiet", Currency::Gbp).await?;
        let account = world.engine.open_account(quiet, "Quiet", AccountStatus::Active).await?;
        world.engine.grant(quiet, Source::TopUp, Tokens::new(1_000_000)?, None, None).await?;
        let ask = |n: usize, noisy: bool| {
            let (engine, mut request) = (world.engine.clone(), world.request(&format!("p{n}"), vec![speech("one", 10)]));
            let customer = if noisy { world.customer } else { quiet };
            request.account = if noisy { request.account } else { account };
            tokio::spawn(async move { engine.admit(customer, None, request).await })
        };
        let noise: Vec<_> = (0..8_000).map(|n| ask(n, true)).collect();
        let others: Vec<_> = (0..4).map(|n| ask(n, false)).collect();
        for answer in join_all(others).await {
            answer??;
        }
        let mut turned_away = 0;
        for answer in join_all(noise).await {
            match answer? {
                Ok(_) => {}
                // what runs at once is limited too
                Err(Error::Refused(refusal)) if refusal.reason == Reason::Concurrency => {}
                Err(Error::Busy) => turned_away += 1,
                Err(error) => panic!("{error}"),
            }
        }
        assert!(turned_away > 0, "it was not more than the queue takes");
        Ok(())
    }
}

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
    /// What one process remembers of a production is forgotten once another has changed it, whatever the change: an attempt, the
    /// stage, the end.
    async fn i9_two_processes_take_turns_on_one_production(world: &World) -> Result<()> {
        world.grant(Source::Allowance, 1_000, None).await?;
        let steps = [speech("one", 10), speech("two", 10), speech("three", 10)];
        let other = Engine::attach(&world.url).await?;
        let report = |engine: &Engine, step: &Step, number| {
            let (engine, customer, name) = (engine.clone(), world.customer, step.name.clone());
            let attempt = Attempt { outcome: Outcome::Succeeded, quantity: step.quantity, model: None, occurred_at: None };
            async move { engine.report_attempt(customer, production("a"), name, number, attempt).await }
        };
        world.admit("a", steps.to_vec()).await?;
        assert_eq!(report(&world.engine, &steps[0], 1).await?.hold_left.get(), 160);
        assert_eq!(report(&other, &steps[1], 1).await?.hold_left.get(), 80, "it was admitted elsewhere");
        let second = report(&world.engine, &steps[1], 2).await.unwrap_err();
        assert!(matches!(second, Error::Conflict(Conflict::AlreadyCaptured)), "{second}");
        let approving = Some(Stage::AwaitingApproval);
        let waiting = other.heartbeat(world.customer, production("a"), approving).await?;
        let later = world.engine.heartbeat(world.customer, production("a"), None).await?;
        assert!(later.expires_at >= waiting.expires_at, "a sign of life does not take the longer lease away");
        other.finish(world.customer, production("a"), End::Cancelled).await?;
        let late = report(&world.engine, &steps[2], 1).await.unwrap_err();
        assert!(matches!(late, Error::Conflict(Conflict::AlreadyReleased)), "{late}");
        other.close().await;
        assert_eq!(world.balance().await?, (840, 0));
        Ok(())
    }
}

both! {
    /// What one process keeps of a customer is what the tables say: another's limits, lots and ends count from its next act on.
    async fn i9_what_another_process_changes_of_a_customer_counts_at_once(world: &World) -> Result<()> {
        world.grant(Source::Allowance, 1_000, None).await?;
        let other = Engine::attach(&world.url).await?;
        let (customer, account) = (world.customer, world.account);
        let steps = || vec![speech("one", 100)];
        let refused = async |name: &str| match world.admit(name, steps()).await {
            Err(Error::Refused(refusal)) => refusal.reason,
            answer => panic!("{answer:?}"),
        };
        let money = world.admit("a", steps()).await?.money;
        assert_eq!(refused("b").await, Reason::NotEnoughCapacity);
        other.grant(customer, Source::TopUp, Tokens::new(2_000)?, None, None).await?;
        world.admit("b", steps()).await?;
        let two = Money::new((money.micros() * 2).div_euclid(10_000) + 1, Currency::Gbp);
        other.set_account_limit(customer, account, Some(two)).await?;
        assert_eq!(refused("c").await, Reason::AccountBudget);
        other.finish(customer, production("a"), End::Cancelled).await?;
        world.admit("c", steps()).await?;
        other.set_account_limit(customer, account, None).await?;
        world.admit("d", steps()).await?;
        assert_eq!(world.balance().await?, (600, 2_400));
        other.close().await;
        Ok(())
    }
}

both! {
    /// Two processes work for one customer at once, and somebody adds tokens meanwhile: every act is done, once, and none of the
    /// transactions waits for one that waits for it.
    async fn i9_two_processes_at_once_are_never_in_each_others_way(world: &World) -> Result<()> {
        world.engine.set_concurrency(world.customer, world.account, Some(100)).await?;
        world.grant(Source::Allowance, 1_000_000, None).await?;
        let other = Engine::attach(&world.url).await?;
        let callers = (0..48).map(|caller| {
            let (engine, customer) = (if caller % 2 == 0 { &world.engine } else { &other }.clone(), world.customer);
            let asks: Vec<_> =
                (0..6).map(|turn| world.request(&format!("p{caller}-{turn}"), vec![speech("one", 10)])).collect();
            tokio::spawn(async move {
                for request in asks {
                    let (name, step) = (request.production.clone(), speech("one", 10));
                    engine.admit(customer, None, request).await?;
                    let attempt = Attempt { outcome: Outcome::Succeeded, quantity: step.quantity, model: None, occurred_at: None };
                    engine.report_attempt(customer, name.clone(), step.name, 1, attempt).await?;
                    engine.finish(customer, name, End::Published).await?;
                }
                Ok::<_, Error>(())
            })
        });
        let (callers, added) = tokio::join!(join_all(callers), async {
            for _ in 0..20 {
                other.grant(world.customer, Source::TopUp, Tokens::new(1_000)?, None, None).await?;
            }
            anyhow::Ok(())
        });
        added?;
        for caller in callers {
            caller??;
        }
        other.close().await;
        assert_eq!(world.balance().await?, (1_000_000 + 20_000 - 48 * 6 * 80, 0));
        no_deadlocks(world).await
    }
}

both! {
    /// Every act is asked of two processes at once, in groups of all sizes: it is done once, both are told the same, and neither
    /// waits until PostgreSQL finds a deadlock.
    async fn i9_what_is_asked_of_two_processes_at_once_is_done_once(world: &World) -> Result<()> {
        world.engine.set_concurrency(world.customer, world.account, Some(100)).await?;
        world.grant(Source::Allowance, 1_000_000, None).await?;
        let other = Engine::attach(&world.url).await?;
        let callers = (0..80).map(|caller| {
            let (one, other, customer) = (world.engine.clone(), other.clone(), world.customer);
            let asks: Vec<_> =
                (0..3).map(|turn| world.request(&format!("p{caller}-{turn}"), vec![speech("one", 10)])).collect();
            tokio::spawn(async move {
                for request in asks {
                    let (name, step) = (request.production.clone(), speech("one", 10));
                    let (here, there) =
                        tokio::join!(one.admit(customer, None, request.clone()), other.admit(customer, None, request));
                    let (here, there) = (here?, there?);
                    assert_eq!((here.value, here.again), (there.value, !there.again));
                    let attempt =
                        Attempt { outcome: Outcome::Succeeded, quantity: step.quantity, model: None, occurred_at: None };
                    let report = |engine: Engine| {
                        let (name, step, attempt) = (name.clone(), step.name.clone(), attempt.clone());
                        async move { engine.report_attempt(customer, name, step, 1, attempt).await }
                    };
                    let (here, there) = tokio::join!(report(one.clone()), report(other.clone()));
                    assert_eq!(here?, there?);
                    one.finish(customer, name, End::Published).await?;
                }
                Ok::<_, Error>(())
            })
        });
        for caller in join_all(callers).await {
            caller??;
        }
        other.close().await;
        assert_eq!(world.balance().await?, (1_000_000 - 80 * 3 * 80, 0));
        no_deadlocks(world).await
    }
}

/// `PostgreSQL` has ended no transaction because it waited for one that waited for it.
async fn no_deadlocks(world: &World) -> Result<()> {
    let database = world.database().await?;
    if database.get_database_backend() == DbBackend::Postgres {
        let asked = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";
        let row = database.query_one_raw(Statement::from_string(DbBackend::Postgres, asked)).await?;
        let deadlocks: i64 = row.expect("a database").try_get("", "deadlocks")?;
        assert_eq!(deadlocks, 0);
    }
    Ok(())
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

both! {
    /// Acts that the tables refuse fail alone: neither the others of their groups do, nor what was decided meanwhile on what these
    /// would have left behind.
    async fn i15_a_poisoned_act_fails_alone(world: &World) -> Result<()> {
        world.engine.set_concurrency(world.customer, world.account, Some(100)).await?;
        world.grant(Source::Allowance, 1_000_000, None).await?;
        let database = world.database().await?;
        let refuses = match database.get_database_backend() {
            DbBackend::Postgres => "ALTER TABLE production ADD CONSTRAINT no_poison CHECK (name NOT LIKE 'poison%')",
            _ => "CREATE TRIGGER no_poison BEFORE INSERT ON production WHEN NEW.name LIKE 'poison%'
                  BEGIN SELECT RAISE(ABORT, 'poison'); END",
        };
        database.execute_unprepared(refuses).await?;
        let callers = (0..40).map(|caller| {
            let (engine, customer) = (world.engine.clone(), world.customer);
            let asks: Vec<_> = (0..6).map(|turn| {
                let poisoned = caller % 4 == 0 && turn % 3 == 1;
                let name = format!("{}-{caller}-{turn}", if poisoned { "poison" } else { "sound" });
                (poisoned, world.request(&name, vec![speech("one", 10)]))
            }).collect();
            tokio::spawn(async move {
                for (poisoned, request) in asks {
                    let name = request.production.clone();
                    let answer = engine.admit(customer, None, request).await;
                    if poisoned {
                        assert!(matches!(answer, Err(Error::Db(_))), "{answer:?}");
                    } else {
                        answer?;
                        engine.finish(customer, name, End::Cancelled).await?;
                    }
                }
                Ok::<_, Error>(())
            })
        });
        for caller in join_all(callers).await {
            caller??;
        }
        assert_eq!((world.count("production").await?, world.balance().await?), (220, (1_000_000, 0)));
        Ok(())
    }
}

/// Seven steps of ten seconds each: 560 tokens by the sample tariff.
fn seven_steps() -> Vec<billing::production::Step> {
    (1..=7).map(|n| speech(&format!("step-{n}"), 10)).collect()
}

both! {
    /// 400 plans of seven steps at once, through three engines, against capacity for exactly 31: 31 are admitted whole,
    /// 369 are refused with their figures, and the refused have written nothing but their refusals.
    async fn i12_400_plans_for_31_admit_31(world: &World) -> Result<()> {
        world.engine.set_concurrency(world.customer, world.account, Some(100)).await?;
        world.grant(Source::Allowance, 560 * 31 + 559, Some("2026-11-01T00:00:00Z")).await?;
        let settings = || Settings { database_url: world.url.clone(), sandbox: true };
        let (second, third) = (Engine::open(settings()).await?, Engine::open(settings()).await?);
        let engines = [&world.engine, &second, &third];
        let asks = (0..400).map(|n| {
            engines[n % 3].admit(world.customer, None, world.request(&format!("p{n}"), seven_steps()))
        });
        let mut admitted = 0;
        for verdict in join_all(asks).await {
            match verdict {
                Ok(answer) => {
                    assert_eq!(answer.value.tokens.get(), 560);
                    admitted += 1;
                }
                Err(Error::Refused(refusal)) => {
                    assert_eq!((refusal.reason, refusal.title()), (Reason::NotEnoughCapacity, "Budget limit reached"));
                    let Some(Figures::Tokens { needed, available, short_by, .. }) = refusal.figures else { panic!("figures") };
                    assert_eq!(needed.get() - available.get(), short_by.get());
                    assert!(available.get() < 560);
                    assert_eq!(refusal.remedies, [Remedy::BuyCapacity, Remedy::Wait]);
                }
                Err(error) => panic!("{error}"),
            }
        }
        assert_eq!((admitted, world.balance().await?), (31, (559, 31 * 560)));
        for (table, rows) in [
            ("production", 31), ("production_step", 217), ("token_hold", 31), ("hold_draw", 31), ("token_entry", 32),
            ("refusal", 369),
        ] {
            assert_eq!(world.count(table).await?, rows, "{table}");
        }
        second.close().await;
        third.close().await;
        Ok(())
    }
}

both! {
    /// 500 charges at once on one pool: every token is where it should be.
    async fn i4_500_charges_on_one_pool_are_exact(world: &World) -> Result<()> {
        world.grant(Source::Allowance, 100_000, None).await?;
        let steps: Vec<_> = (0..500).map(|n| speech(&format!("s{n}"), 1)).collect();
        world.admit("a", steps.clone()).await?;
        let other = Engine::open(Settings { database_url: world.url.clone(), sandbox: true }).await?;
        let engines = [&world.engine, &other];
        let charges = steps.iter().enumerate().map(|(n, step)| {
            let attempt = billing::production::Attempt {
                outcome: Outcome::Succeeded, quantity: step.quantity, model: None, occurred_at: None,
            };
            engines[n % 2].report_attempt(world.customer, production("a"), step.name.clone(), 1, attempt)
        });
        for charged in join_all(charges).await {
            assert_eq!(charged?.tokens.get(), 8);
        }
        assert_eq!(world.balance().await?, (96_000, 0));
        other.close().await;
        Ok(())
    }
}

both! {
    /// Whoever is refused hears so, all 32 at once; after a top-up the same name is decided anew.
    async fn i17_nobody_hears_applied_for_what_was_refused(world: &World) -> Result<()> {
        world.grant(Source::Allowance, 79, None).await?;
        let request = || world.request("a", vec![speech("one", 10)]);
        let asks = (0..32).map(|_| world.engine.admit(world.customer, None, request()));
        assert!(join_all(asks).await.into_iter().all(|verdict| matches!(verdict, Err(Error::Refused(_)))));
        assert_eq!(world.count("production").await?, 0);
        world.grant(Source::TopUp, 1, None).await?;
        let asks = (0..32).map(|_| world.engine.admit(world.customer, None, request()));
        let answers: Vec<_> = join_all(asks).await.into_iter().collect::<Result<_, _>>()?;
        assert_eq!(answers.iter().filter(|answer| !answer.again).count(), 1);
        Ok(())
    }
}

both! {
    /// 34 days later an attempt's name still means the same call; and the database itself refuses a second success.
    async fn i18_a_step_is_charged_once_for_ever(world: &World) -> Result<()> {
        world.grant(Source::Allowance, 1_000, None).await?;
        let step = speech("one", 10);
        world.admit("a", vec![step.clone()]).await?;
        let first = world.report("a", &step, 1, Outcome::Succeeded).await?;
        world.finish("a", billing::production::End::Published).await?;
        world.clock("2026-11-25T16:40:00Z").await?;
        assert_eq!(world.report("a", &step, 1, Outcome::Succeeded).await?, first);
        assert_eq!(world.balance().await?, (920, 0));
        let database = world.database().await?;
        let second = "INSERT INTO step_attempt (customer_id, production, step, attempt, verdict, fingerprint, answer, \
                      occurred_at, posted_on) SELECT customer_id, production, step, 2, verdict, fingerprint, answer, \
                      occurred_at, posted_on FROM step_attempt";
        assert!(sea_orm::ConnectionTrait::execute_unprepared(&database, second).await.is_err());
        Ok(())
    }
}

both! {
    /// The caller is gone before the answer, after the commit: asked again, the first answer, and one effect.
    async fn i19_an_unknown_outcome_is_heard_by_asking_again(world: &World) -> Result<()> {
        world.grant(Source::Allowance, 1_000, None).await?;
        let request = world.request("a", vec![speech("one", 10)]);
        let mut asked = Box::pin(world.engine.admit(world.customer, None, request.clone()));
        assert!(futures::poll!(asked.as_mut()).is_pending());
        while world.count("production").await? == 0 {
            tokio::task::yield_now().await;
        }
        drop(asked); // committed, and nobody has heard
        let answer = world.engine.admit(world.customer, None, request).await?;
        assert!(answer.again);
        assert_eq!((world.balance().await?, world.count("token_entry").await?), ((920, 80), 2));
        Ok(())
    }
}
