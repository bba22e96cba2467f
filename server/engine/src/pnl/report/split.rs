//! The parts of a statement: whose costs and tokens they are, and which share of the revenue is theirs. 5.9.

use super::{
    PnlBy,
    earned::{Earned, days_of, months},
    figures::Figures,
    reading::Reading,
    sums::{Sums, Whose},
};
use crate::Error;
use billing::{pnl::allocate, time::Month};
use chrono::NaiveDate;
use std::{collections::BTreeMap, ops::RangeInclusive};

/// What a line is of.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Line {
    pub(super) key: String,
    /// The number of a step of what has that key.
    pub(super) stage: String,
    pub(super) kind: String,
}

/// What one line has taken and earned in one month, in the customer's currency.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub(super) customer: String,
    pub(super) month: Month,
    pub(super) line: Line,
    pub(super) figures: Figures,
    pub(super) earned: Earned,
}

/// Whose share it is: a customer, and all of it or one of its accounts (empty where it belongs to none), or one of an
/// account's productions.
type Share = (String, Vec<String>, Month);
/// Revenue by whose share it is.
type Shares = BTreeMap<Share, Earned>;

impl PnlBy {
    /// The columns that its lines are apart by.
    pub(super) const fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Account | Self::Customer => &[],
            Self::Production => &["production"],
            Self::Step => &["stage", "kind"],
            Self::ProductionStep => &["production", "stage", "kind"],
            Self::Model => &["model"],
        }
    }
}

impl Reading<'_> {
    /// Every part of these days, as lines are added up by `by`.
    pub(super) async fn parts(
        &self,
        days: &RangeInclusive<NaiveDate>,
        by: PnlBy,
    ) -> Result<Vec<Part>, Error> {
        let Self { owner, query, tables, .. } = self;
        let customer = owner.customer();
        let mut shares = self.shares(days)?;
        let accounts = owner.customer.is_some().then_some("account_id");
        let mut whose = Whose {
            customer: customer.as_deref(),
            accounts: owner.accounts.as_ref(),
            production: None,
            step: None,
        };
        let apart = |columns: &[&'static str]| accounts.iter().chain(columns).copied().collect::<Vec<_>>();
        let mut depth = accounts.iter().count();
        if let Some(production) = &query.production {
            let sums = tables.by_month(whose, days, &apart(PnlBy::Production.columns())).await?;
            let is = |columns: &[String]| columns.first().map_or("", String::as_str) == production;
            shares = narrowed(&sums, &shares, depth, is)?;
            whose.production = Some(production);
        }
        if let Some(step) = &query.step {
            let sums = tables.by_month(whose, days, &apart(PnlBy::Step.columns())).await?;
            shares = narrowed(&sums, &shares, depth, |columns| step.is(columns))?;
            whose.step = Some(step);
        }
        let sums = tables.by_month(whose, days, &apart(by.columns())).await?;
        if by == PnlBy::ProductionStep {
            // First over the productions, then over the steps of each: a line is what the page of its production has.
            shares = of_productions(&sums, &shares, depth)?;
            depth += 1;
        }
        let part = |((customer, of, month), columns, figures, earned): Cut| {
            let mut columns = of.into_iter().chain(columns);
            let mut next = || columns.next().unwrap_or_default();
            let account = if accounts.is_some() { next() } else { String::new() };
            let line = match by {
                PnlBy::Customer => Line { key: customer.clone(), ..Line::default() },
                PnlBy::Account => Line { key: account, ..Line::default() },
                PnlBy::Production | PnlBy::Model => Line { key: next(), ..Line::default() },
                PnlBy::Step => Line { key: next(), kind: next(), ..Line::default() },
                PnlBy::ProductionStep => Line { key: next(), stage: next(), kind: next() },
            };
            Part { customer, month, line, figures, earned }
        };
        Ok(cut(&sums, &shares, depth)?.into_iter().map(part).collect())
    }

    /// The same days one by one: what is earned in a month is spread as the customer earned it.
    pub(super) async fn daily(&self, parts: &[Part]) -> Result<Vec<(NaiveDate, Part)>, Error> {
        let Self { owner, query, tables, revenue, .. } = self;
        let customer = owner.customer();
        let whose = Whose {
            customer: customer.as_deref(),
            accounts: owner.accounts.as_ref(),
            production: query.production.as_deref(),
            step: query.step.as_ref(),
        };
        let mut daily = Vec::new();
        for ((customer, day, _), figures) in tables.by_day(whose, &query.days, &[]).await? {
            let day: NaiveDate = day.parse().map_err(|error| Error::corrupt("pnl_day", &day, error))?;
            let month = billing::time::Timestamp::midnight(day).month();
            let (line, earned) = (Line::default(), Earned::default());
            daily.push((day, Part { customer, month, line, figures, earned }));
        }
        let mut of_month: BTreeMap<(String, Month), Earned> = BTreeMap::new();
        for part in parts {
            of_month.entry((part.customer.clone(), part.month)).or_default().add(&part.earned);
        }
        let by_day = revenue.by_day(&query.days);
        for (month, days) in months(&query.days) {
            let days: Vec<NaiveDate> = days_of(&days).collect();
            for ((customer, _), earned) in of_month.iter().filter(|((_, of), _)| *of == month) {
                let of = |day: &NaiveDate| by_day.get(&(customer.clone(), *day)).copied().unwrap_or_default();
                let weights =
                    |part: fn(&Earned) -> i64| days.iter().map(|day| part(&of(day)).into()).collect();
                for (day, earned) in days.iter().zip(divide(earned, weights)?) {
                    let (line, figures) = (Line::default(), Figures::default());
                    daily.push((*day, Part { customer: customer.clone(), month, line, figures, earned }));
                }
            }
        }
        Ok(daily)
    }

    /// Which revenue of the months is whose: of each account by the tokens that it was charged in the whole month, or of
    /// each customer where all of them are asked about.
    fn shares(&self, days: &RangeInclusive<NaiveDate>) -> Result<Shares, Error> {
        let Self { owner, revenue, used, open, .. } = self;
        let earned = revenue.by_month(days);
        if owner.customer.is_none() {
            return Ok(earned
                .into_iter()
                .map(|((of, month), earned)| ((of, Vec::new(), month), earned))
                .collect());
        }
        let mut shares = Shares::new();
        for ((of, month), earned) in earned {
            let accounts = used.get(&month.to_string()).cloned().unwrap_or_else(|| {
                // Whether an account was open then is not kept, and a closed month must not change with it.
                let existed = open.iter().filter(|row| row.created_at < month.end().micros());
                existed.map(|row| (row.id.clone(), 1)).collect()
            });
            let accounts = if accounts.is_empty() { vec![(String::new(), 1)] } else { accounts };
            let weights = |_: fn(&Earned) -> i64| accounts.iter().map(|(_, weight)| *weight).collect();
            for ((account, _), earned) in accounts.iter().zip(divide(&earned, weights)?) {
                if owner
                    .accounts
                    .as_ref()
                    .is_none_or(|reach| reach.iter().any(|id| id.to_string() == *account))
                {
                    shares.insert((of.clone(), vec![account.clone()], month), earned);
                }
            }
        }
        Ok(shares)
    }
}

/// A part: whose it is, what it is apart by, and its figures.
type Cut = (Share, Vec<String>, Figures, Earned);

/// What of each share of the revenue belongs to the sums of which `is` holds.
fn narrowed(
    sums: &Sums,
    shares: &Shares,
    depth: usize,
    is: impl Fn(&[String]) -> bool,
) -> Result<Shares, Error> {
    let mut narrowed = Shares::new();
    for (share, columns, _, earned) in cut(sums, shares, depth)? {
        if is(&columns) {
            narrowed.entry(share).or_default().add(&earned);
        }
    }
    Ok(narrowed)
}

/// What of each share of the revenue belongs to each production, of sums that are apart by more than that.
fn of_productions(sums: &Sums, shares: &Shares, depth: usize) -> Result<Shares, Error> {
    let mut whole = Sums::new();
    for ((customer, month, columns), figures) in sums {
        let columns = columns.iter().take(depth + 1).cloned().collect();
        whole.entry((customer.clone(), month.clone(), columns)).or_default().add(figures);
    }
    let mut of_productions = Shares::new();
    for ((customer, mut of, month), columns, _, earned) in cut(&whole, shares, depth)? {
        // A production without a share would otherwise have a line of nothing.
        if earned != Earned::default() {
            of.push(columns.into_iter().next().unwrap_or_default());
            of_productions.entry((customer, of, month)).or_default().add(&earned);
        }
    }
    Ok(of_productions)
}

/// Gives each share of the revenue to the sums that belong to it, whose first `depth` columns say whose they are, by their
/// tokens; what was earned while no token was used belongs to none of them.
fn cut(sums: &Sums, shares: &Shares, depth: usize) -> Result<Vec<Cut>, Error> {
    let mut of: BTreeMap<Share, Vec<(Vec<String>, Figures)>> = BTreeMap::new();
    for ((customer, month, columns), figures) in sums {
        let month: Month = month.parse().map_err(|error| Error::corrupt("pnl_month", month, error))?;
        let (own, columns) = columns.split_at(depth.min(columns.len()));
        let share = (customer.clone(), own.to_vec(), month);
        of.entry(share).or_default().push((columns.to_vec(), *figures));
    }
    let mut cuts = Vec::new();
    for (share, earned) in shares {
        let known = of.entry(share.clone()).or_default();
        if known.iter().all(|(_, figures)| figures.tokens <= 0) {
            cuts.push((share.clone(), Vec::new(), Figures::default(), *earned));
        }
    }
    for (share, known) in of {
        let used = known.iter().any(|(_, figures)| figures.tokens > 0);
        let earned = shares.get(&share).copied().filter(|_| used).unwrap_or_default();
        let weights =
            |_: fn(&Earned) -> i64| known.iter().map(|(_, figures)| figures.tokens.into()).collect();
        let earned = divide(&earned, weights)?;
        for ((columns, figures), earned) in known.iter().zip(earned) {
            cuts.push((share.clone(), columns.clone(), *figures, earned));
        }
    }
    Ok(cuts)
}

/// Divides both amounts by largest remainders.
fn divide(earned: &Earned, weights: impl Fn(fn(&Earned) -> i64) -> Vec<i128>) -> Result<Vec<Earned>, Error> {
    let part = |part: fn(&Earned) -> i64| {
        let parts = allocate(part(earned).into(), &weights(part)).into_iter();
        parts
            .map(|part| i64::try_from(part).map_err(|error| Error::corrupt("revenue_entry", "share", error)))
            .collect::<Result<Vec<i64>, Error>>()
    };
    let (subscription, invoiced) = (part(|earned| earned.subscription)?, part(|earned| earned.invoiced)?);
    let both = subscription.into_iter().zip(invoiced);
    Ok(both.map(|(subscription, invoiced)| Earned { subscription, invoiced }).collect())
}
