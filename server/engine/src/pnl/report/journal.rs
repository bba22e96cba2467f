//! The same statements without the sums: computed from the journals, for whoever doubts the sums or measures what they are
//! worth. A statement from either source is the same to the micro-unit. I-50.

use super::{
    PnlBy, PnlQuery, PnlReport,
    sums::{Tables, Whose},
};
use crate::{Engine, Error, db::begin_read, team::Member};
use billing::id::{AccountId, CustomerId};
use chrono::NaiveDate;
use sea_orm::{ConnectionTrait, Statement};
use std::{borrow::Cow, ops::RangeInclusive};

/// Where a statement's sums are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PnlSource {
    /// What the acts have summed up on the way.
    #[default]
    Sums,
    /// The journals, by whatever index helps.
    Journals,
    /// The journals from their first row to their last, whoever is asked about.
    WholeJournals,
}

/// Whom measurements ask about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PnlExtent {
    /// The last day on which a call was booked.
    pub last: NaiveDate,
    /// Calls in all.
    pub calls: i64,
    /// Every account that has called, the busiest first, with its calls.
    pub accounts: Vec<(CustomerId, AccountId, i64)>,
}

/// What a call's cost says of its tokens and of what they earned.
const OF_ITS_COST: &str = "LEFT JOIN cost_entry c ON c.customer_id = j.customer_id AND c.production = j.production \
     AND c.step = j.step AND c.attempt = j.attempt";
/// How the attempt of a cost went, where it failed.
const WHERE_IT_FAILED: &str = "JOIN step_attempt a ON a.customer_id = j.customer_id AND a.production = j.production \
     AND a.step = j.step AND a.attempt = j.attempt AND a.verdict = 'failed'";

impl PnlSource {
    /// What stands in a statement for a table of sums; where nobody asks of which kind a call was, tokens need no cost.
    pub(super) fn table(self, sums: &'static str, labelled: bool) -> Cow<'static, str> {
        if self == Self::Sums {
            return sums.into();
        }
        // No index is of an expression.
        let owner = if self == Self::WholeJournals { "j.customer_id || ''" } else { "j.customer_id" };
        let labels = if labelled {
            "COALESCE(c.stage, '') AS stage, COALESCE(c.kind, '') AS kind, COALESCE(c.model, '') AS model, "
        } else {
            ""
        };
        let its_cost = if labelled { OF_ITS_COST } else { "" };
        let part = |account: &str, production: &str, figures: &str, from: &str| {
            format!(
                "SELECT {owner} AS customer_id, {account} AS account_id, j.posted_on, {production} AS production, \
                 {labels}{figures} FROM {from}"
            )
        };
        let raw = raw_micros();
        let unknown = "CASE WHEN j.unpriced IS NULL THEN 0 ELSE 1 END";
        let cost = ["1", unknown, "COALESCE(j.charged_micros, 0)", raw.as_str()];
        let completion = ["0", "-1", "j.charged_micros", raw.as_str()];
        let nothing = ["0"; 4];
        // A cost is its own cost: the same columns without a join.
        let costs = |figures: &str, from: &str| {
            part("j.account_id", "j.production", figures, from).replace("(c.", "(j.")
        };
        let completed = |figures: &str, more: &str| {
            part("c.account_id", "j.production", figures, &format!("cost_completion j {OF_ITS_COST} {more}"))
        };
        let tokens = part(
            "j.account_id",
            "COALESCE(j.production, '')",
            &figures("j.tokens", "0", nothing, nothing),
            &format!("token_entry j {its_cost} WHERE j.credit_pool = 'used' AND j.account_id IS NOT NULL"),
        );
        let top_ups = part(
            "COALESCE(j.account_id, '')",
            "CASE WHEN j.step IS NULL THEN '' ELSE j.production END",
            &figures("0", "j.micros", nothing, nothing),
            &format!("revenue_entry j {its_cost} WHERE j.kind = 'topUp'"),
        );
        let parts = [
            costs(&figures("0", "0", cost, nothing), "cost_entry j"),
            costs(&figures("0", "0", nothing, cost), &format!("cost_entry j {WHERE_IT_FAILED}")),
            completed(&figures("0", "0", completion, nothing), ""),
            completed(&figures("0", "0", nothing, completion), WHERE_IT_FAILED),
            tokens,
            top_ups,
        ];
        format!("({}) AS journals", parts.join(" UNION ALL ")).into()
    }
}

/// The columns of a table of sums: tokens, what was earned by using bought ones, and calls, unknown, charged and raw of all
/// attempts and of those that failed.
fn figures(tokens: &str, top_ups: &str, all: [&str; 4], failed: [&str; 4]) -> String {
    let [calls, unknown, charged, raw] = all;
    let [failed, failed_unknown, failed_charged, failed_raw] = failed;
    format!(
        "{tokens} AS tokens, {calls} AS attempts, {unknown} AS unknown, {charged} AS charged_micros, \
         {raw} AS raw_micros, {top_ups} AS top_up_micros, {failed} AS failed, {failed_unknown} AS failed_unknown, \
         {failed_charged} AS failed_charged_micros, {failed_raw} AS failed_raw_micros"
    )
}

/// Raw cost in the customer's currency, by the rates that stand beside it, halves to the even unit. Whole numbers of 64 bits
/// do for calls of up to 50,000 dollars.
fn raw_micros() -> String {
    let (exact, by) = ("(j.raw_micros * j.customer_rate)", "j.provider_rate");
    let (twice, floor) = (format!("2 * ({exact} % {by})"), format!("({exact} / {by})"));
    format!(
        "CASE WHEN j.raw_micros IS NULL THEN 0 WHEN j.provider_rate IS NULL OR j.customer_rate IS NULL THEN j.raw_micros \
         ELSE {floor} + CASE WHEN {twice} > {by} OR ({twice} = {by} AND {floor} % 2 = 1) THEN 1 ELSE 0 END END"
    )
}

impl Engine {
    /// [`Engine::pnl`], from a source.
    pub async fn pnl_from(
        &self,
        source: PnlSource,
        member: &Member,
        query: &PnlQuery,
    ) -> Result<PnlReport, Error> {
        let owner = self.owner(member, query, source).await?;
        self.report(&owner, query, query.currency.unwrap_or(member.currency)).await
    }

    /// One statement over all of the journals that sums what the reports of these days sum: of an account by production and
    /// step, or of every customer by month. Answers how many lines there are.
    pub async fn scan_journals(
        &self,
        account: Option<(CustomerId, AccountId)>,
        days: &RangeInclusive<NaiveDate>,
    ) -> Result<usize, Error> {
        let snapshot = begin_read(&self.shared.pools.read).await?;
        let (customer, accounts) =
            (account.map(|(id, _)| id.to_string()), account.map(|(_, id)| [id].into()));
        let (customer, accounts) = (customer.as_deref(), accounts.as_ref());
        let whose = Whose { customer, accounts, production: None, step: None };
        let by = if account.is_some() { PnlBy::ProductionStep } else { PnlBy::Customer };
        let tables = Tables::open(&snapshot, PnlSource::WholeJournals).await?;
        Ok(tables.by_month(whose, days, by.columns()).await?.len())
    }

    /// Whom measurements ask about; none where nothing was ever called.
    pub async fn pnl_extent(&self) -> Result<Option<PnlExtent>, Error> {
        let read = &self.shared.pools.read;
        let text = "SELECT customer_id, account_id, max(posted_on) AS last, CAST(sum(attempts) AS BIGINT) AS calls \
                    FROM pnl_day WHERE account_id <> '' GROUP BY customer_id, account_id \
                    ORDER BY calls DESC, customer_id, account_id";
        let rows = read.query_all_raw(Statement::from_string(read.get_database_backend(), text)).await?;
        let (mut last, mut accounts) = (None, Vec::new());
        for row in rows {
            let (customer, account): (String, String) =
                (row.try_get("", "customer_id")?, row.try_get("", "account_id")?);
            let bad = |error: &dyn std::fmt::Display| Error::corrupt("pnl_day", &account, error.to_string());
            let day: String = row.try_get("", "last")?;
            last = last.max(Some(day.parse::<NaiveDate>().map_err(|error| bad(&error))?));
            accounts.push((
                customer.parse().map_err(|error| bad(&error))?,
                account.parse().map_err(|error| bad(&error))?,
                row.try_get("", "calls")?,
            ));
        }
        let calls = accounts.iter().map(|(.., calls)| calls).sum();
        Ok(last.map(|last| PnlExtent { last, calls, accounts }))
    }
}
