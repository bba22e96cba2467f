//! Where the tokens went, and the money: the charges and calls of a range of days, added up by step, kind, production,
//! account, person or key.

use super::report_cost::{CallCosts, OUTSIDE, outside_by_key};
use crate::{
    Engine, Error,
    db::{
        begin_read,
        entity::{account, api_key, person},
        from_word,
        production::titles,
        reach::narrow,
    },
    pnl::{
        Figures, PnlSource,
        sums::{KEY, PERSON, Tables, Whose},
    },
    team::Member,
};
use billing::{id::AccountId, production::Kind, team::Permission, tokens::Tokens};
use chrono::NaiveDate;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, Statement, Value,
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
    /// Calls, also those that failed.
    pub calls: u64,
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
    /// The columns of the sums that its lines are apart by.
    const fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Step => &["stage", "kind"],
            Self::Kind => &["kind"],
            Self::Production => &["production"],
            Self::Account => &["account_id"],
            Self::Person => &[PERSON],
            Self::Key => &[KEY],
        }
    }

    /// The line of these columns.
    fn line(
        self,
        columns: &[String],
        figures: &Figures,
        cost: Option<CallCosts>,
    ) -> Result<UsageLine, Error> {
        let key = columns.first().cloned().unwrap_or_default();
        let kind = match self {
            Self::Step | Self::Kind => columns.last().filter(|kind| !kind.is_empty()),
            Self::Production | Self::Account | Self::Person | Self::Key => None,
        };
        let bad = |what: &str| Error::corrupt("pnl_day", &key, what);
        Ok(UsageLine {
            name: None,
            kind: kind.map(|kind| from_word("pnl_day", &key, kind)).transpose()?,
            calls: figures.calls.try_into().map_err(|_| bad("attempts"))?,
            tokens: Tokens::new(figures.tokens).map_err(|_| bad("tokens"))?,
            cost,
            key,
        })
    }
}

impl Engine {
    /// The calls of a range, as far as the member reaches. P8: from the sums that the P&L reads, so both say the same, however
    /// much was used.
    pub async fn usage_report(
        &self,
        member: &Member,
        range: &UsageRange,
        by: UsageBy,
    ) -> Result<UsageReport, Error> {
        member.require(Permission::SeeUsage)?;
        let snapshot = begin_read(&self.shared.pools.read).await?;
        let (customer, accounts) = (member.customer.to_string(), accounts(&snapshot, member, range).await?);
        let whose = Whose { accounts: Some(&accounts), ..Whose::all_of(&customer) };
        let found = figures(&snapshot, whose, range, by).await?;
        let none = member.may_somewhere(Permission::SeeCost).then(|| CallCosts::none(member.currency));
        let mut lines = Vec::with_capacity(found.len());
        for (columns, figures) in &found {
            lines.push(by.line(columns, figures, none.map(|_| CallCosts::of(figures, member.currency)))?);
        }
        let cost = |line: &UsageLine| line.cost.map(|cost| cost.known.micros());
        lines.sort_by_key(|line| Reverse((line.tokens, cost(line))));
        name_lines(&snapshot, &customer, by, &mut lines).await?;
        let total = Tokens::sum(lines.iter().map(|line| line.tokens));
        let bad = |error| Error::corrupt("pnl_day", member.customer, error);
        let mut costs = lines.iter().filter_map(|line| line.cost);
        Ok(UsageReport {
            total: total.map_err(|error| Error::corrupt("pnl_day", member.customer, error))?,
            cost: none.map(|none| costs.try_fold(none, CallCosts::plus)).transpose().map_err(bad)?,
            productions: productions(&snapshot, whose, range).await?,
            lines,
        })
    }
}

/// The accounts that are asked about and in reach.
async fn accounts(
    read: &DatabaseTransaction,
    member: &Member,
    range: &UsageRange,
) -> Result<BTreeSet<AccountId>, Error> {
    let reach = member.reach.accounts();
    let reached = |account: &AccountId| reach.is_none_or(|reach| reach.contains(account));
    if let Some(account) = range.account {
        return Ok([account].into_iter().filter(reached).collect());
    }
    if let Some(reach) = reach {
        return Ok(reach.clone());
    }
    let all = account::Entity::find().filter(account::Column::CustomerId.eq(member.customer.to_string()));
    let id = |row: account::Model| row.id.parse().map_err(|error| Error::corrupt("account", &row.id, error));
    all.all(read).await?.into_iter().map(id).collect()
}

/// The figures of each line, by its columns.
async fn figures(
    read: &DatabaseTransaction,
    whose: Whose<'_>,
    range: &UsageRange,
    by: UsageBy,
) -> Result<BTreeMap<Vec<String>, Figures>, Error> {
    let tables = Tables::open(read, PnlSource::Sums).await?;
    let mut found: BTreeMap<Vec<String>, Figures> = BTreeMap::new();
    for ((_, _, columns), figures) in tables.by_month(whose, &range.days, by.columns()).await? {
        found.entry(columns).or_default().add(&figures);
    }
    let of_nothing = found.iter().any(|(columns, _)| columns.first().is_some_and(String::is_empty));
    // What was done outside productions is among what has no step, and no key.
    let mut move_to = |columns: Vec<String>, to: Vec<String>, figures: Figures| {
        found.entry(columns).or_default().add(&-figures);
        found.entry(to).or_default().add(&figures);
    };
    match by {
        UsageBy::Step if of_nothing => {
            let outside = Whose { production: Some(""), ..whose };
            for ((_, _, columns), figures) in tables.by_month(outside, &range.days, by.columns()).await? {
                move_to(columns, vec![OUTSIDE.to_owned(), String::new()], figures);
            }
        }
        UsageBy::Key if of_nothing => {
            for (key, figures) in outside_by_key(read, whose, &range.days).await? {
                move_to(vec![String::new()], vec![key], figures);
            }
        }
        _ => {}
    }
    found.retain(|_, figures| figures.has_calls() || figures.tokens != 0);
    Ok(found)
}

/// How many productions were charged.
async fn productions(read: &DatabaseTransaction, whose: Whose<'_>, range: &UsageRange) -> Result<u64, Error> {
    let (from, to) = (range.days.start().to_string(), range.days.end().to_string());
    let mut values: Vec<Value> = vec![whose.customer.into(), from.into(), to.into()];
    let mut text = "SELECT CAST(count(DISTINCT production) AS BIGINT) AS productions FROM pnl_production \
                    WHERE customer_id = $1 AND posted_on >= $2 AND posted_on <= $3 AND tokens > 0 AND production <> ''"
        .to_owned();
    narrow(&mut text, &mut values, "account_id", whose.accounts);
    let row = read.query_one_raw(Statement::from_sql_and_values(read.get_database_backend(), text, values));
    let count = row.await?.map(|row| row.try_get::<i64>("", "productions")).transpose()?;
    Ok(count.and_then(|count| u64::try_from(count).ok()).unwrap_or_default())
}

/// Says what people call productions, accounts, persons and keys.
async fn name_lines(
    read: &DatabaseTransaction,
    customer: &str,
    by: UsageBy,
    lines: &mut [UsageLine],
) -> Result<(), Error> {
    let ids = || lines.iter().map(|line| line.key.clone()).filter(|key| !key.is_empty());
    let names: HashMap<String, String> = match by {
        UsageBy::Account => {
            let found = account::Entity::find().filter(account::Column::CustomerId.eq(customer));
            found.all(read).await?.into_iter().map(|row| (row.id, row.name)).collect()
        }
        UsageBy::Key => {
            let found = api_key::Entity::find().filter(api_key::Column::CustomerId.eq(customer));
            found.all(read).await?.into_iter().map(|row| (row.id, row.name)).collect()
        }
        UsageBy::Person => {
            let found = person::Entity::find().filter(person::Column::Id.is_in(ids()));
            found.all(read).await?.into_iter().map(|row| (row.id, row.name)).collect()
        }
        UsageBy::Production => titles(read, customer, ids()).await?,
        UsageBy::Step | UsageBy::Kind => return Ok(()),
    };
    for line in lines {
        line.name = names.get(&line.key).cloned();
    }
    Ok(())
}
