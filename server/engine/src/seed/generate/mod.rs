//! Large books for an empty sandbox: a year of many customers, as consistent as any. Every row comes of the acts that write
//! it elsewhere, decided one by one at their own instants of the past; only their transactions are larger.

mod acts;
mod days;
mod market;

use super::{PASSWORD, Person, STAFF};
use crate::{
    Engine, Error,
    db::entity::{customer, tariff_version},
    dice::Dice,
    ids::Ids,
    team::NewMember,
};
use acts::Round;
use billing::{
    id::PersonId,
    time::{Span, Timestamp},
};
use chrono::Months;
use days::Calendar;
use market::Market;
use sea_orm::{ConnectionTrait, DbBackend, EntityTrait, PaginatorTrait};

/// Tokens that a row of usage takes on average, as these productions are mixed.
const TOKENS_A_ROW: i64 = 200;
/// Rows of usage that are written together: one part in so many of all, at least and at most.
const AT_ONCE: (i64, i64, i64) = (512, 1_024, 16_384);
/// An hour, in microseconds.
const HOUR: i64 = 3_600_000_000;

/// What is to be generated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Generation {
    /// Rows of usage: AI calls, inside productions and outside.
    pub rows: i64,
    /// The same seed, rows and hour give the same books.
    pub seed: u64,
}

/// What was generated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Generated {
    /// Customers.
    pub customers: usize,
    /// Their accounts.
    pub accounts: usize,
    /// Productions that were admitted.
    pub productions: i64,
    /// Rows of usage.
    pub rows: i64,
    /// Packs that were bought.
    pub packs: i64,
}

impl Engine {
    /// Fills an empty sandbox with a year of books until the last whole hour of its clock; `told` hears of the rows that are
    /// written. No server may be at work on the database meanwhile. What was written before an error stays.
    pub async fn generate(&self, wanted: Generation, mut told: impl FnMut(i64)) -> Result<Generated, Error> {
        self.require_empty_sandbox().await?;
        let until = self.now();
        let until = until.before(Span::micros(until.micros().rem_euclid(HOUR)));
        let first = until.day().checked_sub_months(Months::new(12)).unwrap_or(until.day());
        let opened_at = Timestamp::midnight(first);
        self.load_catalog_with_rates(opened_at).await?;
        let by = self.open_staff().await?;
        let (mut dice, ids) = (Dice::new(wanted.seed), Ids::seeded(wanted.seed));
        let side = &self.shared.pools.side;
        self.widen_cache().await?;
        let book = self.price_book().await?;
        let market = Market::open(side, (wanted.rows, opened_at), &book, &ids, &mut dice).await?;
        let mut calendar = Calendar::new(first, until, dice);
        let mut round = Round::new(&self.shared, &ids, &market, by);
        round.subscribe(opened_at).await?;
        let at_once = (wanted.rows / AT_ONCE.0).clamp(AT_ONCE.1, AT_ONCE.2);
        let mut waiting = Vec::new();
        for (day, due) in calendar.days(wanted.rows) {
            let (due, room) = (due - round.planned(), wanted.rows - round.planned());
            waiting.extend(calendar.day(&market, day, due, room)?);
            round.plan(&waiting);
            if round.waiting() >= at_once {
                round.write(std::mem::take(&mut waiting)).await?;
                told(round.made.rows);
            }
        }
        round.write(waiting).await?;
        // What a refused production would have used.
        let missing: Result<Vec<_>, _> =
            (round.made.rows..wanted.rows).map(|_| calendar.call(&market, until)).collect();
        round.write(missing?).await?;
        told(round.made.rows);
        let made = round.made;
        self.settle_down().await?;
        let accounts = market.buyers.iter().map(|buyer| buyer.accounts.len()).sum();
        Ok(Generated { customers: market.buyers.len(), accounts, ..made })
    }

    async fn require_empty_sandbox(&self) -> Result<(), Error> {
        let refuse =
            |message: &str| Error::Invalid { field: "database".to_owned(), message: message.to_owned() };
        if !self.is_sandbox() {
            return Err(refuse("is no sandbox; sample books are made in sandboxes only"));
        }
        let read = &self.shared.pools.read;
        let known =
            customer::Entity::find().count(read).await? + tariff_version::Entity::find().count(read).await?;
        (known == 0).then_some(()).ok_or_else(|| refuse("is in use; sample books are made in an empty one"))
    }

    /// JARAI's sample staff, who may look at every customer; answers who buys for them.
    async fn open_staff(&self) -> Result<PersonId, Error> {
        let mut first = None;
        for (email, name, role, _) in STAFF as [Person; 2] {
            let person = self.add_staff(NewMember { name, email, password: PASSWORD, role }).await?;
            first.get_or_insert(person);
        }
        first.ok_or(Error::NotFound("staff"))
    }

    /// SQLite keeps 2 MB of pages in memory; indexes of millions of rows are hot at many places at once.
    async fn widen_cache(&self) -> Result<(), Error> {
        let write = &self.shared.pools.write;
        if write.get_database_backend() == DbBackend::Sqlite {
            write.execute_unprepared("PRAGMA cache_size = -262144").await?;
        }
        Ok(())
    }

    /// What a database does by itself in the course of a year: statistics, and room that is free again.
    async fn settle_down(&self) -> Result<(), Error> {
        let write = &self.shared.pools.write;
        let text = match write.get_database_backend() {
            DbBackend::Postgres => "VACUUM ANALYZE",
            _ => "PRAGMA wal_checkpoint(TRUNCATE)",
        };
        write.execute_unprepared(text).await?;
        Ok(())
    }
}
