//! Where the tokens went: the charges of a range of days, added up by step, kind, production, account, person or key.

use crate::{
    Engine, Error,
    db::{
        entity::{account, api_key, person, usage_day},
        from_word,
        reach::narrow,
    },
    team::Member,
};
use billing::{
    id::{AccountId, CustomerId},
    production::Kind,
    team::Permission,
    tokens::Tokens,
};
use chrono::NaiveDate;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, Statement, Value,
    sea_query::{Expr, ExprTrait},
};
use std::{
    collections::{BTreeSet, HashMap},
    ops::RangeInclusive,
};

/// What a report is added up by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UsageBy {
    /// The pipeline's step and the kind of its call.
    Step,
    /// The kind of call.
    Kind,
    /// The production.
    Production,
    /// The account.
    Account,
    /// In whose name.
    Person,
    /// The key that asked.
    Key,
}

/// What a report is asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsageRange {
    /// The days of booking (UTC), both included.
    pub days: RangeInclusive<NaiveDate>,
    /// Only of this account.
    pub account: Option<AccountId>,
}

/// One line of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsageLine {
    /// The pipeline's number of the step, the kind's word, the name of the production, or an id; empty where there is none.
    pub key: String,
    /// What people call it, where that is somebody's choice: a production, an account, a person, a key.
    pub name: Option<String>,
    /// The kind of call, where the line is of one.
    pub kind: Option<Kind>,
    /// Charged steps.
    pub steps: u64,
    /// Tokens charged.
    pub tokens: Tokens,
}

/// The charges of a range, most tokens first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsageReport {
    /// Every line: they sum to the total.
    pub lines: Vec<UsageLine>,
    /// Tokens charged.
    pub total: Tokens,
    /// Productions that were charged.
    pub productions: u64,
}

impl UsageBy {
    /// What the lines are grouped by, and what else is the same within a group.
    const fn columns(self) -> (&'static str, &'static str) {
        match self {
            Self::Step => ("COALESCE(s.stage, '')", "s.kind"),
            Self::Kind => ("s.kind", "s.kind"),
            Self::Production => ("e.production", "p.title"),
            Self::Account => ("e.account_id", "''"),
            Self::Person => ("COALESCE(e.member_id, '')", "''"),
            Self::Key => ("COALESCE(p.key_id, '')", "''"),
        }
    }
}

/// The charges within the days and accounts, before they are grouped.
const CHARGES: &str = "FROM token_entry e \
    JOIN production p ON p.customer_id = e.customer_id AND p.name = e.production \
    JOIN production_step s ON s.customer_id = e.customer_id AND s.production = e.production AND s.step = e.step \
    WHERE e.customer_id = $1 AND e.credit_pool = 'used' AND e.posted_on >= $2 AND e.posted_on <= $3";

impl Engine {
    /// The charges of a range, as far as the member reaches.
    pub async fn usage_report(
        &self,
        member: &Member,
        range: &UsageRange,
        by: UsageBy,
    ) -> Result<UsageReport, Error> {
        member.require(Permission::SeeUsage)?;
        let read = &self.shared.pools.read;
        let (narrowed, values) = narrowed(member.customer, member.reach.accounts(), range);
        let (key, more) = by.columns();
        let of = |what: &str, tail: &str| {
            let text = format!("SELECT {what} {CHARGES}{narrowed}{tail}");
            Statement::from_sql_and_values(read.get_database_backend(), text, values.clone())
        };
        let sums = "CAST(count(DISTINCT e.production || '/' || e.step) AS BIGINT) AS steps, \
                    CAST(sum(e.tokens) AS BIGINT) AS tokens";
        let rows =
            of(&format!("{key} AS key, {more} AS more, {sums}"), " GROUP BY 1, 2 ORDER BY 4 DESC, 1, 2");
        let mut lines = Vec::new();
        for row in read.query_all_raw(rows).await? {
            let (key, more): (String, String) = (row.try_get("", "key")?, row.try_get("", "more")?);
            let bad = |what: &str| Error::corrupt("token_entry", &key, what);
            let kind = matches!(by, UsageBy::Step | UsageBy::Kind);
            lines.push(UsageLine {
                kind: kind.then(|| from_word("production_step", &key, &more)).transpose()?,
                name: (by == UsageBy::Production).then_some(more),
                steps: row.try_get::<i64>("", "steps")?.try_into().map_err(|_| bad("steps"))?,
                tokens: Tokens::new(row.try_get("", "tokens")?).map_err(|_| bad("tokens"))?,
                key,
            });
        }
        self.name_lines(member.customer, by, &mut lines).await?;
        let productions = of("CAST(count(DISTINCT e.production) AS BIGINT) AS productions", "");
        let productions = read.query_one_raw(productions).await?;
        let productions = productions.map(|row| row.try_get::<i64>("", "productions")).transpose()?;
        let total = Tokens::sum(lines.iter().map(|line| line.tokens));
        Ok(UsageReport {
            total: total.map_err(|error| Error::corrupt("token_entry", member.customer, error))?,
            productions: productions.and_then(|count| u64::try_from(count).ok()).unwrap_or_default(),
            lines,
        })
    }

    /// Tokens charged to each account from a day of booking on.
    pub async fn tokens_by_account(
        &self,
        customer: CustomerId,
        from: NaiveDate,
    ) -> Result<HashMap<AccountId, Tokens>, Error> {
        let rows = usage_day::Entity::find()
            .select_only()
            .column(usage_day::Column::AccountId)
            .column_as(Expr::col(usage_day::Column::UsedTokens).sum().cast_as("BIGINT"), "used")
            .filter(usage_day::Column::CustomerId.eq(customer.to_string()))
            .filter(usage_day::Column::PostedOn.gte(from.to_string()))
            .group_by(usage_day::Column::AccountId)
            .into_tuple::<(String, i64)>()
            .all(&self.shared.pools.read)
            .await?;
        rows.into_iter()
            .map(|(id, used)| {
                let bad = |what: &str| Error::corrupt("usage_day", &id, what);
                Ok((id.parse().map_err(|_| bad("account"))?, Tokens::new(used).map_err(|_| bad("tokens"))?))
            })
            .collect()
    }

    /// Says what people call accounts, persons and keys.
    async fn name_lines(
        &self,
        customer: CustomerId,
        by: UsageBy,
        lines: &mut [UsageLine],
    ) -> Result<(), Error> {
        let (read, owner) = (&self.shared.pools.read, customer.to_string());
        let ids = || lines.iter().map(|line| line.key.clone()).filter(|key| !key.is_empty());
        let names: HashMap<String, String> = match by {
            UsageBy::Account => {
                let found = account::Entity::find().filter(account::Column::CustomerId.eq(owner));
                found.all(read).await?.into_iter().map(|row| (row.id, row.name)).collect()
            }
            UsageBy::Key => {
                let found = api_key::Entity::find().filter(api_key::Column::CustomerId.eq(owner));
                found.all(read).await?.into_iter().map(|row| (row.id, row.name)).collect()
            }
            UsageBy::Person => {
                let found = person::Entity::find().filter(person::Column::Id.is_in(ids()));
                found.all(read).await?.into_iter().map(|row| (row.id, row.name)).collect()
            }
            UsageBy::Step | UsageBy::Kind | UsageBy::Production => return Ok(()),
        };
        for line in lines {
            line.name = names.get(&line.key).cloned();
        }
        Ok(())
    }
}

/// The rest of the condition, and all values of it: customer, days, the account, the accounts in reach.
fn narrowed(
    customer: CustomerId,
    reach: Option<&BTreeSet<AccountId>>,
    range: &UsageRange,
) -> (String, Vec<Value>) {
    let (from, to) = (range.days.start().to_string(), range.days.end().to_string());
    let mut values: Vec<Value> = vec![customer.to_string().into(), from.into(), to.into()];
    let mut text = String::new();
    let asked = range.account.map(|account| BTreeSet::from([account]));
    narrow(&mut text, &mut values, "e.account_id", asked.as_ref());
    narrow(&mut text, &mut values, "e.account_id", reach);
    (text, values)
}
