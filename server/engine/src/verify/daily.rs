//! The books check of every day, by whichever process claims the day first. I-3.

use super::check;
use crate::{
    Engine, Error,
    clock::machine_micros,
    db::{entity::books_check, rows},
};
use chrono::DateTime;
use sea_orm::{EntityTrait, IntoActiveModel, sea_query::OnConflict};

impl Engine {
    /// Checks today's books, unless that was begun already: how many checks were made. Violations are a failure, so that the
    /// job shows it; the log names each of them.
    pub async fn check_books(&self) -> Result<usize, Error> {
        let begun_at = machine_micros(); // of whoever runs the machines, also where a sandbox's clock is turned
        let day = DateTime::from_timestamp_micros(begun_at).unwrap_or_default().date_naive().to_string();
        let row = books_check::Model { day, begun_at, ended_at: None, violations: None };
        let taken = OnConflict::column(books_check::Column::Day).do_nothing().to_owned();
        let claimed = books_check::Entity::insert(row.clone().into_active_model())
            .on_conflict(taken)
            .exec_without_returning(&self.shared.pools.side)
            .await?;
        if claimed == 0 {
            return Ok(0);
        }
        let found = check(&self.shared.pools.check).await?;
        let violations = Some(i64::try_from(found.len()).unwrap_or(i64::MAX));
        let done = books_check::Model { ended_at: Some(machine_micros()), violations, ..row };
        rows::upsert::<books_check::Entity>(&self.shared.pools.side, std::slice::from_ref(&done)).await?;
        for violation in &found {
            tracing::error!(%violation, "the books are not sound");
        }
        match found.first() {
            None => Ok(1),
            Some(first) => {
                Err(Error::corrupt("books", &done.day, format!("{} violations; first: {first}", found.len())))
            }
        }
    }
}
