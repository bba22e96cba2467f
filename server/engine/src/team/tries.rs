//! How often something may be tried: what was guessed wrong and what was sent is counted in the database, so that several
//! processes agree. T7: it slows down and locks nobody out; whoever has the right password gets in from where nobody else
//! guesses, and from there too as soon as a minute has passed.
//!
//! One row a subject says when all its tries are there again; each try moves that instant on. An address of the sixth
//! version counts by its network, since whoever has one has all of it.

use crate::{Error, db::entity::try_limit, writer::Shared};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Statement};
use sha2::{Digest, Sha256};
use std::net::IpAddr;

/// Microseconds of a second.
const SECOND: i64 = 1_000_000;

/// What is counted, how often at once, and after how long one more.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    name: &'static str,
    at_once: i64,
    every: i64,
}

impl Pace {
    /// So many at once, and one more each so many seconds.
    pub(crate) const fn new(name: &'static str, at_once: i64, seconds: i64) -> Self {
        Self { name, at_once, every: seconds * SECOND }
    }

    /// Wrong passwords for one email address from one client address.
    pub(super) const SIGN_IN: Self = Self { name: "sign_in", at_once: 10, every: 60 * SECOND };
    /// Wrong passwords from one client address, whoever they are for.
    pub(super) const SIGN_INS_FROM: Self = Self { name: "sign_ins_from", at_once: 60, every: 10 * SECOND };
    /// Wrong codes of one person from one client address.
    pub(super) const CODE: Self = Self { name: "code", at_once: 5, every: 300 * SECOND };
    /// Wrong codes of one person: of a million, three are right at any time.
    pub(super) const CODES: Self = Self { name: "codes", at_once: 50, every: 900 * SECOND };
    /// Letters to one email address: three at once, then three an hour.
    pub(super) const LETTERS_TO: Self = Self { name: "letters_to", at_once: 3, every: 1_200 * SECOND };
    /// Letters that one client address causes.
    pub(super) const LETTERS_FROM: Self = Self { name: "letters_from", at_once: 30, every: 120 * SECOND };
}

/// Takes a try, or says how long to wait. A subject that nobody has tried has no row.
const TAKE: &str = "INSERT INTO try_limit (subject, full_at) VALUES ($1, $2) \
    ON CONFLICT (subject) DO UPDATE SET full_at = CASE WHEN try_limit.full_at > $3 THEN try_limit.full_at + $4 ELSE $2 END \
    WHERE try_limit.full_at <= $5";
/// Takes a try that has been made, whether it was free or not: how long to wait never grows beyond one more.
const COUNT: &str = "INSERT INTO try_limit (subject, full_at) VALUES ($1, $2) \
    ON CONFLICT (subject) DO UPDATE SET full_at = CASE WHEN try_limit.full_at <= $3 THEN $2 \
    WHEN try_limit.full_at > $5 THEN $5 + $4 ELSE try_limit.full_at + $4 END";
const GIVE_BACK: &str = "UPDATE try_limit SET full_at = full_at - $2 WHERE subject = $1";

impl Shared {
    /// Counts a try; `Error::TooManyTries` where there have been too many, and nothing is counted.
    pub(crate) async fn take(&self, pace: Pace, of: &[&str]) -> Result<(), Error> {
        if self.move_on(TAKE, pace, of).await? {
            return Ok(());
        }
        let wait = self.wait(pace, of).await?.unwrap_or_default().max(SECOND);
        Err(Error::TooManyTries { seconds: u64::try_from(wait.div_euclid(SECOND) + 1).unwrap_or(1) })
    }

    /// Counts what has happened, whether it was free or not.
    pub(crate) async fn count(&self, pace: Pace, of: &[&str]) -> Result<(), Error> {
        self.move_on(COUNT, pace, of).await.map(drop)
    }

    /// For how many microseconds no try is free; none where one is. Nothing is counted.
    pub(crate) async fn wait(&self, pace: Pace, of: &[&str]) -> Result<Option<i64>, Error> {
        let row = try_limit::Entity::find_by_id(subject(pace, of)).one(&self.pools.side).await?;
        let most = self.clock.now().micros() + (pace.at_once - 1) * pace.every;
        Ok(row.map(|row| row.full_at - most).filter(|wait| *wait > 0))
    }

    /// Moves on when all tries of a subject are there again; whether it did.
    async fn move_on(&self, how: &str, pace: Pace, of: &[&str]) -> Result<bool, Error> {
        let (side, now) = (&self.pools.side, self.clock.now().micros());
        let most = now + (pace.at_once - 1) * pace.every;
        let values =
            [subject(pace, of).into(), (now + pace.every).into(), now.into(), pace.every.into(), most.into()];
        let statement = Statement::from_sql_and_values(side.get_database_backend(), how, values);
        Ok(side.execute_raw(statement).await?.rows_affected() == 1)
    }

    /// Gives back a try that was right.
    pub(crate) async fn give_back(&self, pace: Pace, of: &[&str]) -> Result<(), Error> {
        let side = &self.pools.side;
        let values = [subject(pace, of).into(), pace.every.into()];
        side.execute_raw(Statement::from_sql_and_values(side.get_database_backend(), GIVE_BACK, values))
            .await?;
        Ok(())
    }

    /// Forgets all wrong tries of a subject that has got in.
    pub(super) async fn forgive(&self, pace: Pace, of: &[&str]) -> Result<(), Error> {
        try_limit::Entity::delete_by_id(subject(pace, of)).exec(&self.pools.side).await?;
        Ok(())
    }

    /// Forgets subjects whose tries are all there again.
    pub(crate) async fn forget_tries(&self) -> Result<(), Error> {
        let over = try_limit::Column::FullAt.lte(self.clock.now().micros());
        try_limit::Entity::delete_many().filter(over).exec(&self.pools.side).await?;
        Ok(())
    }
}

/// A row's key: a hash, since nobody's address has to be read from the table.
fn subject(pace: Pace, of: &[&str]) -> String {
    let mut hash = Sha256::new_with_prefix(pace.name);
    for part in of {
        hash.update([0]);
        hash.update(part);
    }
    hex::encode(hash.finalize())
}

/// What of a client's address is counted.
pub(crate) fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::network;

    #[test]
    fn t7_whoever_has_one_address_of_a_network_has_all_of_it() {
        let of = |text: &str| network(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2:3::4"), of("2001:db8:1:2:ffff::1"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("::ffff:192.0.2.7"), of("192.0.2.7"));
        assert_ne!(of("192.0.2.7"), of("192.0.2.8"));
    }
}
