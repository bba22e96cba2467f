//! Law I-7 on real databases: random histories of acts, each answered as the slow, obvious model answers it, and the same
//! figures after them. Two processes take turns, so that what one remembers of a production is what the other has made of it. A
//! failing history is found again by its seed: `JARAI_SEED=… cargo test -p engine i7_`; more of them
//! by `JARAI_HISTORIES=2000`.

mod model;

use crate::support::{On, World, speech};
use anyhow::{Result, ensure};
use billing::{
    allowance::Source,
    customer::AccountStatus,
    id::{AccountId, CustomerId},
    money::{Currency, Money},
    production::{Attempt, End, Outcome, Plan, Step, hold::Stage},
    time::Span,
    tokens::Tokens,
};
use chrono::Datelike;
use engine::{Engine, Error, production::AdmitRequest};
use futures::future::join_all;
use model::{Act, Model};

/// Histories that share a clock, and the steps of each.
const TOGETHER: usize = 40;
const STEPS: usize = 60;

/// A small generator: the same numbers for the same seed, everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: i64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from((self.0 >> 33) % u64::try_from(sides).expect("sides")).expect("a number")
    }

    fn act(&mut self) -> Act {
        let name = format!("p{}", self.roll(9));
        match self.roll(20) {
            0..=2 => {
                let (rank, days) = (self.roll(3), self.roll(40));
                let ends = (rank == 0 || days % 3 == 0).then_some(days + 1);
                Act::Grant(usize::try_from(rank).expect("a rank"), self.roll(4_000) + 1, ends)
            }
            3..=8 => {
                // a name has one of two plans, so that it is asked for again with the same and with another
                let plan = self.roll(2) * 7 + name.bytes().map(i64::from).sum::<i64>();
                Act::Admit(name, (0..=plan % 4).map(|step| (plan * 13 + step * 29) % 90).collect())
            }
            9..=14 => {
                let step = usize::try_from(self.roll(5)).expect("a step");
                Act::Report(name, step, self.roll(3) + 1, self.roll(3) > 0, self.roll(80))
            }
            15..=16 => Act::Heartbeat(
                name,
                [None, Some(false), Some(true)][usize::try_from(self.roll(3)).expect("one")],
            ),
            17..=18 => Act::Finish(name, usize::try_from(self.roll(3)).expect("an end")),
            _ => Act::Limit((self.roll(3) > 0).then(|| self.roll(6))),
        }
    }
}

struct History {
    seed: u64,
    dice: Dice,
    model: Model,
    customer: CustomerId,
    account: AccountId,
    acts: Vec<Act>,
}

fn steps(seconds: &[i64]) -> Vec<Step> {
    seconds.iter().enumerate().map(|(n, seconds)| speech(&format!("s{n}"), *seconds)).collect()
}

/// Does an act with the engine and says its verdict in the model's words.
async fn engine_says(engine: &Engine, history: &History, act: &Act) -> Result<String> {
    let (customer, account) = (history.customer, history.account);
    let name = |name: &str| name.parse().expect("a name");
    let verdict = match act {
        Act::Grant(rank, tokens, days) => {
            let source = [Source::Allowance, Source::Promotion, Source::TopUp][*rank];
            let days = days.map(i32::try_from).transpose()?;
            let ends = days.map(|days| engine.now().after(Span::days(days)));
            let granted = engine.grant(customer, source, Tokens::new(*tokens)?, ends, None).await;
            granted.map(|_| "granted".to_owned())
        }
        Act::Limit(pence) => {
            let limit = pence.map(|pence| Money::new(pence, Currency::Gbp));
            engine.set_account_limit(customer, account, limit).await.map(|()| "limited".to_owned())
        }
        Act::Admit(production, seconds) => {
            let request = AdmitRequest {
                production: name(production),
                account,
                title: production.clone(),
                project_type: None,
                member: None,
                quote: None,
                plan: Plan::new(steps(seconds))?,
            };
            engine.admit(customer, None, request).await.map(|_| "admitted".to_owned())
        }
        Act::Report(production, step, number, succeeded, seconds) => {
            let quantity = speech("any", *seconds).quantity;
            let outcome = if *succeeded { Outcome::Succeeded } else { Outcome::Failed };
            let attempt = Attempt { outcome, quantity, model: None, occurred_at: None };
            let step = format!("s{step}").parse()?;
            let reported = engine.report_attempt(customer, name(production), step, *number, attempt).await;
            reported.map(|capture| format!("charged {}, {} left", capture.tokens, capture.hold_left))
        }
        Act::Heartbeat(production, approving) => {
            let stage = approving.map(|yes| if yes { Stage::AwaitingApproval } else { Stage::Producing });
            engine.heartbeat(customer, name(production), stage).await.map(|_| "alive".to_owned())
        }
        Act::Finish(production, end) => {
            let end = [End::Published, End::Failed, End::Cancelled][*end];
            let settled = engine.finish(customer, name(production), end).await;
            settled.map(|settled| format!("settled {} {}", settled.captured, settled.released))
        }
    };
    Ok(match verdict {
        Ok(done) => done,
        Err(Error::NotFound(_)) => "NotFound".to_owned(),
        Err(Error::Refused(refusal)) => format!("{:?}", refusal.reason),
        Err(Error::Conflict(conflict)) => format!("{conflict:?}"),
        Err(Error::BadAttempt(bad)) => format!("{bad:?}"),
        Err(error) => return Err(error.into()),
    })
}

/// The instant in whole seconds, and its month.
fn now(engine: &Engine) -> (i64, (i64, i64)) {
    let at = engine.now();
    (at.micros() / 1_000_000, (i64::from(at.day().year()), i64::from(at.day().month())))
}

/// Lets some time pass: not so that something ends within minutes of now, when the test's own time would decide.
async fn pass_time(engine: &Engine, dice: &mut Dice, histories: &mut [History]) -> Result<()> {
    let minutes = [3, 7, 95, 190, 1_500, 4_400, 13_000, 45_000][usize::try_from(dice.roll(8))?];
    engine.advance_sandbox_clock(Span::minutes(minutes)).await?;
    loop {
        let (at, _) = now(engine);
        let near_month =
            [-5, 5].map(|by| engine.now().after(Span::minutes(by)).month()) != [engine.now().month(); 2];
        if !near_month && !histories.iter().any(|history| history.model.is_near_an_end(at)) {
            break;
        }
        engine.advance_sandbox_clock(Span::minutes(6)).await?;
    }
    while engine.expire_lapsed().await? > 0 {}
    let (at, _) = now(engine);
    for history in histories {
        history.model.sweep(at);
    }
    Ok(())
}

async fn compare_figures(engine: &Engine, histories: &[History]) -> Result<()> {
    let (at, month) = now(engine);
    for history in histories {
        let capacity = engine.usage(history.customer).await?.capacity;
        let account = engine.account(history.customer, history.account).await?;
        let found = [
            capacity.left().get(),
            capacity.held().get(),
            capacity.overdrawn.get(),
            account.spent.micros(),
            account.held.micros(),
        ];
        let expected = history.model.figures(at, month);
        ensure!(
            found == expected,
            "seed {}: {found:?} and not {expected:?} after {:#?}",
            history.seed,
            history.acts
        );
    }
    Ok(())
}

/// So many histories on one clock, a step of each at a time, by one of two processes.
async fn run(world: &World, seeds: &[u64]) -> Result<()> {
    let engine = &world.engine;
    let mut other = Engine::attach(&world.url).await?;
    let mut clock = Dice(seeds.first().copied().unwrap_or_default() ^ 0x5eed);
    let mut histories = Vec::new();
    for seed in seeds.iter().copied() {
        let customer = engine.open_customer("History", Currency::Gbp).await?;
        let account = engine.open_account(customer, "Only", AccountStatus::Active).await?;
        let (dice, model) = (Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15)), Model::default());
        histories.push(History { seed, dice, model, customer, account, acts: Vec::new() });
    }
    for step in 0..STEPS {
        let (at, month) = now(engine);
        let mut expected = Vec::new();
        for history in &mut histories {
            let act = history.dice.act();
            expected.push(history.model.act(&act, at, month));
            history.acts.push(act);
        }
        let said = histories.iter().map(|history| {
            let of_other = clock.roll(2) == 0;
            engine_says(if of_other { &other } else { engine }, history, &history.acts[step])
        });
        for ((said, expected), history) in join_all(said).await.into_iter().zip(expected).zip(&histories) {
            let said = said?;
            ensure!(
                said == expected,
                "seed {}: {said:?} and not {expected:?} to the last of {:#?}",
                history.seed,
                history.acts
            );
        }
        if clock.roll(4) == 0 {
            pass_time(engine, &mut clock, &mut histories).await?;
            other.close().await; // its clock stands elsewhere now
            other = Engine::attach(&world.url).await?;
        }
        if step % 10 == 9 {
            compare_figures(engine, &histories).await?;
        }
    }
    other.close().await;
    Ok(())
}

/// 200 histories of 60 steps, and more by hand. Each batch turns the clock on by months; after five of them the books are checked
/// and others begun, before sample prices are so old that they count no longer.
async fn i7(on: On) -> Result<()> {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>()).transpose();
    let first = number("JARAI_SEED")?.unwrap_or(1);
    let end = first + number("JARAI_HISTORIES")?.unwrap_or(200);
    let seeds: Vec<u64> = (first..end).collect();
    for of_world in seeds.chunks(5 * TOGETHER) {
        World::run(on, async |world| {
            for batch in of_world.chunks(TOGETHER) {
                run(world, batch).await?;
            }
            Ok(())
        })
        .await?;
    }
    Ok(())
}

mod i7_histories_answer_as_the_slow_obvious_model_does {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn sqlite() -> Result<()> {
        i7(On::Sqlite).await
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn postgres() -> Result<()> {
        i7(On::Postgres).await
    }
}
