//! Where the tokens went, and the money: the charges and calls of a range of days, added up by step, kind, production,
//! account, person or key.

use super::CallCosts;
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
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, HashMap},
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
    /// What its calls cost, for those who may see it. P6: every call, so there may be cost without tokens.
    pub cost: Option<CallCosts>,
}

/// The charges of a range, most tokens first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsageReport {
    /// Every line: they sum to the total.
    pub lines: Vec<UsageLine>,
    /// Tokens charged.
    pub total: Tokens,
    /// What the calls cost, for those who may see it.
    pub cost: Option<CallCosts>,
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

    /// A line of a group, with nothing in it yet.
    fn line(self, key: &str, more: &str) -> Result<UsageLine, Error> {
        let kind = matches!(self, Self::Step | Self::Kind) && !more.is_empty();
        Ok(UsageLine {
            key: key.to_owned(),
            name: (self == Self::Production && !key.is_empty()).then(|| more.to_owned()),
            kind: kind.then(|| from_word("production_step", key, more)).transpose()?,
            steps: 0,
            tokens: Tokens::ZERO,
            cost: None,
        })
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
        let (narrowed, values) = narrowed(member, "e.account_id", range);
        let (key, more) = by.columns();
        let of = |what: &str, tail: &str| {
            let text = format!("SELECT {what} {CHARGES}{narrowed}{tail}");
            Statement::from_sql_and_values(read.get_database_backend(), text, values.clone())
        };
        let sums = "CAST(count(DISTINCT e.production || '/' || e.step) AS BIGINT) AS steps, \
                    CAST(sum(e.tokens) AS BIGINT) AS tokens";
        let costs = self.usage_costs(member, range, by).await?;
        let none = costs.as_ref().map(|_| CallCosts::none(member.currency));
        let rows = of(&format!("{key} AS key, {more} AS more, {sums}"), " GROUP BY 1, 2");
        let mut found: BTreeMap<(String, String), UsageLine> = BTreeMap::new();
        for row in read.query_all_raw(rows).await? {
            let (key, more): (String, String) = (row.try_get("", "key")?, row.try_get("", "more")?);
            let bad = |what: &str| Error::corrupt("token_entry", &key, what);
            let steps = row.try_get::<i64>("", "steps")?.try_into().map_err(|_| bad("steps"))?;
            let tokens = Tokens::new(row.try_get("", "tokens")?).map_err(|_| bad("tokens"))?;
            let line = UsageLine { steps, tokens, cost: none, ..by.line(&key, &more)? };
            found.insert((key, more), line);
        }
        for (key, more, cost) in costs.into_iter().flatten() {
            let line = by.line(&key, &more)?;
            found.entry((key, more)).or_insert(line).cost = Some(cost);
        }
        let mut lines: Vec<UsageLine> = found.into_values().collect();
        let cost = |line: &UsageLine| line.cost.map(|cost| cost.known.micros());
        lines.sort_by_key(|line| Reverse((line.tokens, cost(line))));
        self.name_lines(member.customer, by, &mut lines).await?;
        let productions = of("CAST(count(DISTINCT e.production) AS BIGINT) AS productions", "");
        let productions = read.query_one_raw(productions).await?;
        let productions = productions.map(|row| row.try_get::<i64>("", "productions")).transpose()?;
        let total = Tokens::sum(lines.iter().map(|line| line.tokens));
        let bad = |error| Error::corrupt("cost_entry", member.customer, error);
        let mut costs = lines.iter().filter_map(|line| line.cost);
        Ok(UsageReport {
            total: total.map_err(|error| Error::corrupt("token_entry", member.customer, error))?,
            cost: none.map(|none| costs.try_fold(none, CallCosts::plus)).transpose().map_err(bad)?,
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

    /// How many tokens a customer used from one day on and before another.
    pub(crate) async fn tokens_between(
        &self,
        customer: CustomerId,
        from: NaiveDate,
        until: NaiveDate,
    ) -> Result<Tokens, Error> {
        let used = usage_day::Entity::find()
            .select_only()
            .column_as(Expr::col(usage_day::Column::UsedTokens).sum().cast_as("BIGINT"), "used")
            .filter(usage_day::Column::CustomerId.eq(customer.to_string()))
            .filter(usage_day::Column::PostedOn.gte(from.to_string()))
            .filter(usage_day::Column::PostedOn.lt(until.to_string()))
            .into_tuple::<Option<i64>>()
            .one(&self.shared.pools.read)
            .await?;
        Tokens::new(used.flatten().unwrap_or_default())
            .map_err(|error| Error::corrupt("usage_day", customer, error))
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
pub(super) fn narrowed(member: &Member, column: &str, range: &UsageRange) -> (String, Vec<Value>) {
    let (from, to) = (range.days.start().to_string(), range.days.end().to_string());
    let mut values: Vec<Value> = vec![member.customer.to_string().into(), from.into(), to.into()];
    let mut text = String::new();
    let asked = range.account.map(|account| BTreeSet::from([account]));
    narrow(&mut text, &mut values, column, asked.as_ref());
    narrow(&mut text, &mut values, column, member.reach.accounts());
    (text, values)
}
