//! What whoever runs an installation wants to watch: how much waits, since when, and what the gate says. Nothing of it names a
//! customer.

use crate::{
    Engine, Error,
    clock::machine_micros,
    db::to_word,
    jobs::{JobLine, Waiting},
    production::Answer,
};
use billing::production::Admission;
use sea_orm::{ConnectionTrait, Statement};

/// How things stand at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vitals {
    /// Whether the last commit was kept.
    pub writes: bool,
    /// Acts that wait for this process's writer.
    pub acts_waiting: usize,
    /// Productions that run.
    pub holds: u64,
    /// How long the oldest of them has been running, in seconds.
    pub oldest_hold_seconds: u64,
    /// Letters that were written and not sent.
    pub letters: Waiting,
    /// Charges and refunds that were decided and not made.
    pub charges: Waiting,
    /// The jobs, and how they last ended.
    pub jobs: Vec<JobLine>,
}

impl Engine {
    /// How things stand now, for every process of the installation but for what waits for this one.
    pub async fn vitals(&self) -> Result<Vitals, Error> {
        let read = &self.shared.pools.read;
        let running = "SELECT count(*) AS holds, min(p.admitted_at) AS oldest FROM token_hold h JOIN production p \
                       ON p.customer_id = h.customer_id AND p.name = h.production WHERE h.ended_at IS NULL";
        let statement = Statement::from_string(read.get_database_backend(), running);
        let row = read.query_one_raw(statement).await?;
        let row = row.ok_or_else(|| Error::corrupt("token_hold", "count", "has no answer"))?;
        let (holds, oldest): (i64, Option<i64>) = (row.try_get("", "holds")?, row.try_get("", "oldest")?);
        let age = oldest.map_or(0, |oldest| (self.now().micros() - oldest) / 1_000_000);
        Ok(Vitals {
            writes: self.is_sound(),
            acts_waiting: self.writer.waiting(),
            holds: u64::try_from(holds).unwrap_or_default(),
            oldest_hold_seconds: u64::try_from(age).unwrap_or_default(),
            letters: self.letters_waiting().await?,
            charges: self.charges_waiting().await?,
            jobs: self.job_lines().await?,
        })
    }
}

/// Counts what the gate has said: `admitted`, `again` to the same request, `failed`, or the reason of its refusal.
pub(crate) fn count_decision(decided: &Result<Answer<Admission>, Error>) {
    let reason = match decided {
        Ok(answer) if answer.again => "again".to_owned(),
        Ok(_) => "admitted".to_owned(),
        Err(Error::Refused(refusal)) => to_word(&refusal.reason).unwrap_or_default(),
        Err(_) => "failed".to_owned(),
    };
    metrics::counter!("gate_decisions_total", "decision" => reason).increment(1);
}

/// Notes how long an event of the payment provider was on its way, by its own instant in seconds.
pub(crate) fn note_event(made_at: Option<i64>) {
    let Some(made_at) = made_at else { return };
    let late = u32::try_from(machine_micros() / 1_000_000 - made_at).unwrap_or_default();
    metrics::histogram!("payment_event_lag_seconds").record(late);
}
