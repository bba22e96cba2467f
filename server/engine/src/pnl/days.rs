//! Customer-facing AI cost, day by day.

use super::{
    Figures, PnlSource,
    sums::{Tables, Whose},
};
use crate::{
    Engine, Error,
    db::{begin_read, from_word},
    team::Member,
};
use billing::{money::Cost, production::Kind, team::Permission};
use chrono::NaiveDate;
use std::ops::RangeInclusive;

/// What the calls of one kind cost on one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CostDay {
    /// The day of booking (UTC).
    pub day: NaiveDate,
    /// The kind of call.
    pub kind: Kind,
    /// What they cost the customer, as far as it is known.
    pub cost: Cost,
    /// How many of them have no known cost, less those of earlier days whose cost was booked on this one.
    pub unknown: i64,
}

impl Engine {
    /// Cost by day and kind of the accounts that the member reaches, oldest first; days without a call are left out.
    pub async fn cost_by_day(
        &self,
        member: &Member,
        days: RangeInclusive<NaiveDate>,
    ) -> Result<Vec<CostDay>, Error> {
        member.require(Permission::SeeCost)?;
        let snapshot = begin_read(&self.shared.pools.read).await?;
        let tables = Tables::open(&snapshot, PnlSource::Sums).await?;
        let customer = member.customer.to_string();
        let whose = Whose { accounts: member.reach.accounts(), ..Whose::all_of(&customer) };
        let sums = tables.by_day(whose, &days, &["kind"]).await?;
        let day = |((_, posted_on, kind), figures): ((String, String, Vec<String>), Figures)| {
            let bad = |what: &str| Error::corrupt("pnl_day", &posted_on, what);
            Ok(CostDay {
                day: posted_on.parse().map_err(|_| bad("posted_on"))?,
                kind: from_word("pnl_day", &posted_on, kind.first().map_or("", String::as_str))?,
                cost: Cost::new(figures.charged, member.currency),
                unknown: figures.unknown,
            })
        };
        sums.into_iter().filter(|(_, figures)| figures.has_calls()).map(day).collect()
    }
}
