//! What the calls of a range cost, added up as the tokens are: every call, also those that failed and those outside
//! productions. P6, 5.11: at customer-facing rates.

use super::report::{UsageBy, UsageRange, narrowed};
use crate::{Engine, Error, team::Member};
use billing::{
    money::{Cost, Currency, MoneyError},
    team::Permission,
};
use sea_orm::{ConnectionTrait, Statement};

/// The key of the line of calls outside productions, where lines are of steps.
pub const OUTSIDE: &str = "outside";

/// What calls cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallCosts {
    /// Of the calls whose cost is known.
    pub known: Cost,
    /// How many those are.
    pub priced: u64,
    /// How many calls have no known cost; unknown is never zero.
    pub unknown: u64,
}

impl CallCosts {
    /// Of no call.
    #[must_use]
    pub const fn none(currency: Currency) -> Self {
        Self { known: Cost::zero(currency), priced: 0, unknown: 0 }
    }

    /// Of these calls and of those.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        Ok(Self {
            known: self.known.plus(other.known)?,
            priced: self.priced.saturating_add(other.priced),
            unknown: self.unknown.saturating_add(other.unknown),
        })
    }
}

/// What the lines are grouped by, what else is the same within a group, and what has to be joined for it.
const fn columns(by: UsageBy) -> (&'static str, &'static str, &'static str) {
    match by {
        UsageBy::Step => (
            "CASE WHEN c.production = '' THEN 'outside' ELSE COALESCE(c.stage, '') END",
            "CASE WHEN c.production = '' THEN '' ELSE c.kind END",
            "",
        ),
        UsageBy::Kind => ("c.kind", "c.kind", ""),
        UsageBy::Production => ("c.production", "COALESCE(p.title, '')", PRODUCTION),
        UsageBy::Account => ("c.account_id", "''", ""),
        UsageBy::Person => ("COALESCE(p.member_id, '')", "''", PRODUCTION),
        UsageBy::Key => ("COALESCE(p.key_id, o.key_id, '')", "''", PRODUCTION_OR_CALL),
    }
}

const PRODUCTION: &str = "LEFT JOIN production p ON p.customer_id = c.customer_id AND p.name = c.production";
const PRODUCTION_OR_CALL: &str = "LEFT JOIN production p ON p.customer_id = c.customer_id AND p.name = c.production \
     LEFT JOIN outside_call o ON c.production = '' AND o.customer_id = c.customer_id AND o.name = c.step";

impl Engine {
    /// Key, what else is the same, and cost of each group; none at all for who may not see cost.
    pub(super) async fn usage_costs(
        &self,
        member: &Member,
        range: &UsageRange,
        by: UsageBy,
    ) -> Result<Option<Vec<(String, String, CallCosts)>>, Error> {
        if !member.may_somewhere(Permission::SeeCost) {
            return Ok(None);
        }
        let read = &self.shared.pools.read;
        let (narrowed, values) = narrowed(member, "c.account_id", range);
        let (key, more, join) = columns(by);
        let text = format!(
            "SELECT {key} AS key, {more} AS more, CAST(COALESCE(sum(c.charged_micros), 0) AS BIGINT) AS known, \
             CAST(count(c.charged_micros) AS BIGINT) AS priced, \
             CAST(count(*) - count(c.charged_micros) AS BIGINT) AS unknown FROM cost_entry c {join} \
             WHERE c.customer_id = $1 AND c.posted_on >= $2 AND c.posted_on <= $3{narrowed} GROUP BY 1, 2"
        );
        let rows = Statement::from_sql_and_values(read.get_database_backend(), text, values);
        let mut costs = Vec::new();
        for row in read.query_all_raw(rows).await? {
            let (key, more): (String, String) = (row.try_get("", "key")?, row.try_get("", "more")?);
            let count = |name: &str| {
                let count: i64 = row.try_get("", name)?;
                count.try_into().map_err(|_| Error::corrupt("cost_entry", &key, name))
            };
            let of = CallCosts {
                known: Cost::new(row.try_get("", "known")?, member.currency),
                priced: count("priced")?,
                unknown: count("unknown")?,
            };
            costs.push((key, more, of));
        }
        Ok(Some(costs))
    }
}
