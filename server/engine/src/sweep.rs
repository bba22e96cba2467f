//! The sweep: a few seconds apart it refreshes what is due, ends productions whose lease has run out, charges renewals and
//! what is bought without asking, looks after payments that nobody told of, closes months, and forgets sessions, links and
//! counts of tries that have run out, and whoever has asked to be forgotten. Each of these is a job of its own: one that fails
//! holds none of the others up, and is seen on staff's page. S4.

use crate::{
    Engine, Error,
    clock::machine_micros,
    db::{
        entity::{job, session},
        rows, to_word,
    },
};
use billing::time::Timestamp;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::ExprTrait};
use serde::{Deserialize, Serialize};
use std::{collections::HashMap, sync::Arc, time::Duration};

/// How long tokens of a lapsed hold stay out of reach at most, besides the sweep itself. I-11 asks for 60 s.
pub(crate) const EVERY: Duration = Duration::from_secs(5);
/// After how many microseconds it is noted again that a job has run which had nothing to do.
const NOTED_EVERY_MICROS: i64 = 60_000_000;
/// Ticks (ten minutes) that a process serves before it looks whether the day's books were checked: reading them all is not how to
/// start.
const SETTLED: u32 = 120;
/// The longest reason of a failure that is kept.
const REASON_CHARACTERS: usize = 300;

/// A job of the sweep.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Job {
    /// Grants what is due of allowances, and invoices the terms that begin.
    Refresh,
    /// Ends productions whose lease has run out.
    Leases,
    /// Hears the provider's events, where it is the sandbox's, and looks at orders that nobody told of.
    Payments,
    /// Charges renewals that are due and what is bought without asking, makes refunds that were asked for, and cancels charges
    /// that were paid otherwise.
    Charges,
    /// Sends letters, in a task of its own: a mail server that hangs holds nothing else up.
    Letters,
    /// Closes months.
    Months,
    /// Begins evaluations of customers that have just registered.
    Evaluations,
    /// Forgets sessions, links, answers and counts of tries that have run out.
    Forgetting,
    /// Forgets whoever has asked for it, once their grace is over.
    Erasing,
    /// Checks the books once a day, in a task of its own.
    Books,
}

impl Job {
    /// All of them, in the order in which they run.
    pub const ALL: [Self; 10] = [
        Self::Refresh,
        Self::Leases,
        Self::Payments,
        Self::Charges,
        Self::Letters,
        Self::Months,
        Self::Evaluations,
        Self::Forgetting,
        Self::Erasing,
        Self::Books,
    ];

    /// What it is called on a page.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Refresh => "Allowances and renewals",
            Self::Leases => "Productions whose lease ran out",
            Self::Payments => "Payments that nobody told of",
            Self::Charges => "Charges and refunds",
            Self::Letters => "Letters",
            Self::Months => "Closing of months",
            Self::Evaluations => "Evaluations that begin",
            Self::Forgetting => "Sessions and links that ran out",
            Self::Erasing => "People who asked to be forgotten",
            Self::Books => "The day’s books check",
        }
    }

    /// Does it, and answers how much there was to do.
    async fn run(self, engine: &Engine) -> Result<usize, Error> {
        match self {
            Self::Refresh => engine.refresh_due().await,
            Self::Leases => engine.expire_lapsed().await,
            Self::Payments => Ok(engine.hear_sandbox().await? + engine.reconcile().await?),
            Self::Charges => {
                let (renewals, purchases) = (engine.charge_due().await, engine.buy_due().await);
                let (refunds, cancelled) = (engine.refund_due().await, engine.cancel_paid_charges().await);
                Ok(renewals? + purchases? + refunds? + cancelled?)
            }
            Self::Letters => engine.send_letters().await,
            Self::Months => engine.close_months().await,
            Self::Evaluations => engine.begin_evaluations().await,
            Self::Forgetting => forget(engine).await,
            Self::Erasing => engine.erase_due().await,
            Self::Books => engine.check_books().await,
        }
    }
}

/// Sweeps until the engine is gone.
pub(crate) fn start(engine: &Engine) {
    let alone = |job: &Job| matches!(job, Job::Letters | Job::Books);
    start_jobs(engine, vec![Job::Letters], 0);
    start_jobs(engine, vec![Job::Books], SETTLED);
    start_jobs(engine, Job::ALL.into_iter().filter(|job| !alone(job)).collect(), 0);
}

/// Each tick looks whether there is still an engine, also those of so many that nothing is done at.
fn start_jobs(engine: &Engine, jobs: Vec<Job>, mut idle_ticks: u32) {
    let (shared, writer) = (Arc::downgrade(&engine.shared), Arc::downgrade(&engine.writer));
    let (gateway, test_cards, sandbox) =
        (Arc::clone(&engine.gateway), engine.test_cards.clone(), engine.sandbox);
    tokio::spawn(async move {
        let mut ticks = tokio::time::interval(EVERY);
        let mut noted = HashMap::new();
        loop {
            ticks.tick().await;
            let (Some(shared), Some(writer)) = (shared.upgrade(), writer.upgrade()) else { return };
            if idle_ticks > 0 {
                idle_ticks -= 1;
                continue;
            }
            let (gateway, test_cards) = (Arc::clone(&gateway), test_cards.clone());
            let engine = Engine { shared, writer, gateway, test_cards, sandbox };
            sweep(&engine, &jobs, &mut noted).await;
        }
    });
}

async fn sweep(engine: &Engine, jobs: &[Job], noted: &mut HashMap<Job, i64>) {
    if let Err(error) = engine.follow_clock().await {
        tracing::warn!(%error, "the sandbox's clock was not read");
    }
    for job in jobs.iter().copied() {
        let done = job.run(engine).await;
        match &done {
            Ok(0) => {}
            Ok(did) => tracing::info!(job = job.title(), did, "the sweep has done something"),
            Err(error) => tracing::warn!(job = job.title(), %error, "a job failed and will be repeated"),
        }
        // By the installation's clock, as the page reads it: a sandbox's may have been turned meanwhile.
        let now = engine.now().micros();
        let lately = noted.get(&job).is_some_and(|at| (0..NOTED_EVERY_MICROS).contains(&(now - at)));
        // Of the books check only a check is worth a note: that it looks whether one is due says nothing.
        let quiet = matches!(done, Ok(0)) && (lately || job == Job::Books);
        if quiet {
            continue;
        }
        match engine.note_job(job, &done).await {
            Ok(()) => drop(noted.insert(job, now)),
            Err(error) => tracing::warn!(%error, "what a job did was not noted"),
        }
    }
}

async fn forget(engine: &Engine) -> Result<usize, Error> {
    engine.forget_old_answers().await?;
    engine.shared.forget_links().await?;
    engine.shared.forget_tries().await?;
    engine.forget_tokens().await?;
    let now = machine_micros();
    let gone = session::Entity::delete_many()
        // Sessions live by the machine's clock, as cookies do.
        .filter(session::Column::ExpiresAt.lte(now).or(session::Column::EndsAt.lte(now)))
        .exec(&engine.shared.pools.side)
        .await?;
    Ok(usize::try_from(gone.rows_affected).unwrap_or(usize::MAX))
}

impl Engine {
    /// Keeps what a job did: when it last ran well, when it last had something to do, and how it last failed.
    pub(crate) async fn note_job(&self, job: Job, done: &Result<usize, Error>) -> Result<(), Error> {
        let (name, at) = (to_word(&job)?, self.now().micros());
        let known = job::Entity::find_by_id(&name).one(&self.shared.pools.read).await?;
        let known = known.unwrap_or(job::Model {
            name,
            ran_at: 0,
            did: 0,
            did_at: None,
            failed_at: None,
            failed_with: None,
        });
        let row = match done {
            Ok(0) => job::Model { ran_at: at, ..known },
            Ok(did) => {
                let did = i64::try_from(*did).unwrap_or(i64::MAX);
                job::Model { ran_at: at, did, did_at: Some(at), ..known }
            }
            Err(error) => {
                let reason: String = error.to_string().chars().take(REASON_CHARACTERS).collect();
                job::Model { failed_at: Some(at), failed_with: Some(reason), ..known }
            }
        };
        rows::upsert::<job::Entity>(&self.shared.pools.side, &[row]).await
    }
}

/// What a job of the sweep last did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobLine {
    /// Which.
    pub job: Job,
    /// When it last ran well; none before it has.
    pub ran_at: Option<Timestamp>,
    /// When it last had something to do, and how much.
    pub did: Option<(Timestamp, u64)>,
    /// When it last failed, and with what.
    pub failed: Option<(Timestamp, String)>,
}

impl JobLine {
    /// Whether it failed when it was last tried.
    #[must_use]
    pub fn is_failing(&self) -> bool {
        self.failed.as_ref().is_some_and(|(at, _)| self.ran_at.is_none_or(|ran| ran < *at))
    }
}

impl Engine {
    /// What the jobs last did, by any process.
    pub(crate) async fn job_lines(&self) -> Result<Vec<JobLine>, Error> {
        let found = job::Entity::find().all(&self.shared.pools.read).await?;
        let line = |job: Job| {
            let name = to_word(&job)?;
            let nothing = JobLine { job, ran_at: None, did: None, failed: None };
            let Some(row) = found.iter().find(|row| row.name == name) else { return Ok(nothing) };
            let at =
                |micros| Timestamp::from_micros(micros).map_err(|error| Error::corrupt("job", &name, error));
            let did = u64::try_from(row.did).unwrap_or_default();
            Ok(JobLine {
                ran_at: (row.ran_at > 0).then(|| at(row.ran_at)).transpose()?,
                did: row.did_at.map(at).transpose()?.map(|at| (at, did)),
                failed: row.failed_at.map(at).transpose()?.zip(row.failed_with.clone()),
                ..nothing
            })
        };
        Job::ALL.into_iter().map(line).collect()
    }
}
