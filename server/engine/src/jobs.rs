//! What goes on by itself, for whoever runs the platform: the jobs of the sweep, what waits to be sent or charged, and what the
//! payment provider told that could not be used. S4.

pub use crate::sweep::{Job, JobLine};

use crate::{
    Engine, Error,
    db::entity::{mail, outbox, top_up_purchase},
    mail::Unsent,
    payment::{Unanswered, UnusedEvent},
    team::Member,
};
use billing::{team::Permission, time::Timestamp};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};

/// Things that wait to be done outside.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// How many.
    pub count: u64,
    /// Since when the oldest waits.
    pub oldest: Option<Timestamp>,
    /// How many were tried before without success.
    pub tried: u64,
}

impl Waiting {
    /// These and others.
    fn with(self, others: Self) -> Self {
        Self {
            count: self.count + others.count,
            oldest: self.oldest.into_iter().chain(others.oldest).min(),
            tried: self.tried + others.tried,
        }
    }
}

/// The page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobsReport {
    /// The jobs, in the order in which they run.
    pub jobs: Vec<JobLine>,
    /// Letters that were written and not sent.
    pub letters: Waiting,
    /// Letters that were given up, newest first.
    pub unsent: Vec<Unsent>,
    /// Charges that were decided and not made.
    pub charges: Waiting,
    /// Payments of which nobody has heard for days, oldest first.
    pub unanswered: Vec<Unanswered>,
    /// Events of the provider that nothing could be done with, newest first.
    pub events: Vec<UnusedEvent>,
    /// When all this is so.
    pub as_of: Timestamp,
}

impl Engine {
    /// What goes on by itself.
    pub async fn jobs(&self, by: &Member) -> Result<JobsReport, Error> {
        by.require(Permission::RunPlatform)?;
        Ok(JobsReport {
            jobs: self.job_lines().await?,
            letters: self.letters_waiting().await?,
            unsent: self.unsent_letters().await?,
            charges: self.charges_waiting().await?,
            unanswered: self.unanswered().await?,
            events: self.unused_events().await?,
            as_of: self.now(),
        })
    }

    pub(crate) async fn letters_waiting(&self) -> Result<Waiting, Error> {
        let read = &self.shared.pools.read;
        let found = mail::Entity::find()
            .filter(mail::Column::SentAt.is_null())
            .filter(mail::Column::GivenUpAt.is_null());
        let oldest = found.clone().order_by_asc(mail::Column::Id).one(read).await?;
        let oldest = oldest.map(|row| instant("mail", &row.id, row.created_at)).transpose()?;
        let tried = found.clone().filter(mail::Column::Tries.gt(0)).count(read).await?;
        Ok(Waiting { count: found.count(read).await?, oldest, tried })
    }

    pub(crate) async fn charges_waiting(&self) -> Result<Waiting, Error> {
        let read = &self.shared.pools.read;
        let found = outbox::Entity::find().filter(outbox::Column::DoneAt.is_null());
        let oldest = found.clone().order_by_asc(outbox::Column::MadeAt).one(read).await?;
        let oldest = oldest.map(|row| instant("outbox", &row.id, row.made_at)).transpose()?;
        let tried = found.clone().filter(outbox::Column::Tries.gt(0)).count(read).await?;
        let renewals = Waiting { count: found.count(read).await?, oldest, tried };
        Ok(renewals.with(self.purchases_waiting().await?))
    }

    async fn purchases_waiting(&self) -> Result<Waiting, Error> {
        let read = &self.shared.pools.read;
        let found = top_up_purchase::Entity::find().filter(top_up_purchase::Column::State.eq("waiting"));
        let oldest = found.clone().order_by_asc(top_up_purchase::Column::MadeAt).one(read).await?;
        let oldest = oldest.map(|row| instant("top_up_purchase", &row.id, row.made_at)).transpose()?;
        let tried = found.clone().filter(top_up_purchase::Column::Tries.gt(0)).count(read).await?;
        Ok(Waiting { count: found.count(read).await?, oldest, tried })
    }
}

fn instant(table: &'static str, row: &str, micros: i64) -> Result<Timestamp, Error> {
    Timestamp::from_micros(micros).map_err(|error| Error::corrupt(table, row, error))
}
