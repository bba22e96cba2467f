//! Customer-facing AI cost, day by day.

use crate::{
    Engine, Error,
    db::{from_word, reach::narrow},
    team::Member,
};
use billing::{money::Cost, production::Kind, team::Permission};
use chrono::NaiveDate;
use sea_orm::{ConnectionTrait, QueryResult, Statement, Value};
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
    /// How many of them have no known cost.
    pub unknown: u64,
}

impl Engine {
    /// Cost by day and kind of the accounts that the member reaches, oldest first; days without a call are left out.
    pub async fn cost_by_day(
        &self,
        member: &Member,
        days: RangeInclusive<NaiveDate>,
    ) -> Result<Vec<CostDay>, Error> {
        member.require(Permission::SeeCost)?;
        let read = &self.shared.pools.read;
        let (from, to) = (days.start().to_string(), days.end().to_string());
        let mut values: Vec<Value> = vec![member.customer.to_string().into(), from.into(), to.into()];
        let mut text = "SELECT posted_on, kind, CAST(COALESCE(sum(charged_micros), 0) AS BIGINT) AS cost, \
                        CAST(count(*) - count(charged_micros) AS BIGINT) AS unknown FROM cost_entry \
                        WHERE customer_id = $1 AND posted_on >= $2 AND posted_on <= $3"
            .to_owned();
        narrow(&mut text, &mut values, "account_id", member.reach.accounts());
        text.push_str(" GROUP BY posted_on, kind ORDER BY posted_on, kind");
        let rows = Statement::from_sql_and_values(read.get_database_backend(), text, values);
        let day = |row: &QueryResult| {
            let (posted_on, kind): (String, String) =
                (row.try_get("", "posted_on")?, row.try_get("", "kind")?);
            let bad = |what: &str| Error::corrupt("cost_entry", &posted_on, what);
            Ok(CostDay {
                day: posted_on.parse().map_err(|_| bad("posted_on"))?,
                kind: from_word("cost_entry", &posted_on, &kind)?,
                cost: Cost::new(row.try_get("", "cost")?, member.currency),
                unknown: row.try_get::<i64>("", "unknown")?.try_into().map_err(|_| bad("unknown"))?,
            })
        };
        read.query_all_raw(rows).await?.iter().map(day).collect()
    }
}
