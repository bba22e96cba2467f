//! What is read of large books: `measure pnl URL` answers `check`, whose statement it is to make and where from, `balance`,
//! `usage` or `receipt`.

use super::{Outcome, say};
use billing::id::{AccountId, CustomerId, ProductionName};
use chrono::{Days, Months, NaiveDate};
use engine::{
    Engine,
    allowance::{UsageBy, UsageRange},
    pnl::{PnlBy, PnlExtent, PnlQuery, PnlReport, PnlSource},
    production::ProductionFilter,
    team::Member,
};
use std::{
    io::{BufRead, stdin},
    ops::RangeInclusive,
};

/// The days of an account's statement.
const DAYS: u64 = 30;
/// The months of everybody's.
const MONTHS: u32 = 12;
/// How often a balance is read: one is too short to be timed from outside.
const BALANCES: usize = 200;
/// The same of receipts, of how many productions: fewer, where a customer has no more.
const RECEIPTS: usize = 200;
const PRODUCTIONS: u64 = 20;

/// Says what there is, then answers one question after the other: `check`, or whose statement and where from.
pub async fn pnl(url: &str) -> Outcome<()> {
    let engine = Engine::attach(url).await?;
    let extent = engine.pnl_extent().await?.ok_or("there is nothing to measure; generate books first")?;
    let asked = Asked::new(&engine, &extent).await?;
    say(&format!("{} calls, {}", extent.calls, asked.what()))?;
    for line in stdin().lock().lines() {
        let answer = match line?.split_whitespace().collect::<Vec<_>>()[..] {
            ["check"] => asked.check().await,
            ["balance"] => asked.balances().await,
            ["usage"] => asked.usage().await,
            ["receipt"] => asked.receipts().await,
            ["report", whom] => {
                asked.report(whom, PnlSource::Sums).await.map(|report| lines(report.lines.len()))
            }
            ["scan", whom] => asked.scan(whom).await,
            _ => Err("no such question".into()),
        };
        say(&answer.unwrap_or_else(|error| format!("error: {error}")))?;
    }
    engine.close().await;
    Ok(())
}

fn lines(count: usize) -> String {
    format!("{count} lines")
}

/// An account that is asked about, and somebody who may.
struct Whose {
    member: Member,
    account: AccountId,
    calls: i64,
}

/// Who and what is asked about.
struct Asked<'a> {
    engine: &'a Engine,
    /// An account with about as many calls as accounts have on average, and the one with most.
    usual: Whose,
    busiest: Whose,
    last: NaiveDate,
    /// The newest ones of the usual account's customer.
    productions: Vec<ProductionName>,
}

impl<'a> Asked<'a> {
    async fn new(engine: &'a Engine, extent: &PnlExtent) -> Outcome<Self> {
        let count = i64::try_from(extent.accounts.len())?;
        let mean = extent.calls / count.max(1);
        let usual = extent.accounts.iter().min_by_key(|(.., calls)| (calls - mean).abs());
        let (usual, busiest) = (usual.ok_or("no account")?, extent.accounts.first().ok_or("no account")?);
        let usual = whose(engine, usual).await?;
        let newest = engine.productions_of(&usual.member, &ProductionFilter::default(), PRODUCTIONS).await?;
        let productions = newest.into_iter().map(|line| line.production).collect();
        Ok(Self { engine, usual, productions, busiest: whose(engine, busiest).await?, last: extent.last })
    }

    fn what(&self) -> String {
        format!("the usual account has {}, the busiest {}", self.usual.calls, self.busiest.calls)
    }

    fn one(&self, whom: &str) -> Option<&Whose> {
        match whom {
            "usual" => Some(&self.usual),
            "busiest" => Some(&self.busiest),
            _ => None,
        }
    }

    fn days(&self, whom: &str) -> RangeInclusive<NaiveDate> {
        let first = match self.one(whom) {
            Some(_) => self.last.checked_sub_days(Days::new(DAYS - 1)),
            None => self.last.checked_sub_months(Months::new(MONTHS)).and_then(|day| day.succ_opt()),
        };
        first.unwrap_or(self.last)..=self.last
    }

    /// An account's statement by production and step, or everybody's by customer.
    async fn report(&self, whom: &str, source: PnlSource) -> Outcome<PnlReport> {
        let days = self.days(whom);
        let query = |by, account| PnlQuery {
            days: days.clone(),
            account,
            production: None,
            step: None,
            by,
            currency: None,
        };
        let Some(Whose { member, account, .. }) = self.one(whom) else {
            let query = query(PnlBy::Customer, None);
            return Ok(self.engine.platform_pnl_from(source, &self.usual.member, &query).await?);
        };
        Ok(self.engine.pnl_from(source, member, &query(PnlBy::ProductionStep, Some(*account))).await?)
    }

    /// The same figures by one statement over all of the journals.
    async fn scan(&self, whom: &str) -> Outcome<String> {
        let account = self.one(whom).map(|of| (of.member.customer, of.account));
        Ok(lines(self.engine.scan_journals(account, &self.days(whom)).await?))
    }

    /// What is left, as the banner says it, again and again.
    async fn balances(&self) -> Outcome<String> {
        for _ in 0..BALANCES {
            self.engine.usage(self.usual.member.customer).await?;
        }
        Ok(format!("{BALANCES} balances"))
    }

    /// Where the tokens of the usual account's customer went in the last days, by step.
    async fn usage(&self) -> Outcome<String> {
        let range = UsageRange { days: self.days("usual"), account: None };
        let report = self.engine.usage_report(&self.usual.member, &range, UsageBy::Step).await?;
        Ok(lines(report.lines.len()))
    }

    /// The receipts of its newest productions.
    async fn receipts(&self) -> Outcome<String> {
        let customer = self.usual.member.customer;
        for production in self.productions.iter().cycle().take(RECEIPTS) {
            self.engine.receipt(customer, production).await?;
        }
        Ok(format!("{RECEIPTS} receipts"))
    }

    /// Whether every statement from the sums is the one from the journals, line by line, and nothing is in no sum.
    async fn check(&self) -> Outcome<String> {
        let lag = self.engine.rollup_lag().await?;
        if lag != 0 {
            return Err(format!("{lag} calls are in no sum").into());
        }
        for whom in ["usual", "busiest", "everybody"] {
            let sums = self.report(whom, PnlSource::Sums).await?;
            let journals = self.report(whom, PnlSource::Journals).await?;
            if sums != (PnlReport { as_of: sums.as_of, ..journals }) {
                return Err(
                    format!("the statements of {whom} are not the same from sums and journals").into()
                );
            }
        }
        Ok("the same figures".to_owned())
    }
}

async fn whose(engine: &Engine, of: &(CustomerId, AccountId, i64)) -> Outcome<Whose> {
    let (customer, account, calls) = *of;
    let mut staff = engine.sample_people().await?.into_iter().map(|(member, _)| member);
    let staff = staff.find(|member| member.role.is_staff()).ok_or("nobody may look at everything")?;
    let member =
        engine.member(staff.person, Some(customer)).await?.ok_or("nobody may look at the account")?;
    Ok(Whose { member, account, calls })
}
