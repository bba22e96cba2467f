//! The gate under callers: `measure gate URL CUSTOMERS` opens one customer and so many others in an empty database, `measure gate
//! URL CUSTOMERS CUSTOMER` joins another process at its one customer, `measure gate URL alone` opens one beside whatever is there.
//! Each then answers
//!
//! * `customer`: which one it is that is alone;
//! * `run CALLERS hot|spread MILLIS`: acts, seconds and groups after a warm-up, while so many callers take productions through
//!   the gate, each by one admission, four captures and a release, all of the one customer or of the others;
//! * `open ACTS` and `race CUSTOMER CALLERS`, as [`super::race`] says;
//! * `done`: what this process was told to be accepted, by kind;
//! * `check [ADMITTED CAPTURED RELEASED]`: whether the books are sound, and what was accepted by this process and, as given, by
//!   others is what is in them;
//! * `own`: whether what was accepted is what is in the books of the one customer.
//!
//! `measure record URL PRODUCTIONS` takes so many through it, of one customer, for whoever writes the same rows again.

use super::{
    Outcome, USAGE,
    customer::{Customer, open},
    groups::Groups,
    say,
};
use billing::{
    id::{AccountId, ProductionName},
    production::{Attempt, End, Outcome as Went, Plan, Quantity, Step, quantity::Length},
};
use engine::{Engine, Error, production::AdmitRequest, verify::verify};
use futures::future::try_join_all;
use sea_orm::{ConnectionTrait, Database, Statement};
use std::{
    fmt,
    io::{BufRead, stdin},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::time::sleep;

/// So many at once are made: they queue for a connection.
const AT_ONCE: usize = 25;
/// Accounts of the customer that is alone.
const ACCOUNTS: usize = 10;
/// Captures of a production.
const STEPS: usize = 4;
/// What a step is planned with.
pub(super) const PLANNED_TOKENS: i64 = 1_000;
/// Milliseconds of speech that these are, and those that a step takes: 900 tokens.
const PLANNED: i64 = 125_000;
const TAKEN: i64 = 112_500;
/// What is not counted yet.
const WARM_UP: Duration = Duration::from_millis(300);
/// Who records.
const RECORDERS: u64 = 64;

/// Makes the customers that are named, then answers one question after the other.
pub async fn gate(url: &str, customers: &[&str]) -> Outcome<()> {
    let engine = Engine::attach_sandbox(url).await?;
    let (hot, customers) = match *customers {
        ["alone"] => (open(&engine, ACCOUNTS).await?, 0),
        [customers] => {
            engine.load_catalog_samples().await?;
            (open(&engine, ACCOUNTS).await?, customers.parse()?)
        }
        [customers, joined] => (joined.parse()?, customers.parse()?),
        _ => return Err(USAGE.into()),
    };
    let mut spread = Vec::new();
    while spread.len() < customers {
        let some = AT_ONCE.min(customers - spread.len());
        spread.extend(try_join_all((0..some).map(|_| open(&engine, 1))).await?);
    }
    let bench = Arc::new(Bench { engine, hot, spread, done: Counts::default() });
    let groups = Groups::count();
    say(&format!("one customer of {ACCOUNTS} accounts, and {customers} of one"))?;
    for line in stdin().lock().lines() {
        let answer = match line?.split_whitespace().collect::<Vec<_>>()[..] {
            ["run", callers, whose, millis] => {
                bench
                    .run(callers.parse()?, whose == "hot", Duration::from_millis(millis.parse()?), &groups)
                    .await
            }
            ["customer"] => Ok(bench.hot.to_string()),
            ["open", acts] => bench.open_for(acts.parse()?).await,
            ["race", customer, callers] => bench.race(customer.parse()?, callers.parse()?).await,
            ["done"] => Ok(bench.done.to_string()),
            ["own"] => bench.count(url, &format!("customer_id = '{}'", bench.hot.id), [0; 3]).await,
            ["check"] => bench.check(url, [0; 3]).await,
            ["check", admitted, captured, released] => {
                bench.check(url, [admitted.parse()?, captured.parse()?, released.parse()?]).await
            }
            _ => Err("no such question".into()),
        };
        say(&answer.unwrap_or_else(|error| format!("error: {error}")))?;
    }
    bench.engine.close().await;
    Ok(())
}

/// Takes productions through the gate of an empty database.
pub async fn record(url: &str, productions: &str) -> Outcome<()> {
    let engine = Engine::attach_sandbox(url).await?;
    engine.load_catalog_samples().await?;
    let hot = open(&engine, ACCOUNTS).await?;
    let bench = Arc::new(Bench { engine, hot, spread: Vec::new(), done: Counts::default() });
    let enough = productions.parse()?;
    let calls: Vec<_> = (0..RECORDERS)
        .map(|_| {
            let bench = Arc::clone(&bench);
            tokio::spawn(async move {
                while bench.done.named.load(Ordering::Relaxed) < enough {
                    bench.production(true, 0).await?;
                }
                Ok::<(), Error>(())
            })
        })
        .collect();
    for call in calls {
        call.await??;
    }
    bench.engine.close().await;
    say(&bench.check(url, [0; 3]).await?)
}

/// What was accepted, by kind.
#[derive(Default)]
pub(super) struct Counts {
    /// Names that were given.
    named: AtomicU64,
    pub(super) admitted: AtomicU64,
    captured: AtomicU64,
    released: AtomicU64,
}

impl Counts {
    fn acts(&self) -> u64 {
        [&self.admitted, &self.captured, &self.released]
            .iter()
            .map(|count| count.load(Ordering::Relaxed))
            .sum()
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [admitted, captured, released] =
            [&self.admitted, &self.captured, &self.released].map(|count| count.load(Ordering::Relaxed));
        write!(f, "{admitted} {captured} {released}")
    }
}

pub(super) struct Bench {
    pub(super) engine: Engine,
    hot: Customer,
    spread: Vec<Customer>,
    pub(super) done: Counts,
}

impl Bench {
    /// So many callers for so long.
    async fn run(
        self: &Arc<Self>,
        callers: u64,
        hot: bool,
        length: Duration,
        groups: &Groups,
    ) -> Outcome<String> {
        let enough = Arc::new(AtomicBool::new(false));
        let calls: Vec<_> = (0..callers)
            .map(|caller| {
                let (bench, enough) = (Arc::clone(self), Arc::clone(&enough));
                tokio::spawn(async move {
                    // Callers that begin at once would go on in step, and each group would be of one kind.
                    bench.production(hot, usize::try_from(caller).unwrap_or_default() % (STEPS + 1)).await?;
                    while !enough.load(Ordering::Relaxed) {
                        bench.production(hot, 0).await?;
                    }
                    Ok::<(), Error>(())
                })
            })
            .collect();
        sleep(WARM_UP).await;
        let (begun, acts, formed) = (instant(), self.done.acts(), groups.so_far());
        sleep(length).await;
        let (took, acts, formed) = (begun.elapsed(), self.done.acts() - acts, groups.so_far() - formed);
        enough.store(true, Ordering::Relaxed);
        for call in calls {
            call.await??;
        }
        Ok(format!("{acts} {} {formed}", took.as_secs_f64()))
    }

    /// One production from its admission to its end, without its first captures.
    async fn production(&self, hot: bool, without: usize) -> Result<(), Error> {
        let place = self.done.named.load(Ordering::Relaxed);
        let place = usize::try_from(place).unwrap_or_default();
        // Customers in no order, as they come in life.
        let customer = if hot { &self.hot } else { &self.spread[place * 619 % self.spread.len()] };
        let account = customer.accounts[place % customer.accounts.len()];
        let (name, steps) = self.admit(customer, account, STEPS).await?;
        for step in steps.into_iter().skip(without) {
            let quantity = speech("taken", TAKEN)?.quantity;
            let attempt = Attempt { outcome: Went::Succeeded, quantity, model: None, occurred_at: None };
            self.engine.report_attempt(customer.id, name.clone(), step.name, 1, attempt).await?;
            self.done.captured.fetch_add(1, Ordering::Relaxed);
        }
        self.engine.finish(customer.id, name, End::Published).await?;
        self.done.released.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    /// An admission of so many steps, of [`PLANNED_TOKENS`] each.
    pub(super) async fn admit(
        &self,
        customer: &Customer,
        account: AccountId,
        steps: usize,
    ) -> Result<(ProductionName, Vec<Step>), Error> {
        let number = self.done.named.fetch_add(1, Ordering::Relaxed);
        let process = std::process::id(); // others may be at the same customer
        let name: ProductionName = format!("production-{process}-{number}").parse().map_err(unexpected)?;
        let steps = (1..=steps).map(|step| speech(&format!("step-{step}"), PLANNED));
        let steps: Vec<Step> = steps.collect::<Result<_, _>>()?;
        let request = AdmitRequest {
            production: name.clone(),
            account,
            title: format!("Production {number}"),
            project_type: None,
            member: None,
            quote: None,
            plan: Plan::new(steps.clone()).map_err(unexpected)?,
        };
        self.engine.admit(customer.id, Some(customer.key), request).await?;
        self.done.admitted.fetch_add(1, Ordering::Relaxed);
        Ok((name, steps))
    }

    /// The books by their own check, and their rows beside what callers were told.
    async fn check(&self, url: &str, others: [u64; 3]) -> Outcome<String> {
        let violations = verify(url).await?;
        if let Some(first) = violations.first() {
            return Err(format!("{} figures are wrong, such as: {first}", violations.len()).into());
        }
        self.count(url, "true", others).await
    }

    /// Rows of whom a condition holds, beside what callers were told.
    async fn count(&self, url: &str, whose: &str, others: [u64; 3]) -> Outcome<String> {
        let database = Database::connect(url).await?;
        for ((told, rows), others) in [
            (&self.done.admitted, "production WHERE true"),
            (&self.done.captured, "step_attempt WHERE verdict = 'succeeded'"),
            (&self.done.released, "token_hold WHERE state = 'published'"),
        ]
        .into_iter()
        .zip(others)
        {
            let count = format!("SELECT CAST(count(*) AS BIGINT) FROM {rows} AND {whose}");
            let count = Statement::from_string(database.get_database_backend(), count);
            let row = database.query_one_raw(count).await?.ok_or("no count")?;
            let (told, found) = (told.load(Ordering::Relaxed) + others, row.try_get_by_index::<i64>(0)?);
            if i64::try_from(told)? != found {
                return Err(format!("{told} were accepted, and there are {found}: {rows}").into());
            }
        }
        database.close().await?;
        Ok(format!("sound: {} acts", self.done.acts() + others.iter().sum::<u64>()))
    }
}

fn speech(name: &str, millis: i64) -> Result<Step, Error> {
    let length = Length::from_millis(millis).map_err(unexpected)?;
    let name = name.parse().map_err(unexpected)?;
    Ok(Step { name, quantity: Quantity::Speech { length }, model: None, stage: None })
}

/// What this program names itself cannot be wrong.
#[expect(clippy::needless_pass_by_value, reason = "it is what map_err hands over")]
fn unexpected(error: impl ToString) -> Error {
    Error::Invalid { field: "bench".to_owned(), message: error.to_string() }
}

#[expect(clippy::disallowed_methods, reason = "a bench measures itself; no rule hangs on it")]
pub(super) fn instant() -> Instant {
    Instant::now()
}
